import { faultOf, printable } from "@dbops/core";
import { UsageError } from "./io.ts";

/** What ended a run, as the one line that stands on stderr. */
export function failureLine(error: unknown): string {
  return `error: ${printable(error instanceof UsageError ? error.message : `dbops failed: ${faultOf(error)}`)}\n`;
}
