import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { YamlNode } from "./node.ts";

/** A comment and its span, from `#` to the end of the line, without the line break. */
export interface Comment {
  readonly span: Span;
  readonly text: string;
}

/** Why a document was not read, in the word that reports use. */
export type UnreadReason = "template" | "encrypted" | "too-large" | "not-yaml" | "not-kubernetes" | "crashed";

/** One part of a file between `---` lines, split as kubectl splits. */
export interface ManifestDocument {
  readonly file: SourceFile;
  /** Counts from 0 in the file, empty parts included. */
  readonly index: number;
  /** The part of the file's text, without the separator lines. */
  readonly span: Span;
  readonly root: YamlNode | undefined;
  /** recovered: half typed, in an editor; nothing in it is called absent or fixed. unread: see `reason`. */
  readonly state: "whole" | "recovered" | "unread";
  readonly reason: UnreadReason | undefined;
  readonly errors: readonly { readonly message: string; readonly span: Span }[];
  /** True or silent data loss that kubectl accepts: text after `...`, after the first root node, duplicate keys. */
  readonly warnings: readonly {
    readonly kind: "after-end" | "after-root" | "duplicate-key";
    readonly message: string;
    readonly span: Span;
  }[];
  /** Comments outside scalars; found when asked for. */
  comments(): readonly Comment[];
}
