import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import type { Container } from "../../kube/container.ts";
import { entryKeys, isFilledElsewhere } from "../../kube/mounted-files.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "secret-key-missing",
  subject: "container",
  meta: {
    summary: "A container reads a key that its Secret or ConfigMap in view does not have.",
    rationale:
      "The kubelet does not start the container: `couldn't find key … in Secret …` (CreateContainerConfigError).",
    remedy: "Use a key that exists, or add it.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables"],
    quietWhen: "the object is not in view, is empty or filled by another tool, or the reference is optional.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    for (const [object, missing] of missingKeys(container, workspace)) {
      const [first] = missing;
      if (first === undefined) continue;
      const keys = entryKeys(object);
      const meant = missing.length === 1 ? closest(first.key, keys) : undefined;
      const has = keys.length <= 5 ? keys.join(", ") : `${keys.slice(0, 5).join(", ")} and ${keys.length - 5} more`;
      const names = missing.map(({ key }) => key).join(", ");
      report({
        message: `${nameOf(workload.resource)} never starts: ${object.kind} ${object.name} has no ${missing.length === 1 ? "key" : "keys"} ${names}${meant === undefined ? ` (it has ${has}).` : `; did you mean ${meant}?`}`,
        at: first.reference.nearest("key"),
        related: [
          { message: `${object.kind} ${object.name}`, at: object.node.nearest("metadata", "name") },
          ...missing.slice(1, 5).map(({ key, reference }) => ({ message: key, at: reference.nearest("key") })),
        ],
      });
    }
  },
});

type Missing = { readonly key: string; readonly reference: YamlNode };

/** By the object that lacks them: one wrong Secret is one cause, however many variables read it. */
function missingKeys(container: Container, workspace: Workspace): ReadonlyMap<Resource, readonly Missing[]> {
  const found = new Map<Resource, Missing[]>();
  for (const item of container.node.at("env")?.items() ?? []) {
    for (const [field, kind] of [
      ["secretKeyRef", "Secret"],
      ["configMapKeyRef", "ConfigMap"],
    ] as const) {
      const reference = item.at("valueFrom", field);
      const name = reference?.string("name");
      const key = reference?.string("key");
      if (reference === undefined || name === undefined || key === undefined || reference.boolean("optional") === true)
        continue;
      if (hasPlaceholder(`${name} ${key} ${reference.text("optional") ?? ""}`)) continue;
      const object = workspace.resources.find(kind, name, container.workload.resource);
      if (object === undefined || isUnknown(object, workspace) || entryKeys(object).includes(key)) continue;
      const isOurs =
        concernsDatabases(container.workload, workspace.topology) ||
        /pg|postgres|db|database|mysql|mongo|redis/i.test(item.text("name") ?? "");
      if (!isOurs) continue;
      const others = found.get(object) ?? [];
      if (!others.some((other) => other.key === key)) found.set(object, [...others, { key, reference }]);
    }
  }
  return found;
}

/** What the object holds is decided elsewhere: by a patch, another controller or an owner. */
function isUnknown(object: Resource, workspace: Workspace): boolean {
  return (
    object.isUnsettled ||
    isFilledElsewhere(object) ||
    workspace.resources.ofKind("ExternalSecret").some((each) => each.name === object.name) ||
    object.node.at("metadata", "ownerReferences") !== undefined
  );
}
