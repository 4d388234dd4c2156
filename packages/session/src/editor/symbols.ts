import { type LintResult, type NamedObject, objectsIn } from "@dbops/core";

/** The objects of all files whose names have each word of a query in them. */
export function objectsMatching(result: LintResult, query: string): readonly NamedObject[] {
  const words = query.toLowerCase().split(/\s+/);
  return objectsIn(result).filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

/** What an object is in the words that editors have for symbols: they give each an icon. */
export function symbolOf({ kind }: NamedObject): "key" | "interface" | "object" {
  if (kind === "ConfigMap" || kind === "Secret") return "key";
  return kind === "Service" ? "interface" : "object";
}
