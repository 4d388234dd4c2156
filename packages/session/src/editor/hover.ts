import { allRules, builtInRules, type Finding, hoverAt, type Span } from "@dbops/core";
import { type FileUri, nameOf } from "../files/file-system.ts";
import { isAt } from "./actions.ts";
import type { FolderSession } from "./folder-session.ts";
import type { EditorDocument } from "./held-texts.ts";

/** What an editor shows at a place, as Markdown. */
export interface ShownHover {
  readonly parts: readonly string[];
  readonly span: Span;
}

/**
 * What is worth saying about a place, and what to do about its findings.
 * @param more of a rule, a link as Markdown; empty: there is none
 */
export function hoverIn<U extends FileUri, D extends EditorDocument<U>>(
  session: FolderSession<U, D>,
  document: D,
  offset: number,
  more: (ruleId: string) => string,
): ShownHover | undefined {
  const all = session.current(document);
  const file = session.find(nameOf(document.uri))?.file;
  if (session.result === undefined || file === undefined) return undefined;
  const hover = hoverAt(session.result, file.uri, offset, new Date().toISOString());
  const here = all.filter((finding) => isAt(finding, { start: offset, end: offset }));
  const explained = hover?.ruleId === undefined ? [] : [{ ruleId: hover.ruleId }];
  const advice = new Map(
    [...here, ...explained].map((each: Pick<Finding, "ruleId"> & Partial<Finding>) => [
      `${each.ruleId} ${each.remedy ?? ""}`,
      each,
    ]),
  );
  const parts = [...advice.values()].flatMap(({ ruleId, remedy }) => remedyOf(ruleId, remedy, more(ruleId)));
  if (hover !== undefined && hover.ruleId === undefined) parts.unshift(hover.markdown);
  const span = hover?.span ?? here[0]?.location.span;
  return parts.length === 0 || span === undefined ? undefined : { parts, span };
}

/** What a rule is about and what to do, in two sentences and a link. */
function remedyOf(ruleId: string, own: string | undefined, more: string): readonly string[] {
  const rule = [...allRules, ...builtInRules].find(({ id }) => id === ruleId);
  if (rule === undefined) return [];
  const { summary, remedy: usual } = rule.meta;
  return [`**${ruleId}**: ${summary} ${own ?? usual}${more === "" ? "" : ` ${more}`}`];
}
