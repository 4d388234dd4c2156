import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's space for new objects at the size it has: what a run over many files makes stays until its end, so letting that
 * space grow to 16 MB, twice, saves no time and costs a sixth of the memory. Below 2 MB it costs time instead.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
