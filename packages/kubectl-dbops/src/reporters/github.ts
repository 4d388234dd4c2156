import { adviceOf, isLive, notLintedLines, placeOf, type Reporter, rangeOf } from "./reporter.ts";

const levels = { error: "error", warning: "warning", info: "notice" } as const;

/** Workflow commands. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export const github: Reporter = (result, context) =>
  [
    ...result.findings.map((finding) => {
      if (isLive(finding.location.uri)) {
        const place = placeOf(finding.location, result, context);
        const text = [`${place}: ${finding.message}`, ...adviceOf(finding, context)].join("\n");
        return `::${levels[finding.severity]} title=${escapeProperty(finding.ruleId)}::${escapeData(text)}\n`;
      }
      const { start, end } = rangeOf(result, finding.location.uri, finding.location.span);
      const properties = {
        file: context.relative(finding.location.uri),
        line: start.line,
        col: start.column,
        endLine: end.line,
        ...(end.line === start.line ? { endColumn: end.column } : {}),
        title: finding.ruleId,
      };
      const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
      return `::${levels[finding.severity]} ${list.join(",")}::${escapeData([finding.message, ...adviceOf(finding, context)].join("\n"))}\n`;
    }),
    ...notLintedLines(result, context).map((line) => `::notice title=not linted::${escapeData(line)}\n`),
  ].join("");

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
