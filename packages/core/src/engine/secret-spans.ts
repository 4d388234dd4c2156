import { passwordWords } from "../embedded/command-passwords.ts";
import { isFilledLater, joined, secretsInText } from "../embedded/secret-text.ts";
import { isAddressName, isSecretName } from "../facts/secret-names.ts";
import { isSql } from "../project/readable.ts";
import { append } from "../text/append.ts";
import { decodeBase64 } from "../text/base64.ts";
import { fileName } from "../text/scan.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import { unreadValues } from "../yaml/unread-values.ts";

/** What may not be shown of a file. */
export interface FileSecrets {
  /** In order and disjoint. */
  readonly spans: readonly Span[];
  /** As they are read, for texts that quote them: without what a message has to name (users, hosts) though a Secret holds it. */
  readonly values: readonly string[];
}

/** More secrets than this in one text (a list of users) are not told apart: the text is hidden whole. */
const mostInText = 50;

const known = new WeakMap<
  SourceFile,
  { readonly documents: readonly ManifestDocument[]; readonly secrets: FileSecrets }
>();

/** Where secret values stand in a file; kept as long as its documents are the same, for an editor asks at each key. */
export function fileSecrets(file: SourceFile, documents: readonly ManifestDocument[]): FileSecrets {
  const before = known.get(file);
  if (
    before?.documents.length === documents.length &&
    before.documents.every((each, index) => each === documents[index])
  )
    return before.secrets;
  const reader = new SecretReader(file);
  if (isSql(file.uri)) reader.readText();
  let end = isSql(file.uri) ? file.text.length : 0;
  for (const document of documents) {
    reader.readRest({ start: end, end: document.span.start });
    reader.readDocument(document);
    end = document.span.end;
  }
  reader.readRest({ start: end, end: file.text.length });
  const secrets = { spans: joined(reader.spans), values: [...reader.values] };
  known.set(file, { documents, secrets });
  return secrets;
}

