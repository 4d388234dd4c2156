import { type Change, gravest, type Side, sideOf, type Verdict, verdicts } from "../change/change.ts";
import { type ClaimFate, haveSameClaims, isSet, type Ledger } from "../change/claims.ts";
import { holdsDatabase, isOurs } from "../change/concerns.ts";
import type { OperatedClaims } from "../change/operated-claims.ts";
import type { Pairs } from "../change/pair.ts";
import type { Restart } from "../change/restarts.ts";
import { nameOf } from "../domain/model/names.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import { isKeptFromPruning } from "../kube/pruning.ts";
import type { Resource, ResourceRef } from "../kube/resource.ts";
import type { Location } from "../rule/finding.ts";
import type { ProjectSide } from "./changes.ts";
import type { Draft } from "./drafts.ts";
import { chartsOf } from "./unread-charts.ts";

/** A field that the API server refuses to change. */
export interface RefusedField {
  /** `spec.serviceName` */
  readonly field: string;
  /** The server's message without the value that it prints between the two. */
  readonly message: { readonly place: string; readonly words: string };
}

/** What becomes of one object. */
export interface ObjectVerdict {
  readonly subject: ResourceRef;
  /** `StatefulSet shop/orders-db` */
  readonly name: string;
  /** The name that it had in the old text, where that was another one. */
  readonly renamedFrom: string | undefined;
  readonly verdict: Verdict;
  /** It is a server of a database, or the resource that an operator makes one of. */
  readonly isDatabase: boolean;
  /** In the new text; of what is gone, in the old one. */
  readonly location: Location;
  readonly refused: readonly RefusedField[];
  readonly restart: Restart | undefined;
  /** Of verdict `unknown`: what it depends on. */
  readonly because: string | undefined;
  /** Every finding that says so is suppressed or allowed by name. */
  readonly isAccepted: boolean;
}

/** A claim, or those that an operator makes for one purpose, and what becomes of them. */
export interface ClaimEntry {
  readonly namespace: string | undefined;
  /** `data-orders-db-0`; undefined: its operator names them. */
  readonly name: string | undefined;
  /** What is on those of an operator: `data`, `WAL`, `tablespace fast`. */
  readonly volume: string | undefined;
  readonly count: number;
  /** Who makes it: `StatefulSet shop/orders-db`, or the claim itself. */
  readonly owner: string;
  readonly fate: ClaimFate["fate"];
  readonly deletedBy: ClaimFate["deletedBy"] | "operator";
  /** Why the operator deletes them, or why nothing applies a claim whose manifest is still there. */
  readonly because: string | undefined;
  /** The object that makes it is not the same in both texts. */
  readonly isOfChange: boolean;
}

/** The name of an object, or another text about it, as it may be shown. */
export type Shown = (resource: Resource, text?: string) => string;

interface Judged {
  readonly changes: readonly Change[];
  readonly reported: ReadonlyMap<Change, readonly Draft[]>;
  isSuppressed(draft: Draft): boolean;
  readonly pairs: Pairs;
  readonly ledger: Ledger;
  readonly sides: readonly ProjectSide[];
  readonly shown: Shown;
}

/** What becomes of each object, gravest first, then in the order of the texts. */
export function verdictsOf({
  changes,
  reported,
  isSuppressed,
  pairs,
  ledger,
  sides,
  shown,
}: Judged): readonly ObjectVerdict[] {
  const judged = changes.flatMap((change) => {
    const verdict = verdictOf(change, reported.get(change) ?? [], isSuppressed, shown);
    // What is only in one text, and loses nothing, is no news.
    const isAlone = change.before === undefined || change.after === undefined;
    const isNews = verdict.verdict !== "applies-in-place" || (!isAlone && isOurs(sideOf(change)));
    return isNews ? [verdict] : [];
  });
  const isKnown = new Set(
    changes.flatMap(({ before, after, isRenamed }) => (isRenamed ? [before?.resource, after?.resource] : [])),
  );
  const sideFor = (resource: Resource): Side | undefined =>
    sides.map((side) => side.sideOf(resource)).find((side) => side !== undefined);
  const ambiguous = new Map(pairs.ambiguous.map(({ resource, because }) => [resource, because]));
  const mayHaveMoved = new Set(
    pairs.ambiguous.flatMap(({ resource, isMoved }) => (isMoved === true ? [resource] : [])),
  );
  const changed = new Set(changes.flatMap(({ before, after }) => [before?.resource, after?.resource]));
  const [old, young] = sides;
  const changeOf = new Map(
    changes.flatMap((change) => (change.after === undefined ? [] : [[change.after.resource, change] as const])),
  );
  // What becomes of them is not known, and the same as before.
  const isAsBefore = (each: Resource): boolean => {
    const before = changeOf.get(each)?.before?.resource;
    return before !== undefined && haveSameClaims(before, each) && old?.layersOf(before) === young?.layersOf(each);
  };
  const unjudged = ledger.unjudged.filter((each) => !isAsBefore(each));
  const doubtful = [...new Set([...ambiguous.keys(), ...unjudged])].filter((each) => {
    const side = sideFor(each);
    const isNews = changed.has(each) || ambiguous.has(each);
    const isNamed = !hasPlaceholder(each.name) || side?.database !== undefined || isSet(each);
    if (side === undefined || !isNews || !isNamed || isKnown.has(each)) return false;
    // A claim that is removed is said whoever uses it, and so is one that may stay behind.
    return holdsDatabase(side) || (mayHaveMoved.has(each) && each.kind === "PersistentVolumeClaim");
  });
  const doubts = doubtful.flatMap((each) => {
    const because = ambiguous.has(each) ? ambiguous.get(each) : "what becomes of its claims";
    return because === undefined ? [] : [unknownOf(each, sideFor(each)?.database !== undefined, because, shown)];
  });
  // Helm uninstalls it, and the chart says what it leaves.
  const uninstalled = changes.flatMap(({ before, after }) => {
    if (before === undefined || after !== undefined || isKeptFromPruning(before.resource)) return [];
    const isData = before.resource.annotations["dbops/data"] === undefined && chartsOf(before.resource).length > 0;
    return isData
      ? [unknownOf(before.resource, false, "its chart was not read, and decides what becomes of its data", shown)]
      : [];
  });
  const unique = new Map<string, ObjectVerdict>();
  for (const each of [...judged, ...doubts, ...uninstalled]) {
    const key = `${each.name} ${each.location.uri} ${each.location.span.start}`;
    const known = unique.get(key);
    if (known === undefined || rank(each) > rank(known)) unique.set(key, each);
  }
  return [...unique.values()].sort(byGravity);
}

