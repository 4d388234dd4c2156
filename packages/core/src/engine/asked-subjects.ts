import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import type { CutUnit } from "../project/cut-units.ts";
import { isSql } from "../project/readable.ts";
import type { AnyRule } from "../rule/rule.ts";

/** Whether a rule may report in a file that was asked for, when it looks at a subject written in `owner`. */
export type IsAsked = (rule: AnyRule, owner: Resource | undefined) => boolean;

const everything: IsAsked = () => true;

/** More names than these are not looked for in every document. */
const mostNames = 50;

/**
 * A hook or an editor asks for one file among thousands: rules look at the subjects written there, at those that name an object
 * there or are named by one, and, where a rule's `reportsAt` says that it follows labels or classes, at all.
 */
export function askedSubjects(unit: CutUnit, { resources }: Workspace, requested: ReadonlySet<string>): IsAsked {
  // A script of SQL names no objects: its rules get it whatever else was asked for.
  const files = unit.files.filter(({ uri }) => requested.has(uri) && !isSql(uri));
  // What these say is written in any object: kustomizations, patches and files that hold no object of their own.
  if (files.length === unit.files.length || [...unit.kustomizations.keys()].some((uri) => requested.has(uri)))
    return everything;
  const asked = [...resources].filter(({ document }) => requested.has(document.file.uri));
  const known = new Set(asked.map(({ document }) => document.file.uri));
  const isElsewhere = ({ uri }: { readonly uri: string }): boolean =>
    !known.has(uri) || unit.parts.has(uri) || unit.appliedPatches.has(uri);
  if (asked.length > mostNames || files.some(isElsewhere)) return everything;
  const kinds = new Set<string>(asked.map(({ kind }) => kind));
  const names = [...new Set(asked.map(({ name }) => name))];
  const texts = files.map(({ text }) => text);
  const answers = new Map<Resource, boolean>();
  const isNear = (owner: Resource): boolean => {
    const { file, span } = owner.document;
    if (requested.has(file.uri) || texts.some((text) => text.includes(owner.name))) return true;
    const text = file.slice(span);
    return names.some((name) => text.includes(name));
  };
  return ({ meta }, owner) => {
    if (owner === undefined || meta.reportsAt?.some((kind) => kinds.has(kind)) === true) return true;
    const answer = answers.get(owner) ?? isNear(owner);
    answers.set(owner, answer);
    return answer;
  };
}

/** Whether anything of a unit was asked for. */
export function isUnitAsked({ files, kustomizations }: CutUnit, requested: ReadonlySet<string>): boolean {
  return files.some(({ uri }) => requested.has(uri)) || [...kustomizations.keys()].some((uri) => requested.has(uri));
}
