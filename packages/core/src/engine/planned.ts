import { type Change, type Side, sideOf } from "../change/change.ts";
import { mountedClaims } from "../change/claims.ts";
import { dataClaimsOf } from "../change/data-claims.ts";
import { goneClaims } from "../change/gone-claims.ts";
import { procedureFor } from "../change/procedures/index.ts";
import type { Procedure } from "../change/procedures/procedure.ts";
import { nameOf } from "../domain/model/names.ts";
import type { Resource } from "../kube/resource.ts";
import type { ObjectVerdict } from "./verdicts.ts";

/** What is done about one verdict. */
export interface PlannedChange {
  readonly verdict: ObjectVerdict;
  /** undefined: there is nothing to carry out by hand, and `says` tells why. */
  readonly procedure: Procedure | undefined;
  readonly says: string | undefined;
}

/** The command that applies what a file says: of a kustomization's file its folder is applied. */
export type ApplyCommand = (text: { readonly uri: string; readonly kustomization: string | undefined }) => string;

/** The ways through changes, in the order of their verdicts; what applies by itself has none. */
export function planned(
  changes: readonly Change[],
  verdicts: readonly ObjectVerdict[],
  apply: ApplyCommand,
): readonly PlannedChange[] {
  const placeKey = (uri: string, start: number): string => `${uri} ${start}`;
  const byPlace = new Map(
    changes.map((change) => {
      const { file, span } = sideOf(change).resource.node.nearest("metadata", "name");
      return [placeKey(file.uri, span.start), change];
    }),
  );
  const applies = ({ resource, workspace: { unit } }: Side): string =>
    apply({
      uri: resource.document.file.uri,
      kustomization: unit.kind === "kustomization" ? unit.name : undefined,
    });
  return verdicts.flatMap((verdict): readonly PlannedChange[] => {
    const change = byPlace.get(placeKey(verdict.location.uri, verdict.location.span.start));
    const user = change === undefined ? undefined : plannedUserOf(change);
    if (user !== undefined)
      return [{ verdict, procedure: undefined, says: `The steps for ${nameOf(user)} take care of it.` }];
    const heir = change === undefined ? undefined : heirOf(change, changes);
    if (heir !== undefined) return [{ verdict, procedure: undefined, says: heir }];
    const way = change === undefined ? undefined : procedureFor(change, verdict.verdict, applies);
    if (way === undefined) return [];
    return "says" in way
      ? [{ verdict, procedure: undefined, says: way.says }]
      : [{ verdict, procedure: way, says: undefined }];
  });
}

/** Why no steps delete what was taken out: something that is new in this change may be meant to take its place. undefined: nothing is. */
function heirOf(change: Change, changes: readonly Change[]): string | undefined {
  const { before, after, isRenamed } = change;
  if (before === undefined || after !== undefined || isRenamed || before.database?.operator !== undefined)
    return undefined;
  const { resource, database } = before;
  const isClaim = resource.kind === "PersistentVolumeClaim";
  const { erased, kept } = goneClaims(before, change);
  if (erased.length === 0 && kept.some(({ isItsOwn }) => isItsOwn)) return undefined; // the new text has the data
  const heir = changes
    .filter((each) => each.before === undefined)
    .map((each) => each.after)
    .find((other) =>
      isClaim
        ? other?.resource.kind === "PersistentVolumeClaim"
        : other?.database !== undefined && other.database.engine === database?.engine,
    );
  return heir === undefined
    ? undefined
    : `${nameOf(heir.resource)} is new in this change and starts empty. Where it takes the place of ${nameOf(resource)}, name both under moved: in .dbops.yaml, or change one thing at a time; where it does not, remove ${nameOf(resource)} in a change of its own. Until then no steps delete anything.`;
}

/** The database that mounted a claim which is taken out, where it is taken out or moved with it: its steps are about the claim. */
function plannedUserOf({ before, after, among }: Change): Resource | undefined {
  if (before?.resource.kind !== "PersistentVolumeClaim" || after !== undefined) return undefined;
  const { resource, workspace } = before;
  if (among.holdersOf(resource).length > 0) return undefined;
  const users = workspace.topology.databases.filter((user) => mountedClaims(user.resource).includes(resource.name));
  return users
    .map((user) => among.changeOf(user.resource))
    .find(
      (change) =>
        change?.before !== undefined &&
        (change.isRenamed ? dataClaimsOf(change.before)?.includes(resource.name) : change.after === undefined),
    )?.before?.resource;
}
