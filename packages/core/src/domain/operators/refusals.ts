import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Refusal } from "../model/operator.ts";

// What several operators ask of their resources before they act on them.

/** Whether a switch is on; one that is filled in later is not known to be. */
export function isOn(node: YamlNode, ...path: readonly string[]): boolean {
  return node.boolean(...path) === true;
}

/** Whether a switch is surely off: not written, or false. */
export function isOff(node: YamlNode, ...path: readonly string[]): boolean {
  const at = node.at(...path);
  return at === undefined || at.boolean() === false;
}

/** Percona's operators check sizes since these versions of the resource; before, they corrected them. */
export function checksSizes(node: YamlNode, since: number): boolean {
  const text = node.text("spec", "crVersion") ?? "";
  const version = /^(\d+)\.(\d+)/.exec(text);
  if (hasPlaceholder(text) || !isOff(node, "spec", "allowUnsafeConfigurations")) return false;
  return version === null || Number(version[1]) * 100 + Number(version[2]) >= since;
}

export function refusal(at: YamlNode, because: string): Refusal {
  return { at, because };
}
