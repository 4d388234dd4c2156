import { closest } from "@dbops/core";
import { shells } from "../choices.ts";
import { scripts } from "../completion/scripts.generated.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";

/** Prints the script of a shell. @throws UsageError */
export function runCompletion(args: Arguments, io: Io): number {
  const [given] = args.positionals;
  if (given === undefined) throw new UsageError(`completion needs a shell: ${shells.join(", ")}`);
  const shell = shells.find((each) => each === given);
  if (shell === undefined) {
    const meant = closest(given, shells);
    throw new UsageError(
      `the shell must be one of ${shells.join(", ")}, not ${given}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    );
  }
  io.out(scripts[shell]);
  return 0;
}
