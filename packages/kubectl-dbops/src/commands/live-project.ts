import {
  createProject,
  type LintResult,
  type LiveObject,
  lint,
  liveFile,
  type Project,
  type SourceFile,
  veleroBackups,
} from "@dbops/core";
import type { ClusterObjects } from "../cluster/source.ts";
import { toPosix } from "../files/discover.ts";
import { manyFiles, tuneForReading, tuneForRules } from "../files/tune-v8.ts";
import type { Io } from "../io.ts";
import { configsAbove, type LintFiles, projectInput } from "./lint-input.ts";
import type { RuleRequest } from "./request.ts";

/** Which objects a report is about. */
interface Asked {
  /** undefined: of all namespaces. */
  readonly namespace: string | undefined;
  isAsked(labels: Readonly<Record<string, string>>): boolean;
}

/** What was read of a cluster as a project, and what of it was asked for. */
export interface LiveProject {
  readonly project: Project;
  readonly requested: ReadonlySet<string>;
  /** Kinds of which not everything is in view. */
  readonly unread: ReadonlySet<string>;
  /** What could not be read, a line each: parts of files, and objects that no text can hold. */
  readonly problems: readonly string[];
}

export function liveProject(read: ClusterObjects, rules: RuleRequest, asked: Asked, io: Io): LiveProject {
  // Nobody asks for these.
  const unread = new Set([
    ...read.unread.map(({ kind, group }) => (`${kind}.${group}` === veleroBackups ? veleroBackups : kind)),
    "Secret",
    "Endpoints",
  ]);
  const found = filesOf(read, asked, io);
  const project = createProject({
    ...projectInput({ ...rules, view: "cluster" }, found, undefined, io),
    cluster: { readAt: read.readAt, unread },
  });
  if (read.objects.length >= manyFiles) tuneForRules();
  return { project, requested: found.requested, unread, problems: [...read.problems, ...found.problems] };
}

/** The same without a rule: what is there, for verbs that show it. */
export function lookAt(
  read: ClusterObjects,
  namespace: string | undefined,
  io: Io,
): LintResult & Pick<LiveProject, "unread" | "problems"> {
  const noRules: RuleRequest = {
    select: [],
    ignore: undefined,
    preset: undefined,
    config: "none",
    readsComments: false,
    view: "cluster",
  };
  const { project, requested, ...others } = liveProject(read, noRules, { namespace, isAsked: () => true }, io);
  return { ...lint({ project, requested }), ...others };
}

type LiveFiles = Pick<LintFiles, "root" | "files" | "configs" | "requested" | "exclude"> &
  Pick<LiveProject, "problems">;

/** Each object as a file; those of the namespace are asked for whose labels match. */
function filesOf({ objects }: ClusterObjects, { namespace, isAsked }: Asked, io: Io): LiveFiles {
  if (objects.length >= manyFiles) tuneForReading();
  const files: SourceFile[] = [];
  const requested = new Set<string>();
  const problems: string[] = [];
  for (const object of objects) {
    const { labels = {}, namespace: own } = object.metadata;
    if (namespace !== undefined && isVolumeOfOthers(object, namespace)) continue;
    const file = fileOf(object);
    if (file === undefined) {
      const { kind, metadata } = object;
      problems.push(`${kind} ${own === undefined ? "" : `${own}/`}${metadata.name}: nested too deeply to be read`);
      continue;
    }
    files.push(file);
    if (isAsked(labels) && (namespace === undefined || own === undefined || own === namespace)) requested.add(file.uri);
  }
  return {
    root: toPosix(io.cwd),
    files,
    configs: configsAbove(io),
    requested,
    exclude: [],
    problems,
  };
}

function fileOf(object: LiveObject): SourceFile | undefined {
  try {
    return liveFile(object);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a volume belongs to a claim of another namespace: where one is asked for, the others are nobody's business. */
function isVolumeOfOthers({ kind, spec }: LiveObject, namespace: string): boolean {
  const { claimRef } = (spec ?? {}) as { readonly claimRef?: { readonly namespace?: unknown } | null };
  const owner = claimRef?.namespace;
  return kind === "PersistentVolume" && owner !== undefined && owner !== null && owner !== namespace;
}
