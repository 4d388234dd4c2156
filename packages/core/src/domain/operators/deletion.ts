import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";

/** What the deletion of an operator's resource takes along. */
export interface Deletion {
  readonly takes: "claims" | "backups";
  /** `finalizer percona.com/delete-pxc-pvc`, `whenDeleted: Delete` */
  readonly because: string;
  readonly at: YamlNode;
}

/** A finalizer with which an operator of Percona deletes what its first group names. */
export const takingFinalizer = /delete-(pxc-pvc|psmdb-pvc|pvc|mysql-pvc|backups)$/;

/** What a resource says, in finalizers and in its own policy; nothing where it leaves that to the operator. */
export function writtenDeletions({ operator, resource }: Database): readonly Deletion[] {
  const finalizers = resource.node.at("metadata", "finalizers")?.items() ?? [];
  const byFinalizer = finalizers.flatMap((at): readonly Deletion[] => {
    const taken = takingFinalizer.exec(at.string() ?? "")?.[1];
    if (taken === undefined) return [];
    return [{ takes: taken === "backups" ? "backups" : "claims", because: `finalizer ${at.string()}`, at }];
  });
  const field = operator?.claimDeletion;
  const policy = field && resource.node.at(...field.path);
  if (field === undefined || policy === undefined || !field.deletes.includes(policy.text() ?? "")) return byFinalizer;
  return [...byFinalizer, { takes: "claims", because: `${field.path.at(-1)}: ${policy.text()}`, at: policy }];
}

/** That the claims go because the resource leaves out the field that would keep them: the map that ends its path, and the keys missing there. */
export function deletionByDefault({
  operator,
  resource,
}: Database): { readonly because: string; readonly at: YamlNode; readonly missing: readonly string[] } | undefined {
  const field = operator?.claimDeletion;
  if (field?.standard === undefined || resource.node.at(...field.path) !== undefined) return undefined;
  if (field.older !== undefined && resource.node.at(...field.older) !== undefined) return undefined;
  const at = resource.node.nearest(...field.path);
  const missing = field.path.slice(
    field.path.findIndex((_, index) => resource.node.at(...field.path.slice(0, index + 1)) === undefined),
  );
  return { because: `${field.path.at(-1)} is ${field.standard} by default`, at, missing };
}

/** Why the claims of an operator's database go with its resource; undefined: the operator keeps them. */
export function deletesClaims(database: Database): string | undefined {
  const written = writtenDeletions(database).find(({ takes }) => takes === "claims");
  return written?.because ?? deletionByDefault(database)?.because ?? database.operator?.ownsClaims;
}
