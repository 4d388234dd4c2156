import { parseGoDuration } from "../../kube/duration.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupTerms, Retention } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import type { OperatorBackup } from "../model/operator.ts";
import { claimsOfDatabase, storageClassOf } from "../storage/volumes.ts";
import { resticRetention } from "./cluster-schedules.ts";

// Copies of single volumes: VolSync names a claim, kopiur's schedule a policy that names some, Longhorn's recurring jobs take the volumes
// that ask for them.

interface Sources {
  readonly resources: ResourceIndex;
  readonly databases: readonly Database[];
  claimsOf(database: Database): ReadonlySet<string>;
  meant(fitting: readonly Database[], from: Resource): readonly Database[];
}

/** https://volsync.readthedocs.io/en/stable/usage/ */
export function copiesOfVolsync(
  resource: Resource,
  { databases, claimsOf, meant }: Omit<Sources, "resources">,
): readonly OperatorBackup[] {
  const { node } = resource;
  const claim = node.text("spec", "sourcePVC");
  const schedule = node.at("spec", "trigger", "schedule");
  const paused = node.at("spec", "paused");
  const isManual = node.at("spec", "trigger", "manual") !== undefined;
  const mover = node.at("spec", "restic") ?? node.at("spec", "kopia");
  const at = keyOf(mover ?? node.nearest("spec"));
  const terms: BackupTerms = {
    ...(schedule === undefined && !isManual
      ? { recoveryPoint: unknown(at, "it runs again as soon as it has finished") }
      : {}),
    keeps: mover === undefined ? byDefault({ kind: "copies", copies: 1 }, at) : retentionOfVolsync(mover),
    lies: unknown(at, "its repository is set up in a Secret"),
    ...(paused?.boolean() === true ? { fault: { because: "it is paused", at: paused } } : {}),
  };
  return [
    {
      method: "cluster-backup",
      engine: undefined,
      schedule: schedule === undefined ? undefined : textFact(schedule),
      databases: meant(
        databases.filter(
          (database) =>
            claim !== undefined && namespacesAgree(resource, database.resource) && claimsOf(database).has(claim),
        ),
        resource,
      ),
      terms,
    },
  ];
}

/**
 * kopiur: a SnapshotSchedule names the SnapshotPolicy that names claims. Its fields are those of repositories that use it (2026-11).
 * A policy that is not in view may name any claim; one that names no database's is nothing to us.
 */
export function copiesOfKopiur(
  resource: Resource,
  { databases, resources, claimsOf, meant }: Sources,
): readonly OperatorBackup[] {
  const name = resource.node.text("spec", "policyRef", "name");
  const policy = name === undefined ? undefined : resources.find("SnapshotPolicy", name, resource);
  const claims = (policy?.node.at("spec", "sources")?.items() ?? []).map((source) => source.text("pvc", "name"));
  const named = databases.filter(
    (database) =>
      namespacesAgree(resource, database.resource) && claims.some((claim) => claimsOf(database).has(claim ?? "")),
  );
  if (policy !== undefined && named.length === 0) return [];
  const schedule = resource.node.at("spec", "schedule", "cron");
  const retention = policy?.node.at("spec", "retention");
  const at = keyOf(retention ?? resource.node.nearest("spec", "policyRef"));
  return [
    {
      method: "cluster-backup",
      engine: undefined,
      schedule: schedule === undefined ? undefined : textFact(schedule),
      databases: meant(named, resource),
      terms: {
        keeps: resticRetention(retention, "keep") ?? unknown(at, "its retention is not written"),
        lies: unknown(at, "its repository is not in view"),
      },
    },
  ];
}

/** Without `retain` the mover keeps the last one. */
function retentionOfVolsync(mover: YamlNode): Fact<Retention> {
  const retain = mover.at("retain");
  const at = retain ?? keyOf(mover);
  if (retain === undefined || retain.entries().length === 0) return byDefault({ kind: "copies", copies: 1 }, at);
  const within = /^(\d+)d$/.exec(retain.text("within") ?? "")?.[1];
  if (within !== undefined) return known({ kind: "time", seconds: Number(within) * 86_400 }, at);
  return resticRetention(retain, "") ?? unknown(at, "its retention cannot be read");
}

