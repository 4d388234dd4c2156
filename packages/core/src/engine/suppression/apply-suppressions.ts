import type { Config, IgnoreEntry } from "../../config/config.ts";
import { matchesGlob } from "../../config/glob.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import type { Project } from "../../project/project.ts";
import { isSql } from "../../project/readable.ts";
import { builtInRules } from "../../rule/built-in-rules.ts";
import type { Finding } from "../../rule/finding.ts";
import { append } from "../../text/append.ts";
import type { SourceFile } from "../../text/source-file.ts";
import { builtInDraft, type Draft, isBuiltInRuleOff, withFingerprints } from "../drafts.ts";
import type { SuppressedFinding, Suppression } from "../result.ts";
import {
  annotationSuppressions,
  type Commented,
  type PlacedSuppression,
  readSuppressions,
} from "./read-suppressions.ts";
import { sqlComments } from "./sql-comments.ts";
import { SuppressionTable } from "./suppression-table.ts";

interface SuppressedRun {
  readonly project: Project;
  readonly requested: ReadonlySet<string>;
  readonly workspaces: readonly Workspace[];
  /** Files that rendered text comes from. */
  readonly sources: readonly SourceFile[];
  /** Ids of the rules that ran: what suppresses others cannot be called unused. */
  readonly ran: ReadonlySet<string>;
  /** Folders below which fingerprints name paths. */
  readonly roots: readonly string[];
  readonly allow?: (draft: Draft) => Suppression | undefined;
}

/** Applies comments, annotations, the configuration's `ignore` and the baseline; what is wrong with them are findings too. */
export function applySuppressions(
  drafts: readonly Draft[],
  { project, requested, workspaces, sources, ran, roots, allow }: SuppressedRun,
): { readonly findings: Finding[]; readonly suppressed: readonly SuppressedFinding[] } {
  const numbered = withFingerprints(drafts, roots);
  const ruleIds = new Set([...project.input.rules, ...builtInRules].map((rule) => rule.id));
  const inline =
    project.input.inlineConfig === "ignore"
      ? { byFile: new Map<string, PlacedSuppression[]>(), mistakes: [] as Draft[] }
      : readInline(project, requested, workspaces, ruleIds);
  const rendered = project.input.inlineConfig === "ignore" ? new Map() : readRendered(sources, project, ruleIds);
  const tables = tablesOf(inline.byFile);
  const renderedTables = tablesOf(rendered);
  const findings: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const ignored = new Set<object>();
  const admit = (draft: Draft): void => {
    const suppression =
      allow?.(draft) ??
      byPlace(draft, tables) ??
      byPlace(draft, renderedTables) ??
      byConfiguration(draft, project, ignored) ??
      byBaseline(draft, project);
    if (suppression === undefined) findings.push(draft.finding);
    else suppressed.push({ ...draft.finding, suppression });
  };
  const admitBuiltIn = (drafts: readonly Draft[]): void => {
    const shown = drafts.filter((draft) => !isBuiltInRuleOff(draft.finding.ruleId, draft.file.uri, project));
    for (const draft of withFingerprints(shown, roots)) admit(draft);
  };
  for (const draft of numbered) admit(draft);
  admitBuiltIn([...inline.mistakes, ...expiredEntries(project)]);
  // What suppresses these can only be judged when they have been made.
  admitBuiltIn(unused(inline.byFile, project, ran, (id) => id !== "suppression-unused"));
  admitBuiltIn(unused(inline.byFile, project, ran, (id) => id === "suppression-unused"));
  admitBuiltIn(unusedEntries(project, requested, ran, ignored));
  return { findings, suppressed };
}

