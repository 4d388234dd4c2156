/** What an editor needs of the linter, and no editor's API: texts held, half-typed documents, pace, ignored files. */
export { decode } from "./decode.ts";
export { FolderScope } from "./folder-scope.ts";
export type { Change } from "./held-findings.ts";
export { IgnoredFiles } from "./ignored-files.ts";
export { type LintOptions, LintSession, type Typing } from "./lint-session.ts";
export { Pace, shortestPause } from "./pace.ts";
