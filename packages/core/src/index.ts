export { type Verdict, verdicts } from "./change/change.ts";
export { claimNames } from "./change/claim-names.ts";
export { appliedFromCommit, appliedFromDisk, pathWord } from "./change/procedures/apply.ts";
export type { Check, Procedure, Step } from "./change/procedures/procedure.ts";
export { quoted } from "./change/procedures/shell.ts";
export type { Restart } from "./change/restarts.ts";
export { type Completion, completeConfiguration } from "./config/complete.ts";
export { type Config, type Level, type ObjectName, objectNamed, type PresetName } from "./config/config.ts";
export { configurationSchema } from "./config/declared-settings.ts";
export { matchesGlob } from "./config/glob.ts";
export { levelFor } from "./config/levels.ts";
export { writeLevel } from "./config/write-level.ts";
export type { BackupRequirements } from "./domain/backup/shortfalls.ts";
export { veleroBackups } from "./domain/live/last-success.ts";
export {
  type ConnectionBudget,
  type ConnectionRow,
  type FittingSetting,
  type Moments,
  type OwnedNumber,
  type SettingOwner,
  type UncountedRow,
  type WhatIf,
  whatIfSettings,
} from "./domain/model/connections.ts";
export type { View } from "./domain/model/workspace.ts";
export { operatorDeletions } from "./domain/operators/on-delete.ts";
export { bindSqlParser, type SqlGlue } from "./embedded/sql-library.ts";
export type { SqlParser } from "./embedded/sql-parser.ts";
export { admissionPolicy, type Enforcement, type PolicyObject, whyNoPolicy } from "./engine/admission-policies.ts";
export { type Concealment, lineWithoutSecrets, secretSpans } from "./engine/concealment.ts";
export { connectionBudgets, type DatabaseBudget, hasConnections } from "./engine/connection-budgets.ts";
export { type DatabaseBackups, databaseBackups, type LedgerCell, rulesOfLedger } from "./engine/database-backups.ts";
export { type AllowedVerdict, type DiffInput, type DiffResult, diff } from "./engine/diff.ts";
export { type FixOptions, type FixResult, fixAll } from "./engine/fix.ts";
export { type Hint, hintsIn } from "./engine/hints.ts";
export { type Hover, hoverAt } from "./engine/hover.ts";
export { type Lens, lensesIn } from "./engine/lenses.ts";
export { type LintInput, lint, type Measure } from "./engine/lint.ts";
export { liveBefore, objectsWritten } from "./engine/live-before.ts";
export { type LiveClaim, liveClaims } from "./engine/live-claims.ts";
export {
  type Definition,
  definitionAt,
  type NamedObject,
  objectsIn,
  referencesAt,
  type Spot,
} from "./engine/navigate.ts";
export { type OverviewItem, overviewOf } from "./engine/overview.ts";
export { nothingToDo, planMarkdown, procedureMarkdown, whatHappens } from "./engine/plan-markdown.ts";
export type { ApplyCommand, PlannedChange } from "./engine/planned.ts";
export {
  type ReleaseFact,
  type ReleasePage,
  type ReleaseScript,
  type ReleaseStatement,
  releasePages,
} from "./engine/release-pages.ts";
export { type Refused, type Rename, renameAt, renameEdits } from "./engine/rename.ts";
export type { LintCounts, LintResult, NotLinted, SuppressedFinding, Suppression } from "./engine/result.ts";
export { severityRank } from "./engine/result.ts";
export { soundFixes } from "./engine/sound-fixes.ts";
export { untilIn } from "./engine/suppression/read-suppressions.ts";
export {
  type SuppressionScope,
  type WrittenSuppression,
  writeSuppression,
} from "./engine/suppression/write-suppression.ts";
export { type Suppressed, suppressAll } from "./engine/suppression/write-suppressions.ts";
export { claimsOf, claimWords, shownVerdicts, verdictText } from "./engine/verdict-text.ts";
export type { ClaimEntry, ObjectVerdict, RefusedField } from "./engine/verdicts.ts";
export { writeNumber } from "./engine/write-number.ts";
export { kindsAroundClaims, kindsInClusters, kindsThatConnect } from "./facts/kinds.ts";
export { firesEver, parseCron } from "./kube/cron.ts";
export { parseGoDuration } from "./kube/duration.ts";
export { type Dump, readDump } from "./kube/live-dump.ts";
export { fieldOf, type LiveObject, liveFile, liveNameOf, manifestText, soundObject } from "./kube/live-text.ts";
export type { ResourceRef } from "./kube/resource.ts";
export { markedTemplate } from "./project/chart-marks.ts";
export { chartWithout, readChart, readChartOrigins } from "./project/chart-origins.ts";
export { readGitIndex, type TrackedFiles } from "./project/git-index.ts";
export { type RemoteReference, remoteReferences } from "./project/kustomize-remotes.ts";
export { type LocalRelease, localReleases } from "./project/local-releases.ts";
export { createProject, type Project, type ProjectInput } from "./project/project.ts";
export {
  configNames,
  isConfigFile,
  isSql,
  isWorthReading,
  mayHoldManifests,
  skippedFolders,
} from "./project/readable.ts";
export { type RenderedOrigins, readRenderedOrigins } from "./project/rendered-origins.ts";
export { builtInRules } from "./rule/built-in-rules.ts";
export type { Finding, Fix, Location, RelatedLocation, Safety, Severity } from "./rule/finding.ts";
export type { AnyRule, Preset, RuleMeta } from "./rule/rule.ts";
export { allRules, categories, categoryOf } from "./rules/all-rules.ts";
export { closest } from "./text/closest.ts";
export { count } from "./text/count.ts";
export { cell } from "./text/markdown.ts";
export { oneLine } from "./text/one-line.ts";
export { escapeUnprintable, printable } from "./text/printable.ts";
export type { Origin } from "./text/source-file.ts";
export { SourceFile } from "./text/source-file.ts";
export type { Position, Span } from "./text/span.ts";
export { applyEdits, type TextEdit } from "./text/text-edit.ts";
export { faultOf, stackOf } from "./text/thrown.ts";
export { createDocumentCache, type DocumentCache, databaseWord, isYaml } from "./yaml/parse.ts";
