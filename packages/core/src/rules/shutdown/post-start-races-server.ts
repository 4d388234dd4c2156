import { nameOf, serverName } from "../../domain/model/names.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "post-start-races-server",
  subject: "database",
  meta: {
    summary: "A postStart hook talks to its own server without waiting for it.",
    rationale:
      "The hook starts together with the server, not after it. When it fails, the kubelet kills the container: whether the database starts depends on which of the two is faster.",
    remedy:
      "Wait in the hook (`until pg_isready; do sleep 1; done`), or do it once from /docker-entrypoint-initdb.d or a Job.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/"],
    quietWhen: "the hook waits or retries, talks to another host, or its script is not in view.",
  },
  check(database, { report }) {
    const { container, resource } = database;
    if (container === undefined) return;
    const hook = execHandlersOf(container).find(({ name }) => name === "postStart");
    const line = hook?.words.join(" ") ?? "";
    const client = /(?:^|[\s;&|"'(/])(psql|mysql|mariadb|mongosh?|redis-cli|valkey-cli|mysqladmin|createdb)\s/.exec(
      line,
    )?.[1];
    if (hook === undefined || client === undefined) return;
    if (/\b(until|while|for|sleep|pg_isready|wait-for|retry)\b|\s--wait\b|\|\|/.test(line)) return;
    if (/(-h\s*|--host[= ])(?!localhost|127\.)[A-Za-z]/.test(line)) return;
    report({
      message: `The postStart hook of ${nameOf(resource)} runs ${client} while ${serverName(database)} is still starting: if the hook loses the race it fails, and Kubernetes kills the container.`,
      at: hook.node,
      point: "key",
    });
  },
});
