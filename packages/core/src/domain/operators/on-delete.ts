import type { Database } from "../model/database.ts";
import { nameOf } from "../model/names.ts";
import type { DeletionFacts } from "../model/operator.ts";
import { deletesClaims } from "./deletion.ts";
import { operators } from "./index.generated.ts";

/** What one operator does when the resource of a database is deleted. */
export interface OperatorDeletion extends DeletionFacts {
  /** `Cluster` of CloudNativePG */
  readonly kinds: readonly string[];
  readonly title: string;
}

/** The same of every operator that dbops knows, in the order of their names. */
export const operatorDeletions: readonly OperatorDeletion[] = operators.map(({ title, databases, onDelete }) => ({
  title,
  kinds: Object.keys(databases),
  ...onDelete,
}));

/** What deleting a database's resource does. */
interface DeletionEffect {
  /** Its claims go: that in one sentence. undefined: they stay. */
  readonly loss: string | undefined;
  /** All of it, in one sentence. */
  readonly text: string;
}

/** What deleting this resource does: its own fields decide about the claims. undefined: it is no operator's. */
export function effectOfDeletion(database: Database): DeletionEffect | undefined {
  const { operator, resource } = database;
  const facts = operator?.onDelete;
  if (facts === undefined) return undefined;
  const because = deletesClaims(database);
  const name = nameOf(resource);
  const claims = because === undefined ? "its claims stay" : `its claims go (${because})`;
  return {
    loss: because === undefined ? undefined : `Deleting ${name} deletes its claims: ${because}.`,
    text: `Deleting ${name}: ${claims}; backups: ${facts.backups}; Secrets: ${facts.secrets}.`,
  };
}
