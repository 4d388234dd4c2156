import type { LiveObject } from "@dbops/core";

/** Where the objects of a cluster come from: its API server, or files that were taken from it. */
export interface ClusterSource {
  /** What errors and reports call it: `context prod (https://10.0.0.1:6443)`. */
  readonly name: string;
  /** The flags with which kubectl and dbops reach it, as a shell takes them: ` --context prod`; empty where none were given. */
  readonly flags: string;
  /** Aborts when the user wants no more; files ask nobody to wait. */
  readonly signal: AbortSignal;
  /** The namespace that counts where none is asked for; undefined: all. */
  readonly namespace: string | undefined;
  /** @throws UsageError where nothing at all can be read */
  read(scope: Scope): Promise<ClusterObjects>;
  /** Where the kinds are that this cluster has. @throws UsageError for files, which do not say */
  served(kinds: readonly ApiKind[]): Promise<readonly ServedKind[]>;
  /** Creates a Pod, waits until it has ended, and removes it again, whatever happens. @throws UsageError */
  runPod(pod: NewPod, tell: PodProgress): Promise<PodEnd>;
  /** The only object that is ever changed. @throws UsageError where the cluster refuses it, and for files */
  setReclaimPolicy(volume: string, policy: "Retain", isDryRun: boolean): Promise<void>;
}

/** A Pod to be made; its name is this and some letters. */
export interface NewPod {
  readonly metadata: { readonly generateName: string; readonly namespace: string };
}

export interface PodProgress {
  /** To whoever waits. */
  progress(text: string): void;
  /** What has to be read although nothing went wrong yet: a line. */
  note(line: string): void;
}

export interface PodEnd {
  readonly name: string;
  readonly isGood: boolean;
  readonly log: string;
}

/** What is asked for. */
export interface Scope {
  /** undefined: all. */
  readonly namespace: string | undefined;
  /** The kinds that are needed; undefined: everything that dbops reads. */
  readonly kinds?: readonly ApiKind[];
  /** Keep who manages which field, half of the size of an object; default: it is let go. */
  readonly keepsManagers?: true;
  /** Says what is being read, to whoever waits. */
  readonly progress: (text: string) => void;
}

/** What backs a database up may be in another namespace, and so may what deploys it: these are read in all. */
export function isReadInAllNamespaces({ kind, group }: ApiKind): boolean {
  // Velero's backups are where its schedules are; those of operators are with their databases.
  return inAllNamespaces.has(kind) || (kind === "Backup" && group === "velero.io");
}

const inAllNamespaces: ReadonlySet<string> = new Set([
  "CronJob",
  "Schedule",
  "BackupConfiguration",
  "BackupBatch",
  "RecurringJob",
  "Application",
  "HelmRelease",
  "Kustomization",
]);

/** A kind as an API server names it. */
export interface ApiKind {
  readonly kind: string;
  readonly group: string;
}

/** Where objects of a kind are: `/apis/apps/v1`, `statefulsets`. */
export interface ServedKind extends ApiKind {
  /** `apps/v1` */
  readonly apiVersion: string;
  readonly path: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** A kind of which not everything was read, and why. */
export interface UnreadKind extends ApiKind {
  /** forbidden-elsewhere: in other namespaces than the one asked for. not-taken: nobody knows whether there are any. */
  readonly reason: "forbidden" | "forbidden-elsewhere" | "failed" | "not-taken";
  readonly message: string;
}

export interface ClusterObjects {
  readonly objects: readonly LiveObject[];
  readonly unread: readonly UnreadKind[];
  /** Files and parts of files that could not be read, a line each: the rest was. */
  readonly problems: readonly string[];
  /** When it was read, an ISO time. */
  readonly readAt: string;
}

/** How a command line says which cluster is meant, as kubectl does. */
export interface ClusterRequest {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly as: string | undefined;
  /** Milliseconds for one answer; infinite: no limit. */
  readonly timeout: number;
}

/** What reaching a cluster needs of the process. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends requests that are under way: Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The order of objects is that of their names, whichever answer or file came first. */
export function byName(a: LiveObject, b: LiveObject): number {
  const key = ({ kind, metadata }: LiveObject): string => `${metadata.namespace ?? ""} ${kind} ${metadata.name}`;
  const [one, other] = [key(a), key(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}
