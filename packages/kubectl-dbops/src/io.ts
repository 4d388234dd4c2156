import { masked } from "./masked.ts";

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
  /** Aborts when the user wants no more, with an `Interrupted` as its reason: whoever waits for others asks for it. */
  interrupted(): AbortSignal;
  /** Nothing is waited for any more: a signal ends the process by itself, also while it works and hears none. */
  uninterrupted(): void;
  /** What is typed next, waiting without blocking; undefined: nothing comes any more. Rejects with the reason of the signal. */
  answer(signal: AbortSignal): Promise<string | undefined>;
  /** Stdin and stdout for a conversation with a program, which takes hours and never blocks. */
  conversation(): { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };
  /** The lines of stdin, each when it is there. */
  lines(): Iterable<string>;
  /** undefined: it is too large. */
  readStdin(): Buffer | undefined;
}

/** A mistake of the user or the surroundings, as one line on stderr; the run ends with exit code 2. */
export class UsageError extends Error {}

/** The user wants no more. The exit code is the one that shells know a signal by: 130 of Ctrl-C. */
export class Interrupted extends UsageError {
  readonly exitCode: number;
  constructor(exitCode = 130, message = "interrupted") {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Why a signal was aborted. */
export function interruptionOf({ reason }: AbortSignal): Interrupted {
  return reason instanceof Interrupted ? reason : new Interrupted();
}

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
      terminal.write(`\r\u001b[K${masked(text).slice(0, 78)}`);
    },
    clear() {
      if (shownAt === undefined) return;
      shownAt = undefined;
      terminal.write("\r\u001b[K");
    },
  };
}