const tasks = /^(?:snapshot|backup)(?:-force-create)?$/;

/** https://longhorn.io/docs/latest/snapshots-and-backups/scheduling-backups-and-snapshots/ */
export function copiesOfLonghorn(
  resource: Resource,
  { databases, resources }: { readonly databases: () => readonly Database[]; readonly resources: ResourceIndex },
): readonly OperatorBackup[] {
  const { node } = resource;
  const task = node.text("spec", "task") ?? "";
  const cron = node.at("spec", "cron");
  if (!tasks.test(task)) return [];
  return [
    {
      method: task.startsWith("backup") ? "cluster-backup" : "volume-snapshot",
      engine: undefined,
      schedule: cron === undefined ? undefined : textFact(cron),
      databases: databases().filter((database) => takes(resource, database, resources)),
      terms: {
        keeps: retentionOfLonghorn(node),
        lies: task.startsWith("backup")
          ? unknown(node.nearest("spec", "task"), "Longhorn's backup target is not in view")
          : known("snapshot", node.nearest("spec", "task")),
      },
    },
  ];
}

function retentionOfLonghorn(node: YamlNode): Fact<Retention> {
  const age = node.at("spec", "retainAge");
  if (node.text("spec", "retentionPolicy") === "age-based") {
    const seconds = parseGoDuration(age?.text() ?? "");
    return seconds === undefined
      ? unknown(age ?? node.nearest("spec", "retentionPolicy"), "its retention cannot be read")
      : known({ kind: "time", seconds }, age ?? node);
  }
  const at = node.nearest("spec", "retain");
  const copies = node.integer("spec", "retain");
  return copies === undefined ? unknown(at, "its retention cannot be read") : known({ kind: "copies", copies }, at);
}

const prefix = "recurring-job";

/** Whether a recurring job of Longhorn, in any unit, copies the volume of a database. */
export function longhornTakes(job: Resource, database: Database, resources: ResourceIndex): boolean {
  return tasks.test(job.node.text("spec", "task") ?? "") && takes(job, database, resources);
}

/** Volumes carry the labels of jobs and groups; those with none are in the group `default`. */
function takes({ name, node }: Resource, database: Database, resources: ResourceIndex): boolean {
  const groups = (node.at("spec", "groups")?.items() ?? []).map((each) => each.text() ?? "");
  const wanted = new Set([
    `${prefix}.longhorn.io/${name}`,
    ...groups.map((group) => `${prefix}-group.longhorn.io/${group}`),
  ]);
  const claims = claimsOfDatabase(database, resources);
  if (claims.length === 0) return groups.includes("default") && isLonghorn(operatorClass(database), undefined);
  return claims.some(({ holder, spec }) => {
    const labels = (holder.at("metadata", "labels")?.entries() ?? []).filter(([key]) => key.startsWith(prefix));
    if (labels.some(([key, value]) => wanted.has(key) && value.text() === "enabled")) return true;
    return (
      groups.includes("default") &&
      labels.length === 0 &&
      isLonghorn(spec.text("storageClassName"), storageClassOf(spec, resources))
    );
  });
}

/** `longhorn` is the class that its chart makes; one in view says what it is. */
function isLonghorn(name: string | undefined, storageClass: Resource | undefined): boolean {
  if (storageClass !== undefined)
    return (
      storageClass.node.text("provisioner") === "driver.longhorn.io" &&
      storageClass.node.at("parameters", "recurringJobSelector") === undefined
    );
  return name !== undefined && !hasPlaceholder(name) && /^longhorn(?:-|$)/.test(name);
}

/** The class that a custom resource writes beside the size of its storage. */
function operatorClass({ operator, resource }: Database): string | undefined {
  const size = operator?.storage;
  if (size === undefined) return undefined;
  const parent = size.at(-1) === "storage" ? size.slice(0, -3) : size.slice(0, -1);
  return resource.node.text(...parent, "storageClass") ?? resource.node.text(...parent, "storageClassName");
}
