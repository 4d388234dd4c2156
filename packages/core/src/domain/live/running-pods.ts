import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { type Fact, known } from "../../yaml/fact.ts";

/** Kinds that keep Pods running; a Job's come and go. */
const keepers: ReadonlySet<string> = new Set([
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Rollout",
  "DeploymentConfig",
  "Pooler",
  "PgBouncer",
]);

/** How many Pods of an object run now: those it owns, else what its status counts; undefined: nothing in view says it. */
export function runningPods(
  resource: Resource,
  live: LiveWorld,
  unread: ReadonlySet<string>,
): Fact<number> | undefined {
  if (!keepers.has(resource.kind)) return undefined;
  const status = resource.node.at("status");
  const counted = status?.at("replicas") ?? status?.at("currentNumberScheduled") ?? status?.at("instances");
  // Without what is in between, the Pods seem to be nobody's.
  const between = ["Pod", "ReplicaSet", "Deployment"].filter((kind) => unread.has(kind));
  if (between.length > 0) {
    const number = counted?.integer();
    return counted === undefined || number === undefined ? undefined : known(number, counted);
  }
  const pods = live.podsOf(resource).filter((pod) => pod.node.text("status", "phase") === "Running");
  return known(pods.length, counted ?? resource.node.nearest("status", "replicas"));
}
