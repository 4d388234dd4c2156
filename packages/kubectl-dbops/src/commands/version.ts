import { textFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { version } from "../project.ts";
import { readLevel } from "./levels.ts";

/** Prints the version, as text or JSON. */
export function runVersion(args: Arguments, io: Io): number {
  io.out(
    readLevel("output", args.value("output"), textFormats) === "json"
      ? `${JSON.stringify({ name: "dbops", version })}\n`
      : `dbops ${version}\n`,
  );
  return 0;
}