/** Whether something stands behind what is read of a document: `...` ends it, and kubectl reads no further. */
const holdsMoreThanComments = (text: string): boolean =>
  text.split("\n").some((line) => !/^\s*(?:#|$)/.test(line) && line.trimEnd() !== "...");

class SecretReader {
  readonly spans: Span[] = [];
  readonly values = new Set<string>();
  readonly #file: SourceFile;
  /** Where kubectl drops something: the tree lacks it, and so does whoever looks for names in the tree. */
  #ignored: readonly Span[] = [];
  /** Secrets that are written once, behind an anchor, and named elsewhere. */
  readonly #anchored = new Set<string>();

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** Of a file that is no YAML. */
  readText(): void {
    this.#addText(this.#file.text, 0);
  }

  readDocument(document: ManifestDocument): void {
    const { root, span, state } = document;
    if (root === undefined) {
      const text = this.#file.slice(span);
      // A document of comments only is read.
      if (state === "unread") this.#addUnread(text, span.start);
      else this.#addText(text, span.start);
      return;
    }
    this.#ignored = document.warnings.map((warning) => warning.span);
    this.#visit(root, { section: undefined, isGenerator: false, program: undefined });
    if (this.#anchored.size > 0) this.#findAnchored(root);
    const behind = this.#file.slice({ start: root.span.end, end: span.end });
    if (holdsMoreThanComments(behind)) this.#addUnread(behind, root.span.end);
    for (const comment of document.comments()) this.#addText(comment.text, comment.span.start);
  }

  /** What belongs to no document: separators, and what stands on their lines. */
  readRest(span: Span): void {
    if (span.end > span.start) this.#addUnread(this.#file.slice(span), span.start);
  }

  #addUnread(text: string, offset: number): void {
    for (const span of unreadValues(text, offset)) this.spans.push(span);
  }

  #addText(text: string, offset: number): void {
    for (const { start, end } of secretsInText(text)) {
      this.spans.push({ start: start + offset, end: end + offset });
      const value = text.slice(start, end);
      // "the password: see the vault" is a sentence, of which a message may have words.
      if (!/\s/.test(value)) this.values.add(value);
    }
  }

  #visit(node: YamlNode, around: Around): void {
    if (node.isShared) return;
    if (node.kind === "scalar") {
      if (around.section === undefined) this.#scalar(node);
      else this.#entry("", node, around.section);
      return;
    }
    if (node.kind === "sequence") {
      const items = node.items();
      this.#words(items, around.program);
      for (const item of items) this.#visit(item, around);
      return;
    }
    this.#map(node, around);
  }

  #map(node: YamlNode, around: Around): void {
    const { span } = node;
    const lost = this.#ignored.filter(({ start }) => span.start <= start && start < span.end);
    if (lost.length > 0) {
      const isDeeper = node
        .entries()
        .some(
          ([, { kind, span: inner }]) =>
            kind !== "scalar" && lost.every(({ start }) => inner.start <= start && start < inner.end),
        );
      if (!isDeeper) this.#addUnread(this.#file.slice(span), span.start);
    }
    const name = node.string("name") ?? node.string("path");
    const isNamedSecret =
      (name !== undefined && namesSecret(fileName(name))) ||
      (node.isFlow && node.entries().some(([key, value]) => value.value === null && namesSecret(key)));
    // `args` go on where `command` ends; without it they are for the image's own program.
    const program = lastWord(node.at("command")) ?? imageName(node.string("image")) ?? around.program;
    const isSecretObject = node.string("kind") === "Secret";
    let isInSecret = false;
    for (const [key, value] of node.entries()) {
      const section = isSecretObject || key === "stringData" ? sectionNamed(key) : undefined;
      const isGenerator = around.isGenerator || key === "secretGenerator";
      // `{password hunter2}`, `{name: PASSWORD, value:hunter2}`: a colon or a blank got lost.
      const isOdd =
        /\s/.test(key) || (value.value === null && key.includes(":") && (isNamedSecret || namesSecret(key)));
      if (isOdd) this.#hideBehindMark(value);
      const inside: Around = { section: section ?? around.section, isGenerator, program };
      // An entry that lost its indentation is still one.
      const isStray = isSecretObject && !/^(apiVersion|kind|type|immutable)$/.test(key);
      if (value.kind === "scalar" && (section !== undefined || isStray))
        this.#entry(key, value, section ?? "stringData");
      else if (around.section !== undefined && value.kind === "scalar") this.#entry(key, value, around.section);
      else if (isSecretName(key) || (isOdd && namesSecret(key)) || (isNamedSecret && key === "value")) {
        isInSecret = true;
        this.#named(value);
        if (value.kind !== "scalar") this.#visit(value, inside);
      } else if (isGenerator && key === "literals") for (const item of value.items()) this.#literal(item);
      else if (isInSecret && node.isFlow && isCutOff(value, this.#file)) this.spans.push(value.keySpan);
      else this.#visit(value, inside);
    }
  }

  #hideBehindMark({ keySpan }: YamlNode): void {
    const mark = this.#file.slice(keySpan).search(/[\s:]/);
    if (mark > 0) this.spans.push({ start: keySpan.start + mark + 1, end: keySpan.end });
  }

  /** The value of a name that says that it is secret; one level down too: `password: {value: x}`, `passwords: [x]`. */
  #named(value: YamlNode): void {
    if (value.kind === "scalar") this.#add(value, value.text());
    else if (value.kind === "sequence")
      for (const item of value.items()) if (item.kind === "scalar") this.#add(item, item.text());
    for (const key of ["value", "plain", "plainText", "literal", "default"]) {
      const inner = value.kind === "map" ? value.at(key) : undefined;
      if (inner?.kind === "scalar") this.#add(inner, inner.text());
    }
  }

  #entry(key: string, value: YamlNode, section: "data" | "stringData"): void {
    const text = value.text();
    if (text === undefined || isFilledLater(text)) return;
    this.#hide(value);
    if (value.isShared) this.#anchored.add(text);
    const plain = section === "data" ? decodeBase64(text) : text;
    if (section === "data") this.values.add(text);
    if (plain === undefined || isAddressName(key)) return;
    const inner = secretsInText(plain);
    for (const { start, end } of inner) this.values.add(plain.slice(start, end));
    // Configuration files name hosts and settings, of which rules speak.
    if (inner.length === 0 && !plain.trim().includes("\n")) this.values.add(plain.trim());
  }

  #literal(item: YamlNode): void {
    const text = item.text() ?? "";
    const equals = text.indexOf("=");
    if (equals < 0 || isFilledLater(text.slice(equals + 1))) return;
    this.spans.push(item.inside({ start: equals + 1, end: text.length }).span);
    this.values.add(text.slice(equals + 1));
  }

  #words(items: readonly YamlNode[], program: string | undefined): void {
    if (items.length === 0 || items.some((item) => item.kind !== "scalar")) return;
    const words = items.map((item) => item.text() ?? "");
    for (const { index, start } of passwordWords(words, program)) {
      const word = words[index] ?? "";
      const item = items[index];
      if (item === undefined || isFilledLater(word.slice(start))) continue;
      if (start === 0) this.#hide(item);
      else this.spans.push(item.inside({ start, end: word.length }).span);
      this.values.add(word.slice(start));
    }
  }

  #scalar(node: YamlNode): void {
    const text = node.text();
    if (text === undefined || text.length < 4) return;
    if (holdsSecretObject(text)) this.#addUnread(this.#file.slice(node.span), node.span.start);
    const found = secretsInText(text);
    if (found.length === 0) return;
    for (const { start, end } of found) this.values.add(text.slice(start, end));
    if (found.length > mostInText) {
      this.spans.push(node.span);
      return;
    }
    const spans = found.map((span) => node.inside(span).span);
    const isWhole = (span: Span): boolean => span.start === node.span.start && span.end === node.span.end;
    if (!spans.some(isWhole)) {
      append(this.spans, spans);
      return;
    }
    // Escapes and folding hide where a part of the value stands: it is looked for as it is written.
    const written = secretsInText(this.#file.slice(node.span));
    if (written.length < found.length) this.spans.push(node.span);
    else
      for (const { start, end } of written)
        this.spans.push({ start: start + node.span.start, end: end + node.span.start });
  }

  #add(node: YamlNode, text: string | undefined): void {
    if (text === undefined || isFilledLater(text)) return;
    this.#hide(node);
    this.values.add(text.trim());
    if (node.isShared) this.#anchored.add(text);
  }

  /** A scalar without the quotes around it: they are worth seeing where a fix writes them. */
  #hide({ span }: YamlNode): void {
    const first = this.#file.text[span.start];
    const quote = (first === '"' || first === "'") && this.#file.text[span.end - 1] === first ? 1 : 0;
    this.spans.push({ start: span.start + quote, end: span.end - quote });
  }

  #findAnchored(node: YamlNode): void {
    if (node.isShared) return;
    if (node.kind === "scalar") {
      if (this.#anchored.has(node.text() ?? "")) this.#hide(node);
      return;
    }
    for (const child of node.kind === "map" ? node.entries().map(([, value]) => value) : node.items())
      this.#findAnchored(child);
  }
}

