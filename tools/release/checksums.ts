import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** As `sha256sum` prints it. */
export const sha256Of = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** What `sha256sum --check` reads. */
export function checksumsOf(folder: string, names: readonly string[]): string {
  return [...names]
    .sort()
    .map((name) => `${sha256Of(path.join(folder, name))}  ${name}\n`)
    .join("");
}
