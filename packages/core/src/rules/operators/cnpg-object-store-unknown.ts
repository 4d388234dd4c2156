import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";

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
    references: ["https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/"],
    quietWhen: "no ObjectStore in view has nearly that name: it may be declared elsewhere.",
  },
  check({ resource }, { workspace, report }) {
    const stores = workspace.everything.resources
      .ofKind("ObjectStore")
      .filter((store) => namespacesAgree(store, resource));
    const external = resource.node.at("spec", "externalClusters")?.items() ?? [];
    const plugins = [
      ...(resource.node.at("spec", "plugins")?.items() ?? []).map((plugin) => [plugin, "archives nothing"] as const),
      ...external.map((each) => [each.at("plugin"), `cannot restore from ${each.text("name") ?? "it"}`] as const),
    ];
    for (const [plugin, effect] of plugins) {
      const at = plugin?.at("parameters", "barmanObjectName");
      const name = at?.text();
      if (at === undefined || name === undefined || [name, ...stores.map((store) => store.name)].some(hasPlaceholder))
        continue;
      if (stores.some((store) => store.name === name)) continue;
      const meant = closest(
        name,
        stores.filter((store) => namespacesAgreeAsWritten(store, resource)).map((store) => store.name),
        2,
      );
      if (meant === undefined) continue;
      report({
        message: `${nameOf(resource)} ${effect}: no ObjectStore ${name} is in view; did you mean ${meant}?`,
        at,
      });
    }
  },
});