interface Around {
  /** Of a Secret: each entry is one. */
  readonly section: "data" | "stringData" | undefined;
  /** Inside kustomize's secretGenerator. */
  readonly isGenerator: boolean;
  /** What runs with the words that follow. */
  readonly program: string | undefined;
}

function namesSecret(key: string): boolean {
  return key.split(/[\s:{}[\]"',]+/).some((word) => isSecretName(word));
}

function sectionNamed(key: string): Around["section"] {
  return key === "data" || key === "stringData" ? key : undefined;
}

function lastWord(command: YamlNode | undefined): string | undefined {
  const words = (command?.items() ?? []).map((item) => item.text() ?? "");
  return words.find((word) => !/(^|\/)(env|exec|tini|dumb-init|nice|timeout|gosu|su-exec|sudo)$|^-/.test(word));
}

/** `liquibase` of `registry/liquibase/liquibase:4.27`. */
function imageName(image: string | undefined): string | undefined {
  const last = image && fileName(image);
  return last === undefined ? undefined : (/^[\w.-]*/.exec(last)?.[0] ?? undefined);
}

/** `{name: PASSWORD, value: hun,ter2}`: YAML takes what stands behind the comma for a key. */
function isCutOff(value: YamlNode, file: SourceFile): boolean {
  return value.kind === "scalar" && value.value === null && file.text[value.keySpan.end] !== ":";
}

/** A manifest inside a string: what kubectl applied last, a patch, a template of another tool. */
function holdsSecretObject(text: string): boolean {
  return (
    text.includes("Secret") &&
    /(data|stringData)\\?["']?[ \t]*:/.test(text) &&
    /kind\\?["']?[ \t]*:[ \t]*\\?["']?Secret\b/.test(text)
  );
}
