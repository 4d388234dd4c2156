import { isAnyIn } from "../text/scan.ts";
import { byDefault, type Fact, known, opaque, unknown } from "../yaml/fact.ts";
import { keyOf, type Place, type YamlNode } from "../yaml/node.ts";

// ${VAR} (envsubst, Flux, OpenShift), {{ }} (Helm, Jinja), __NAME__, <NAME>, %NAME%: filled in before the API server reads it.
const placeholders: readonly RegExp[] = [
  /\$\{[^{}]*\}|\{\{|\{%|\$\[\[/,
  /__[A-Z][A-Z0-9_]*__|^<[^<>]+>$/,
  /%[A-Z_]{3,}%/,
];

/** Text that somebody else fills in before it is applied: nothing follows from it. */
export function hasPlaceholder(text: string): boolean {
  return isAnyIn(text, placeholders);
}

/** Text of which nothing is known: one placeholder is all of it. */
export function isPlaceholder(text: string): boolean {
  return hasPlaceholder(text) && withoutPlaceholders(text)?.replaceAll(opaque, "").trim() === "";
}

/** A text with its placeholders made opaque, each character where it was; undefined: where one of them ends is not known. */
export function withoutPlaceholders(text: string): string | undefined {
  if (!hasPlaceholder(text)) return text;
  let clear = "";
  let read = 0;
  for (const { index, 0: found } of text.matchAll(
    /\$\{[^{}]*\}|\{\{[^{}]*\}\}|__[A-Z][A-Z0-9_]*__|^<[^<>]+>$|%[A-Z_]{3,}%/g,
  )) {
    clear += text.slice(read, index) + opaque.repeat(found.length);
    read = index + found.length;
  }
  clear += text.slice(read);
  return hasPlaceholder(clear) ? undefined : clear;
}

/** What somebody else fills in before it is applied. */
export function filledInLater(text: string, at: Place): Fact<string> {
  return unknown(at, "it is filled in later", withoutPlaceholders(text));
}

/** The text of a scalar; Unknown where a placeholder stands in it or where it is no scalar. */
export function textFact(node: YamlNode): Fact<string> {
  const text = node.text();
  if (text === undefined)
    return node.kind === "scalar" ? unknown(node, "it is empty") : unknown(node, "it is not text");
  return hasPlaceholder(text) ? filledInLater(text, node) : known(text, node);
}

/** An integer below `parent`, or its default with the place where it would stand. Strings of digits count: templates write them. */
export function integerFact(parent: YamlNode, path: readonly (string | number)[], defaultValue: number): Fact<number> {
  const node = parent.at(...path);
  if (node === undefined || (node.kind === "scalar" && node.value === null))
    return byDefault(defaultValue, keyOf(parent.nearest(...path)));
  const text = node.text();
  if (text !== undefined && /^\d+$/.test(text)) return known(Number(text), node);
  return unknown(node, "it is not a whole number yet");
}
