import { nameOf } from "../../domain/model/names.ts";
import { missingBarman } from "../../domain/operators/cnpg-archive-faults.ts";
import { shortImage } from "../../kube/image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-image-without-barman",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "The image flavour lacks the programs that the configured backup needs.",
    rationale:
      "The `standard` and `minimal` images have no barman-cloud tools; the in-tree `barmanObjectStore` calls them inside the Pod. The Cluster still looks healthy.",
    remedy: "Move the backup to the Barman Cloud plugin, or use a `system` image until then.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/cloudnative-pg/postgres-containers/issues/276"],
  },
  check(database, { report }) {
    const missing = missingBarman(database);
    if (missing === undefined) return;
    const { image, store } = missing;
    report({
      message: `${shortImage(image)} has no barman-cloud programs: ${nameOf(database.resource)} archives no WAL and takes no backup, and pg_wal grows until the disk is full.`,
      at: image.node,
      related: [{ message: "the in-tree backup needs them", at: store }],
    });
  },
});
