import { concernsDatabases } from "../../domain/concerns.ts";
import { nameOf } from "../../domain/names.ts";
import { entryKeys, isFilledElsewhere } from "../../kube/mounted-files.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";

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
    if (workload.resource.isPatched) return;
    for (const item of container.node.at("env")?.items() ?? []) {
      for (const [field, kind] of [
        ["secretKeyRef", "Secret"],
        ["configMapKeyRef", "ConfigMap"],
      ] as const) {
        const reference = item.at("valueFrom", field);
        const name = reference?.string("name");
        const key = reference?.string("key");
        if (
          reference === undefined ||
          name === undefined ||
          key === undefined ||
          /[$<{]/.test(name + key) ||
          reference.boolean("optional") === true
        )
          continue;
        const object = workspace.resources.find(kind, name, workload.resource);
        if (object === undefined || object.isPatched || isFilledElsewhere(object) || entryKeys(object).includes(key))
          continue;
        if (
          workspace.resources.ofKind("ExternalSecret").some((each) => each.name === name) ||
          object.node.at("metadata", "ownerReferences") !== undefined
        )
          continue;
        if (
          !concernsDatabases(workload, workspace.topology) &&
          !/pg|postgres|db|database|mysql|mongo|redis/i.test(item.text("name") ?? "")
        )
          continue;
        const keys = entryKeys(object);
        const meant = closest(key, keys);
        const has = keys.length <= 5 ? keys.join(", ") : `${keys.slice(0, 5).join(", ")} and ${keys.length - 5} more`;
        report({
          message: `${nameOf(workload.resource)} never starts: ${kind} ${name} has no key ${key}${meant === undefined ? ` (it has ${has}).` : `; did you mean ${meant}?`}`,
          at: reference.nearest("key"),
          related: [{ message: `${kind} ${name}`, at: object.node.nearest("metadata", "name") }],
        });
      }
    }
  },
});
