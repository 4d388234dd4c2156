import { groupOf } from "../../facts/kinds.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupTerms, Retention, Whereabouts } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import type { OperatorBackup } from "../model/operator.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { resticRetention } from "./cluster-schedules.ts";

interface Sources {
  readonly resources: ResourceIndex;
  readonly databases: readonly Database[];
  databasesNamed(name: string | undefined): readonly Database[];
  claimsOf(database: Database): ReadonlySet<string>;
  meant(fitting: readonly Database[], from: Resource): readonly Database[];
}

/** BackupConfiguration of KubeStash and of its predecessor Stash, and the latter's BackupBatch of several targets. */
export function backupsOfAppscode(resource: Resource, sources: Sources): readonly OperatorBackup[] {
  if (groupOf(resource.apiVersion) !== "stash.appscode.com") return backupsOfKubestash(resource, sources);
  const members = resource.node.at("spec", "members")?.items() ?? [];
  const parts = resource.kind === "BackupBatch" ? members : [resource.node.nearest("spec")];
  return parts.map((part) => backupOfStash(resource, part.at("target", "ref"), sources));
}

/** The annotation of a database from whose blueprint the operator makes a BackupConfiguration. */
const blueprints = ["stash.appscode.com/backup-blueprint", "blueprint.kubestash.com/name"];

/** https://kubestash.com/docs/latest/concepts/crds/backupblueprint/, https://stash.run/docs/latest/guides/auto-backup/overview/ */
export function backupOfBlueprint(
  { annotations, node }: Resource,
  databases: readonly Database[],
): readonly OperatorBackup[] {
  const key = blueprints.find((name) => annotations[name] !== undefined);
  if (key === undefined || databases.length === 0) return [];
  const at = node.nearest("metadata", "annotations", key);
  const because = `BackupBlueprint ${annotations[key]} says it`;
  return [
    {
      method: "dump",
      engine: undefined,
      schedule: undefined,
      databases,
      terms: { recoveryPoint: unknown(at, because), keeps: unknown(at, because), lies: unknown(at, because) },
    },
  ];
}

/** https://stash.run/docs/latest/concepts/crds/backupconfiguration/ */
function backupOfStash(resource: Resource, target: YamlNode | undefined, sources: Sources): OperatorBackup {
  const { node } = resource;
  const schedule = node.at("spec", "schedule");
  const at = keyOf(node.nearest("spec", "retentionPolicy"));
  return {
    // An AppBinding is how KubeDB says where a database is: its addons dump.
    method: target?.text("kind") === "AppBinding" ? "dump" : "cluster-backup",
    engine: undefined,
    schedule: schedule === undefined ? undefined : textFact(schedule),
    databases: targets(target, resource, sources),
    terms: {
      keeps: resticRetention(node.at("spec", "retentionPolicy"), "keep") ?? byDefault({ kind: "all" }, at),
      lies: unknown(node.nearest("spec", "repository"), "its Repository is not in view"),
      ...pauseOf(node),
    },
  };
}

/** https://kubestash.com/docs/latest/concepts/crds/backupconfiguration/ */
function backupsOfKubestash(resource: Resource, sources: Sources): readonly OperatorBackup[] {
  const { node } = resource;
  const target = node.at("spec", "target");
  const databases = targets(target, resource, sources);
  const sessions = node.at("spec", "sessions")?.items() ?? [];
  return sessions.map((session) => {
    const schedule = session.at("scheduler", "schedule");
    const suspended = session.at("scheduler", "suspend");
    const names = (session.at("addon", "tasks")?.items() ?? []).map((each) => each.text("name") ?? "");
    return {
      method: methodOf(
        names,
        databases.some(({ operator }) => operator !== undefined),
      ),
      engine: undefined,
      schedule: schedule === undefined ? undefined : textFact(schedule),
      databases,
      terms: {
        store: session.text("name") ?? "",
        ...backendOf(session, resource, sources.resources),
        ...(suspended?.boolean() === true ? { fault: { because: "it is suspended", at: suspended } } : pauseOf(node)),
      },
    };
  });
}

