import type { Migration } from "../model/migration.ts";

/** What happens when two Pods migrate at once: a clause for a message. */
export function describeOverlap({ tool, lock, wait }: Migration): string {
  switch (lock) {
    case "none":
      return `${tool} takes no lock`;
    case "row":
      return `${tool} keeps a lock in a table, and a Pod killed while it runs leaves it behind`;
    case "unknown":
      return "whether it takes a lock is unknown";
    case "session":
      if (wait === "blocks")
        return 'one migrates while the others wait in pg_advisory_lock, and a CREATE INDEX CONCURRENTLY of the first then fails with "deadlock detected"';
  }
  return wait === "fails"
    ? "one migrates, the others fail and restart until it is done"
    : "one migrates, the others wait";
}
