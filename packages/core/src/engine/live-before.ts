import { kindOf } from "../change/pair.ts";
import { nameOf } from "../domain/model/names.ts";
import { groupOf, type Kind } from "../facts/kinds.ts";
import { asWritten, lastApplied } from "../kube/as-written.ts";
import { type LiveObject, withoutStatus, writtenFile } from "../kube/live-text.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import type { Project } from "../project/project.ts";
import type { SourceFile } from "../text/source-file.ts";
import { resourcesOf } from "./build-workspaces.ts";

/** An object that manifests write, and the namespace that they write. */
export interface WrittenObject {
  readonly kind: Kind;
  readonly group: string;
  readonly namespace: string | undefined;
}

/** Where to look for the objects of manifests. */
export function objectsWritten(project: Project): readonly WrittenObject[] {
  return writtenIn(project).map(({ kind, apiVersion, namespace }) => ({
    kind: kind as Kind,
    group: groupOf(apiVersion),
    namespace,
  }));
}

/** How manifests and a cluster are brought together. */
interface Match {
  /** The namespace of objects that write none; undefined: the only one that has an object of that name. */
  readonly namespace: string | undefined;
  /** Whether an object that only the cluster has counts as deleted. */
  isPruned(object: LiveObject): boolean;
}

/** The old text of a comparison with a cluster. */
export interface LiveBefore {
  readonly files: readonly SourceFile[];
  /** `StatefulSet db`: objects that write no namespace, and that several namespaces have. */
  readonly ambiguous: readonly string[];
  /** Sentences without their stop: what the cluster has in another form than the manifest writes, and so counts as unchanged. */
  readonly uncompared: readonly string[];
}

/**
 * What a cluster has of the objects that manifests write, as they would be written there. What only the cluster has is somebody else's,
 * unless `isPruned` says otherwise and `kubectl apply` made it, as its own `--prune` has it.
 */
export function liveBefore(
  project: Project,
  objects: readonly LiveObject[],
  { namespace, isPruned }: Match,
): LiveBefore {
  const byName = new Map<string, LiveObject[]>();
  for (const object of objects) {
    const key = keyOf(object, object.metadata.name);
    byName.set(key, [...(byName.get(key) ?? []), object]);
  }
  const files = new Map<LiveObject, SourceFile>();
  const ambiguous = new Set<string>();
  const uncompared: string[] = [];
  for (const resource of writtenIn(project)) {
    const { kind, name } = resource;
    const wanted = resource.namespace ?? namespace;
    const found = (byName.get(keyOf(resource, name)) ?? []).filter(
      ({ metadata }) => wanted === undefined || metadata.namespace === undefined || metadata.namespace === wanted,
    );
    const [object, ...more] = found;
    if (more.length > 0) ambiguous.add(`${kind} ${name}`);
    if (object === undefined || more.length > 0 || files.has(object)) continue;
    const written = resource.node.value as Readonly<Record<string, unknown>>;
    const manifest = asWritten(object, written);
    if (manifest === undefined)
      uncompared.push(
        `${nameOf(resource)} is written as ${resource.apiVersion}, and the cluster gives it as ${object.apiVersion}: what changes in it is not said`,
      );
    files.set(object, writtenFile(object, placedAs(resource, manifest ?? written)));
  }
  for (const object of objects)
    if (!files.has(object) && wasApplied(object) && isPruned(object))
      files.set(object, writtenFile(object, withoutStatus(object)));
  return { files: [...files.values()], ambiguous: [...ambiguous], uncompared };
}

/** Without parts of objects, and those whose name is not known yet. */
function writtenIn(project: Project): readonly Resource[] {
  const asked = new Set<string>();
  return project.units
    .flatMap((unit) => resourcesOf(unit, new Map(), asked))
    .filter(({ isPartial, name }) => !isPartial && name !== "" && !name.endsWith("-") && !hasPlaceholder(name));
}

/** The name and the namespace that a kustomization gives an object are those of the object. */
function placedAs({ name, namespace }: Resource, manifest: Readonly<Record<string, unknown>>): typeof manifest {
  const { namespace: _namespace, ...metadata } = (manifest.metadata ?? {}) as Readonly<Record<string, unknown>>;
  return { ...manifest, metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) } };
}

function wasApplied({ metadata }: LiveObject): boolean {
  return (metadata.annotations as Readonly<Record<string, unknown>> | undefined)?.[lastApplied] !== undefined;
}

function keyOf(object: Pick<Resource, "kind" | "apiVersion">, name: string): string {
  return `${kindOf(object)}/${name}`;
}
