import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";

/** What the deletion of an operator's resource takes along. */
export interface Deletion {
  readonly takes: "claims" | "backups";
  /** `finalizer percona.com/delete-pxc-pvc`, `whenDeleted: Delete` */
  readonly because: string;
  readonly at: YamlNode;
}

/** What a resource says, in finalizers and in its own policy; nothing where it leaves that to the operator. */
export function writtenDeletions({ operator, resource }: Database): readonly Deletion[] {
  const finalizers = resource.node.at("metadata", "finalizers")?.items() ?? [];
  const byFinalizer = finalizers.flatMap((at): readonly Deletion[] => {
    const taken = /delete-(pxc-pvc|psmdb-pvc|pvc|mysql-pvc|backups)$/.exec(at.string() ?? "")?.[1];
    if (taken === undefined) return [];
    return [{ takes: taken === "backups" ? "backups" : "claims", because: `finalizer ${at.string()}`, at }];
  });
  const policy = operator?.claimDeletion && resource.node.at(...operator.claimDeletion.path);
  if (operator?.claimDeletion === undefined || policy?.string() !== operator.claimDeletion.deletes) return byFinalizer;
  const because = `${operator.claimDeletion.path.at(-1)}: ${policy.string()}`;
  return [...byFinalizer, { takes: "claims", because, at: policy }];
}

/** Why the claims of an operator's database go with its resource; undefined: the operator keeps them. */
export function deletesClaims(database: Database): string | undefined {
  const written = writtenDeletions(database).find(({ takes }) => takes === "claims");
  return written?.because ?? database.operator?.ownsClaims;
}
