/** What an editor needs of the linter, and no editor's API: files read and followed, texts held, half-typed documents, pace, what is offered at a place. */
export type { BaseTexts, Listing, Revision } from "./base-texts.ts";
export { Comparison } from "./comparison.ts";
export {
  type AfterAction,
  actionsAt,
  documentationOf,
  fixAllEdits,
  fixesOnRequest,
  isAt,
  type OfferedAction,
  suppressionsOf,
} from "./editor/actions.ts";
export { completionsAt, type OfferedCompletion } from "./editor/completions.ts";
export { FolderSession, type Followed, type Follower, type Publisher } from "./editor/folder-session.ts";
export type { EditorDocument, Find } from "./editor/held-texts.ts";
export { hoverIn } from "./editor/hover.ts";
export { type InlayHint, inlayHintsIn } from "./editor/inlay-hints.ts";
export { isManifestLanguage } from "./editor/languages.ts";
export { ruleTags, tooLargeIn } from "./editor/marks.ts";
export { numberIn, type PoolItem, PoolView } from "./editor/pool-view.ts";
export { type Say, sayInEnglish } from "./editor/say.ts";
export { type Editor, EditorSessions, type TextChange } from "./editor/sessions.ts";
export { type Settings, settingsFrom } from "./editor/settings.ts";
export { objectsMatching, symbolOf } from "./editor/symbols.ts";
export { decode } from "./files/decode.ts";
export {
  type Disposable,
  type FileEvents,
  type FileStat,
  type FileSystem,
  type FileUri,
  type FolderEntry,
  type Log,
  nameOf,
} from "./files/file-system.ts";
export type { FileSource, FolderFiles, OpenedFolder } from "./files/folder-files.ts";
export { IgnoredFiles } from "./files/ignored-files.ts";
export { isBelow } from "./files/read-folder.ts";
export type { FolderChanges, FoundChange, ShownPlan } from "./folder-changes.ts";
export { FolderScope } from "./folder-scope.ts";
export type { Change } from "./held-findings.ts";
export { type Circumstances, type LintOptions, LintSession, type Typing } from "./lint-session.ts";
export { Pace, shortestPause } from "./pace.ts";
