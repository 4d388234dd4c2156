import { runCli } from "./cli.ts";
import { type Io, UsageError } from "./io.ts";

/** Runs a command line and gives its exit code. What goes wrong is one line on stderr; `--debug` adds where. */
export function run(words: readonly string[], io: Io): number {
  try {
    return runCli(words, io);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    io.err(`error: ${error instanceof UsageError ? message : `dbops failed: ${message}`}\n`);
    if (words.includes("--debug") && error instanceof Error) io.err(`${error.stack ?? ""}\n`);
    return 2;
  }
}