const rank = ({ verdict }: ObjectVerdict): number => verdicts.indexOf(verdict);

function byGravity(a: ObjectVerdict, b: ObjectVerdict): number {
  if (a.location.uri === b.location.uri || rank(a) !== rank(b))
    return rank(b) - rank(a) || a.location.span.start - b.location.span.start;
  return a.location.uri < b.location.uri ? -1 : 1;
}

function verdictOf(
  change: Change,
  drafts: readonly Draft[],
  isSuppressed: (draft: Draft) => boolean,
  shown: Shown,
): ObjectVerdict {
  const { before, acceptance, restart, isRenamed } = change;
  const side = sideOf(change);
  const said = drafts.flatMap(({ verdict }) => verdict ?? []);
  const isUnknown = acceptance.unjudged.length > 0 && holdsDatabase(side);
  const verdict = gravest([
    "applies-in-place",
    ...(isUnknown ? (["unknown"] as const) : []),
    ...(restart === undefined || !runsOurs(side) ? [] : (["restarts"] as const)),
    ...said,
    ...(acceptance.refusals.length > 0 && isOurs(side) ? (["refused"] as const) : []),
  ]);
  const sayers = drafts.filter((draft) => draft.verdict === verdict);
  return {
    ...placeOf(side.resource, shown),
    renamedFrom: isRenamed && before !== undefined ? shown(before.resource) : undefined,
    verdict,
    isDatabase: side.database !== undefined,
    refused: acceptance.refusals.map(({ field, place, words }) => ({ field, message: { place, words } })),
    restart,
    because:
      verdict === "unknown"
        ? `whether the API server takes the change of ${acceptance.unjudged.join(", ")}`
        : undefined,
    isAccepted: sayers.length > 0 && sayers.every(isSuppressed),
  };
}

function unknownOf(resource: Resource, isDatabase: boolean, because: string, shown: Shown): ObjectVerdict {
  return {
    ...placeOf(resource, shown),
    renamedFrom: undefined,
    verdict: "unknown",
    isDatabase,
    refused: [],
    restart: undefined,
    because,
    isAccepted: false,
  };
}

function placeOf(resource: Resource, shown: Shown): Pick<ObjectVerdict, "subject" | "name" | "location"> {
  const { apiVersion, kind, namespace, name } = resource;
  const at = resource.node.nearest("metadata", "name");
  return {
    subject: { apiVersion, kind, namespace: namespace && shown(resource, namespace), name: shown(resource, name) },
    name: shown(resource, nameOf(resource)),
    location: { uri: at.file.uri, span: at.span, yamlPath: at.yamlPath },
  };
}

/** Its Pods are a database's or a pooler's: their restarts are felt by everybody who is connected. */
function runsOurs({ resource, database, workspace }: Side): boolean {
  return database !== undefined || workspace.topology.poolers.some((pooler) => pooler.resource === resource);
}

/** The ledger as it may be shown; what several units share is written once. */
export function claimEntries(
  changes: readonly Change[],
  ledger: Ledger,
  operated: readonly OperatedClaims[],
  shown: Shown,
): readonly ClaimEntry[] {
  const changed = new Set(changes.flatMap(({ claims }) => claims.map(({ owner }) => owner)));
  const leftOut = new Map(
    changes.flatMap(({ before, leftOut: reason }) =>
      before === undefined || reason === undefined ? [] : [[before.resource, reason.because] as const],
    ),
  );
  const changedToo = new Set(changes.flatMap(({ before, after }) => [before?.resource, after?.resource]));
  const shownReason = (owner: Resource, because: string | undefined): string | undefined =>
    because && shown(owner, because);
  const entries = ledger.claims.map(({ namespace, name, owner, fate, deletedBy }): ClaimEntry => {
    return {
      namespace: namespace && shown(owner, namespace),
      name: shown(owner, name),
      volume: undefined,
      count: 1,
      owner: shown(owner),
      fate,
      deletedBy,
      because: shownReason(owner, deletedBy === "object" ? leftOut.get(owner) : undefined),
      isOfChange: changed.has(owner),
    };
  });
  const ofOperators = operated.map(({ owner, volume, count, fate, because }): ClaimEntry => {
    return {
      namespace: owner.namespace && shown(owner, owner.namespace),
      name: undefined,
      volume: shown(owner, volume),
      count,
      owner: shown(owner),
      fate,
      deletedBy: fate === "deleted" ? "operator" : undefined,
      because: shownReason(owner, because),
      isOfChange: changedToo.has(owner),
    };
  });
  const all = [...entries, ...ofOperators];
  // One claim of several overlays is one, whichever of them is gone.
  const keyOf = ({ because, ...each }: ClaimEntry): string =>
    [...Object.values(each), each.deletedBy === "object" ? undefined : because].join(" ");
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}
