/** What a command may touch of the outside; `main.ts` makes the real one, tests another. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Columns of the terminal, 100 off one. */
  readonly width: number;
  /** ISO date. */
  readonly today: string;
  out(text: string): void;
  err(text: string): void;
  readStdin(): Buffer;
}

/** A mistake of the user or the surroundings, as one line on stderr; the run ends with exit code 2. */
export class UsageError extends Error {}