function readInline(
  project: Project,
  requested: ReadonlySet<string>,
  workspaces: readonly Workspace[],
  ruleIds: ReadonlySet<string>,
): { readonly byFile: Map<string, PlacedSuppression[]>; readonly mistakes: Draft[] } {
  const byFile = new Map<string, PlacedSuppression[]>();
  const mistakes: Draft[] = [];
  const add = (uri: string, suppressions: readonly PlacedSuppression[]): void => {
    const known = byFile.get(uri);
    if (known === undefined) byFile.set(uri, [...suppressions]);
    else append(known, suppressions);
  };
  for (const file of project.files) {
    if (file.origin === "rendered" || !requested.has(file.uri) || !file.text.includes("dbops")) continue;
    const readable = project
      .documentsOf(file)
      .filter((document) => document.root !== undefined || document.reason === undefined);
    for (const document of isSql(file.uri) ? [scriptOf(file)] : readable) {
      const read = readSuppressions(document, ruleIds, project.input.today);
      add(file.uri, read.suppressions);
      for (const mistake of read.mistakes)
        mistakes.push(builtInDraft(mistake.rule, mistake.message, mistake.at, undefined, project));
    }
  }
  const seen = new Set<string>();
  // One look at each file, not one for each of its objects: a file may hold thousands.
  const annotated = new Set(
    project.files.filter((file) => requested.has(file.uri) && file.text.includes("dbops/ignore")),
  );
  for (const workspace of annotated.size === 0 ? [] : workspaces) {
    for (const resource of workspace.resources) {
      const { file } = resource.document;
      if (!annotated.has(file)) continue;
      const key = `${file.uri} ${resource.node.span.start}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const read = annotationSuppressions(resource, ruleIds);
      add(file.uri, read.suppressions);
      for (const mistake of read.mistakes)
        mistakes.push(builtInDraft(mistake.rule, mistake.message, mistake.at, resource, project));
    }
  }
  return { byFile, mistakes };
}

const scriptOf = (file: SourceFile): Commented => ({
  file,
  span: { start: 0, end: file.text.length },
  root: undefined,
  comments: () => sqlComments(file),
});

/**
 * Comments of rendered text, which has those of a chart's templates, and of the files that it comes from; another overlay or set of values
 * may use what this one does not, so none is called unused.
 */
function readRendered(
  sources: readonly SourceFile[],
  project: Project,
  ruleIds: ReadonlySet<string>,
): ReadonlyMap<string, readonly PlacedSuppression[]> {
  const rendered = project.files.filter(({ origin }) => origin === "rendered");
  const withComments = [...sources, ...rendered].filter((file) => file.text.includes("dbops"));
  return new Map(
    withComments.map((file) => [
      file.uri,
      project
        .documentsOf(file)
        .flatMap((document) =>
          document.root === undefined ? [] : readSuppressions(document, ruleIds, project.input.today).suppressions,
        ),
    ]),
  );
}

function tablesOf(byFile: ReadonlyMap<string, readonly PlacedSuppression[]>): ReadonlyMap<string, SuppressionTable> {
  return new Map([...byFile].map(([uri, suppressions]) => [uri, new SuppressionTable(suppressions)]));
}

function byPlace(
  { finding, renderedAt }: Draft,
  tables: ReadonlyMap<string, SuppressionTable>,
): Suppression | undefined {
  for (const { uri, span } of renderedAt === undefined ? [finding.location] : [finding.location, renderedAt]) {
    const placed = tables.get(uri)?.at(finding.ruleId, span.start);
    if (placed === undefined) continue;
    placed.used.add(finding.ruleId);
    return placed.written;
  }
  return undefined;
}

function byConfiguration({ finding, resource }: Draft, project: Project, used: Set<object>): Suppression | undefined {
  const config = project.configFor(finding.location.uri);
  for (const entry of config.ignore) {
    if (entry.rule !== finding.ruleId || (entry.until !== undefined && entry.until < project.input.today)) continue;
    const path = finding.location.uri.startsWith(config.base)
      ? finding.location.uri.slice(config.base.length)
      : finding.location.uri;
    if (entry.path !== undefined && !matchesGlob(entry.path, path)) continue;
    if (
      entry.object !== undefined &&
      entry.object !== resource?.name &&
      entry.object !== `${resource?.kind}/${resource?.name}`
    )
      continue;
    used.add(entry);
    return {
      by: "config",
      uri: entry.uri,
      span: entry.span,
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
      ...(entry.until === undefined ? {} : { until: entry.until }),
    };
  }
  return undefined;
}

function byBaseline({ finding }: Draft, project: Project): Suppression | undefined {
  const { baseline } = project.input;
  return baseline?.fingerprints.has(finding.fingerprint) === true
    ? { by: "baseline", uri: baseline.uri, span: { start: 0, end: 0 } }
    : undefined;
}

function unused(
  byFile: ReadonlyMap<string, readonly PlacedSuppression[]>,
  project: Project,
  ran: ReadonlySet<string>,
  concerns: (ruleId: string) => boolean,
): readonly Draft[] {
  const { select, ignore, typing } = project.input;
  // With a selection most rules did not run: nothing can be called unused.
  if (select !== undefined || ignore !== undefined) return [];
  // Nor for rules that did not run, or in a document that is being typed.
  return [...byFile.values()].flat().flatMap((each) => {
    const idle = each.rules.filter((id) => concerns(id) && !each.used.has(id) && ran.has(id));
    if (idle.length === 0 || each.at.file.uri === typing?.uri) return [];
    const message = `Nothing to suppress here: ${idle.join(", ")} ${idle.length === 1 ? "reports" : "report"} nothing.`;
    return [builtInDraft("suppression-unused", message, each.at, undefined, project)];
  });
}

function expiredEntries(project: Project): readonly Draft[] {
  return entriesOf(project).flatMap(({ entry, file }) => {
    if (entry.until === undefined || entry.until >= project.input.today) return [];
    const message = `This entry for ${entry.rule} expired on ${entry.until}: what it hid is shown again.`;
    const at = { file, span: entry.span, yamlPath: [] };
    return [builtInDraft("suppression-expired", message, at, undefined, project)];
  });
}

/** Only a run over everything that a configuration rules can call its own entry unused. */
function unusedEntries(
  project: Project,
  requested: ReadonlySet<string>,
  ran: ReadonlySet<string>,
  used: ReadonlySet<object>,
): readonly Draft[] {
  if (project.input.select !== undefined || project.input.ignore !== undefined) return [];
  return entriesOf(project).flatMap(({ entry, config, file }) => {
    const isExpired = entry.until !== undefined && entry.until < project.input.today;
    const isSeen = project.files.every(
      (each) => requested.has(each.uri) || project.configFor(each.uri).uri !== config.uri,
    );
    if (isExpired || !isSeen || used.has(entry) || !ran.has(entry.rule) || entry.uri !== config.uri) return [];
    const message = `Nothing to ignore here: ${entry.rule} reports nothing that this entry matches.`;
    const at = { file, span: entry.span, yamlPath: [] };
    return [builtInDraft("suppression-unused", message, at, undefined, project)];
  });
}

/** The entries of all configurations, each once, also when several extend the file that writes it. */
function entriesOf(
  project: Project,
): readonly { readonly entry: IgnoreEntry; readonly config: Config; readonly file: SourceFile }[] {
  const { configs, configOverride, files } = project.input;
  const readable = [...(typeof configOverride === "object" ? [configOverride] : configs), ...files];
  const entries = project.configs.flatMap((config) =>
    config.ignore.flatMap((entry) => {
      const file = readable.find((each) => each.uri === entry.uri);
      return file === undefined ? [] : [{ entry, config, file }];
    }),
  );
  const byPlace = new Map(entries.map((each) => [`${each.entry.uri} ${each.entry.span.start}`, each]));
  return [...byPlace.values()];
}
