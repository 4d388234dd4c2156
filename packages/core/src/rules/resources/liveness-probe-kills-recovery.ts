import { mayAcceptLoading, passesWhateverRedisAnswers } from "../../domain/database/redis-ping.ts";
import { serverImageOf } from "../../domain/database/server-container.ts";
import type { Database } from "../../domain/model/database.ts";
import { serverName, shortName } from "../../domain/model/names.ts";
import { probeBudget } from "../../kube/probe-budget.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { editFix } from "../../rule/fix.ts";
import { option } from "../../rule/option.ts";
import { defineRule } from "../../rule/rule.ts";
import { type Edits, insertKey, type Writable } from "../../yaml/edit.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "liveness-probe-kills-recovery",
  subject: "database",
  meta: {
    summary: "The liveness probe kills the server while it recovers from a crash, or while it fills an empty volume.",
    rationale:
      "After a crash the server replays its log before it answers; on a busy database that takes minutes. A liveness probe with a short budget kills it, and recovery starts over, forever.",
    remedy:
      "Add a startupProbe with a budget of several minutes, or remove the liveness probe: a server that hangs is rarer than one that recovers.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://github.com/sclorg/postgresql-container/issues/320",
      "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
    ],
    quietWhen:
      "a startupProbe exists, or a tcpSocket probe with 60 s and no initialization scripts looks at PostgreSQL, or one looks at Redis: their ports are open during recovery; a `redis-cli ping` that ignores the answer passes while Redis loads, and so does a script that knows the answer LOADING, or is not in view.",
    options: {
      seconds: option.integer({
        description: "Seconds that recovery must be allowed at least.",
        default: 120,
        minimum: 1,
      }),
      secondsInAll: option.integer({ description: "The same in the preset all.", default: 300, minimum: 1 }),
    },
  },
  check(database, { options, report }) {
    const { container, engine, resource } = database;
    const probe = container?.node.at("livenessProbe");
    if (container === undefined || probe === undefined || container.node.at("startupProbe") !== undefined) return;
    const isTcp = probe.at("tcpSocket") !== undefined;
    const { seconds: budget, text } = probeBudget(probe);
    const { isUnsafe, hasScripts } = firstStart(database, budget);
    // The port of PostgreSQL and Redis is open while they recover (measured on 15 and 7.0); mysqld opens it afterwards.
    const isOpenAtRecovery = isTcp && engine !== "mysql" && engine !== "mariadb";
    // While the entrypoint initializes, PostgreSQL answers at its Unix socket only.
    const isAboutFirstStart = isOpenAtRecovery && engine === "postgresql" && isUnsafe;
    if (isOpenAtRecovery && !isAboutFirstStart) return;
    const exec = execHandlersOf(container).find(({ name }) => name === "livenessProbe");
    if (!isTcp && (exec === undefined || passesWhateverRedisAnswers(exec))) return;
    if ((engine === "redis" || engine === "valkey") && exec !== undefined && mayAcceptLoading(exec, container)) return;
    const isQuick = budget < options.seconds;
    if (!(budget < options.secondsInAll)) return; // also where a placeholder hides a number
    const server = serverName(database);
    const during = hasScripts ? "initdb and the mounted scripts" : "initdb";
    const isBoth = isUnsafe && (engine === "mysql" || engine === "mariadb");
    report({
      message: isAboutFirstStart
        ? `Kubernetes kills ${server} when its first start takes longer than ${text}: during ${during} no port is open, and the next start takes the half-made data directory for finished.`
        : `Kubernetes kills ${server} when recovery ${isBoth ? "or the first start " : ""}takes longer than ${text}, and again at each restart: no startupProbe delays the liveness probe.${isBoth ? " What a killed first start leaves behind, the next one takes for a finished data directory." : ""}`,
      at: probe,
      point: "key",
      ...(isQuick ? {} : { severity: "info" as const, presets: [] }),
      fixes: [
        editFix({
          title: "Add a startupProbe that waits up to 10 minutes",
          safety: "unsafe",
          consequence: `Restarts every instance of ${shortName(resource)}, once, still with the old probe.`,
          edits: addStartupProbe(container.node, probe),
        }),
      ],
    });
  },
});

/** Below that the initialization of an empty volume does not end for certain. */
const secondsOfFirstStart = 60;

/** Whether the official images may be killed while they fill an empty volume: they never take such a directory up again. */
function firstStart(
  { image, container, dataDirectory }: Database,
  budget: number,
): { readonly isUnsafe: boolean; readonly hasScripts: boolean } {
  const source = dataDirectory?.mount?.volume?.source;
  const isKept = source === "claim" || source === "claim-template" || source === "host-path";
  const isOfficial = /^(postgres|mysql|mariadb)$/.test(serverImageOf(image)?.family ?? "");
  const hasScripts =
    container?.mounts.some(({ mountPath }) => mountPath.startsWith("/docker-entrypoint-initdb.d")) === true;
  return { isUnsafe: isKept && isOfficial && (hasScripts || budget < secondsOfFirstStart), hasScripts };
}

/** The same question as the liveness probe asks, with a budget of 60 x 10 s. */
function addStartupProbe(container: YamlNode, liveness: YamlNode): Edits {
  const handler = liveness.entries().find(([key]) => key === "exec" || key === "tcpSocket");
  if (handler === undefined) return undefined;
  const [key, node] = handler;
  const probe: Writable = { [key]: node.value as Writable, periodSeconds: 10, failureThreshold: 60 };
  return insertKey(container, "startupProbe", probe, { after: "livenessProbe" });
}
