import type { Engine } from "../../facts/engines.ts";
import type { Kind } from "../../facts/kinds.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Place, YamlNode } from "../../yaml/node.ts";
import type { Backup } from "./backup.ts";
import type { Database } from "./database.ts";
import type { Pooler } from "./pooler.ts";
import type { Reach } from "./reach.ts";

type Path = readonly string[];

/** What a Service that an operator makes leads to. */
export type ServiceRole = "primary" | "replicas" | "any" | "pooler";

/** How a custom resource writes what dbops asks of a database. */
export interface OperatedDatabase {
  readonly engine: Engine;
  readonly instances: (node: YamlNode) => Fact<number>;
  /** Fields that hold the version, the first that is written counts. */
  readonly version: readonly Path[];
  /** Whether the version written is that of another product, which counts its own. */
  readonly hasForeignVersion?: (node: YamlNode) => boolean;
  readonly image: Path | undefined;
  /** Images, without their registry, whose tag is the server's version; undefined: every one's is. */
  readonly versionedImages?: RegExp;
  /** Maps of parameters, or texts of option files. */
  readonly parameters: readonly Path[];
  /** What the operator's webhook refuses of a change to an existing resource, whatever it thinks of the new one by itself. */
  readonly refusedChanges?: (before: YamlNode, after: YamlNode) => readonly RefusedChange[];
  /** Sizes of an instance's volumes by what is on them: data, WAL, a tablespace. Default: those of `storage` and `walStorage`. */
  readonly sizes?: (node: YamlNode) => ReadonlyMap<string, YamlNode>;
  /** A member that goes takes its claims along when `instances` is lowered. Default: they stay, or it is not known. */
  readonly deletesClaimsOfRemoved?: boolean;
  /** The operator computes defaults of its own: an unwritten parameter is unknown. */
  readonly hasOwnDefaults?: boolean;
  /** The size of the volume for the data, and of one for the WAL alone. */
  readonly storage?: Path;
  readonly walStorage?: Path;
  /** The field without which the operator gives the server no volume that outlives its Pod: then it is a cache. */
  readonly keepsNothingWithout?: Path;
  /** Whether it asks for a volume that is deleted with its Pod: then it is a cache too. */
  readonly isEphemeral?: (node: YamlNode) => boolean;
  /** Requests and limits of the server; undefined: they are written in several places, or the operator sets its own. */
  readonly resources?: Path;
  /** The operator's own configuration fills in what is not written there. */
  readonly hasDefaultResources?: boolean;
  /** A list of groups of instances, each with resources of its own. */
  readonly instanceSets?: Path;
  /** Lists of lines of pg_hba.conf. */
  readonly loginRules?: readonly Path[];
  /** Where the resource configures backups of its own; undefined: elsewhere. */
  readonly backups?: BackupSection;
  /** The field that says whether deletion takes the claims along. */
  readonly claimDeletion?: ClaimDeletion;
  /** Whether the resource describes a copy that follows a server elsewhere: the backups are that one's. */
  readonly followsAnother?: (node: YamlNode) => boolean;
  /** Its claims go with the resource unless `claimDeletion` says otherwise, and why; undefined: they stay. */
  readonly ownsClaims?: string;
  /** Where all of its backups are on claims that go with the resource: one of them, and why; undefined: elsewhere, or some are. */
  readonly ownsBackups?: (node: YamlNode) => { readonly because: string; readonly at: YamlNode } | undefined;
  /** It makes a budget that lets no Pod of a single instance be evicted. */
  readonly guardsSingleInstance?: boolean;
  /** The flag with which a single member is accepted; undefined: it always is. */
  readonly singleMemberFlag?: string;
  /** false: instances are spread over nodes only where the resource asks for it. Default: the operator spreads them. */
  readonly spreads?: boolean;
}

interface ClaimDeletion {
  readonly path: Path;
  /** Values with which the claims go. */
  readonly deletes: readonly string[];
  /** A value with which they stay. */
  readonly keeps: string | boolean;
  /** The value where none is written, if the claims go with it; undefined: they stay. */
  readonly standard?: string;
  /** A field that older versions of the resource have in its place. */
  readonly older?: Path;
}

/** A change that an operator does not carry out. */
export interface RefusedChange {
  readonly field: Path;
  /** In the new text; undefined: it is not written there. */
  readonly at: YamlNode | undefined;
  /** In the old one; undefined: a default stood there. */
  readonly was: YamlNode | undefined;
  /** The operator's words. */
  readonly says: string;
}

