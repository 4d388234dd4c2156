import { readsConfiguration } from "../../change/configuration-readers.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "configuration-waits-for-restart",
  subject: "change",
  meta: {
    summary: "A changed ConfigMap reaches a database or pooler only at its next restart or reload.",
    rationale:
      "Changing a ConfigMap restarts no Pod. Variables keep their old values until the Pod is replaced; mounted files change after a minute or so, and the server reads them when it is told to. The change then takes effect at an unplanned moment: the next drain.",
    remedy:
      "Restart or reload it when you mean to: `kubectl rollout restart`, `SELECT pg_reload_conf()`, `RELOAD` for PgBouncer; or let kustomize put a hash into the ConfigMap's name.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically",
    ],
    quietWhen: "the same change restarts the Pods, a reloader is asked to, or only files of SQL change.",
  },
  check({ before, after, among }, { report }) {
    if (before === undefined || after?.resource.kind !== "ConfigMap") return;
    if (changesOnlyScripts(before.resource, after.resource)) return;
    const { resource, workspace } = after;
    const { databases, poolers } = workspace.topology;
    for (const { container, resource: user } of [...databases, ...poolers]) {
      if (container === undefined || !readsConfiguration(container, resource.name) || isReloaded(user.annotations))
        continue;
      if (among.otherSideOf(user) === undefined || among.changeOf(user)?.restart !== undefined) continue;
      report({
        message: `${nameOf(resource)} changes, and nothing restarts ${nameOf(user)}, which reads it: the new values wait for its next restart or reload.`,
        at: resource.node.nearest("data"),
        point: "key",
        related: [{ message: "reads it", at: user.node.nearest("metadata", "name") }],
      });
      return;
    }
  },
});

/** Statements are run once, when the data directory is made or by hand: no start reads them. */
function changesOnlyScripts(before: Resource, after: Resource): boolean {
  const [old, young] = [before, after].map(({ node }) => new Map(node.at("data")?.entries() ?? []));
  const changed = [...new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])])].filter(
    (key) => old?.get(key)?.text() !== young?.get(key)?.text(),
  );
  return changed.length > 0 && changed.every((key) => key.endsWith(".sql"));
}

function isReloaded(annotations: Readonly<Record<string, string>>): boolean {
  return Object.keys(annotations).some((name) => /reload/i.test(name));
}
