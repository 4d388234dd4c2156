import { type Finding, fieldOf, type LintResult } from "@dbops/core";
import { adviceOf, escapeXml, isLive, placeOf, type Reporter, rangeOf } from "./reporter.ts";

function byFile(result: LintResult): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of result.findings) {
    const group = groups.get(finding.location.uri);
    if (group === undefined) groups.set(finding.location.uri, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** One testsuite a file, one failure a finding. https://github.com/testmoapp/junitxml */
export const junit: Reporter = (result, context) => {
  const suites = [...byFile(result)].map(([uri, findings]) => {
    const name = escapeXml(context.relative(uri));
    const cases = findings.map((finding) => {
      const at = placeOf(finding.location, result, context);
      return `    <testcase name="${escapeXml(finding.ruleId)}" classname="${name}">\n      <failure type="${finding.severity}" message="${escapeXml(finding.message)}">${escapeXml([`${at}: ${finding.message}`, ...adviceOf(finding, context)].join("\n"))}</failure>\n    </testcase>`;
    });
    return `  <testsuite name="${name}" tests="${findings.length}" failures="${findings.length}" errors="0">\n${cases.join("\n")}\n  </testsuite>`;
  });
  const total = result.findings.length;
  const body =
    suites.length === 0
      ? '  <testsuite name="dbops" tests="1" failures="0" errors="0">\n    <testcase name="lint" classname="dbops"/>\n  </testsuite>'
      : suites.join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dbops" tests="${Math.max(total, 1)}" failures="${total}" errors="0">\n${body}\n</testsuites>\n`;
};

/** https://checkstyle.org */
export const checkstyle: Reporter = (result, context) => {
  const files = [...byFile(result)].map(([uri, findings]) => {
    const errors = findings.map((finding) => {
      const { start } = rangeOf(result, uri, finding.location.span);
      const at = isLive(uri) ? "" : ` line="${start.line}" column="${start.column}"`;
      const field = isLive(uri) ? `${fieldOf(finding.location.yamlPath)}: ` : "";
      return `    <error${at} severity="${finding.severity}" message="${escapeXml([field + finding.message, ...adviceOf(finding, context)].join(" "))}" source="dbops.${escapeXml(finding.ruleId)}"/>`;
    });
    return `  <file name="${escapeXml(context.relative(uri))}">\n${errors.join("\n")}\n  </file>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="8.0">\n${files.length === 0 ? "" : `${files.join("\n")}\n`}</checkstyle>\n`;
};
