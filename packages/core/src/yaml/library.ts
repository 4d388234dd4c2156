import { parseDocument, visit } from "yaml";

/** The library makes an error of each fault of a text, and a stack of each error takes longer than reading. */
export function withoutStacks<T>(read: () => T): T {
  const limits = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = limits;
  limits.stackTraceLimit = 0;
  try {
    return read();
  } finally {
    if (stackTraceLimit === undefined) delete limits.stackTraceLimit;
    else limits.stackTraceLimit = stackTraceLimit;
  }
}

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
