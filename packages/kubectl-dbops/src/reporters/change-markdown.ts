import type { DiffResult } from "@dbops/core";
import { cell, claimsOf, procedureMarkdown, shownVerdicts, verdictText, whatHappens } from "@dbops/core";
import type { ChangeContext } from "./changes.ts";
import { rangeOf } from "./reporter.ts";
import { ledgerLines, lostChartLines, removalNote, tally } from "./verdict-text.ts";

/** GitHub refuses a comment of more than 65,536 characters. */
const longest = 65_000;

/** By this line whoever posts the comment finds the one to update. */
const marker = "<!-- dbops diff -->";

/** One comment for a pull request: verdicts first, procedures, reasons and claims folded; nothing where every change applies in place. */
export function changeMarkdown(result: DiffResult, context: ChangeContext): string {
  const shown = shownVerdicts(result);
  const lost = lostChartLines(result, context);
  if (shown.length === 0 && result.findings.length === 0 && lost.length === 0) return "";
  const verdicts = shown.map((each) => {
    const was = each.renamedFrom === undefined ? "" : `, was ${each.renamedFrom}`;
    const accepted = each.isAccepted ? " (accepted)" : "";
    return `| ${cell(each.name)} | ${cell(`${verdictText(each, claimsOf(each, result))}${was}${accepted}`)} |`;
  });
  const ledger = ledgerLines(result).map(
    ({ claims, fate, owner }) => `| ${cell(claims)} | ${cell(fate)} | ${cell(owner)} |`,
  );
  const findings = result.findings.map((finding) => {
    const { start } = rangeOf(result, finding.location.uri, finding.location.span);
    const link = context.linkOf(finding.ruleId);
    const rule = link === undefined ? `\`${finding.ruleId}\`` : `[\`${finding.ruleId}\`](${link})`;
    return `| ${finding.severity} | ${cell(`${context.relative(finding.location.uri)}:${start.line}`)} | ${cell(finding.message)} | ${rule} |`;
  });
  const note = removalNote(result);
  const notes = [...(note === undefined ? [] : [note]), ...lost.map(cell)];
  const head = [marker, `**dbops**: ${cell(tally(result))}`, ...notes.flatMap((each) => ["", each])];
  let left = longest - head.join("\n").length - 600;
  const rows = (all: readonly string[]): readonly string[] => {
    const kept: string[] = [];
    for (const row of all) {
      left -= row.length + 1;
      if (left < 0) break;
      kept.push(row);
    }
    return kept;
  };
  const table = (title: string, header: readonly string[], all: readonly string[]): readonly string[] => {
    if (all.length === 0) return [];
    const kept = rows(all);
    const rest = all.length - kept.length;
    const lines = [
      ...header,
      ...kept,
      ...(rest === 0 ? [] : ["", `… and ${rest} more: \`kubectl dbops diff\` shows them.`]),
    ];
    return title === "" ? ["", ...lines] : ["", `<details><summary>${title}</summary>`, "", ...lines, "", "</details>"];
  };
  const procedures = (): readonly string[] => {
    const lines = context.planned().map((each) => {
      const title = cell(each.procedure?.title ?? each.verdict.name);
      const text = procedureMarkdown(each, whatHappens(each, result), false);
      return ["", `<details><summary>What to do: ${title}</summary>`, "", ...text, "", "</details>"].join("\n");
    });
    const kept = rows(lines);
    const rest = lines.length - kept.length;
    return rest === 0 ? kept : [...kept, "", `\`kubectl dbops plan\` writes the other ${rest} procedures.`];
  };
  // The comment has room for the reasons before it has room for every procedure.
  const main = table("", ["| object | what becomes of it |", "|---|---|"], verdicts);
  const why = table("Why", ["| | where | what | rule |", "|---|---|---|---|"], findings);
  const claims = table("Claims", ["| claim | what becomes of it | of |", "|---|---|---|"], ledger);
  return [...head, ...main, ...procedures(), ...why, ...claims, ""].join("\n");
}
