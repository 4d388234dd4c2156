import { cell, count } from "@dbops/core";
import { extentOf, isLive, notLintedLines, placeOf, type Reporter, rangeOf, remedyFor, summaryOf } from "./reporter.ts";

/** A table for a pull request comment or a job summary. */
export const markdown: Reporter = (result, context) => {
  const summary = summaryOf(result);
  const unseen = notLintedLines(result, context).flatMap((line) => ["", cell(line)]);
  if (result.findings.length === 0)
    return `${[`**dbops**: no problems in ${extentOf(result)}.`, ...unseen].join("\n")}\n`;
  const rows = result.findings.map((finding) => {
    const { uri, span } = finding.location;
    const place = isLive(uri)
      ? placeOf(finding.location, result, context)
      : `${context.relative(uri)}:${rangeOf(result, uri, span).start.line}`;
    const link = context.linkOf(finding.ruleId);
    const rule = link === undefined ? `\`${finding.ruleId}\`` : `[\`${finding.ruleId}\`](${link})`;
    return `| ${finding.severity} | ${cell(place)} | ${cell(finding.message)} | ${rule} |`;
  });
  const head = `**dbops**: ${count(summary.errors, "error")}, ${count(summary.warnings, "warning")}, ${count(summary.infos, "info")} in ${extentOf(result)}.`;
  const advice = new Set(
    result.findings.map((finding) => `- \`${finding.ruleId}\`: ${cell(remedyFor(finding, context) ?? "")}`),
  );
  const details = ["", "<details><summary>What to do</summary>", "", ...advice, "", "</details>"];
  return [head, "", "| | where | what | rule |", "|---|---|---|---|", ...rows, ...details, ...unseen, ""].join("\n");
};
