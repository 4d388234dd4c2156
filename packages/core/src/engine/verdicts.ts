import { type Change, gravest, type Side, sideOf, type Verdict, verdicts } from "../change/change.ts";
import { type ClaimFate, isSet, type Ledger } from "../change/claims.ts";
import { holdsDatabase, isOurs } from "../change/concerns.ts";
import type { Pairs } from "../change/pair.ts";
import type { Restart } from "../change/restarts.ts";
import { nameOf } from "../domain/model/names.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Resource, ResourceRef } from "../kube/resource.ts";
import type { Location } from "../rule/finding.ts";
import type { ProjectSide } from "./changes.ts";
import type { Draft } from "./drafts.ts";

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

/** One claim and what becomes of it. */
export interface ClaimEntry {
  readonly namespace: string | undefined;
  /** `data-orders-db-0` */
  readonly name: string;
  /** Who makes it: `StatefulSet shop/orders-db`, or the claim itself. */
  readonly owner: string;
  readonly fate: ClaimFate["fate"];
  readonly deletedBy: ClaimFate["deletedBy"];
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
  const changed = new Set(changes.flatMap(({ before, after }) => [before?.resource, after?.resource]));
  const doubtful = [...new Set([...ambiguous.keys(), ...ledger.unjudged])].filter((each) => {
    const side = sideFor(each);
    const isNews = changed.has(each) || ambiguous.has(each);
    const isNamed = !hasPlaceholder(each.name) || side?.database !== undefined || isSet(each);
    return isNews && isNamed && side !== undefined && holdsDatabase(side) && !isKnown.has(each);
  });
  const doubts = doubtful.flatMap((each) => {
    const because = ambiguous.has(each) ? ambiguous.get(each) : "what becomes of its claims";
    return because === undefined ? [] : [unknownOf(each, sideFor(each)?.database !== undefined, because, shown)];
  });
  const unique = new Map<string, ObjectVerdict>();
  for (const each of [...judged, ...doubts]) {
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
export function claimEntries(changes: readonly Change[], ledger: Ledger, shown: Shown): readonly ClaimEntry[] {
  const changed = new Set(changes.flatMap(({ claims }) => claims.map(({ owner }) => owner)));
  const entries = ledger.claims.map(({ namespace, name, owner, fate, deletedBy }): ClaimEntry => {
    return {
      namespace: namespace && shown(owner, namespace),
      name: shown(owner, name),
      owner: shown(owner),
      fate,
      deletedBy,
      isOfChange: changed.has(owner),
    };
  });
  return [...new Map(entries.map((each) => [Object.values(each).join(" "), each])).values()];
}
