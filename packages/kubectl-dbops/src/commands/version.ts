import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { version } from "../project.ts";

/** Prints the version, as text or JSON. */
export function runVersion(args: Arguments, io: Io): number {
  io.out(args.value("output") === "json" ? `${JSON.stringify({ name: "dbops", version })}\n` : `dbops ${version}\n`);
  return 0;
}
