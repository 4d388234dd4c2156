import type { OwnedNumber } from "../domain/model/connections.ts";
import type { TextEdit } from "../text/text-edit.ts";
import { isNode } from "../yaml/node.ts";
import { isAsClaimed } from "./sound-fixes.ts";

/** The edit that makes a number another one; undefined: it is not written as this number, or written where other objects read it too. */
export function writeNumber({ fact }: OwnedNumber, value: number): TextEdit | undefined {
  const { file, span, yamlPath } = fact.at;
  // An argument has its name in it: `max_connections=200`.
  const [, quote, name = "", digits] = /^(["']?)([^\s"'=]+=)?(\d+)\1$/.exec(file.slice(span)) ?? [];
  // A default has no number at its place, and a product (workers x pool) has one of its factors there.
  if (quote === undefined || Number(digits) !== fact.value || (isNode(fact.at) && fact.at.isShared)) return undefined;
  const edit = { uri: file.uri, span, newText: `${quote}${name}${value}${quote}`, changes: yamlPath };
  return isAsClaimed(file, [edit]) ? edit : undefined;
}
