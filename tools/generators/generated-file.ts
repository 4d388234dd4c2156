/** A file that tools/generate.ts owns: its path from the root and its whole text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}
