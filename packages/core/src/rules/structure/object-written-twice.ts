import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { oncePer } from "../../text/once.ts";

export default defineRule({
  id: "object-written-twice",
  subject: "resource",
  kinds: [
    "StatefulSet",
    "Deployment",
    "CronJob",
    "Service",
    "PersistentVolumeClaim",
    "ConfigMap",
    "Secret",
    "PodDisruptionBudget",
  ],
  meta: {
    summary: "A file defines the same object twice, with different content.",
    rationale:
      "`kubectl apply` applies both, one after the other: the last one wins, and what only the first one sets is removed. kustomize refuses the file.",
    remedy: "Merge the two, or rename one.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/"],
    quietWhen:
      "both say the same, one is a Helm hook, they are in different files, or the file contains no database or pooler.",
  },
  check(resource, { workspace, report }) {
    const twin = earlierTwin(resource, workspace);
    if (twin === undefined || isHook(resource) || isHook(twin)) return;
    const [one, other] = [twin, resource].map(({ node }) => JSON.stringify(node.value));
    // What is filled in later may make them equal.
    if (one === other || hasPlaceholder(`${one} ${other}`)) return;
    report({
      message: `${nameOf(resource)} is written twice in this file with different content: the second one replaces the first.`,
      at: resource.node.nearest("metadata", "name"),
      related: [{ message: "the first one", at: twin.node.nearest("metadata", "name") }],
    });
  },
});

/** Helm makes the objects of hooks at moments of their own. */
function isHook({ annotations }: Resource): boolean {
  return annotations["helm.sh/hook"] !== undefined;
}

/** The files about databases, and the first object of each name in them. */
const writtenIn = oncePer(({ resources, topology }: Workspace) => {
  const files = new Set([...topology.databases, ...topology.poolers].map((each) => each.resource.document.file));
  const firstOf = new Map<string, Resource>();
  if (files.size > 0)
    for (const each of resources)
      if (files.has(each.document.file) && !firstOf.has(keyOf(each))) firstOf.set(keyOf(each), each);
  return { files, firstOf };
});

/** The object of that name that stands before it in its file, where that file is about a database. */
function earlierTwin(resource: Resource, workspace: Workspace): Resource | undefined {
  const { files, firstOf } = writtenIn(workspace);
  if (!files.has(resource.document.file) || /[$<{]/.test(resource.name)) return undefined;
  const first = firstOf.get(keyOf(resource));
  return first === resource || first === undefined || resource.name === "" ? undefined : first;
}

function keyOf({ document, kind, namespace, name }: Resource): string {
  return `${document.file.uri} ${kind} ${namespace ?? ""} ${name}`;
}
