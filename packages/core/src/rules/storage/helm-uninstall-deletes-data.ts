import { nameOf } from "../../domain/model/names.ts";
import { storageClassOf } from "../../domain/storage/volumes.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import { isManagedByHelm } from "../../kube/helm-release.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "helm-uninstall-deletes-data",
  subject: "database",
  meta: {
    summary: "The claim with a database's data is part of a Helm release and goes with it.",
    rationale:
      "`helm uninstall`, and an upgrade that no longer renders the claim, deletes it; with reclaimPolicy Delete the disk goes too. Claims from a StatefulSet's template stay, one of the release does not.",
    remedy: "Annotate the claim with `helm.sh/resource-policy: keep`, and use a class with `reclaimPolicy: Retain`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource"],
    quietWhen: "the claim is kept, its class retains or is not in view, or nothing says that Helm manages it.",
  },
  check({ workload, dataDirectory, resource, durability }, { workspace, report }) {
    const mount = dataDirectory?.mount;
    if (workload === undefined || mount === undefined || durability !== "durable") return;
    const claim = claimOf(workload, mount.name, workspace.resources);
    if (claim?.resource === undefined || claim.resource.isUnsettled || !isManagedByHelm(claim.resource)) return;
    if (claim.resource.annotations["helm.sh/resource-policy"] !== undefined) return;
    const storageClass = storageClassOf(claim.spec, workspace.everything.resources);
    if (storageClass === undefined || (storageClass.node.text("reclaimPolicy") ?? "Delete") !== "Delete") return;
    const size = claim.spec.text("resources", "requests", "storage");
    report({
      message: `helm uninstall deletes ${nameOf(claim.resource)} with the data of ${nameOf(resource)}${size === undefined ? "" : ` (${size})`}: nothing keeps the claim, and class ${storageClass.name} deletes its disk.`,
      at: claim.resource.node.nearest("metadata", "name"),
      subject: claim.resource,
      related: [{ message: "the class", at: storageClass.node.nearest("reclaimPolicy") }],
    });
  },
});