interface BackupSection {
  readonly path: Path;
  /** A switch in the section. */
  readonly enabled?: string;
  /** A list or map in the section that must not be empty. */
  readonly list?: string;
  /** What is said when there are none: `spec.backup names no storage`. */
  readonly missing: string;
}

/** What an operator says of backups in one of its resources. */
export type OperatorBackup = Pick<
  Backup,
  "method" | "engine" | "schedule" | "dialect" | "databases" | "target" | "terms"
>;

/** A field that has an operator make a Service which is reached from outside the cluster. */
export interface Opening {
  readonly type: "LoadBalancer" | "NodePort";
  readonly at: YamlNode;
}

interface Pause {
  readonly path: Path;
  readonly value: string;
  /** `runs no server` */
  readonly effect: string;
}

/** A database in a server, as `CREATE DATABASE` makes it, that an operator makes and drops for its resource. */
export interface DeclaredDatabase {
  readonly name: string;
  /** Why it is dropped when the resource is deleted, or at once. Not written: it stays. */
  readonly droppedOnDelete?: DropReason;
  readonly droppedNow?: DropReason;
  /** The policy with which it outlives its resource: `databaseReclaimPolicy: retain`. */
  readonly keptWith: string;
}

interface DropReason {
  /** `databaseReclaimPolicy: delete` */
  readonly because: string;
  readonly at: Place;
}

/** Why an operator does not act on a resource, or its webhook or CRD does not accept it. */
export interface Refusal {
  /** `spec.pxc.size 4 is even` */
  readonly because: string;
  readonly at: YamlNode;
}

export interface BackupSources {
  /** The databases of these kinds with a name, in view. */
  named(name: string | undefined, kinds: readonly string[]): readonly Database[];
  /** The databases that the resource itself describes. */
  own(): readonly Database[];
  /** All databases of a kind, in view. */
  ofKind(kind: string): readonly Database[];
  /** An object by its name, as the resource would mean it. */
  object(kind: Kind, name: string): Resource | undefined;
}

/** What goes and what stays when the resource of a database is deleted, as `claims …` continues. */
export interface DeletionFacts {
  readonly claims: string;
  readonly backups: string;
  readonly secrets: string;
  /** The file of the operator's code or documentation that says it, and the month of the version that was read. */
  readonly source: string;
  readonly read: string;
}

/** What dbops knows of an operator. One file each in `domain/operators`; rules ask for the answers and name no kinds. */
export interface Operator {
  readonly name: string;
  /** How people write its name, in the middle of a sentence: `CloudNativePG`, `the Percona operator`. */
  readonly title: string;
  readonly onDelete: DeletionFacts;
  /** What it does when the version in its resource is raised to another major one, or what else it wants for that: a clause. */
  readonly majorUpgrade?: string;
  /** The sections of a new resource of its that make it of another one's data. */
  readonly bootstraps?: { readonly fromBackup: string; readonly fromRunning: string };
  /** Every kind of its that dbops reads, with the API groups in which the kind is its own. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  readonly databases: Readonly<Record<string, OperatedDatabase>>;
  /** The Services that it makes for a database of this name and resource. */
  services(name: string, node: YamlNode): readonly (readonly [service: string, role: ServiceRole])[];
  /** Labels of its Pods whose value is the database's name. */
  readonly nameLabels?: readonly string[];
  /** The pooler that one of its resources describes. */
  readPooler?(resource: Resource, clusterReach: (name: string) => Reach): Pooler | undefined;
  /** The database that a resource of kind Database keeps in a server. */
  declaresDatabase?(resource: Resource): DeclaredDatabase | undefined;
  backupsIn?(resource: Resource, sources: BackupSources): readonly OperatorBackup[];
  /** Switches of its resources with which the servers, or the operator's work on them, stand still, and what then does not happen. */
  readonly pauses?: Readonly<Record<string, readonly Pause[]>>;
  /** By its kinds, what opens the Services that it makes to the world outside the cluster. */
  readonly openings?: Readonly<Record<string, (resource: Resource) => readonly Opening[]>>;
  /** By its kinds, why it refuses a resource as it stands. */
  readonly refusals?: Readonly<Record<string, (resource: Resource, resources: ResourceIndex) => readonly Refusal[]>>;
}
