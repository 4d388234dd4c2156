import { nameOf } from "../../domain/model/names.ts";
import { readPgbouncerFile } from "../../embedded/pgbouncer-file.ts";
import { readEntry } from "../../kube/mounted-files.ts";
import { defineRule } from "../../rule/rule.ts";
import { partOf } from "../../yaml/part-of.ts";

export default defineRule({
  id: "pooler-file-lost-to-operator",
  subject: "resource",
  kinds: ["PostgresCluster", "PerconaPGCluster"],
  meta: {
    summary: "Settings in a pgbouncer.ini that the operator includes are lost.",
    rationale:
      "Crunchy's and Percona's operators write `[pgbouncer]`, include the pgbouncer.ini of `config.files`, and then begin `[pgbouncer]` again with their own settings. A second header resets every parameter to its default, so what the included file sets in `[pgbouncer]` is lost (measured with 1.18 and 1.26). Its `[databases]` and `[users]` stay.",
    remedy: "Put the settings in `config.global`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/basic-setup/connection-pooling",
      "https://github.com/CrunchyData/postgres-operator/blob/main/internal/pgbouncer/config.go",
    ],
    quietWhen: "the file is not in view, or sets nothing in `[pgbouncer]`.",
  },
  check(cluster, { workspace, report }) {
    const sources = cluster.node.at("spec", "proxy", "pgBouncer", "config", "files")?.items() ?? [];
    for (const source of sources) {
      const name = source.string("configMap", "name");
      const object = name === undefined ? undefined : workspace.resources.find("ConfigMap", name, cluster);
      // PGO includes the file that lands at ~postgres-operator… as pgbouncer.ini.
      const item = source
        .at("configMap", "items")
        ?.items()
        .find((each) => each.string("path") === "pgbouncer.ini");
      const key = source.at("configMap", "items") === undefined ? "pgbouncer.ini" : item?.string("key");
      const entry = object === undefined || key === undefined ? undefined : readEntry(object, key);
      if (object === undefined || entry?.content.value === undefined || object.isUnsettled) continue;
      let section: string | undefined = "pgbouncer";
      for (const part of readPgbouncerFile(entry.content.value)) {
        if (part.kind === "section") section = part.name;
        if (part.kind !== "entry" || section !== "pgbouncer" || part.key === "") continue;
        report({
          message: `${part.key} of ${nameOf(object)} has no effect on ${nameOf(cluster)}: the operator starts a second [pgbouncer] section after this file, which resets every parameter.`,
          at: partOf(entry.node, entry.content.value, part.keySpan),
          subject: object,
          related: [{ message: "the operator includes it", at: source }],
        });
        return;
      }
    }
  },
});
