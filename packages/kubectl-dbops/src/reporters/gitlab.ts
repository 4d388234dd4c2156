import { adviceOf, isLive, jsonText, placeOf, type Reporter, rangeOf } from "./reporter.ts";

const severities = { error: "major", warning: "minor", info: "info" } as const;

/** GitLab Code Quality. https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export const gitlab: Reporter = (result, context) => {
  const issues = result.findings.map((finding) => {
    const { start, end } = rangeOf(result, finding.location.uri, finding.location.span);
    return {
      description: finding.message,
      content: { body: adviceOf(finding, context).join("\n\n") },
      check_name: finding.ruleId,
      fingerprint: finding.fingerprint,
      severity: severities[finding.severity],
      location: isLive(finding.location.uri)
        ? { path: placeOf(finding.location, result, context), lines: { begin: 1 } }
        : { path: context.relative(finding.location.uri), lines: { begin: start.line, end: end.line } },
    };
  });
  return `${jsonText(issues, 2)}\n`;
};
