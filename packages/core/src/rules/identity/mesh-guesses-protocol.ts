import { portsToServer } from "../../domain/hosts/service-port.ts";
import { nameOf } from "../../domain/model/names.ts";
import { type Engine, engineNames } from "../../facts/engines.ts";
import { isInjected } from "../../kube/mesh.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey } from "../../yaml/edit.ts";

export default defineRule({
  id: "mesh-guesses-protocol",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary: "A mesh has to guess the protocol of a server that speaks first.",
    rationale:
      "Istio looks at a client's first bytes to tell HTTP from other protocols. A MySQL client sends nothing before the server's greeting: the connection hangs until detection times out, or fails with mutual TLS.",
    remedy: "Set `appProtocol: tcp` (or `mysql`), or use a port name that begins with `tcp-` or `mysql-`.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://istio.io/latest/docs/ops/deployment/application-requirements/#server-first-protocols"],
    quietWhen:
      "no mesh in view injects its proxy, the port declares its protocol, or it is 3306, for which Istio assumes TCP.",
  },
  check(service, { workspace, report }) {
    const [workload] = workspace.resources.selectedBy(service);
    const database = workload === undefined ? undefined : workspace.topology.databaseOf(workload);
    if (workload === undefined || database === undefined || !speaksFirst.has(database.engine)) return;
    if (!isInjected(workload, workspace.resources)) return;
    const port = portsToServer(service, database)?.find(
      (item) =>
        item.text("port") !== undefined &&
        !assumedTcp.has(item.text("port") ?? "") &&
        item.at("appProtocol") === undefined &&
        !/^(tcp|mysql|mongo|tls)(-|$)/.test(item.text("name") ?? "") &&
        !hasPlaceholder(`${item.text("name") ?? ""} ${item.text("port") ?? ""}`),
    );
    if (port === undefined) return;
    report({
      message: `Port ${port.text("port")} of ${nameOf(service)} does not declare its protocol: in ${engineNames[database.engine]} the server speaks first, while Istio's proxy waits for the client to find out what it is.`,
      at: port.nearest("name"),
      fixes: [
        editFix({ title: "Set appProtocol to tcp", safety: "safe", edits: insertKey(port, "appProtocol", "tcp") }),
      ],
    });
  },
});

/** Ports for which Istio assumes TCP when nothing is said. */
const assumedTcp: ReadonlySet<string> = new Set(["25", "53", "3306", "27017"]);

const speaksFirst: ReadonlySet<Engine> = new Set(["mysql", "mariadb"]);
