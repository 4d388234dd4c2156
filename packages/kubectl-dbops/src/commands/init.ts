import { writeFileSync } from "node:fs";
import path from "node:path";
import { reasonOf } from "../files/discover.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";

const text = `# How dbops lints here. Only the nearest file up the tree applies.
# recommended (what a team wants on day one), all, or ephemeral (only: does not start, cannot connect, does nothing)
extends: recommended

# Levels by rule: off, info, warning, error. See: kubectl dbops rules
rules: {}

# Other levels for some files, namespaces or labels. Every condition given must hold.
# overrides:
#   - files: ["ci/**"]
#     rules:
#       database-without-memory-limit: off

# Findings that somebody has looked at.
# ignore:
#   - rule: data-on-hostpath
#     object: StatefulSet/orders
#     reason: pinned to its node until the move
#     until: 2027-01-31

# exclude: ["test/fixtures/"]

# "here": the backups of these databases live in this repository, so a missing one is a warning; "elsewhere": none is missed.
# backups: here
`;

/** Writes a .dbops.yaml to start from; an existing one stays. */
export function runInit(_args: Arguments, io: Io): number {
  const file = path.join(io.cwd, ".dbops.yaml");
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new UsageError(
      (error as NodeJS.ErrnoException).code === "EEXIST"
        ? ".dbops.yaml already exists; nothing was written"
        : `.dbops.yaml: ${reasonOf(error)}`,
    );
  }
  io.out("Wrote .dbops.yaml. Next: kubectl dbops lint .\n");
  return 0;
}
