import {
  type AfterAction,
  actionsAt,
  documentationOf,
  fixesOnRequest,
  isAt,
  nameOf,
  type OfferedAction,
  sayInEnglish,
} from "@dbops/session";
import { type CodeAction, CodeActionKind, type CodeActionParams, type Command } from "vscode-languageserver/node";
import type { OpenDocument } from "./documents.ts";
import { type Conversion, type FileEdits, toDiagnostic, toFileEdits } from "./to-protocol.ts";
import type { ServedSession, Workspace } from "./workspace.ts";

export const fixAllKind = `${CodeActionKind.SourceFixAll}.dbops`;

/** Commands that actions ask their client to send back. */
export const commands = {
  fixAll: "dbops.fixAll",
  showRule: "dbops.showRule",
  showProcedure: "dbops.showProcedure",
  writeReason: "dbops.writeReason",
} as const;

/** What turns offered actions into those of the protocol. */
export interface ActionConversion extends Conversion {
  toEdit(edits: readonly FileEdits[]): CodeAction["edit"];
}

/** Quick fixes, suppressions and pages of the findings at a place, or what `source.fixAll` does. */
export function codeActions(
  session: ServedSession,
  document: OpenDocument,
  { range, context: { only } }: CodeActionParams,
  workspace: Workspace,
  conversion: ActionConversion,
): CodeAction[] {
  const settings = workspace.settingsFor(document.uri);
  if (only !== undefined && !only.some((kind) => contains(kind, CodeActionKind.QuickFix))) {
    if (!only.some((kind) => contains(kind, fixAllKind))) return [];
    const edits = toFileEdits(fixesOnRequest(session, document, settings), session.find) ?? [];
    if (edits.length === 0) return [];
    const edit = conversion.toEdit(edits);
    return [{ title: "Fix all auto-fixable dbops problems", kind: fixAllKind, ...(edit && { edit }) }];
  }
  const shown = session.current(document);
  const file = session.find(nameOf(document.uri))?.file;
  if (file === undefined) return [];
  const offsetAt = ({ line, character }: CodeActionParams["range"]["start"]): number =>
    file.offsetAt({ line, column: character });
  const place = { start: offsetAt(range.start), end: offsetAt(range.end) };
  const { fixes, suppressions } = actionsAt(session, document, place, settings, sayInEnglish);
  const here = shown.filter((finding) => isAt(finding, place));
  const pages = documentationOf(here, settings, sayInEnglish);
  return [...fixes, ...suppressions, ...pages].flatMap((each) => toCodeAction(each, document, conversion) ?? []);
}

/** Whether a kind is asked for by one above it: `source` asks for `source.fixAll.dbops`. */
function contains(asked: string, kind: string): boolean {
  return asked === "" || kind === asked || kind.startsWith(`${asked}.`);
}

/** undefined: a file that it edits is gone, or the client cannot show what it would. */
function toCodeAction(
  { title, findings, isPreferred, edits, fixAll, after }: OfferedAction,
  { id }: OpenDocument,
  conversion: ActionConversion,
): CodeAction | undefined {
  const diagnostics = findings.flatMap((finding) => toDiagnostic(finding, conversion) ?? []);
  const converted = edits === undefined ? undefined : toFileEdits(edits, conversion.find);
  if (edits !== undefined && converted === undefined) return undefined;
  const edit = converted && conversion.toEdit(converted);
  const command =
    fixAll === undefined
      ? after && toCommand(after, title, id, conversion)
      : { title, command: commands.fixAll, arguments: [id, fixAll.ruleIds === undefined ? null : [...fixAll.ruleIds]] };
  if (edit === undefined && command === undefined) return undefined;
  return {
    title,
    kind: CodeActionKind.QuickFix,
    ...(diagnostics.length === 0 ? {} : { diagnostics }),
    ...(isPreferred ? { isPreferred } : {}),
    ...(edit === undefined ? {} : { edit }),
    ...(command === undefined ? {} : { command }),
  };
}

function toCommand(after: AfterAction, title: string, id: string, { client }: Conversion): Command | undefined {
  switch (after.name) {
    case "showRule":
      return { title, command: commands.showRule, arguments: [after.ruleId] };
    case "showProcedure":
      return { title, command: commands.showProcedure, arguments: [after.title, after.markdown] };
    case "writeReason":
      if (!client.showsDocuments) return undefined; // the suppression is written all the same
      return { title: "Write the reason", command: commands.writeReason, arguments: [id, after.line, after.column] };
  }
}
