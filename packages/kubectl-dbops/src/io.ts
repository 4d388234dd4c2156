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
  /** Says what is being done, to whoever waits at a terminal; the next output replaces it. */
  progress(text: string): void;
  /**
   * Calls back whenever a file changes, other than our own, in the folders that the result was given last; the process goes on as
   * long as there are any.
   */
  watch(changed: () => void, isOurs: (file: string) => boolean): (folders: readonly string[]) => void;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** The lines of stdin, each when it is there. */
  lines(): Iterable<string>;
  /** undefined: it is too large. */
  readStdin(): Buffer | undefined;
}

/** A mistake of the user or the surroundings, as one line on stderr; the run ends with exit code 2. */
export class UsageError extends Error {}

interface Terminal {
  readonly isTerminal: boolean;
  /** Milliseconds. */
  now(): number;
  write(text: string): void;
}

/** A line that appears only on a terminal, only after a second, and changes at most ten times a second. */
export function progressOn(terminal: Terminal): { show(text: string): void; clear(): void } {
  const started = terminal.now();
  let shownAt: number | undefined;
  return {
    show(text) {
      if (!terminal.isTerminal) return;
      const now = terminal.now();
      if (now - started < 1000 || (shownAt !== undefined && now - shownAt < 100)) return;
      shownAt = now;
      terminal.write(`\r\u001b[K${text.slice(0, 78)}`);
    },
    clear() {
      if (shownAt === undefined) return;
      shownAt = undefined;
      terminal.write("\r\u001b[K");
    },
  };
}
