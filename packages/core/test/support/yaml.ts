import { SourceFile } from "../../src/text/source-file.ts";
import type { ManifestDocument } from "../../src/yaml/document.ts";
import type { YamlNode } from "../../src/yaml/node.ts";
import { parseDocuments } from "../../src/yaml/parse.ts";

/** The documents of a text, whatever their kinds. */
export function documentsOf(text: string): readonly ManifestDocument[] {
  return parseDocuments(new SourceFile("/shop/orders.yaml", text), { skipPrefilter: true });
}

/** The root of the first document that has one. */
export function rootOf(text: string): YamlNode {
  const root = documentsOf(text).find((document) => document.root !== undefined)?.root;
  if (root === undefined) throw new Error(`nothing was read from ${JSON.stringify(text)}`);
  return root;
}

/** The node at a path of the first document. */
export function nodeAt(text: string, ...path: readonly (string | number)[]): YamlNode {
  const node = rootOf(text).at(...path);
  if (node === undefined) throw new Error(`nothing stands at ${path.join(".")}`);
  return node;
}
