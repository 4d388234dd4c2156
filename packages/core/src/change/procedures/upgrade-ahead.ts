import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import { groupOf } from "../../facts/kinds.ts";
import { seriesAfter } from "../version-step.ts";
import { code, compareData, dumpAndTry, planIt } from "./ahead.ts";
import { kubectl } from "./shell.ts";
import { isNamed } from "./stack.ts";

/** The steps to a series that still gets fixes, before anyone has written it. */
export function upgradeAhead(database: Database, isMaintained: (series: string) => boolean): readonly string[] {
  const series = seriesAfter(database);
  const reached = series.findIndex(isMaintained);
  // Of an engine that skips no series.
  const stages = (reached < 0 ? series : series.slice(0, reached + 1)).join(", then ");
  const way = database.operator === undefined ? ownWay(database, stages) : operatorsWay(database, stages);
  return [dumpAndTry(database), ...way, compareData(database)];
}

function ownWay({ engine, resource }: Database, stages: string): readonly string[] {
  const raise = `Raise the tag of ${nameOf(resource)}`;
  switch (engine) {
    case "postgresql":
      return [
        `${raise} to a newer major version, and do not apply that yet: PostgreSQL does not open the files of another one.`,
        planIt("the old volume is put aside, the dump goes into a new one, and each step says the way back"),
      ];
    case "mysql":
    case "mongodb": {
      const each =
        engine === "mysql"
          ? "it converts the files when it starts, and only a backup leads back"
          : "before the next one, raise featureCompatibilityVersion to it, after which only a backup leads back";
      return [
        stages === "" ? `${raise} by one release series: ${each}.` : `${raise} to the newest ${stages}: ${each}.`,
        planIt("each series with its checks"),
      ];
    }
    case "mariadb":
      return [`${raise}, and set MARIADB_AUTO_UPGRADE to 1: the server converts its system tables when it starts.`];
    case "redis":
    case "valkey":
      return [`${raise}: a newer server reads the files of an older one, not the other way around.`];
    case "cassandra":
      return [
        `${raise} by one major version, which restarts Pod after Pod.`,
        `Run ${code("nodetool upgradesstables")} in each Pod before the next major version.`,
      ];
    default:
      return [`${raise} as the upgrade guide of ${engineNames[engine]} says.`];
  }
}

function operatorsWay({ resource, operator, version }: Database, stages: string): readonly string[] {
  const field = version.at.yamlPath.slice(resource.node.yamlPath.length).join(".");
  const to = stages === "" ? "" : ` to the newest ${stages}`;
  // Kinds of two operators may have one name.
  const name = `${resource.kind.toLowerCase()}.${groupOf(resource.apiVersion)}/${resource.name}`;
  return [
    `Raise ${code(field)} of ${nameOf(resource)}${to}${operator?.majorUpgrade === undefined ? `, in the way that ${operator?.title} documents` : `: ${operator.majorUpgrade}`}.`,
    ...(isNamed(resource) ? [`Watch what becomes of it: ${code(`${kubectl(resource)} get ${name} -w`)}.`] : []),
  ];
}
