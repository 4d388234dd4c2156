import { faultOf, printable, stackOf } from "@dbops/core";
import { runCli } from "./cli.ts";
import { type Io, UsageError } from "./io.ts";

/** Runs a command line and gives its exit code. What goes wrong is one line on stderr; `--debug` adds where, of a fault of ours. */
export function run(words: readonly string[], io: Io): number {
  try {
    return runCli(words, io);
  } catch (error) {
    const isOurs = !(error instanceof UsageError);
    io.err(`error: ${printable(isOurs ? `dbops failed: ${faultOf(error)}` : error.message)}\n`);
    if (isOurs && words.includes("--debug")) io.err(`${stackOf(error)}\n`);
    return 2;
  }
}
