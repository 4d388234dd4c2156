import type { DiffResult, ObjectVerdict } from "@dbops/core";
import { claimsOf, shownVerdicts, verdictText } from "@dbops/core";
import { painter } from "../paint.ts";
import { findingBlocks } from "./human.ts";
import { notACommand, notLintedLines, type ReportContext } from "./reporter.ts";
import { ledgerLines, lostChartLines, removalNote, tally } from "./verdict-text.ts";

const styles: Readonly<Record<ObjectVerdict["verdict"], "error" | "warning" | "info" | "dim">> = {
  refused: "error",
  "destroys-data": "error",
  "does-not-start": "error",
  "starts-empty": "error",
  removed: "warning",
  "loses-instances": "warning",
  stops: "warning",
  restarts: "warning",
  unknown: "info",
  "applies-in-place": "dim",
};

/** What becomes of each object, of each claim, why, and the sum. */
export function changeHuman(result: DiffResult, context: ReportContext): string {
  const paint = painter(context);
  const shown = shownVerdicts(result);
  const width = Math.min(60, Math.max(0, ...shown.map(({ name }) => name.length)));
  const verdicts = shown.map((each) => {
    const text = verdictText(each, claimsOf(each, result));
    const from = each.renamedFrom === undefined ? "" : paint("dim", ` (was ${each.renamedFrom})`);
    const accepted = each.isAccepted ? paint("dim", " (accepted)") : "";
    return `${notACommand(paint("bold", each.name.padEnd(width)))}  ${paint(styles[each.verdict], text)}${from}${accepted}`;
  });
  const lines = ledgerLines(result);
  const widths = [
    Math.max(0, ...lines.map((line) => line.claims.length)),
    Math.max(0, ...lines.map((line) => line.fate.length)),
  ];
  const ledger = lines.map(({ claims, fate, owner }) =>
    `  ${claims.padEnd(widths[0] ?? 0)}  ${fate.padEnd(widths[1] ?? 0)}  ${paint("dim", owner)}`.trimEnd(),
  );
  const blocks = findingBlocks(result, context);
  const note = removalNote(result);
  const unread =
    result.unreadBefore === 0
      ? []
      : [`${result.unreadBefore} of the old documents could not be read as whole objects; nothing is said of them.`];
  return [
    ...verdicts,
    ...(verdicts.length === 0 ? [] : [""]),
    ...(ledger.length === 0 ? [] : ["claims", ...ledger, ""]),
    ...(blocks === "" ? [] : [blocks.trimEnd(), ""]),
    ...(note === undefined ? [] : [note]),
    ...notLintedLines(result, context),
    ...unread,
    ...lostChartLines(result, context),
    tally(result),
    "",
  ].join("\n");
}
