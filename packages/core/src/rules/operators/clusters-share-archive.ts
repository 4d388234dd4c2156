import { nameOf } from "../../domain/model/names.ts";
import { literalPrefix, podEnvironment } from "../../domain/operators/spilo-archive.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "clusters-share-archive",
  subject: "workspace",
  meta: {
    summary: "Several clusters of Zalando's operator write one WAL archive.",
    rationale:
      "Spilo uses WALG_S3_PREFIX as it is; only to WAL_S3_BUCKET does it add the cluster's name. Two servers that archive to one prefix overwrite each other's segments and delete each other's backups: neither can be restored.",
    remedy: "Write `$(SCOPE)` into the prefix, such as `s3://backups/spilo/$(SCOPE)`, or set WAL_S3_BUCKET alone.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/zalando/postgres-operator/issues/1432",
      "https://github.com/zalando/spilo/blob/master/ENVIRONMENT.rst",
    ],
    quietWhen: "the prefix holds a variable, or one cluster uses it.",
  },
  check({ topology, resources }, { report }) {
    const [configuration] = resources.ofKind("OperatorConfiguration");
    const shared =
      configuration === undefined
        ? undefined
        : literalPrefix(podEnvironment(configuration, (name) => resources.find("ConfigMap", name, configuration)));
    const clusters = new Map<string, { readonly at: YamlNode; readonly members: Resource[] }>();
    for (const { operator, resource } of topology.databases) {
      if (operator?.name !== "zalando" || resource.isUnsettled) continue;
      const own = (resource.node.at("spec", "env")?.items() ?? []).flatMap((item) => {
        const [name, value] = [item.text("name"), item.at("value")];
        return name === undefined || value === undefined ? [] : [[name, value] as const];
      });
      // What a cluster sets itself replaces what the operator gives to all.
      const isOwn = own.some(([name]) => /^WAL[GE]?_/.test(name));
      const at = isOwn ? literalPrefix(own) : shared;
      const prefix = at?.text();
      if (at === undefined || prefix === undefined) continue;
      const group = clusters.get(prefix);
      if (group === undefined) clusters.set(prefix, { at, members: [resource] });
      else group.members.push(resource);
    }
    for (const { at, members } of clusters.values()) {
      const [first, second] = members;
      if (first === undefined || second === undefined) continue;
      report({
        message: `${firstListed(members.map(nameOf), 2)} archive to the same prefix, which does not contain the cluster's name: they overwrite each other's WAL, and ${members.length === 2 ? "neither" : "none of them"} can be restored.`,
        at,
        subject: first,
        related: members.map((each) => ({ message: nameOf(each), at: each.node.nearest("metadata", "name") })),
      });
    }
  },
});
