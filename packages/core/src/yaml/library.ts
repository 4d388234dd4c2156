import { parseDocument, visit } from "yaml";
import { withoutStacks } from "../text/thrown.ts";

/**
 * The second opinion: whether the `yaml` library reads a text without errors, and its values.
 * It is loaded when first used: only fixes and texts that js-yaml refuses need it.
 */
export function readWithYaml(text: string): { readonly value: unknown } | undefined {
  try {
    const options = {
      version: "1.1",
      uniqueKeys: false,
      merge: true,
      logLevel: "silent",
      prettyErrors: false,
      maxAliasCount: 1000,
    } as never;
    const document = withoutStacks(() => parseDocument(text, options));
    if (document.errors.length > 0) return undefined;
    visit(document, {});
    return { value: document.toJS({ maxAliasCount: 1000 }) };
  } catch {
    return undefined;
  }
}
