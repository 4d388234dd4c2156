import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Refusal, RefusedChange } from "../model/operator.ts";

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

type ChangeCheck = (before: YamlNode, after: YamlNode) => readonly RefusedChange[];

/** A field that keeps its first value; `standard`: what stands for one that is not written, undefined: that may become anything. */
export function keepsItsValue(field: readonly string[], says: string, standard?: string): ChangeCheck {
  return (before, after) => {
    const [was, at] = [before.at(...field), after.at(...field)];
    const [old, young] = [was, at].map((node) => (node === undefined || node.value === null ? standard : node.text()));
    if (old === undefined || young === undefined || hasPlaceholder(`${old} ${young}`)) return [];
    return old === young ? [] : [{ field, at, was, says }];
  };
}

/** A section that stays once it is there. */
export function staysOnceThere(field: readonly string[], says: string): ChangeCheck {
  return (before, after) => {
    const [was, at] = [before.at(...field), after.at(...field)];
    const isWritten = at !== undefined && at.value !== null;
    return was === undefined || was.value === null || isWritten ? [] : [{ field, at: undefined, was, says }];
  };
}

/** A list whose items, known by their names, stay once they are there. */
export function keepsItsItems(field: readonly string[], says: string): ChangeCheck {
  return (before, after) => {
    const [was, at] = [before.at(...field), after.at(...field)];
    const [old, young] = [was, at].map((list) => list?.items().map((item) => item.text("name") ?? "") ?? []);
    if (old === undefined || young === undefined || [...old, ...young].some(hasPlaceholder)) return [];
    return old.every((name) => young.includes(name)) ? [] : [{ field, at, was, says }];
  };
}

export function allOf(...checks: readonly ChangeCheck[]): ChangeCheck {
  return (before, after) => checks.flatMap((check) => check(before, after));
}
