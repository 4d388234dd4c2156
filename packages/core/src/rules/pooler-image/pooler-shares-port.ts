import { listeningIn } from "../../domain/hosts/listening.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-shares-port",
  subject: "pooler",
  meta: {
    summary: "A pooler and the server in the same Pod listen on the same port.",
    rationale:
      "Containers of a Pod share one network: the second one that starts finds the port taken and exits. Which one that is changes from start to start. The image edoburu/pgbouncer listens on 5432 unless LISTEN_PORT says otherwise.",
    remedy: "Give the pooler a port of its own (`LISTEN_PORT`, `PGBOUNCER_PORT` or `listen_port`), such as 6432.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking",
      "https://github.com/edoburu/docker-pgbouncer/blob/master/entrypoint.sh",
    ],
    quietWhen: "a port is in a file or variable that is not in view.",
  },
  check(pooler, { workspace, report }) {
    const { workload, container, resource } = pooler;
    if (workload === undefined || container === undefined) return;
    const listening = listeningIn(workload, workspace.topology) ?? [];
    const own = listening.find((each) => each.container === container);
    const other = listening.find((each) => each !== own && each.port === own?.port);
    if (own === undefined || other === undefined) return;
    report({
      message: `Either ${own.by} or ${other.by} does not start in ${nameOf(resource)}: both listen on ${own.port}, and containers of a Pod share their ports.`,
      at: container.node.nearest("name"),
      related: [{ message: other.by, at: other.container.node.nearest("name") }],
    });
  },
});
