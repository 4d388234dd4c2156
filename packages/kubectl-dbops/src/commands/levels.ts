import { closest } from "@dbops/core";
import { UsageError } from "../io.ts";

/** A level of a flag. @throws UsageError */
export function readLevel<T extends string>(
  flag: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  const meant = closest(value, allowed);
  throw new UsageError(
    `--${flag} must be one of ${allowed.join(", ")}, not ${value}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  );
}
