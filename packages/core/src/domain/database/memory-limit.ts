import { parseQuantity } from "../../kube/quantity.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";

/** The memory in bytes that one instance may use: of its container, or as an operator's resource says; of several sets the smallest. */
export function memoryLimitOf({ container, operator, resource }: Database): Fact<number> | undefined {
  if (container !== undefined) {
    const limit = container.resource("limits", "memory");
    // `2000m` is two bytes: memory-unit-slip says it, and no sum with it says more.
    return limit?.value !== undefined && limit.value < 1024 ** 2 ? unknown(limit.at, "its unit is a slip") : limit;
  }
  if (operator?.resources === undefined && operator?.instanceSets === undefined) return undefined;
  const sections =
    operator.instanceSets === undefined
      ? [resource.node.at(...(operator.resources ?? []))]
      : (resource.node.at(...operator.instanceSets)?.items() ?? []).map((set) => set.at("resources"));
  const limits = sections.flatMap((section) => bytesAt(section?.at("limits", "memory")) ?? []);
  return limits.find(({ value }) => value === undefined) ?? limits.sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}

function bytesAt(node: YamlNode | undefined): Fact<number> | undefined {
  const text = node?.text();
  if (node === undefined || text === undefined) return undefined;
  const value = parseQuantity(text);
  return value === undefined ? unknown(node, "it is not a quantity yet") : known(value, node);
}
