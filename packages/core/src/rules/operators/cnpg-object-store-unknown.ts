import { nameOf } from "../../domain/model/names.ts";
import { misspeltStore } from "../../domain/operators/cnpg-archive-faults.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-object-store-unknown",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "The Barman Cloud plugin is pointed at an ObjectStore that does not exist.",
    rationale:
      "The plugin archives no WAL and takes no backup, and the WAL piles up on the server's volume until it is full.",
    remedy: "Use the name of the ObjectStore in the Cluster's namespace.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["ObjectStore"],
    references: ["https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/"],
    quietWhen: "no ObjectStore in view has nearly that name: it may be declared elsewhere.",
  },
  check({ resource }, { workspace, report }) {
    const external = resource.node.at("spec", "externalClusters")?.items() ?? [];
    const plugins = [
      ...(resource.node.at("spec", "plugins")?.items() ?? []).map((plugin) => [plugin, "archives nothing"] as const),
      ...external.map((each) => [each.at("plugin"), `cannot restore from ${each.text("name") ?? "it"}`] as const),
    ];
    for (const [plugin, effect] of plugins) {
      const misspelt = misspeltStore(plugin, resource, workspace.everything.resources);
      if (misspelt === undefined) continue;
      const { name, meant, at } = misspelt;
      report({
        message: `${nameOf(resource)} ${effect}: no ObjectStore ${name} is in view; did you mean ${meant}?`,
        at,
      });
    }
  },
});
