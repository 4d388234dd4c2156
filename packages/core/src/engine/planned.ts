import { type Change, type Side, sideOf } from "../change/change.ts";
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
    const way = change === undefined ? undefined : procedureFor(change, verdict.verdict, applies);
    if (way === undefined) return [];
    return "says" in way
      ? [{ verdict, procedure: undefined, says: way.says }]
      : [{ verdict, procedure: way, says: undefined }];
  });
}

/** The database that mounted a claim which is taken out, where it is taken out or moved too: its steps are about the claim. */
function plannedUserOf({ before, after, among }: Change): Resource | undefined {
  if (before?.resource.kind !== "PersistentVolumeClaim" || after !== undefined) return undefined;
  const { resource, workspace } = before;
  const users = workspace.topology.databases.filter(({ workload }) =>
    workload?.volumes.some(({ source, sourceName }) => source === "claim" && sourceName === resource.name),
  );
  return users
    .map((user) => among.changeOf(user.resource))
    .find((change) => change !== undefined && (change.isRenamed || change.after === undefined))?.before?.resource;
}
