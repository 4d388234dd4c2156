import {
  type ApplyCommand,
  appliedFromCommit,
  appliedFromDisk,
  categoryOf,
  type DiffResult,
  diff,
  type Finding,
  type Location,
  type PlannedChange,
  type Project,
  planMarkdown,
  type SourceFile,
  type Span,
} from "@dbops/core";
import type { BaseTexts } from "./base-texts.ts";

/** What a change of a folder does, and the ways through it. */
export interface FolderChanges {
  readonly findings: readonly FoundChange[];
  /** The way through what a finding is about; undefined: there is none to carry out by hand. */
  planOf(finding: Finding): ShownPlan | undefined;
}

/** A finding of category `change`. */
export interface FoundChange {
  readonly finding: Finding;
  /** Where an editor shows it: what is gone from a file, where that file was cut. */
  readonly at: Location;
}

/** A procedure as `kubectl dbops plan -o markdown` writes it. */
export interface ShownPlan {
  readonly title: string;
  readonly steps: number;
  readonly markdown: string;
}

/** What is compared: a folder of a repository, as it is now and as the base has it. */
export interface ComparedFolder {
  readonly project: Project;
  readonly base: BaseTexts;
  /** The folder from which commands are run, and whose changes are meant. */
  readonly folder: string;
  /** Files that are on disk and could not be read, by their names. */
  readonly unread: ReadonlySet<string>;
}

export const noChanges: FolderChanges = { findings: [], planOf: () => undefined };

/** Judges the new texts of a folder against those of its base, as `kubectl dbops diff --since` does there. */
export function changesIn({ project, base, folder, unread }: ComparedFolder, before: Project): FolderChanges {
  const isOwn = (name: string): boolean => name.startsWith(`${folder}/`);
  const requested = new Set([
    ...project.files.flatMap(({ uri }) => (isOwn(uri) ? [uri] : [])),
    ...before.files.flatMap(({ uri }) => (isOwn(base.onDisk(uri)) ? [uri] : [])),
  ]);
  const { root } = project.input;
  const unreadFiles = new Set([...unread].map((name) => name.slice(root.length)));
  const result = diff({ project, before, requested, unreadFiles });
  const files = new Map(project.files.map((file) => [file.uri, file]));
  let planned: readonly PlannedChange[] | undefined;
  return {
    findings: result.findings
      .filter(({ ruleId }) => categoryOf(ruleId) === "change")
      .map((finding) => ({ finding, at: placeOf(finding.location, base, files) })),
    planOf(finding) {
      planned ??= result.procedures(applying(base, folder));
      return shownPlan(plannedFor(finding, planned), result);
    },
  };
}

/** Of what is gone: the line that follows it now, where its file is still there. */
function placeOf(location: Location, base: BaseTexts, files: ReadonlyMap<string, SourceFile>): Location {
  const old = base.get(location.uri);
  const name = old === undefined ? undefined : base.onDisk(location.uri);
  const now = name === undefined ? undefined : files.get(name);
  if (old === undefined || now === undefined) return location;
  return { uri: now.uri, span: lineAfterCut(now, placeAfterCut(old.text, now.text, location.span)), yamlPath: [] };
}

/** The first line of the document that a place is in; where the text was cut at its end, its last line. */
function lineAfterCut(file: SourceFile, place: number): Span {
  const isMark = (line: Span): boolean => file.slice(line).startsWith("---");
  const lines = [...file.lineStarts.keys()].map((each) => file.lineSpan(each));
  const written = lines.filter((line) => file.slice(line).trim() !== "");
  const following = written.filter(({ end }) => end > place);
  const begin = lines.findLast((line) => line.start <= place && isMark(line))?.end ?? 0;
  const first = written.find((line) => line.start >= begin && !isMark(line));
  const { start, end } = (following.length === 0 ? written.at(-1) : (first ?? written[0])) ?? { start: 0, end: 0 };
  const text = file.slice({ start, end });
  return { start: start + text.length - text.trimStart().length, end: start + text.trimEnd().length };
}

/** Where a place of one text is in another: what both begin or end with is the same, what lies between begins where they part. */
function placeAfterCut(before: string, after: string, { start }: Span): number {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  if (start < head) return start;
  return start >= before.length - tail ? start + after.length - before.length : head;
}

/** The object of a finding, in the file of the finding where several have its name. */
function plannedFor({ subject, location }: Finding, planned: readonly PlannedChange[]): PlannedChange | undefined {
  const all = planned.filter(
    ({ verdict }) =>
      verdict.subject.kind === subject?.kind &&
      verdict.subject.namespace === subject.namespace &&
      verdict.subject.name === subject.name,
  );
  return all.find(({ verdict }) => verdict.location.uri === location.uri) ?? all[0];
}

function shownPlan(planned: PlannedChange | undefined, result: DiffResult): ShownPlan | undefined {
  const procedure = planned?.procedure;
  if (planned === undefined || procedure === undefined) return undefined;
  return { title: procedure.title, steps: procedure.steps.length, markdown: planMarkdown([planned], result) };
}

/** Commands for a shell in the folder. */
function applying(base: BaseTexts, folder: string): ApplyCommand {
  return ({ uri, kustomization }) => {
    const place = kustomization ?? uri;
    return base.holds(uri)
      ? appliedFromCommit(base.revision.commit, place.slice(base.root.length + 1) || ".", kustomization !== undefined)
      : appliedFromDisk(relativeTo(folder, place), kustomization !== undefined);
  };
}

/** `../base/postgres.yaml` */
function relativeTo(folder: string, place: string): string {
  const [from, to] = [folder.split("/"), place.split("/")];
  const parting = from.findIndex((part, index) => part !== to[index]);
  const shared = parting < 0 ? from.length : parting;
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/") || ".";
}
