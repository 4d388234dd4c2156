import { isPlaceholder } from "../embedded/dsn.ts";
import type { Finding } from "../rule/finding.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";

/** Names of settings, variables and keys whose value is a secret. */
const secretName =
  /(pass(word|wd|phrase)?|pwd|requirepass|masterauth|rediscli_auth|token|client_?secret|secret_?(access_?)?key|access_?key|api_?key|private_?key)\d*$/i;
/** Names that say where a secret is, or how it is handled. */
const reference = /(name|ref|file|path|method|encryption|allow_?empty|random)[^.]*$/i;
/** Flags whose secret is the next word. */
const secretFlag = /^--?(password|passwd|pass|requirepass|masterauth|a|token)$/;

/** What a secret looks like inside any text; the last group is the value. */
const shapes: readonly RegExp[] = [
  // postgresql://app:secret@db, also redis://:secret@db
  /:\/\/[^\s:/@'"]*:([^\s@'"]+)@/g,
  // PGPASSWORD=secret, ?password=secret, password: "secret", --requirepass secret, and the like in SQL
  /(?:pass(?:word|wd|phrase)?|pwd|requirepass|masterauth|REDISCLI_AUTH|token|secret_?key|api_?key)["']?\s*[=:]\s*["']?([^\s"'&;,]+)/gi,
  /(?:--(?:password|pass|requirepass|masterauth)|^\s*requirepass|^\s*masterauth)\s+["']?([^\s"'-][^\s"']*)/gim,
  /(?:IDENTIFIED\s+BY|PASSWORD)\s+'([^']+)'/gi,
  // mysqldump -psecret, redis-cli -a secret
  /\b(?:mysql\w*|maria\w*)\b[^\n|;]*?\s-p([^\s"'=-][^\s"']*)/g,
  /\bredis-cli\b[^\n|;]*?\s-a\s+["']?([^\s"']+)/g,
  // pgbouncer's userlist.txt
  /^\s*"[^"\n]+"\s+"([^"\n]+)"\s*$/gm,
];

/** Spans of a file's text that hold secret values: nothing that is shown may contain them. */
export function secretSpans(file: SourceFile, documents: readonly ManifestDocument[]): readonly Span[] {
  const spans: Span[] = shapeSpans(file.text);
  for (const { root } of documents) if (root !== undefined) collect(root, root.string("kind") === "Secret", spans);
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end };
  }
  return merged;
}

/** Those of disjoint spans in order that share a character with the part. */
export function spansWithin(spans: readonly Span[], part: Span): readonly Span[] {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= part.start) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < spans.length && (spans[end]?.start ?? 0) < part.end) end++;
  return spans.slice(low, end);
}

/**
 * A text of ours (a message, a title) without what looks like a secret in it, and as one line without control characters: it may
 * quote names from the manifest, and a terminal obeys escape sequences.
 */
export function conceal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  let result = text.replace(/\s*[\r\n]+\s*/g, " ").replace(/[\x00-\x1f\x7f-\x9f]/g, "\ufffd");
  // "…without a password: whoever connects": a colon and a blank are prose here, where they are YAML in a file.
  const spans = shapeSpans(result).filter(({ start }) => !/[a-z]: +["']?$/i.test(result.slice(0, start)));
  for (const span of spans.sort((a, b) => b.start - a.start))
    result = `${result.slice(0, span.start)}…${result.slice(span.end)}`;
  return result;
}

/** A finding whose fixes have no title that quotes a secret which their edits replace. */
export function concealFixes<Kind extends Finding>(
  finding: Kind,
  files: ReadonlyMap<string, SourceFile>,
  secretsIn: (uri: string, part: Span) => readonly Span[],
): Kind {
  const replaces = finding.fixes.some((fix) => fix.edits.some((edit) => edit.span.end > edit.span.start));
  if (!replaces) return finding;
  const fixes = finding.fixes.map((fix) => {
    const values = fix.edits.flatMap(({ uri, span }) =>
      secretsIn(uri, span).map((secret) => files.get(uri)?.slice(secret) ?? ""),
    );
    const title = values.reduce((text, value) => text.replaceAll(value, "the value"), fix.title);
    return values.length === 0 ? fix : { ...fix, title };
  });
  return { ...finding, fixes };
}

function shapeSpans(text: string): Span[] {
  return shapes.flatMap((shape) =>
    [...text.matchAll(shape)].flatMap((match) => {
      const value = match[1] ?? "";
      const start = match.index + match[0].lastIndexOf(value);
      return value.startsWith("…") || isPlaceholder(value) ? [] : [{ start, end: start + value.length }];
    }),
  );
}

function collect(node: YamlNode, isSecret: boolean, spans: Span[]): void {
  if (node.isShared) return;
  if (node.kind === "sequence") {
    for (const [index, item] of node.items().entries()) {
      const previous = index === 0 ? undefined : node.items()[index - 1]?.string();
      if (previous !== undefined && secretFlag.test(previous)) add(item, spans);
      collect(item, isSecret, spans);
    }
    return;
  }
  const name = node.kind === "map" ? node.string("name") : undefined;
  for (const [key, value] of node.entries()) {
    const isEntry = isSecret && node.yamlPath.length === 1 && /^(data|stringData)$/.test(String(node.yamlPath[0]));
    const isNamed = secretName.test(key) && !reference.test(key);
    const isVariable = key === "value" && name !== undefined && isSecretVariable(name);
    if (value.kind !== "scalar") collect(value, isSecret, spans);
    else if (isEntry || isNamed || isVariable) add(value, spans);
  }
}

function isSecretVariable(name: string): boolean {
  return (/pass(word|wd|phrase)?|_pwd|rediscli_auth/i.test(name) || secretName.test(name)) && !reference.test(name);
}

function add(node: YamlNode, spans: Span[]): void {
  const text = node.text();
  if (text !== undefined && !isPlaceholder(text) && !/^(true|false|null)$/.test(text)) spans.push(node.span);
}
