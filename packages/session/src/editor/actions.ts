import {
  applyEdits,
  type Finding,
  type Fix,
  type FixOptions,
  SourceFile,
  type Span,
  type SuppressionScope,
  soundFixes,
  type TextEdit,
  writeSuppression,
} from "@dbops/core";
import { type FileUri, nameOf } from "../files/file-system.ts";
import type { FolderSession } from "./folder-session.ts";
import type { EditorDocument } from "./held-texts.ts";
import type { Say } from "./say.ts";
import type { Settings } from "./settings.ts";

/** Something that an editor offers to do at a place: edits, or something to show. */
export interface OfferedAction {
  readonly title: string;
  /** What it is about. */
  readonly findings: readonly Finding[];
  readonly isPreferred: boolean;
  readonly edits?: readonly TextEdit[];
  /** Safe fixes of the whole document: their edits are made when the action is chosen. */
  readonly fixAll?: FixOptions;
  /** What happens after the edits. */
  readonly after?: AfterAction;
}

export type AfterAction =
  | { readonly name: "showRule"; readonly ruleId: string }
  | { readonly name: "showProcedure"; readonly title: string; readonly markdown: string }
  /** Where the reason of a new suppression is written: zero-based, in the text after the edits. */
  | { readonly name: "writeReason"; readonly line: number; readonly column: number };

/** What can be done about the findings of a document that touch a place. */
export interface OfferedActions {
  /** Fixes of single findings, then of all. */
  readonly fixes: readonly OfferedAction[];
  readonly suppressions: readonly OfferedAction[];
}

/** Whether a finding touches a place, which may be empty. */
export function isAt({ location }: Finding, { start, end }: Span): boolean {
  return location.span.start <= end && start <= location.span.end;
}

/** @param place in the text of the document */
export function actionsAt<U extends FileUri, D extends EditorDocument<U>>(
  session: FolderSession<U, D>,
  document: D,
  place: Span,
  settings: Settings,
  say: Say,
): OfferedActions {
  const all = session.current(document);
  const here = all.filter((finding) => isAt(finding, place));
  const file = session.find(nameOf(document.uri))?.file;
  return {
    fixes: [
      ...here.flatMap((finding) => fixesOf(finding, session.result?.files ?? new Map(), say)),
      ...fixAllActions(all, here, say),
    ],
    suppressions: file === undefined ? [] : here.flatMap((finding) => suppressionsOf(finding, file, settings, say)),
  };
}

/** Every fix of a finding; the first safe one is preferred, the title of the others says what they cause. */
function fixesOf(finding: Finding, files: ReadonlyMap<string, SourceFile>, say: Say): readonly OfferedAction[] {
  const fixes = soundFixes(finding, files);
  const preferred = fixes.find((fix) => fix.safety === "safe");
  return fixes.map((fix) => {
    const action = { title: titleOf(finding.ruleId, fix, say), findings: [finding], isPreferred: fix === preferred };
    if (fix.safety !== "procedure") return { ...action, edits: fix.edits };
    const steps = `${fix.consequence ?? ""}\n\n${fix.steps ?? ""}`.trim();
    return {
      ...action,
      after: { name: "showProcedure", title: fix.title, markdown: `# ${fix.title}\n\n${steps}\n` },
    };
  });
}

/** Words that have a capital wherever they are in a sentence. */
const names = /^(?:Kubernetes|Job|Service|Secret|Deployment|Cluster|Pooler|Backup) /;

/** What is done, and of an unsafe fix what it causes: `Wait 120 s before killing the server (unsafe: restarts every instance)`. */
function titleOf(ruleId: string, fix: Fix, say: Say): string {
  if (fix.safety === "procedure") return `${fix.title} (${ruleId})`;
  if (fix.safety === "safe") return fix.title;
  const sentence = fix.consequence?.replace(/\.$/, "") ?? "";
  const cause = names.test(sentence)
    ? sentence
    : sentence.replace(/^[A-Z](?=[a-z]*[ ,])/, (letter) => letter.toLowerCase());
  return say("{0} (unsafe: {1})", fix.title, cause);
}

