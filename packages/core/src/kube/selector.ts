import type { YamlNode } from "../yaml/node.ts";
import { hasPlaceholder } from "./placeholder.ts";

export type Labels = Readonly<Record<string, string>>;

/** A label query. Empty matches everything; callers decide whether "everything" is meant (a Service's is not). */
export interface Selector {
  readonly pairs: readonly (readonly [string, string])[];
  readonly expressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
  readonly node: YamlNode;
}

const none: Labels = Object.freeze(Object.create(null) as Record<string, string>);

/** Labels or annotations of a map: values that are not strings are refused by the API server, and are read as text here. */
export function readLabels(node: YamlNode | undefined): Labels {
  if (node === undefined) return none;
  const labels: Record<string, string> = Object.create(null);
  for (const [key, value] of node.entries()) {
    const text = value.text();
    if (text !== undefined) labels[key] = text;
  }
  return labels;
}

/** A plain map of labels, as a Service or ReplicationController writes it. */
export function readLabelMap(node: YamlNode): Selector {
  return { pairs: Object.entries(readLabels(node)), expressions: [], node };
}

/** A LabelSelector: matchLabels and matchExpressions. */
export function readLabelSelector(node: YamlNode): Selector {
  const expressions = (node.at("matchExpressions")?.items() ?? []).map((item) => ({
    key: item.string("key") ?? "",
    operator: item.string("operator") ?? "",
    values: (item.at("values")?.items() ?? []).map((value) => value.text() ?? ""),
  }));
  return { pairs: Object.entries(readLabels(node.at("matchLabels"))), expressions, node };
}

export function matchesSelector(selector: Selector, labels: Labels): boolean {
  return (
    selector.pairs.every(([key, value]) => labels[key] === value) &&
    selector.expressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      return false;
    })
  );
}

/** Whether a selector and labels may agree: a value that is filled in later may be any. */
export function mayMatch(selector: Selector, labels: Labels): boolean {
  const isOpen = (text: string): boolean => hasPlaceholder(text);
  if (selector.expressions.some(({ key, operator, values }) => [key, operator, ...values].some(isOpen))) return true;
  const pairs = selector.pairs.filter(([key, value]) => !isOpen(key + value) && !isOpen(labels[key] ?? ""));
  return matchesSelector({ ...selector, pairs }, labels);
}

export function isEmptySelector(selector: Selector): boolean {
  return selector.pairs.length === 0 && selector.expressions.length === 0;
}
