import { mayAcceptLoading, passesWhateverRedisAnswers } from "../../domain/database/redis-ping.ts";
import { serverName, shortName } from "../../domain/model/names.ts";
import { formatSeconds } from "../../kube/duration.ts";
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
    summary: "The liveness probe kills the server while it recovers from a crash.",
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
      "a startupProbe exists, or a tcpSocket probe looks at PostgreSQL or Redis, whose port is open during recovery; a `redis-cli ping` that ignores the answer passes while Redis loads, and so does a script that knows the answer LOADING, or is not in view.",
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
    // The port of PostgreSQL and Redis is open while they recover (measured on 15 and 7.0); mysqld opens it afterwards.
    if (isTcp && engine !== "mysql" && engine !== "mariadb") return;
    const exec = execHandlersOf(container).find(({ name }) => name === "livenessProbe");
    if (!isTcp && (exec === undefined || passesWhateverRedisAnswers(exec))) return;
    if ((engine === "redis" || engine === "valkey") && exec !== undefined && mayAcceptLoading(exec, container)) return;
    const number = (name: string, value: number): number =>
      probe.at(name) === undefined ? value : (probe.integer(name) ?? Number.NaN);
    const delay = number("initialDelaySeconds", 0);
    const failures = number("failureThreshold", 3);
    const period = number("periodSeconds", 10);
    const budget = delay + failures * period;
    const isQuick = budget < options.seconds;
    if (!(budget < options.secondsInAll)) return; // also where a placeholder hides a number
    report({
      message: `Kubernetes kills ${serverName(database)} when recovery takes longer than ${formatSeconds(budget)} (${delay === 0 ? "" : `initialDelaySeconds ${delay} + `}${failures} failures x ${period} s), and again at each restart: no startupProbe delays the liveness probe.`,
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

/** The same question as the liveness probe asks, with a budget of 60 x 10 s. */
function addStartupProbe(container: YamlNode, liveness: YamlNode): Edits {
  const handler = liveness.entries().find(([key]) => key === "exec" || key === "tcpSocket");
  if (handler === undefined) return undefined;
  const [key, node] = handler;
  const probe: Writable = { [key]: node.value as Writable, periodSeconds: 10, failureThreshold: 60 };
  return insertKey(container, "startupProbe", probe, { after: "livenessProbe" });
}
