import { count, notLintedLines, oneLine, type Reporter, rangeOf, remedyFor, summaryOf } from "./reporter.ts";

/** A table for a pull request comment or a job summary. */
export const markdown: Reporter = (result, context) => {
  const summary = summaryOf(result);
  const unseen = notLintedLines(result, context).flatMap((line) => ["", cell(line)]);
  if (result.findings.length === 0)
    return `${[`**dbops**: no problems in ${count(summary.files, "file")}, ${count(summary.objects, "object")}.`, ...unseen].join("\n")}\n`;
  const rows = result.findings.map((finding) => {
    const { start } = rangeOf(result, finding.location.uri, finding.location.span);
    const link = context.linkOf(finding.ruleId);
    const rule = link === undefined ? `\`${finding.ruleId}\`` : `[\`${finding.ruleId}\`](${link})`;
    return `| ${finding.severity} | ${cell(`${context.relative(finding.location.uri)}:${start.line}`)} | ${cell(finding.message)} | ${rule} |`;
  });
  const head = `**dbops**: ${count(summary.errors, "error")}, ${count(summary.warnings, "warning")}, ${count(summary.infos, "info")} in ${count(summary.files, "file")}, ${count(summary.objects, "object")}.`;
  const advice = new Set(
    result.findings.map((finding) => `- \`${finding.ruleId}\`: ${cell(remedyFor(finding, context) ?? "")}`),
  );
  const details = ["", "<details><summary>What to do</summary>", "", ...advice, "", "</details>"];
  return [head, "", "| | where | what | rule |", "|---|---|---|---|", ...rows, ...details, ...unseen, ""].join("\n");
};

const entities: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** A text inside a cell of a table. */
export function cell(text: string): string {
  return oneLine(text)
    .replace(/[\\|[]/g, (character) => `\\${character}`)
    .replace(/[<>&]/g, (character) => entities[character] ?? character);
}
