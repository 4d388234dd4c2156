import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's space for new objects at the size it has, as fits a run that reads much: nearly all that is made stays until the
 * end, so letting that space grow (to 16 MB, twice) saves no time and costs a quarter of the memory.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
