import { clientsThrough } from "../../domain/hosts/host-index.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { removeKey } from "../../yaml/edit.ts";

export default defineRule({
  id: "service-publishes-unready-pods",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary: "A Service for clients sends them to members that are not ready.",
    rationale:
      "`publishNotReadyAddresses` lets members find each other before they are ready. On the Service that clients use it bypasses the readiness probe: some connections go to members that are recovering, copying data or shutting down.",
    remedy: "Give the members their own headless Service with it, and remove the field from the clients' Service.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec"],
    quietWhen: "one instance runs, or the Service is headless and no client in view uses it.",
  },
  check(service, { workspace, report }) {
    const spec = service.node.at("spec");
    if (spec?.boolean("publishNotReadyAddresses") !== true) return;
    const [workload] = workspace.resources.selectedBy(service);
    const database = workload === undefined ? undefined : workspace.topology.databaseOf(workload);
    const members = database?.instances.value;
    if (database === undefined || members === undefined || members < 2) return;
    const clients = clientsThrough(service, database, workspace.topology);
    const [client] = clients;
    const isHeadless = spec.string("clusterIP") === "None";
    // A driver that is given all members looks for a live one by itself.
    if (
      isHeadless &&
      (client === undefined || database.engine === "mongodb" || !isDatabaseWithPrimary(database.engine))
    )
      return;
    // Sentinel's clients ask it which member they may use.
    if (workload?.containers.some(({ name, image }) => /sentinel/.test(`${name} ${image?.name ?? ""}`)) === true)
      return;
    if (!isHeadless && /headless|internal|peer|discovery/i.test(service.name)) return;
    report({
      message: `${nameOf(service)} sends clients to Pods of ${shortName(database.resource)} that are not ready: a member that is starting or recovering still gets its share of connections, 1 in ${members} (publishNotReadyAddresses).`,
      at: spec.nearest("publishNotReadyAddresses"),
      related: client === undefined ? [] : [{ message: `${nameOf(client.writtenBy)} connects through it`, at: client }],
      fixes: [
        editFix({
          title: "Remove publishNotReadyAddresses",
          safety: "unsafe",
          consequence:
            "Members that find each other through this Service can no longer do so before they are ready; a first start may wait forever.",
          edits: removeKey(spec, "publishNotReadyAddresses"),
        }),
      ],
    });
  },
});

function isDatabaseWithPrimary(engine: string): boolean {
  return (
    engine === "postgresql" || engine === "mysql" || engine === "mariadb" || engine === "redis" || engine === "valkey"
  );
}
