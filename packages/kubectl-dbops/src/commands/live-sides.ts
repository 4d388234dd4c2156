import { kindsInClusters, type LiveObject, liveBefore, objectsWritten, type Project } from "@dbops/core";
import type { ApiKind, ClusterSource, UnreadKind } from "../cluster/source.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { masked } from "../masked.ts";
import { openSource } from "./cluster-request.ts";
import type { ComparisonRequest } from "./diff-request.ts";
import { readPlace, rendered, type SideFiles, type Sides, sidesFrom } from "./diff-sides.ts";
import { readLabels } from "./label-selector.ts";
import { unreadLines } from "./read-asked.ts";

/** A cluster as the old side: of the objects that the new text writes, what it writes of them. @throws UsageError */
export async function readClusterSides(request: ComparisonRequest, args: Arguments, io: Io): Promise<Sides> {
  const { sides } = request;
  if (sides.from !== "cluster") throw new UsageError("--live or --from is needed");
  const after =
    sides.after === undefined ? rendered(sides.kustomizations, request, io, io.cwd) : readPlace(sides.after, io);
  const alone = sidesFrom(request, io, sideWith([]), after);
  if (alone.isIncomparable) return alone;
  const source = await openSource(args, io);
  const namespace = args.value("namespace") ?? source.namespace;
  const read = await readWritten(alone.after, source, { namespace, isWhole: sides.prune !== undefined }, io);
  io.uninterrupted();
  for (const line of unreadLines(read.unread, undefined)) io.err(`${masked(line)}\n`);
  const isPruned = sides.prune === undefined ? () => false : prunes(sides.prune);
  const { files, ambiguous, uncompared } = liveBefore(alone.after, read.objects, { namespace, isPruned });
  const [open] = ambiguous;
  if (open !== undefined)
    throw new UsageError(`${source.name}: several namespaces have ${open}; -n says which is meant`);
  const failed = read.unread.flatMap(({ kind, reason }) => (reason === "failed" ? [`${kind} could not be read`] : []));
  const hidden = new Set([...read.unread.map(({ kind }) => kind), "Secret"]);
  const writesSecrets = objectsWritten(alone.after).some(({ kind }) => kind === "Secret");
  const young = { ...after, errors: [...after.errors, ...read.problems, ...failed] };
  return sidesFrom(request, io, sideWith(files), young, {
    hidden,
    claimIsThere: hidden.has(claimKind)
      ? () => undefined
      : (claim) => read.objects.some((each) => isClaim(each, { ...claim, namespace: claim.namespace ?? namespace })),
    notes: [
      ...(writesSecrets ? ["no Secret is read from a cluster: what changes in them is not said"] : []),
      ...uncompared,
    ],
  });
}

const claimKind = "PersistentVolumeClaim";

function isClaim(
  { kind, metadata }: LiveObject,
  claim: { readonly namespace: string | undefined; readonly name: string },
): boolean {
  const isNear = claim.namespace === undefined || metadata.namespace === claim.namespace;
  return kind === claimKind && metadata.name === claim.name && isNear;
}

/** What a cluster has, as texts below a root that no path on disk has. */
function sideWith(files: SideFiles["files"]): SideFiles {
  const requested = new Set(files.map(({ uri }) => uri));
  return { root: "cluster:", files, configs: [], requested, errors: [], origins: new Map(), isUnread: false };
}

interface ReadObjects {
  readonly objects: readonly LiveObject[];
  /** Of the kinds that are written, or all where the whole was asked for. */
  readonly unread: readonly UnreadKind[];
  readonly problems: readonly string[];
}

/** Reads the kinds that the new text writes, in the namespaces that it writes. */
async function readWritten(
  project: Project,
  source: ClusterSource,
  { namespace, isWhole }: { readonly namespace: string | undefined; readonly isWhole: boolean },
  io: Io,
): Promise<ReadObjects> {
  const written = objectsWritten(project);
  // Sets make claims that no manifest writes.
  const isNeeded = ({ kind }: ApiKind): boolean =>
    written.some((each) => each.kind === kind || (each.kind === "StatefulSet" && kind === claimKind));
  const kinds = kindsInClusters().filter((each) => isWhole || isNeeded(each));
  const objects = new Map<string, LiveObject>();
  const unread = new Map<string, UnreadKind>();
  const problems = new Set<string>();
  const places = new Set(written.map((each) => each.namespace ?? namespace));
  if (isWhole) places.add(namespace);
  for (const place of kinds.length === 0 ? [] : places) {
    const read = await source.read({ namespace: place, kinds, keepsManagers: true, progress: io.progress });
    for (const each of read.objects) objects.set(keyOf(each), each);
    // Other namespaces have nothing to say here.
    for (const each of read.unread)
      if (each.reason !== "forbidden-elsewhere" && (isWhole || isNeeded(each)))
        unread.set(`${each.group}/${each.kind}`, each);
    for (const each of read.problems) problems.add(each);
  }
  return { objects: [...objects.values()], unread: [...unread.values()], problems: [...problems] };
}

function keyOf({ apiVersion, kind, metadata }: LiveObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ""} ${metadata.name}`;
}

/** What `--prune` names, made by nobody else. @throws UsageError for all objects, which nobody can mean */
function prunes(selector: string): (object: LiveObject) => boolean {
  if (selector.trim() === "")
    throw new UsageError("--prune needs labels: app=shop, as kubectl apply --prune -l has them");
  const isMeant = readLabels(selector);
  return ({ metadata: { labels = {}, ownerReferences } }) => ownerReferences === undefined && isMeant(labels);
}
