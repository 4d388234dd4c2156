import type { Change, ClaimRef, Comparison, LeftOut, Side } from "../change/change.ts";
import { isGrown, withSizeSettled } from "../change/claim-size.ts";
import {
  type ClaimIsThere,
  claimsNamedIn,
  isOpenHolder,
  type Ledger,
  ledgerOf,
  mayHoldClaim,
} from "../change/claims.ts";
import { compare, contentOf } from "../change/compare.ts";
import { type OperatedClaims, operatedClaims } from "../change/operated-claims.ts";
import type { Pairs, Placed } from "../change/pair.ts";
import { acceptanceOf } from "../change/refusals.ts";
import { renamesIn } from "../change/renames.ts";
import { restartByOperator, restartOf } from "../change/restarts.ts";
import { namespacesAgree } from "../kube/namespace.ts";
import type { Resource } from "../kube/resource.ts";
import type { Project } from "../project/project.ts";
import { groupBy } from "../text/group-by.ts";
import { type BuiltUnit, buildWorkspaces } from "./build-workspaces.ts";
import type { Faults } from "./faults.ts";
import type { NotLinted } from "./result.ts";

/** The objects of one text. */
export interface ProjectSide {
  readonly built: readonly BuiltUnit[];
  readonly notLinted: ReadonlyMap<string, NotLinted>;
  readonly placed: readonly Placed[];
  /** A path as both texts have it, from the root. */
  below(uri: string): string;
  /** What kustomizations and patches do to it, as one text. */
  layersOf(resource: Resource): string;
  builtOf(resource: Resource): BuiltUnit | undefined;
  sideOf(resource: Resource): Side | undefined;
}

/** Reads one of the two texts. */
export function readSide(project: Project, requested: ReadonlySet<string>, faults: Faults): ProjectSide {
  const { built, notLinted } = buildWorkspaces(project, requested, faults);
  const below = (uri: string): string => uri.replace(project.input.root, "");
  const owners = new Map<Resource, BuiltUnit>();
  const placed = built.flatMap((each) => {
    const { unit, resources } = each;
    return resources.flatMap((resource): readonly Placed[] => {
      const { uri } = resource.document.file;
      // A patch that was applied is in the object that it names.
      if (resource.isPartial && unit.appliedPatches.has(uri)) return [];
      owners.set(resource, each);
      return [{ resource, part: below(unit.name), file: below(uri) }];
    });
  });
  const builtOf = (resource: Resource): BuiltUnit | undefined => owners.get(resource);
  return {
    built,
    notLinted,
    placed,
    below,
    layersOf: (resource) => builtOf(resource)?.unit.layersOf(resource.document.file.uri) ?? "",
    builtOf,
    sideOf(resource) {
      const workspace = builtOf(resource)?.workspace;
      return workspace === undefined
        ? undefined
        : { resource, database: workspace.topology.databaseOf(resource.workload ?? resource), workspace };
    },
  };
}

