import type { Database } from "../domain/model/database.ts";
import { integerFact } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import { compare } from "./compare.ts";
import { kindOf } from "./pair.ts";
import { withDefaults } from "./pod-template.ts";

/** Pods that are replaced because their template changed. */
export interface Restart {
  /** Of a StatefulSet, in the order in which they restart; undefined: they have no order, or how many there are is not known. */
  readonly ordinals: readonly number[] | undefined;
  /** undefined: not known. */
  readonly pods: number | undefined;
  /** `waits`: a Pod restarts only when somebody deletes it (OnDelete). `together`: the old ones stop before a new one starts. */
  readonly how: "one-by-one" | "together" | "waits";
  /** Ordinals below the partition of a StatefulSet, which keep the old template. */
  readonly kept: readonly number[];
}

/** Which Pods of a workload restart; undefined: none, or whether its template changed is not known. */
export function restartOf(before: Resource, after: Resource): Restart | undefined {
  const kind = kindOf(after);
  if (!controllers.has(kind)) return undefined;
  const [one, other] = [before, after].map(({ node }) => withDefaults(node.at("spec", "template")?.value));
  if (compare(one, other) !== "different") return undefined;
  const { node } = after;
  const type = node.text("spec", kind === "apps/Deployment" ? "strategy" : "updateStrategy", "type") ?? "RollingUpdate";
  const how = type === "OnDelete" ? "waits" : type === "Recreate" ? "together" : "one-by-one";
  if (kind === "apps/DaemonSet") return { ordinals: undefined, pods: undefined, how, kept: [] };
  const old = integerFact(before.node, ["spec", "replicas"], 1).value;
  const young = integerFact(node, ["spec", "replicas"], 1).value;
  const pods = old === undefined || young === undefined ? undefined : Math.min(old, young);
  if (pods === 0) return undefined;
  if (kind === "apps/Deployment") {
    if (node.boolean("spec", "paused") === true) return undefined;
    return { ordinals: undefined, pods, how, kept: [] };
  }
  const start = integerFact(node, ["spec", "ordinals", "start"], 0).value;
  const partition = integerFact(node, ["spec", "updateStrategy", "rollingUpdate", "partition"], 0).value;
  if (pods === undefined || pods > mostListed || start === undefined || partition === undefined)
    return { ordinals: undefined, pods: undefined, how, kept: [] };
  const all = Array.from({ length: pods }, (_, index) => start + pods - 1 - index);
  const isKept = (ordinal: number): boolean => how === "one-by-one" && ordinal - start < partition;
  const ordinals = all.filter((ordinal) => !isKept(ordinal));
  return { ordinals, pods: ordinals.length, how, kept: all.filter(isKept) };
}

/**
 * An operator replaces the Pods of its cluster one after the other when their image or resources change. What else makes it do so is
 * decided by the operator and its version.
 */
export function restartByOperator(before: Database, after: Database): Restart | undefined {
  const isChanged = [after.operator?.image, after.operator?.resources].some(
    (path) =>
      path !== undefined &&
      compare(before.resource.node.at(...path)?.value, after.resource.node.at(...path)?.value) === "different",
  );
  if (!isChanged) return undefined;
  const [old, young] = [before.instances.value, after.instances.value];
  const pods = old === undefined || young === undefined ? undefined : Math.min(old, young);
  return { ordinals: undefined, pods, how: "one-by-one", kept: [] };
}

const controllers: ReadonlySet<string> = new Set(["apps/StatefulSet", "apps/Deployment", "apps/DaemonSet"]);

/** A set of more Pods is a slip of the keyboard. */
const mostListed = 1000;
