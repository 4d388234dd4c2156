import { stackOf } from "@dbops/core";
import { runCli } from "./cli.ts";
import { failureLine } from "./failure.ts";
import { Interrupted, type Io, UsageError } from "./io.ts";

/** Runs a command line and gives its exit code. What goes wrong is one line on stderr; `--debug` adds where, of a fault of ours. */
export function run(words: readonly string[], io: Io): number | Promise<number> {
  const failed = (error: unknown): number => {
    io.err(failureLine(error));
    if (!(error instanceof UsageError) && words.includes("--debug")) io.err(`${stackOf(error)}\n`);
    return error instanceof Interrupted ? error.exitCode : 2;
  };
  try {
    const code = runCli(words, io);
    return typeof code === "number" ? code : code.catch(failed);
  } catch (error) {
    return failed(error);
  }
}
