import { connectionProxies } from "../../facts/server-evidence.ts";
import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { groupBy } from "../../text/group-by.ts";
import { oncePer } from "../../text/once.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";

/** Pods by the claims they mount; one that has run to its end uses nothing any more. */
const podsByClaim = oncePer((live: LiveWorld) =>
  groupBy(
    live.ofKind("Pod").filter((pod) => !hasEnded(pod)),
    (pod) =>
      (pod.node.at("spec", "volumes")?.items() ?? []).flatMap((volume) => {
        const name = volume.text("persistentVolumeClaim", "claimName");
        return name === undefined ? [] : [`${pod.namespace}/${name}`];
      }),
  ),
);

function hasEnded(pod: Resource): boolean {
  return /^(?:Succeeded|Failed)$/.test(pod.node.text("status", "phase") ?? "");
}

/** The Pods that use a claim now. */
export function podsUsing(claim: Resource, live: LiveWorld): readonly Resource[] {
  const named = podsByClaim(live).get(`${claim.namespace}/${claim.name}`) ?? [];
  const own = podOfEphemeral(claim, live);
  return own === undefined || hasEnded(own) ? named : [own, ...named.filter((pod) => pod !== own)];
}

/**
 * The Pod whose ephemeral volume a claim is: it is made with the Pod and goes with it.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export function podOfEphemeral(claim: Resource, live: LiveWorld): Resource | undefined {
  return live.collectedWith(claim).find(
    (owner) =>
      owner.kind === "Pod" &&
      owner.node
        .at("spec", "volumes")
        ?.items()
        .some(
          (volume) => volume.at("ephemeral") !== undefined && `${owner.name}-${volume.text("name")}` === claim.name,
        ) === true,
  );
}

/** What ends with it, as `goes when … is deleted` continues; empty: nothing in view takes it along. */
export function takersOf(claim: Resource, live: LiveWorld): readonly string[] {
  return live.collectedWith(claim).map(({ kind, name }) => `${kind} ${name}`);
}

/** Workloads by the claims that their templates name: a Deployment that is scaled to zero, a CronJob between two runs. */
const workloadsByClaim = oncePer((live: LiveWorld) =>
  groupBy(
    live.written.filter(({ workload, kind }) => workload !== undefined && kind !== "Pod"),
    ({ namespace, workload }) =>
      (workload?.volumes ?? []).flatMap(({ source, sourceName }) =>
        source === "claim" && sourceName !== undefined ? [`${namespace}/${sourceName}`] : [],
      ),
  ),
);

/** The workloads whose template names a claim. */
export function workloadsNaming(claim: Resource, live: LiveWorld): readonly Resource[] {
  return workloadsByClaim(live).get(`${claim.namespace}/${claim.name}`) ?? [];
}

/** Of Kubernetes: a claim that was deleted stays until the last Pod that uses it is gone. */
const waitsForPods = "kubernetes.io/pvc-protection";

/** Whether the Pods that use a claim keep it from going: every API server sets the finalizer, and someone may have removed it. */
export function isKeptByPods(claim: Resource): boolean {
  const finalizers = claim.node.at("metadata", "finalizers")?.items();
  return finalizers === undefined || finalizers.some((each) => each.text() === waitsForPods);
}

/** What else keeps a claim that was deleted: finalizers of snapshotters, operators and backup tools. */
export function otherKeepers(claim: Resource): readonly string[] {
  return (claim.node.at("metadata", "finalizers")?.items() ?? [])
    .map((each) => each.text() ?? "")
    .filter((each) => each !== "" && each !== waitsForPods);
}

/** The database that an object was made of, through whatever is in between. */
export function databaseBehind(made: Resource, { live, topology }: Workspace): Database | undefined {
  return live === undefined ? undefined : topology.databaseOf(live.rootOf(made));
}

/** The database whose data a claim holds: by the template that made it, by its owner, by the Pods that use it. */
export function databaseOfClaim(claim: Resource, workspace: Workspace): Database | undefined {
  const { live, topology } = workspace;
  if (live === undefined) return undefined;
  const set = live.templateOf(claim)?.set;
  const bySet = set === undefined ? undefined : (topology.databaseOf(set) ?? databaseBehind(set, workspace));
  if (bySet !== undefined) return bySet;
  for (const each of [claim, ...podsUsing(claim, live)]) {
    const database = databaseBehind(each, workspace);
    if (database !== undefined) return database;
  }
  return undefined;
}

/** The claims that hold the data of a database. */
export function claimsHolding(database: Database, workspace: Workspace): readonly Resource[] {
  return claimsByDatabase(workspace).get(database) ?? [];
}

const claimsByDatabase = oncePer((workspace: Workspace) =>
  groupBy(workspace.live?.ofKind("PersistentVolumeClaim") ?? [], (claim) => [databaseOfClaim(claim, workspace)]),
);

/** The volume that a claim is bound to. */
export function volumeBehind(claim: Resource, live: LiveWorld): Resource | undefined {
  const name = claim.node.text("spec", "volumeName");
  return name === undefined ? undefined : live.find("PersistentVolume", name, undefined);
}

/** The running Pods of a database that hold its data: not what passes connections on, routes, backs up or ran once. */
export function membersOf(database: Database, live: LiveWorld): readonly Resource[] {
  return live
    .podsOf(database.resource)
    .filter(
      (pod) =>
        pod.node.text("spec", "nodeName") !== undefined &&
        pod.node.text("status", "phase") === "Running" &&
        !isBeside(pod) &&
        !live.ownersOf(pod).some(({ kind }) => kind === "Job"),
    );
}

/** Labels by which operators say what a Pod of theirs does. */
const roleLabels = [
  "app.kubernetes.io/component",
  "app.kubernetes.io/name",
  "component",
  "cnpg.io/podRole",
  "postgres-operator.crunchydata.com/role",
  "postgres-operator.crunchydata.com/data",
];
const notMembers = /^(?:mongos|mysqlrouter|orchestrator|pgbackrest|pitr|binlog|pmm)$/;

/** Whether a Pod is a pooler, proxy, router or backup repository, by what its operator or its image calls it. */
function isBeside({ labels, node }: Resource): boolean {
  const [image = ""] = (node.at("spec", "containers")?.items() ?? []).map((each) => each.text("image") ?? "");
  const names = [...roleLabels.map((label) => labels[label] ?? ""), image.slice(image.lastIndexOf("/") + 1)];
  const words = names.flatMap((name) => name.toLowerCase().split(/[^a-z0-9]+/));
  return words.some((word) => connectionProxies.test(word) || notMembers.test(word));
}

interface Condition {
  readonly status: string;
  readonly reason: string | undefined;
  readonly since: string | undefined;
  readonly node: YamlNode;
}

/** The condition of an object's status, by its type. */
export function conditionOf(resource: Resource, type: string): Condition | undefined {
  const found = resource.node
    .at("status", "conditions")
    ?.items()
    .find((condition) => condition.text("type") === type);
  return found === undefined
    ? undefined
    : {
        status: found.text("status") ?? "Unknown",
        reason: found.text("reason"),
        since: found.text("lastTransitionTime"),
        node: found,
      };
}
