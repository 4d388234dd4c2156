import type { SqlStatement } from "../../embedded/sql.ts";
import type { SqlNode } from "../../embedded/sql-node.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import type { GivenPrivilege } from "../model/schema-change.ts";

/** Predefined roles that let their members write files or run programs as the server. https://www.postgresql.org/docs/current/predefined-roles.html */
const almighty: ReadonlySet<string> = new Set(["pg_execute_server_program", "pg_write_server_files"]);

/** Roles that the statements make superusers, or let run programs on the server. */
export function readPrivileges(
  statements: readonly SqlStatement[],
  inside: (span: Span) => Place,
): readonly GivenPrivilege[] {
  return statements.flatMap(({ node, inner, span }) =>
    [node, ...inner]
      .flatMap((each) => readers[each.kind]?.(each) ?? [])
      .map((given) => ({ ...given, at: inside(span) })),
  );
}

type Reader = (node: SqlNode) => readonly Omit<GivenPrivilege, "at">[];

const readers: Readonly<Record<string, Reader>> = {
  CreateRoleStmt: (node) => superuserOf(node, node.text("role"), "CREATE ROLE"),
  AlterRoleStmt: (node) => superuserOf(node, node.at("role")?.text("rolename"), "ALTER ROLE"),
  GrantRoleStmt: (node) => {
    const granted = node.items("granted_roles").map((each) => each.text("priv_name") ?? "");
    const role = node.items("grantee_roles")[0]?.text("rolename");
    const first = granted.find((each) => almighty.has(each));
    if (!node.is("is_grant") || first === undefined || role === undefined) return [];
    return [{ role, words: `GRANT ${first} TO ${role}` }];
  },
};

function superuserOf(node: SqlNode, role: string | undefined, words: string): readonly Omit<GivenPrivilege, "at">[] {
  const isSuperuser = node
    .items("options")
    .some((each) => each.text("defname") === "superuser" && each.at("arg")?.is("boolval") === true);
  return isSuperuser && role !== undefined ? [{ role, words: `${words} ${role} SUPERUSER` }] : [];
}
