import { type Change, type Side, sideOf } from "../change/change.ts";
import { procedureFor } from "../change/procedures/index.ts";
import type { Procedure } from "../change/procedures/procedure.ts";
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
    const way = change === undefined ? undefined : procedureFor(change, verdict.verdict, applies);
    if (way === undefined) return [];
    return "says" in way
      ? [{ verdict, procedure: undefined, says: way.says }]
      : [{ verdict, procedure: way, says: undefined }];
  });
}
