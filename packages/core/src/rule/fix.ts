import { oneLine } from "../text/one-line.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { Fix } from "./finding.ts";

interface EditFix {
  /** An imperative: `Wait 60s before killing the server`. */
  readonly title: string;
  readonly safety: "safe" | "unsafe";
  /** What the edit causes, a sentence; every unsafe fix has one. */
  readonly consequence?: string;
  /** undefined: the place cannot be edited (shared by an alias, folded text), so there is no fix. */
  readonly edits: readonly TextEdit[] | undefined;
}

/** The consequence of a fix for what the API server refuses as it is written: no object exists yet that the edit could change. */
export const refusedBefore = "It was refused before.";

/** A fix by edits; undefined where one of them is not possible. */
export function editFix({ title, safety, consequence, edits }: EditFix): Fix | undefined {
  if (edits === undefined || edits.length === 0) return undefined;
  return consequence === undefined ? { title, safety, edits } : { title, safety, consequence, edits };
}

/** Steps for a person, each a line of Markdown; nothing is edited. */
export function procedure(title: string, consequence: string, steps: readonly string[]): Fix {
  const numbered = steps.map((step, index) => `${index + 1}. ${oneLine(step)}`).join("\n");
  return { title, safety: "procedure", consequence, edits: [], steps: numbered };
}
