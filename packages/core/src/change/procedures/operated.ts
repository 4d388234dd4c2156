import { nameOf, shortName } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { declaredDatabase } from "../../domain/operators/read-operators.ts";
import { listed } from "../../text/listed.ts";
import { sentence } from "../../text/sentence.ts";
import type { Change, Verdict } from "../change.ts";
import { sideOf } from "../change.ts";
import { compare } from "../compare.ts";
import { stepOf } from "../version-step.ts";
import type { NoProcedure } from "./procedure.ts";

/** A resource of an operator is changed by its operator: what it does is said, and what a person prepares. */
export function whatTheOperatorDoes(change: Change, verdict: Verdict): NoProcedure | undefined {
  const { before, after, isRenamed } = change;
  const { resource, database } = sideOf(change);
  const operator = database?.operator?.title ?? "the operator";
  const name = shortName(resource);
  const how = database?.operator?.bootstraps;
  if (isRenamed)
    return {
      says: `No operator renames a database. Create ${name} from a backup of ${before === undefined ? "the old one" : shortName(before.resource)}${how === undefined ? "" : ` (${how.fromBackup}, or ${how.fromRunning} from the running one)`}, move the clients, and delete the old one in a change of its own.`,
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
  const both = [upgrade, fewerOf(change), classOf(change)].filter((each) => each !== undefined);
  switch (verdict) {
    case "refused": {
      const refused = `${sentence(operator)} does not do that to ${nameOf(resource)} as it is. Take the change back, or create a new one with the new values from a backup${how === undefined ? "" : ` (${how.fromBackup}, or ${how.fromRunning} from the running one)`} and move the clients.`;
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

/** Of a resource next to an operator's server: a pooler, a backup, a database in it. */
export function whatItsOperatorAccepts(
  { before, after, acceptance }: Change,
  verdict: Verdict,
): NoProcedure | undefined {
  if (before === undefined) return undefined;
  const name = nameOf(before.resource);
  const declared = declaredDatabase(before.resource);
  if (verdict === "destroys-data" && declared !== undefined) {
    const toDrop = "To drop it, take a dump first and restore it once.";
    const now = after === undefined ? undefined : declaredDatabase(after.resource)?.droppedNow;
    return {
      says:
        now === undefined
          ? `To keep database ${declared.name}, set ${declared.keptWith} in a change of its own and apply that first; then ${name} can go. ${toDrop}`
          : `To keep database ${declared.name}, take ${now.because} out of the change. ${toDrop}`,
    };
  }
  if (verdict !== "refused") return undefined;
  const fields = acceptance.refusals.map(({ field }) => field);
  if (fields.length === 0)
    return { says: `Change what the finding names: the operator does not accept ${name} like this.` };
  const drop = declared?.droppedOnDelete;
  const first =
    drop === undefined
      ? ""
      : ` Deleting it drops database ${declared?.name} (${drop.because}): set ${declared?.keptWith} and apply that before.`;
  return {
    says: `${name} cannot change its ${listed(fields)}: take the change back, or create another one under a new name with the new values, switch to it whatever uses this one, and delete ${name} in a change of its own.${first}`,
  };
}

/** Instances that an operator deletes with their claims. */
function fewerOf({ before, after }: Change): string | undefined {
  const [old, young] = [before?.database, after?.database];
  const [from, to] = [old?.instances.value, young?.instances.value];
  if (young?.operator?.deletesClaimsOfRemoved !== true || from === undefined || to === undefined || to >= from)
    return undefined;
  return `${sentence(young.operator.title)} takes ${shortName(young.resource)} from ${from} instances to ${to} by itself, and deletes the claims of those that go. See first that the ones that stay are in sync, and take a backup; raising the number again makes new copies.`;
}

const classes = [
  ["spec", "storage", "storageClass"],
  ["spec", "storage", "pvcTemplate", "storageClassName"],
  ["spec", "walStorage", "storageClass"],
  ["spec", "walStorage", "pvcTemplate", "storageClassName"],
] as const;

/** CloudNativePG makes new volumes of the new class and leaves those that exist. https://github.com/cloudnative-pg/cloudnative-pg/issues/7639 */
function classOf({ before, after }: Change): string | undefined {
  const { operator, instances } = after?.database ?? {};
  if (operator?.name !== "cloudnative-pg" || before === undefined || after === undefined) return undefined;
  const path = classes.find(
    (each) => compare(before.resource.node.at(...each)?.value, after.resource.node.at(...each)?.value) === "different",
  );
  if (path === undefined) return undefined;
  const to = after.resource.node.text(...path);
  const first = instances?.value === 1 ? "Set instances to 2 first, so that there is a replica. " : "";
  return `CloudNativePG leaves the volumes of ${shortName(after.resource)} on the class that they have: only new instances get ${to === undefined ? "the cluster's default class" : `class ${to}`}. ${first}Replace the replicas one by one (delete the claims and the Pod of one; the operator makes a new instance from the primary), wait each time until it streams, then promote a new one (kubectl cnpg promote) and replace the old primary last.`;
}
