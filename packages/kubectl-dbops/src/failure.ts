import { faultOf } from "@dbops/core";
import { UsageError } from "./io.ts";
import { masked } from "./masked.ts";

/** What ended a run, as the one line that stands on stderr. */
export function failureLine(error: unknown): string {
  return `error: ${masked(error instanceof UsageError ? error.message : `dbops failed: ${faultOf(error)}`)}\n`;
}
