import type { LiveWorld } from "../../kube/live-world.ts";
import { integerFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { listed } from "../../text/listed.ts";
import { nameOf } from "../model/names.ts";
import { isKeptByPods, otherKeepers, podOfEphemeral, podsUsing, takersOf, workloadsNaming } from "./live-data.ts";

/** Why a claim is there. None of these words says that nobody needs it: no cluster can know that. */
export type ClaimState =
  | "in-use" // a Pod mounts it
  | "going" // it was deleted, and a Pod still mounts it
  | "kept-for-pod" // its StatefulSet has it for a Pod that is not there now
  | "kept-for-workload" // a workload names it, of which no Pod runs now
  | "belongs-to-operator" // an operator's object owns it
  | "kept-after-deletion" // the StatefulSet that made it is gone
  | "waits" // it is not bound yet
  | "lost" // its volume is gone
  | "named-by-nothing" // nothing in view names it
  | "unknown"; // what would say it may not be read

export interface ClaimVerdict {
  readonly state: ClaimState;
  /** In words: `kept for ordinal 2 of db (scaled to 2)`. */
  readonly text: string;
}

/** What is known of why a claim is there; `unread` are the kinds that may not be read. */
export function verdictOf(claim: Resource, live: LiveWorld, unread: ReadonlySet<string>): ClaimVerdict {
  if (unread.has("Pod")) return { state: "unknown", text: "unknown: Pods not readable" };
  const pods = podsUsing(claim, live);
  const [pod] = pods;
  const made = live.templateOf(claim);
  const owner = live.rootOf(claim);
  if (claim.node.at("metadata", "deletionTimestamp") !== undefined)
    return {
      state: "going",
      text:
        pod === undefined || !isKeptByPods(claim) ? notYetGone(claim) : `deleted: goes when ${goneWith(pods, claim)}`,
    };
  if (claim.node.text("status", "phase") === "Lost")
    return { state: "lost", text: "lost: its volume no longer exists" };
  const ephemeral = podOfEphemeral(claim, live);
  if (ephemeral !== undefined)
    return {
      state: pod === undefined ? "kept-for-pod" : "in-use",
      text: `${pod === undefined ? `kept while Pod ${ephemeral.name}, which has ended, is there` : `in use by ${pod.name}`}: its ephemeral volume, goes with that Pod`,
    };
  const takers = takersOf(claim, live);
  const then = takers.length === 0 ? "" : `; goes when ${listed(takers)} ${takers.length === 1 ? "is" : "are"} deleted`;
  if (pod !== undefined) return { state: "in-use", text: `in use by ${pod.name}${then}` };
  if (claim.node.text("status", "phase") === "Pending")
    return { state: "waits", text: "not bound: waits for a volume or its first Pod" };
  if (made !== undefined) return { state: "kept-for-pod", text: `${keptFor(made.set, made.ordinal)}${then}` };
  if (owner !== claim) return { state: "belongs-to-operator", text: `belongs to ${nameOf(owner)}${sleepOf(owner)}` };
  const [workload] = workloadsNaming(claim, live);
  if (workload !== undefined)
    return { state: "kept-for-workload", text: `kept for ${nameOf(workload)}, which runs no Pod now` };
  const missing = ["StatefulSet", "Deployment", "CronJob"].filter((kind) => unread.has(kind));
  if (missing.length > 0) return { state: "unknown", text: `unknown: ${missing.join(", ")} not readable` };
  // The controller gives a claim its set's name, an ordinal and the labels that the set selects by.
  if (/-\d+$/.test(claim.name) && Object.keys(claim.labels).length > 0)
    return { state: "kept-after-deletion", text: "kept: its StatefulSet was deleted" };
  return { state: "named-by-nothing", text: "kept: nothing in view names it" };
}

/** `Pod db-0 is gone`, and who else has a say: other finalizers than the one that waits for Pods. */
function goneWith(pods: readonly Resource[], claim: Resource): string {
  const others = otherKeepers(claim).map((name) => `finalizer ${name}`);
  const all = [...pods.map(({ name }) => `Pod ${name}`), ...others];
  return `${listed(all)} ${all.length === 1 ? "is" : "are"} gone`;
}

function notYetGone(claim: Resource): string {
  const others = otherKeepers(claim);
  return others.length === 0 ? "deleted, about to go" : `deleted: kept by finalizer ${listed(others)}`;
}

function keptFor(set: Resource, ordinal: number): string {
  const replicas = integerFact(set.node, ["spec", "replicas"], 1).value ?? 1;
  const start = integerFact(set.node, ["spec", "ordinals", "start"], 0).value ?? 0;
  return ordinal >= start && ordinal < start + replicas
    ? `kept for ordinal ${ordinal} of ${set.name}, whose Pod is not there now`
    : `kept for ordinal ${ordinal} of ${set.name} (scaled to ${replicas})`;
}

/** An operator that keeps the claims of a cluster that it has put to sleep. */
function sleepOf({ annotations, node }: Resource): string {
  const isAsleep =
    annotations["cnpg.io/hibernation"] === "on" ||
    node.boolean("spec", "pause") === true ||
    node.boolean("spec", "shutdown") === true;
  return isAsleep ? ", which is hibernated" : ", which runs no Pod with it now";
}
