import { stackOf } from "@dbops/core";
import { runCli } from "./cli.ts";
import { failureLine } from "./failure.ts";
import { type Io, UsageError } from "./io.ts";

/** Runs a command line and gives its exit code. What goes wrong is one line on stderr; `--debug` adds where, of a fault of ours. */
export function run(words: readonly string[], io: Io): number {
  try {
    return runCli(words, io);
  } catch (error) {
    io.err(failureLine(error));
    if (!(error instanceof UsageError) && words.includes("--debug")) io.err(`${stackOf(error)}\n`);
    return 2;
  }
}