/** Every object of these files that is not the same in both texts, and what becomes of all claims. */
export function changesBetween(
  pairs: Pairs,
  old: ProjectSide,
  young: ProjectSide,
  requested: ReadonlySet<string>,
  isMoved: (before: Resource, after: Resource) => boolean,
  whyGone: (resource: Resource) => LeftOut | undefined = () => undefined,
  isThere?: ClaimIsThere,
): {
  readonly changes: readonly Change[];
  readonly ledger: Ledger;
  readonly operated: readonly OperatedClaims[];
} {
  const both = pairs.both.map(({ before, after }) => {
    const acceptance = acceptanceOf(before, after);
    const resources = young.sideOf(after)?.workspace.everything.resources;
    return {
      before,
      after,
      acceptance: resources === undefined ? acceptance : withSizeSettled(acceptance, before, after, resources),
      isGrown: isGrown(before, after, acceptance, resources),
    };
  });
  const ledger = ledgerOf({ ...pairs, both, isThere });
  const among = comparisonOf(pairs, old, young, () => changes);
  const byOwner = groupBy(ledger.claims, ({ owner }) => [owner]);
  const claimsOf = (...owners: readonly Resource[]): Change["claims"] =>
    owners.flatMap((owner) => byOwner.get(owner) ?? []);
  const changes: Change[] = [];
  for (const { before, after, acceptance } of both) {
    const isWhole = !isPart(before) && !isPart(after);
    const isSame =
      compare(contentOf(before), contentOf(after), "counts") === "same" &&
      (isWhole || old.layersOf(before) === young.layersOf(after));
    if (isSame) continue;
    changes.push({
      before: old.sideOf(before),
      after: young.sideOf(after),
      isRenamed: false,
      leftOut: undefined,
      acceptance,
      restart:
        isWhole && acceptance.refusals.length === 0 ? restartIn(old.sideOf(before), young.sideOf(after)) : undefined,
      claims: claimsOf(after),
      among,
    });
  }
  const isDatabase = (each: Resource): boolean => (old.sideOf(each) ?? young.sideOf(each))?.database !== undefined;
  const renames = renamesIn(pairs, isDatabase, isMoved);
  const renamed = new Set(renames.flatMap(({ before, after }) => [before, after]));
  const noAcceptance = { refusals: [], unjudged: [], isJudged: false };
  const alone = { isRenamed: false, leftOut: undefined, acceptance: noAcceptance, restart: undefined, among };
  for (const { before, after } of renames)
    changes.push({
      ...alone,
      isRenamed: true,
      before: old.sideOf(before),
      after: young.sideOf(after),
      claims: claimsOf(before, after),
    });
  for (const before of pairs.onlyBefore)
    if (!renamed.has(before))
      changes.push({
        ...alone,
        before: old.sideOf(before),
        after: undefined,
        leftOut: whyGone(before),
        claims: claimsOf(before),
      });
  for (const after of pairs.onlyAfter)
    if (!renamed.has(after))
      changes.push({ ...alone, before: undefined, after: young.sideOf(after), claims: claimsOf(after) });
  const isAsked = (side: Side | undefined): boolean =>
    side !== undefined && requested.has(side.resource.document.file.uri);
  const operated = [
    ...both.flatMap(({ before, after, acceptance }) =>
      operatedClaims(old.sideOf(before), young.sideOf(after), acceptance),
    ),
    ...pairs.onlyBefore.flatMap((each) => operatedClaims(old.sideOf(each), undefined, noAcceptance)),
    ...pairs.onlyAfter.flatMap((each) => operatedClaims(undefined, young.sideOf(each), noAcceptance)),
  ];
  return { changes: changes.filter(({ before, after }) => isAsked(before) || isAsked(after)), ledger, operated };
}

function restartIn(before: Side | undefined, after: Side | undefined): Change["restart"] {
  if (before === undefined || after === undefined) return undefined;
  const [one, other] = [before.database, after.database];
  return one?.operator === undefined || other?.operator === undefined
    ? restartOf(before.resource, after.resource)
    : restartByOperator(one, other);
}

function comparisonOf(
  { both }: Pairs,
  old: ProjectSide,
  young: ProjectSide,
  changes: () => readonly Change[],
): Comparison {
  const partners = new Map(both.flatMap(({ before, after }) => [[before, after] as const, [after, before] as const]));
  let bySide: ReadonlyMap<Resource, Change> | undefined;
  let open: readonly Resource[] | undefined;
  let byClaim: ReadonlyMap<string, readonly Resource[]> | undefined;
  return {
    holdersOf(claim: ClaimRef) {
      byClaim ??= groupBy(
        young.placed.map(({ resource }) => resource),
        claimsNamedIn,
      );
      return (byClaim.get(claim.name) ?? []).filter((each) => namespacesAgree(each, claim));
    },
    possibleHoldersOf(claim: ClaimRef) {
      open ??= young.placed.flatMap(({ resource }) => (isOpenHolder(resource) ? [resource] : []));
      return open.filter((each) => mayHoldClaim(each, claim.name) && namespacesAgree(each, claim));
    },
    otherSideOf(resource) {
      const other = partners.get(resource);
      return other === undefined ? undefined : (young.sideOf(other) ?? old.sideOf(other));
    },
    changeOf(resource) {
      bySide ??= new Map(
        changes().flatMap((change) =>
          [change.before, change.after].flatMap((side) =>
            side === undefined ? [] : [[side.resource, change] as const],
          ),
        ),
      );
      return bySide.get(resource);
    },
  };
}

function isPart({ isPartial, isUnsettled }: Resource): boolean {
  return isPartial || isUnsettled;
}
