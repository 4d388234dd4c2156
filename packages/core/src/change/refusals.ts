import { type ImmutableField, immutableFields } from "../facts/immutable-fields.ts";
import type { Resource } from "../kube/resource.ts";
import { own } from "../text/own.ts";
import type { Place } from "../yaml/node.ts";
import { type Comparison, compare } from "./compare.ts";
import { kindOf } from "./pair.ts";

/** A changed field that the API server takes only once. */
interface Refusal {
  /** `spec.serviceName` */
  readonly field: string;
  /** What the server says, without the value: the message begins with the place and has the words. */
  readonly place: string;
  readonly words: string;
  /** In the new text; where the field would be when it was taken out. */
  readonly at: Place;
  readonly was: Place;
}

/** What the API server thinks of a change to one object. */
export interface Acceptance {
  readonly refusals: readonly Refusal[];
  /** Fields whose change may be refused: a part of them is filled in later, or it depends on the cluster. */
  readonly unjudged: readonly string[];
  /** The kind's fields are known here. Otherwise an empty list of refusals says nothing. */
  readonly isJudged: boolean;
}

/** Looks at the fields of a kind that cannot change, or not always. */
export function acceptanceOf(before: Resource, after: Resource): Acceptance {
  const fields = own(immutableFields, kindOf(after));
  const isWhole = [before, after].every(({ isPartial, isUnsettled }) => !isPartial && !isUnsettled);
  if (fields === undefined || !isWhole) return { refusals: [], unjudged: [], isJudged: false };
  const refusals: Refusal[] = [];
  const unjudged: string[] = [];
  for (const field of fields) {
    const name = field.path.join(".");
    const result = compareField(field, before, after);
    if (result === "unknown") unjudged.push(name);
    if (result !== "different") continue;
    const [place, words] = field.message;
    const placeIn = ({ node }: Resource): Place => node.nearest(...field.path);
    refusals.push({ field: name, place, words, at: placeIn(after), was: placeIn(before) });
  }
  return { refusals, unjudged, isJudged: true };
}

function compareField(field: ImmutableField, before: Resource, after: Resource): Comparison {
  if (field.whenSealed === true && before.node.boolean("immutable") !== true) return "same";
  const one = before.node.at(...field.path)?.value ?? field.byDefault;
  const other = after.node.at(...field.path)?.value ?? field.byDefault;
  const [wasWritten, isWritten] = [one, other].map((value) => value !== undefined && value !== null);
  const result = compare(one, other);
  if (result === "same" && wasWritten !== isWritten && field.emptyIs !== undefined)
    return field.emptyIs === "another" ? "different" : "unknown";
  const isOpen = field.isOpen === true || (field.isFilledIn === true && !(wasWritten && isWritten));
  return result === "different" && isOpen ? "unknown" : result;
}
