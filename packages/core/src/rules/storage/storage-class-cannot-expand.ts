import { shortName } from "../../domain/model/names.ts";
import { usersOfStorage } from "../../domain/storage/volumes.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

// Drivers that can grow a volume. https://kubernetes.io/docs/concepts/storage/storage-classes/#allow-volume-expansion
const expandable =
  /ebs\.csi|pd\.csi|disk\.csi|cinder\.csi|rbd\.csi|longhorn|vsphere|kubernetes\.io\/(aws-ebs|gce-pd|azure-disk|cinder)|linode|digitalocean|hetzner|portworx|openebs\.io\/cstor/;

export default defineRule({
  id: "storage-class-cannot-expand",
  subject: "resource",
  kinds: ["StorageClass"],
  meta: {
    summary: "The storage class of a database does not let its volumes grow although its driver could.",
    rationale:
      "A full disk stops the database. Without `allowVolumeExpansion: true` the claim cannot be enlarged: the only way out is a new claim and a copy of all data.",
    remedy: "Set `allowVolumeExpansion: true`; the API server accepts it on an existing class.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/storage-classes/#allow-volume-expansion"],
    quietWhen: "no database in view uses the class, or its provisioner is a local one.",
  },
  check(resource, { workspace, report }) {
    const provisioner = resource.node.string("provisioner") ?? "";
    if (!expandable.test(provisioner)) return;
    const node = resource.node.at("allowVolumeExpansion");
    if (node?.boolean() === true || hasPlaceholder(node?.text() ?? "")) return;
    const [user] = usersOfStorage(resource, workspace);
    if (user === undefined) return;
    report({
      message: `Volumes of class ${resource.name} cannot grow (allowVolumeExpansion is not true): when the disk of ${shortName(user.resource)} is full, its data has to be copied to a new claim.`,
      at: node ?? resource.node.nearest("provisioner"),
      related: [{ message: `${shortName(user.resource)} uses it`, at: user.resource.node.nearest("metadata", "name") }],
      fixes: [
        editFix({
          title: "Allow the volumes to grow",
          safety: "safe",
          edits:
            node === undefined
              ? insertKey(resource.node, "allowVolumeExpansion", true, { after: "provisioner" })
              : setValue(node, true),
        }),
      ],
    });
  },
});
