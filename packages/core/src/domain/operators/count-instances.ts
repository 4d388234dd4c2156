import { integerFact } from "../../kube/placeholder.ts";
import { byDefault, type Fact, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";

/** The sum of a list's counts (`instances[].replicas`); Unknown when one of them is. */
export function sumOf(node: YamlNode, list: readonly string[], field: string, defaultValue: number): Fact<number> {
  const items = node.at(...list)?.items() ?? [];
  const at = node.at(...list);
  if (at === undefined || items.length === 0) return unknown(keyOf(node.nearest(...list)), "no instances are set");
  const counts = items.map((item) => integerFact(item, [field], defaultValue));
  const missing = counts.find((fact) => fact.value === undefined);
  if (missing !== undefined) return missing;
  const first = counts[0];
  const sum = counts.reduce((total, fact) => total + (fact.value ?? 0), 0);
  return first === undefined || first.value === undefined ? byDefault(sum, keyOf(at)) : { ...first, value: sum };
}