function fixAllActions(all: readonly Finding[], here: readonly Finding[], say: Say): readonly OfferedAction[] {
  const fixable = all.filter(({ fixes }) => fixes.some((fix) => fix.safety === "safe"));
  const ofRules = [...new Set(here.map(({ ruleId }) => ruleId))].flatMap((ruleId) => {
    const findings = fixable.filter((finding) => finding.ruleId === ruleId);
    if (findings.length < 2) return [];
    const title = say("Fix all {0} problems", ruleId);
    return [{ title, findings, isPreferred: false, fixAll: { ruleIds: new Set([ruleId]) } }];
  });
  if (here.length === 0 || fixable.length < 2) return ofRules;
  const title = say("Fix all auto-fixable problems");
  return [...ofRules, { title, findings: [], isPreferred: false, fixAll: {} }];
}

/** What `source.fixAll` does to a document, as its user wants it; nothing where that is switched off or nothing is to fix. */
export function fixesOnRequest<U extends FileUri, D extends EditorDocument<U>>(
  session: FolderSession<U, D>,
  document: D,
  { fixesAll, fixAllRules, fixAllMode }: Settings,
): readonly TextEdit[] {
  if (!fixesAll) return [];
  return fixAllEdits(session, document, {
    ...(fixAllRules === undefined ? {} : { ruleIds: new Set(fixAllRules) }),
    ...(fixAllMode === "problems" ? { rounds: 1 } : {}),
  });
}

/** Every safe fix of a document as edits of the texts that it changes. */
export function fixAllEdits<U extends FileUri, D extends EditorDocument<U>>(
  session: FolderSession<U, D>,
  document: D,
  which: FixOptions = {},
): readonly TextEdit[] {
  return session.fixed(document, which).flatMap((file) => {
    const before = session.find(file.uri);
    return before === undefined ? [] : [differenceOf(before.file, new SourceFile(file.uri, file.text))];
  });
}

/** One text as an edit of another: only the lines between those that both begin and end with. */
function differenceOf(before: SourceFile, after: SourceFile): TextEdit {
  const [old, now] = [before.text.split(/(?<=\n)/), after.text.split(/(?<=\n)/)];
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const start = old.slice(0, head).join("").length;
  const end = before.text.length - old.slice(old.length - tail).join("").length;
  return { uri: before.uri, span: { start, end }, newText: now.slice(head, now.length - tail).join("") };
}

const scopes: readonly SuppressionScope[] = ["line", "object", "file"];

function suppressionTitle(scope: SuppressionScope, ruleId: string, say: Say): string {
  switch (scope) {
    case "line":
      return say("Disable {0} for this line", ruleId);
    case "object":
      return say("Disable {0} for this object", ruleId);
    case "file":
      return say("Disable {0} for the entire file", ruleId);
  }
}

/** Suppressions of a finding; the cursor goes to where the reason is written. */
export function suppressionsOf(
  finding: Finding,
  file: SourceFile,
  { disableComment: { enable, location } }: Settings,
  say: Say,
): readonly OfferedAction[] {
  if (!enable) return [];
  const placement = location === "sameLine" ? "behind" : "above";
  return scopes.flatMap((scope) => {
    const written = writeSuppression(file, finding, scope, { placement });
    if (written === undefined) return [];
    const after = new SourceFile(file.uri, applyEdits(file.text, written.edits));
    const { line, column } = after.positionAt(written.reasonAt);
    return [
      {
        title: suppressionTitle(scope, finding.ruleId, say),
        findings: [finding],
        isPreferred: false,
        edits: written.edits,
        after: { name: "writeReason", line, column },
      },
    ];
  });
}

/** Pages of the rules that found something. */
export function documentationOf(
  findings: readonly Finding[],
  { showsDocumentation }: Settings,
  say: Say,
): readonly OfferedAction[] {
  if (!showsDocumentation) return [];
  return [...new Set(findings.map(({ ruleId }) => ruleId))].map((ruleId) => ({
    title: say("Show documentation for {0}", ruleId),
    findings: findings.filter((finding) => finding.ruleId === ruleId),
    isPreferred: false,
    after: { name: "showRule", ruleId },
  }));
}
