import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { configurationReferences } from "../../kube/configuration-references.ts";
import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { editFix, refusedBefore } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { quoteValue } from "../../yaml/edit.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "configuration-value-not-string",
  subject: "container",
  meta: {
    summary:
      "A ConfigMap or Secret that a database reads contains a value that is not a string, which the API server refuses.",
    rationale:
      "`PGBOUNCER_PORT: 6432` is a number in YAML. The API server answers `cannot unmarshal number into Go struct field ConfigMap.data of type string`; the Pods that read the object then wait for it, or keep reading the old one.",
    remedy: "Quote the value; start a multi-line text with `|`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/config-map-v1/"],
    quietWhen: "no database, pooler, migration or backup in view reads the object.",
  },
  check(container, { workspace, report }) {
    if (!concernsDatabases(container.workload, workspace.topology)) return;
    for (const object of configurationOf(container, workspace.resources)) {
      for (const value of valuesOf(object)) {
        if (value.value === null || typeof value.value === "string") continue;
        const what = value.kind === "scalar" ? `a ${typeof value.value}` : value.kind === "map" ? "a map" : "a list";
        report({
          message: `The API server refuses ${nameOf(object)}: ${String(value.yamlPath.at(-1))} is ${what}, but its values must be strings.`,
          at: value.kind === "scalar" ? value : keyOf(value),
          subject: object,
          fixes: [
            editFix({
              title: "Quote the value",
              safety: "safe",
              consequence: refusedBefore,
              edits: value.kind === "scalar" ? quoteValue(value) : undefined,
            }),
          ],
        });
      }
    }
  },
});

function valuesOf({ node }: Resource): readonly YamlNode[] {
  return ["data", "stringData", "binaryData"].flatMap((field) =>
    (node.at(field)?.entries() ?? []).map(([, value]) => value),
  );
}

/** The ConfigMaps and Secrets in view that a container reads, as variables or as files. */
function configurationOf(container: Container, resources: ResourceIndex): ReadonlySet<Resource> {
  const found = new Set<Resource>();
  const add = (kind: "ConfigMap" | "Secret", name: string | undefined): void => {
    const object = name === undefined ? undefined : resources.find(kind, name, container.workload.resource);
    if (object !== undefined && !object.isUnsettled) found.add(object);
  };
  for (const { kind, node } of configurationReferences(container)) add(kind, node.text("name"));
  for (const { volume } of container.mounts) {
    if (volume?.source === "config-map") add("ConfigMap", volume.sourceName);
    if (volume?.source === "secret") add("Secret", volume.sourceName);
  }
  return found;
}
