import type { AnyRule } from "../rule/rule.ts";
import { rulesByCategory } from "./index.generated.ts";

export const categories: readonly string[] = Object.keys(rulesByCategory);

const categoryById = new Map(
  Object.entries(rulesByCategory).flatMap(([category, rules]) => rules.map((rule) => [rule.id, category] as const)),
);

/** Every rule about manifests; those of the engine itself are `builtInRules`. */
export const allRules: readonly AnyRule[] = Object.values(rulesByCategory).flat();

/** The folder a rule lives in; built-in rules have none. */
export function categoryOf(ruleId: string): string | undefined {
  return categoryById.get(ruleId);
}
