import { type ImmutableField, immutableFields } from "../facts/immutable-fields.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import { own } from "../text/own.ts";
import type { Place, YamlNode } from "../yaml/node.ts";
import { type Comparison, compare } from "./compare.ts";
import { kindOf } from "./pair.ts";
import { withDefaults } from "./pod-template.ts";

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
  if (kindOf(after) === "/Service") return serviceAcceptance(before, after);
  const fields = own(immutableFields, kindOf(after));
  const isWhole = [before, after].every(({ isPartial, isUnsettled }) => !isPartial && !isUnsettled);
  if (fields === undefined || !isWhole || isNeverUpdated(after)) return { refusals: [], unjudged: [], isJudged: false };
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

/**
 * A hook that Helm or Argo CD deletes before it creates it again, an object that gets a name each time, or one that Flux leaves alone once it
 * is there: nothing is updated. A Job that deletes itself may be gone.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
function isNeverUpdated({ kind, name, annotations, node }: Resource): boolean {
  const isHook = annotations["helm.sh/hook"] !== undefined || annotations["argocd.argoproj.io/hook"] !== undefined;
  const isLeftAlone = /^(?:ifnotpresent|ignore)$/i.test(annotations["kustomize.toolkit.fluxcd.io/ssa"] ?? "");
  return (
    isHook ||
    isLeftAlone ||
    name.endsWith("-") ||
    (kind === "Job" && node.at("spec", "ttlSecondsAfterFinished") !== undefined)
  );
}

/**
 * The address of a Service and the family of its first address stay, from the first one on. Taken out of the manifest they are kept, and
 * without one the server chooses. https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
 */
function serviceAcceptance(before: Resource, after: Resource): Acceptance {
  const refusals: Refusal[] = [];
  const unjudged: string[] = [];
  const isExternal = [before, after].some(({ node }) => node.string("spec", "type") === "ExternalName");
  const fields = isExternal
    ? []
    : [
        { path: ["spec", "clusterIP"], place: "spec.clusterIPs[0]" },
        { path: ["spec", "ipFamilies", 0], place: "spec.ipFamilies[0]" },
      ];
  for (const { path, place } of fields) {
    const [one, other] = [before, after].map(({ node }) => node.at(...path)?.value ?? "");
    if (one === other || other === "") continue;
    const name = path.filter((step) => typeof step === "string").join(".");
    // One that the server chose may be the one that is written now, but it is never None.
    if (!isSettled(one) || !isSettled(other) || (one === "" && other !== "None")) unjudged.push(name);
    else
      refusals.push({
        field: name,
        place,
        words: "may not change once set",
        at: after.node.nearest(...path),
        was: before.node.nearest(...path),
      });
  }
  return { refusals, unjudged, isJudged: true };
}

/** Neither filled in later nor something else than a text, which the server cannot even read. */
function isSettled(value: unknown): boolean {
  return typeof value === "string" && !hasPlaceholder(value);
}

/** Before apps/v1 the server made a selector of the labels where none was written. */
function selectorByDefault({ path }: ImmutableField, node: YamlNode): unknown {
  const version = node.string("apiVersion") ?? "";
  if (path.join(".") !== "spec.selector" || !/^(?:apps|extensions)\/v1beta1$/.test(version)) return undefined;
  const labels = node.at("spec", "template", "metadata", "labels")?.value;
  return labels === undefined ? undefined : { matchLabels: labels };
}

function compareField(field: ImmutableField, before: Resource, after: Resource): Comparison {
  if (field.whenSealed === true && before.node.boolean("immutable") !== true) return "same";
  const [one, other] = [before, after].map(({ node }) => {
    const value = node.at(...field.path)?.value ?? field.byDefault ?? selectorByDefault(field, node);
    return field.isTemplate === true ? withDefaults(value) : value;
  });
  const [wasWritten, isWritten] = [one, other].map((value) => value !== undefined && value !== null);
  if (field.mayComeAndGo === true && !(wasWritten && isWritten)) return "same";
  const result = compare(one, other);
  if (result === "same" && wasWritten !== isWritten && field.emptyIs !== undefined)
    return field.emptyIs === "another" ? "different" : "unknown";
  const [path, value] = field.isOpenWhile ?? [[], "never"];
  const { isOpenBeside: beside } = field;
  const isMirrored = beside !== undefined && [before, after].some(({ node }) => node.at(...beside) !== undefined);
  const isOpen =
    field.isOpen === true ||
    isMirrored ||
    (path.length > 0 && before.node.at(...path)?.value === value) ||
    (field.isFilledIn === true && !(wasWritten && isWritten));
  return result === "different" && isOpen ? "unknown" : result;
}
