import type { Finding, LintResult } from "@dbops/core";
import type { Io } from "../io.ts";
import { concise } from "../reporters/concise.ts";
import type { ReportContext } from "../reporters/reporter.ts";

/**
 * Prints, as one line each, what of the input or the configuration could not be read, for verbs that show no findings: without it, an
 * answer about the rest looks like one about everything.
 * @returns whether there is any: the run ends with 2
 */
export function reportUnread(result: LintResult, context: ReportContext, io: Io): boolean {
  const findings = result.findings.filter(saysUnread);
  io.err(concise({ ...result, findings }, context));
  return result.isConfigurationWrong || findings.length > 0;
}

/** A document far from every database is only worth an info, and no line here. */
function saysUnread({ ruleId, severity }: Finding): boolean {
  return (
    (ruleId === "document-not-yaml" && severity !== "info") ||
    ruleId === "rule-crashed" ||
    ruleId.startsWith("configuration-")
  );
}
