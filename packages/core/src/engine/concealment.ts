import { secretsInText } from "../embedded/secret-text.ts";
import type { ResourceRef } from "../kube/resource.ts";
import { isSql } from "../project/readable.ts";
import { builtInRules } from "../rule/built-in-rules.ts";
import type { Finding } from "../rule/finding.ts";
import type { AnyRule } from "../rule/rule.ts";
import { printable } from "../text/printable.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import { parseDocuments } from "../yaml/parse.ts";
import { HiddenWords } from "./hidden-words.ts";
import { type FileSecrets, fileSecrets } from "./secret-spans.ts";

/** Characters of a message: a "name" of 200 KB says no more in full. */
const longestLine = 1000;

/**
 * The one way by which text leaves the engine: what rules, the engine itself, hovers and sums say goes through `text`, and whoever shows
 * lines of a file leaves out `spansIn`. What is secret is known by names, places and shapes (`secret-spans`, `secretsInText`).
 */
export class Concealment {
  readonly #files: ReadonlyMap<string, SourceFile>;
  readonly #documentsOf: (file: SourceFile) => readonly ManifestDocument[];
  /** Whose sentences are shown. */
  readonly #rules: readonly AnyRule[];
  readonly #sourcesOf: (uri: string) => readonly string[];
  readonly #words = new Map<string, HiddenWords>();

  constructor(
    files: ReadonlyMap<string, SourceFile>,
    documentsOf: (file: SourceFile) => readonly ManifestDocument[],
    rules: readonly AnyRule[] = [],
    /** Files whose values may be in what is said of a file: those that a rendering, or Flux, fills in. */
    sourcesOf: (uri: string) => readonly string[] = () => [],
  ) {
    this.#rules = rules;
    this.#sourcesOf = sourcesOf;
    this.#files = files;
    this.#documentsOf = documentsOf;
  }

  spansIn(uri: string, part?: Span): readonly Span[] {
    const { spans } = this.#secretsOf(uri);
    return part === undefined ? spans : spansWithin(spans, part);
  }

  /** One line about these files, without their secrets and without control characters: a terminal obeys them. */
  line(text: string, uris: readonly string[], mark?: string): string {
    const oneLine = text
      .split(/[\r\n]+/)
      .map((part) => part.trim())
      .join(" ");
    const shown = this.text(printable(oneLine), uris, mark);
    return shown.length <= longestLine ? shown : `${shown.slice(0, longestLine)}…`;
  }

  text(text: string, uris: readonly string[], mark?: string): string {
    return this.#wordsOf(uris).hide(withoutShapes(text), mark);
  }

  finding<Kind extends Finding>(finding: Kind): Kind {
    const uris = [finding.location.uri, ...finding.related.map(({ uri }) => uri)];
    const line = (text: string): string => this.line(text, uris);
    return {
      ...finding,
      subject: finding.subject && withoutShapesIn(finding.subject),
      message: line(finding.message),
      ...(finding.remedy === undefined ? {} : { remedy: line(finding.remedy) }),
      related: finding.related.map((each) => ({ ...each, message: line(each.message) })),
      fixes: finding.fixes.map((fix) => ({
        ...fix,
        title: this.line(fix.title, uris, "the value"),
        ...(fix.consequence === undefined ? {} : { consequence: line(fix.consequence) }),
        ...(fix.steps === undefined ? {} : { steps: this.text(fix.steps, uris) }),
      })),
    };
  }

  /** Whether a text that is to be written into a file says a secret of it. */
  isSecretIn(text: string, uri: string): boolean {
    return secretsInText(text).length > 0 || this.#wordsOf([uri]).hide(text) !== text;
  }

  #secretsOf(uri: string): FileSecrets {
    const file = this.#files.get(uri);
    return file === undefined ? { spans: [], values: [] } : fileSecrets(file, this.#documentsOf(file));
  }

  #wordsOf(given: readonly string[]): HiddenWords {
    const uris = [...new Set(given.flatMap((uri) => [uri, ...this.#sourcesOf(uri)]))];
    const key = uris.join("\n");
    let words = this.#words.get(key);
    if (words === undefined) {
      words = new HiddenWords(
        uris.flatMap((uri) => {
          const file = this.#files.get(uri);
          return file === undefined ? [] : [{ text: file.text, ...this.#secretsOf(uri) }];
        }),
        (word) => vocabularyOf(this.#rules).has(word.toLowerCase()),
      );
      this.#words.set(key, words);
    }
    return words;
  }
}

const vocabularies = new WeakMap<readonly AnyRule[], ReadonlySet<string>>();

/** The words of our own sentences: of a password that is one of them ("password") they say nothing. */
function vocabularyOf(rules: readonly AnyRule[]): ReadonlySet<string> {
  let words = vocabularies.get(rules);
  if (words === undefined) {
    const texts = [...rules, ...builtInRules].map(({ meta }) => `${meta.summary} ${meta.rationale} ${meta.remedy}`);
    words = new Set(
      texts
        .join(" ")
        .toLowerCase()
        .match(/[a-z]+/g),
    );
    vocabularies.set(rules, words);
  }
  return words;
}

/** A line that another program wrote about files of values, without the secrets that they hold. */
export function lineWithoutSecrets(text: string, files: readonly SourceFile[]): string {
  const byUri = new Map(files.map((file) => [file.uri, file]));
  const read = (file: SourceFile): readonly ManifestDocument[] => parseDocuments(file, { skipPrefilter: true });
  return new Concealment(byUri, read).line(text, [...byUri.keys()]);
}

/** Where secret values stand in a text that belongs to no run: what a fix has made of a file. */
export function secretSpans(file: SourceFile): readonly Span[] {
  return fileSecrets(file, isSql(file.uri) ? [] : parseDocuments(file)).spans;
}

/** An object's identity: a name may equal a password that is one word, but no name has the shape of a secret. */
function withoutShapesIn({ apiVersion, kind, namespace, name }: ResourceRef): ResourceRef {
  return {
    apiVersion: withoutShapes(apiVersion),
    kind: withoutShapes(kind),
    namespace: namespace && withoutShapes(namespace),
    name: withoutShapes(name),
  };
}

/** A sentence without what looks like a secret by itself. */
function withoutShapes(text: string): string {
  let result = "";
  let at = 0;
  for (const { start, end } of secretsInText(text, true)) {
    result += `${text.slice(at, start)}…`;
    at = end;
  }
  return result + text.slice(at);
}

/** Those of disjoint spans in order that share a character with the part. */
function spansWithin(spans: readonly Span[], part: Span): readonly Span[] {
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
