/** A half-open range of UTF-16 offsets in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Zero-based line and column (UTF-16 units), as VS Code and LSP count. Reporters add one. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
