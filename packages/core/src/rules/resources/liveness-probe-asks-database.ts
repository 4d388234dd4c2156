import { all, nameOf, shortName } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";
import { findInOrder } from "../../text/scan.ts";

export default defineRule({
  id: "liveness-probe-asks-database",
  subject: "container",
  meta: {
    summary: "The liveness probe of an application depends on its database.",
    rationale:
      "When the database fails over, is out of connections or just slow, the kubelet restarts every Pod of the application. They all come back at once and connect to the database that is just recovering. A restart fixes nothing there.",
    remedy:
      "Check only the application in `livenessProbe`; a check of the database belongs in `readinessProbe`, if anywhere.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
      "https://aws.amazon.com/builders-library/implementing-health-checks/",
    ],
    quietWhen: "the probe checks its own Pod, or the container is itself a server, pooler or exporter.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    if (container.node.at("livenessProbe", "exec") === undefined) return;
    if (container.role === "init") return;
    const probe = execHandlersOf(container).find(({ name }) => name === "livenessProbe");
    if (probe === undefined) return;
    const target = hostOfProbe(probe.words);
    if (target === undefined || isServer(container)) return;
    if (workspace.topology.databaseOf(workload)?.container === container) return;
    if (workspace.topology.poolerOf(container) !== undefined) return;
    const pods = workload.replicas.value;
    report({
      message: `When ${target.host} does not answer, Kubernetes restarts ${pods === undefined || pods === 1 ? `the Pods of ${nameOf(workload.resource)}` : `${all(pods)} Pods of ${shortName(workload.resource)}`}: their liveness probe runs ${target.program} against it, and they all reconnect together.`,
      at: probe.node,
      point: "key",
    });
  },
});

function isServer({ image, name }: Container): boolean {
  return /exporter|pgbouncer|pgpool|proxysql|haproxy|sentinel|monitor/.test(`${image?.name ?? ""} ${name}`);
}

/** The program, then the host that it asks. */
const questions: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\b(pg_isready|psql|mysqladmin|mariadb-admin|mysql|mariadb|redis-cli|valkey-cli|mongosh?)\b/,
    /\s(?:-h\s*|--host[= ])["']?([\w.-]+)/,
  ],
  [/\b(nc)(?=\s)/, /\s([A-Za-z][\w.-]*)\s+(?:5432|6432|3306|27017|6379)\b/],
];

/** The client and the other host that a probe asks. */
function hostOfProbe(words: readonly string[]): { readonly program: string; readonly host: string } | undefined {
  const line = words.join(" ");
  for (const question of questions) {
    const [program, host] = (findInOrder(line, question) ?? []).map(([, word]) => word);
    if (program === undefined || host === undefined) continue;
    return /^(localhost|127\..*|0\.0\.0\.0|::1)$/.test(host) ? undefined : { program, host };
  }
  return undefined;
}
