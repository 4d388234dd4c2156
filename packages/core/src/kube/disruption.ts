import type { YamlNode } from "../yaml/node.ts";
import type { Resource } from "./resource.ts";

/** How many of so many Pods a PodDisruptionBudget lets go at once, and the field that says so; undefined: it does not say. */
export function allowedDisruptions(
  budget: Resource,
  pods: number,
):
  | { readonly allowed: number; readonly node: YamlNode; readonly field: "minAvailable" | "maxUnavailable" }
  | undefined {
  const most = budget.node.at("spec", "maxUnavailable");
  const least = budget.node.at("spec", "minAvailable");
  const node = most ?? least;
  const number = amount(node?.text(), pods);
  if (node === undefined || number === undefined) return undefined;
  return most === undefined
    ? { allowed: pods - number, node, field: "minAvailable" }
    : { allowed: number, node, field: "maxUnavailable" };
}

/** A number or percentage of Pods; both fields round up. https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages */
function amount(text: string | undefined, pods: number): number | undefined {
  const percent = /^(\d+)%$/.exec(text ?? "");
  if (percent !== null) return Math.ceil((Number(percent[1]) * pods) / 100);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
