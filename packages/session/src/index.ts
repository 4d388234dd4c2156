/** What an editor needs of the linter, and no editor's API: texts held, half-typed documents, pace, ignored files. */
export type { BaseTexts, Listing, Revision } from "./base-texts.ts";
export { Comparison } from "./comparison.ts";
export { decode } from "./decode.ts";
export type { FolderChanges, FoundChange, ShownPlan } from "./folder-changes.ts";
export { FolderScope } from "./folder-scope.ts";
export type { Change } from "./held-findings.ts";
export { IgnoredFiles } from "./ignored-files.ts";
export { type Circumstances, type LintOptions, LintSession, type Typing } from "./lint-session.ts";
export { Pace, shortestPause } from "./pace.ts";
