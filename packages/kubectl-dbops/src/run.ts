import { faultOf, printable, stackOf } from "@dbops/core";
import { runCli } from "./cli.ts";
import { type Io, UsageError } from "./io.ts";

/** Runs a command line and gives its exit code. What goes wrong is one line on stderr; `--debug` adds where. */
export function run(words: readonly string[], io: Io): number {
  try {
    return runCli(words, io);
  } catch (error) {
    io.err(`error: ${printable(error instanceof UsageError ? error.message : `dbops failed: ${faultOf(error)}`)}\n`);
    if (words.includes("--debug")) io.err(`${stackOf(error)}\n`);
    return 2;
  }
}
