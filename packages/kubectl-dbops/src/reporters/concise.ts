import { oneLine } from "@dbops/core";
import { placeOf, type Reporter } from "./reporter.ts";

/** `path:line:column: severity: message [rule]` (of a live object its field), the form that editors and gcc's problem matchers read. */
export const concise: Reporter = (result, context) =>
  result.findings
    .map(
      (finding) =>
        `${placeOf(finding.location, result, context)}: ${finding.severity}: ${oneLine(finding.message)} [${finding.ruleId}]\n`,
    )
    .join("");