/** What a target names: the object of a database, its AppBinding of the same name, or its claim. */
function targets(
  target: YamlNode | undefined,
  from: Resource,
  { databases, databasesNamed, claimsOf, meant }: Sources,
): readonly Database[] {
  const name = target?.text("name");
  const kind = target?.text("kind");
  if (name === undefined) return [];
  const place = { namespace: target?.text("namespace") ?? from.namespace };
  const named =
    kind === "PersistentVolumeClaim"
      ? databases.filter((database) => claimsOf(database).has(name))
      : databasesNamed(name).filter(({ resource }) => kind === "AppBinding" || resource.kind === kind);
  return meant(
    named.filter(({ resource }) => namespacesAgree(place, resource)),
    from,
  );
}

function methodOf(tasks: readonly string[], isDatabase: boolean): OperatorBackup["method"] {
  if (tasks.some((name) => /physical/.test(name))) return "physical";
  if (tasks.some((name) => /volume-?snapshot/.test(name))) return "volume-snapshot";
  return isDatabase ? "dump" : "cluster-backup";
}

/** Retention and place of the backend that the first repository of a session names. */
function backendOf(session: YamlNode, resource: Resource, resources: ResourceIndex): BackupTerms {
  const [repository] = session.at("repositories")?.items() ?? [];
  const backends = resource.node.at("spec", "backends")?.items() ?? [];
  const name = repository?.text("backend");
  const backend = backends.length === 1 ? backends[0] : backends.find((each) => each.text("name") === name);
  if (backend === undefined) return {};
  const policy = backend.text("retentionPolicy", "name");
  const storage = backend.text("storageRef", "name");
  return {
    keeps: retentionOf(backend, policy === undefined ? undefined : objectOf("RetentionPolicy", policy, resources)),
    lies: whereIs(backend, storage === undefined ? undefined : objectOf("BackupStorage", storage, resources)),
  };
}

/** They may lie in another namespace, which the reference names. */
function objectOf(
  kind: "RetentionPolicy" | "BackupStorage",
  name: string,
  resources: ResourceIndex,
): YamlNode | undefined {
  const all = resources.ofKind(kind).filter((each) => each.name === name);
  return all.length === 1 ? all[0]?.node : undefined;
}

const units: Readonly<Record<string, number>> = { y: 365 * 86_400, mo: 30 * 86_400, d: 86_400, h: 3600, m: 60 };

/** `30d`, `6mo`; a policy of successful snapshots counts them. */
function retentionOf(backend: YamlNode, policy: YamlNode | undefined): Fact<Retention> {
  const at = keyOf(backend.nearest("retentionPolicy"));
  if (backend.at("retentionPolicy") === undefined) return byDefault({ kind: "all" }, at);
  if (policy === undefined)
    return unknown(at, `RetentionPolicy ${backend.text("retentionPolicy", "name") ?? ""} is not in view`);
  const kept = policy.at("spec", "successfulSnapshots");
  const copies = resticRetention(kept, "");
  const match = /^(\d+)(y|mo|d|h|m)$/.exec(policy.text("spec", "maxRetentionPeriod") ?? "");
  if (match !== null)
    return known({ kind: "time", seconds: Number(match[1]) * (units[match[2] ?? ""] ?? 0) }, policy.nearest("spec"));
  return copies ?? unknown(at, "its retention cannot be read");
}

function whereIs(backend: YamlNode, storage: YamlNode | undefined): Fact<Whereabouts> {
  const at = keyOf(backend.nearest("storageRef"));
  const written = storage?.at("spec", "storage");
  if (written === undefined)
    return unknown(at, `BackupStorage ${backend.text("storageRef", "name") ?? ""} is not in view`);
  if (written.text("provider") === "local") return unknown(at, "its volume is not known");
  const endpoint = written.at("s3", "endpoint");
  return whereStoreIs(endpoint?.text(), endpoint ?? keyOf(written));
}

function pauseOf(node: YamlNode): BackupTerms {
  const at = node.at("spec", "paused");
  return at?.boolean() === true ? { fault: { because: "it is paused", at } } : {};
}
