import type { Container } from "../../kube/container.ts";
import { bareSql, sqlGivenTo } from "../../kube/given-sql.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { Database } from "../model/database.ts";
import type { Topology } from "../model/topology.ts";
import type { Workspace } from "../model/workspace.ts";

/** SQL of manifests that this server will run. */
export interface ServerSql {
  readonly sql: string;
  inside(part: Span): Place;
}

/** What the server runs when it makes its data directory, and what containers give to psql that name this server and no other. */
export function sqlFor(database: Database, { resources, topology }: Workspace): readonly ServerSql[] {
  const given = givenIn(resources).filter(({ container }) => reachesOnly(container, database, topology));
  return [...initFiles(database), ...initStatements(database), ...given.flatMap(({ scripts }) => scripts)];
}

/** Containers that give SQL to a client, looked for once for all databases. */
const givenIn = oncePer((resources: ResourceIndex) =>
  [...resources].flatMap(({ workload, isUnsettled }) =>
    workload === undefined || isUnsettled
      ? []
      : workload.containers.flatMap((container) => {
          const scripts = container.commands.flatMap((command) => sqlGivenTo(command, container));
          return scripts.length === 0 ? [] : [{ container, scripts }];
        }),
  ),
);

function reachesOnly(container: Container, database: Database, topology: Topology): boolean {
  const reached = topology
    .hostsIn(container)
    .map(({ reaches }) => (reaches.state === "database" ? reaches.database : undefined));
  return reached.length > 0 && reached.every((each) => each === database);
}

function initFiles({ container }: Database): readonly ServerSql[] {
  return (container?.filesUnder("/docker-entrypoint-initdb.d") ?? []).flatMap(({ path, content: { value, at } }) =>
    /\.sql$/.test(path) && value !== undefined ? [{ sql: value, inside: (part: Span) => partOf(at, value, part) }] : [],
  );
}

/** `postInitSQL` and its like of CloudNativePG. */
function initStatements({ operator, resource }: Database): readonly ServerSql[] {
  if (operator?.name !== "cloudnative-pg") return [];
  const initdb = resource.node.at("spec", "bootstrap", "initdb");
  return ["postInitSQL", "postInitTemplateSQL", "postInitApplicationSQL"].flatMap((field) =>
    (initdb?.at(field)?.items() ?? []).flatMap((item) => {
      const sql = item.string();
      return sql === undefined ? [] : [{ sql, inside: () => item }];
    }),
  );
}

/** The first words of each statement that begins so, with its place; comments do not count. */
export function statementsLike(
  { sql, inside }: ServerSql,
  begins: RegExp,
): readonly { readonly match: RegExpExecArray; readonly at: Place }[] {
  const found: { match: RegExpExecArray; at: Place }[] = [];
  let start = 0;
  for (const statement of sql.split(";")) {
    const bare = bareSql(statement).trim();
    const match = begins.exec(bare);
    if (match !== null) {
      const at = start + Math.max(0, statement.indexOf(match[0].slice(0, 6)));
      found.push({ match, at: inside({ start: at, end: start + statement.trimEnd().length }) });
    }
    start += statement.length + 1;
  }
  return found;
}
