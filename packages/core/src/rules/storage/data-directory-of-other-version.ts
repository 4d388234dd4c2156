import { nameOf, serverName } from "../../domain/model/names.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "data-directory-of-other-version",
  subject: "database",
  meta: {
    summary: "The data directory is named for another major version of PostgreSQL than the image.",
    rationale:
      "A directory called `16` contains the files of 16, which PostgreSQL 17 does not read: `database files are incompatible with server` (measured). Changing the tag is not enough; a major upgrade needs `pg_upgrade` or a dump.",
    remedy:
      "Go back to the old tag and upgrade with pg_upgrade, or with a dump and restore into a directory for the new version.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/upgrading.html"],
    quietWhen: "the tag names no version, or neither PGDATA nor subPath names one.",
  },
  check(database, { report }) {
    const { engine, major, container, dataDirectory, resource, version } = database;
    if (engine !== "postgresql" || major === undefined || container === undefined) return;
    const mount = dataDirectory?.mount;
    const path = dataDirectory?.path;
    const candidates: readonly { readonly what: string; readonly text: string; readonly at: Place }[] = [
      ...(path?.value !== undefined && path.origin === "written"
        ? [{ what: "the data directory", text: path.value, at: path.at }]
        : []),
      ...(mount?.subPath === undefined
        ? []
        : [{ what: "subPath", text: mount.subPath, at: mount.node.nearest("subPath") }]),
    ];
    const found = candidates
      .map((each) => ({ ...each, named: versionIn(each.text) }))
      .find(({ named }) => named !== undefined && named !== major);
    if (found === undefined) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} is version ${major}, but ${found.what} ${found.text} is named for ${found.named}: with files of ${found.named} in it the server exits with "database files are incompatible with server".`,
      at: found.at,
      related: [{ message: serverName(database), at: version.at }],
      fixes: [
        procedure(
          "Show how to upgrade to another major version",
          "The server is down while its files are converted; keep a dump until you have checked the new one.",
          [
            `Set the image back to ${found.named} and take a dump (\`pg_dumpall\`).`,
            `Start ${major} on an empty directory named for ${major} and restore the dump, or run pg_upgrade with both versions' programs.`,
            `Compare row counts, run ANALYZE, then remove the old directory.`,
          ],
        ),
      ],
    });
  },
});

/** `/var/lib/postgresql/16/docker`, `pgdata15`, `postgres-14`: a number that can only be a version. */
function versionIn(path: string): number | undefined {
  for (const segment of path.split("/")) {
    const match = /^(?:v|pg|pgdata|pg_?data|postgres(?:ql)?)?[-_.]?(\d{1,2})$/i.exec(segment);
    const number = Number(match?.[1]);
    if (number >= 9 && number <= 30) return number;
  }
  return undefined;
}
