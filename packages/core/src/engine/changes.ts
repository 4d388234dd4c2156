import { type Fate, type Ledger, ledgerOf } from "../change/claims.ts";
import { compare } from "../change/compare.ts";
import { type Pairs, pairParts } from "../change/pair.ts";
import { acceptanceOf } from "../change/refusals.ts";
import { renamesIn } from "../change/renames.ts";
import { nameOf } from "../domain/model/names.ts";
import type { Resource } from "../kube/resource.ts";
import type { Project } from "../project/project.ts";
import { Concealment } from "./concealment.ts";
import { resourcesOf } from "./lint.ts";
import type { NotLinted } from "./result.ts";

/** A change that the API server refuses: the object stays as it is. */
export interface RefusedField {
  /** `StatefulSet shop/orders-db` */
  readonly object: string;
  /** `spec.serviceName` */
  readonly field: string;
  /** The server's message without the value that it prints between the two. */
  readonly message: { readonly place: string; readonly words: string };
  /** Where the new value is, and where the old one was: offsets into the text of each side. */
  readonly at: { readonly uri: string; readonly start: number };
  readonly was: { readonly uri: string; readonly start: number };
}

/** One claim of a StatefulSet and what becomes of it. */
export interface ShownClaim {
  /** `shop/data-orders-db-0` */
  readonly name: string;
  readonly set: string;
  readonly fate: Fate;
}

/** A changed object of which nobody can say here what its change does. */
export interface UnjudgedObject {
  readonly object: string;
  readonly because: string;
}

/** What is known of a change. An object of which none of this speaks is the same on both sides. */
export interface ChangeReport {
  readonly refused: readonly RefusedField[];
  readonly claims: readonly ShownClaim[];
  /** Changed objects whose immutable fields are the same; nothing else was asked about the change, and it may lose data. */
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** StatefulSets among those two that look like one: what was removed, what was added. The Pods start empty. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly unjudged: readonly UnjudgedObject[];
  /** Documents of either side that could not be read as whole objects: nothing is said of them. */
  readonly unreadDocuments: number;
}

/** Compares the objects of two projects. It sees two texts and no cluster: what is not written on the old side counts as not there. */
export function changesBetween(before: Project, after: Project): ChangeReport {
  const old = objectsOf(before);
  const young = objectsOf(after);
  const pairs = pairParts(old.parts, young.parts);
  const shown = namesIn(before, after);
  const refused: RefusedField[] = [];
  const changed: string[] = [];
  const both = pairs.both.map((pair) => ({ ...pair, acceptance: acceptanceOf(pair.before, pair.after) }));
  const ledger = ledgerOf({ ...pairs, both });
  const unjudged = [...doubts(pairs, ledger, shown)];
  for (const { before: one, after: other, acceptance } of both) {
    const { refusals, unjudged: fields, isJudged } = acceptance;
    for (const { field, place, words, at, was } of refusals)
      refused.push({
        object: shown(other),
        field,
        message: { place, words },
        at: { uri: at.file.uri, start: at.span.start },
        was: { uri: was.file.uri, start: was.span.start },
      });
    if (fields.length > 0)
      unjudged.push({
        object: shown(other),
        because: `whether the API server takes the change of ${fields.join(", ")} depends on what is not in view`,
      });
    const isSame = compare(one.node.value, other.node.value, "counts") === "same" && !isPart(one) && !isPart(other);
    if (isSame || refusals.length > 0 || fields.length > 0) continue;
    if (isJudged) changed.push(shown(other));
    else if (isPart(one) || isPart(other))
      unjudged.push({ object: shown(other), because: "only a part of it is in view" });
    else
      unjudged.push({ object: shown(other), because: `which fields of a ${other.kind} can change is not known here` });
  }
  return {
    refused,
    claims: ledger.claims.map(({ namespace, name, set, fate }) => {
      return { name: shown(set, namespace === undefined ? name : `${namespace}/${name}`), set: shown(set), fate };
    }),
    changed,
    added: pairs.onlyAfter.map((each) => shown(each)),
    removed: pairs.onlyBefore.map((each) => shown(each)),
    renamed: renamesIn(pairs).map((each) => ({ from: shown(each.before), to: shown(each.after) })),
    unjudged,
    unreadDocuments: old.unread + young.unread,
  };
}

function isPart({ isPartial, isUnsettled }: Resource): boolean {
  return isPartial || isUnsettled;
}

/** The name of an object, or another text about it, as it may be shown. */
type Shown = (resource: Resource, text?: string) => string;

function* doubts(pairs: Pairs, ledger: Ledger, shown: Shown): Iterable<UnjudgedObject> {
  const ambiguous = new Set(pairs.ambiguous);
  for (const each of ambiguous)
    yield { object: shown(each), because: "which object of the other side it belongs to is not known" };
  for (const each of ledger.unjudged)
    if (!ambiguous.has(each)) yield { object: shown(each), because: "what becomes of its claims is not known" };
}

interface Side {
  /** By the unit's name below the root. */
  readonly parts: ReadonlyMap<string, readonly Resource[]>;
  readonly unread: number;
}

function objectsOf(project: Project): Side {
  const notLinted = new Map<string, NotLinted>();
  const requested = new Set(project.files.map(({ uri }) => uri));
  const parts = project.units.map((unit) => {
    // A patch that was applied is in the object that it names.
    const resources = resourcesOf(unit, notLinted, requested).filter(
      ({ isPartial, document }) => !(isPartial && unit.appliedPatches.has(document.file.uri)),
    );
    return [unit.name.replace(project.input.root, ""), resources] as const;
  });
  return { parts: new Map(parts), unread: notLinted.size };
}

/** Names of objects as they may be shown. */
function namesIn(before: Project, after: Project): Shown {
  const concealments = [before, after].map((project) => {
    const files = new Map(project.files.map((file) => [file.uri, file]));
    return { files, concealment: new Concealment(files, project.documentsOf, project.input.rules) };
  });
  return (resource, text = nameOf(resource)) => {
    const { file } = resource.document;
    const side = concealments.find(({ files }) => files.get(file.uri) === file);
    return side?.concealment.line(text, [file.uri]) ?? resource.kind;
  };
}
