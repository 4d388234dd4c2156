import { oneLine, type Reporter, rangeOf } from "./reporter.ts";

/** `path:line:column: severity: message [rule]`, the form that editors and gcc's problem matchers read. */
export const concise: Reporter = (result, context) =>
  result.findings
    .map((finding) => {
      const { start } = rangeOf(result, finding.location.uri, finding.location.span);
      return `${context.relative(finding.location.uri)}:${start.line}:${start.column}: ${finding.severity}: ${oneLine(finding.message)} [${finding.ruleId}]\n`;
    })
    .join("");
