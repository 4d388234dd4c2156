import { nameOf, shortName } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { operatorNamed } from "../../facts/operator-names.ts";
import type { Change, Verdict } from "../change.ts";
import { sideOf } from "../change.ts";
import { stepOf } from "../version-step.ts";
import type { NoProcedure } from "./procedure.ts";

/** A resource of an operator is changed by its operator: what it does is said, and what a person prepares. */
export function whatTheOperatorDoes(change: Change, verdict: Verdict): NoProcedure | undefined {
  const { before, after, isRenamed } = change;
  const { resource, database } = sideOf(change);
  const operator = operatorNamed(database?.operator?.name);
  const name = shortName(resource);
  if (isRenamed)
    return {
      says: `No operator renames a database. Create ${name} from a backup of ${before === undefined ? "the old one" : shortName(before.resource)}${fromBackup[database?.operator?.name ?? ""] ?? ""}, move the clients, and delete the old one in a change of its own.`,
    };
  if (after === undefined && before?.database !== undefined) {
    const because = deletesClaims(before.database);
    return {
      says:
        because === undefined
          ? `${sentence(operator)} stops ${name} and keeps its claims. Take a last backup, then apply the change; delete the claims by hand once nobody needs them.`
          : `${sentence(operator)} deletes the claims of ${name} with it (${because}). Take a last backup and restore it once; set persistentVolumeReclaimPolicy: Retain on its volumes (kubectl get pvc names them) if the disks are to stay; then apply the change.`,
    };
  }
  const step =
    before?.database === undefined || after?.database === undefined
      ? undefined
      : stepOf(before.database, after.database);
  const upgrade =
    step?.severity === "warning"
      ? `${sentence(operator)} takes ${name} to its new version by itself: ${nameOf(resource)} ${step.says}. Take a backup first and restore it once; let backups of the new version go to a place of their own; afterward take a full backup, and run ANALYZE.`
      : undefined;
  const both = [upgrade, fewerOf(change)].filter((each) => each !== undefined);
  switch (verdict) {
    case "refused": {
      const refused = `${sentence(operator)} does not do that to ${nameOf(resource)} as it is. Take the change back, or create a new one with the new values from a backup${fromBackup[database?.operator?.name ?? ""] ?? ""} and move the clients.`;
      return {
        says:
          both.length === 0
            ? refused
            : `${refused} Nothing else of the change is applied either: make a change of its own of the rest. Then: ${both.join(" ")}`,
      };
    }
    case "does-not-start":
    case "starts-empty":
      return {
        says: `Take the change back: ${operator} has no way through it that keeps the data of ${name}, except a restore.`,
      };
    default:
      return both.length === 0 ? undefined : { says: both.join(" ") };
  }
}

/** Instances that an operator deletes with their claims. */
function fewerOf({ before, after }: Change): string | undefined {
  const [old, young] = [before?.database, after?.database];
  const [from, to] = [old?.instances.value, young?.instances.value];
  if (young?.operator?.deletesClaimsOfRemoved !== true || from === undefined || to === undefined || to >= from)
    return undefined;
  return `${sentence(operatorNamed(young.operator.name))} takes ${shortName(young.resource)} from ${from} instances to ${to} by itself, and deletes the claims of those that go. See first that the ones that stay are in sync, and take a backup; raising the number again makes new copies.`;
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** How an operator makes a database of a backup. */
const fromBackup: Readonly<Record<string, string>> = {
  "cloudnative-pg": " (bootstrap.recovery, or bootstrap.pg_basebackup from the running one)",
};
