import type { Severity } from "./finding.ts";
import type { AnyRule, Preset } from "./rule.ts";

const everywhere: readonly Preset[] = ["recommended", "ephemeral"];

function own(id: string, severity: Severity, summary: string, rationale: string, remedy: string): AnyRule {
  return {
    id,
    subject: "workspace",
    meta: {
      summary,
      rationale,
      remedy,
      severity,
      presets: everywhere,
      since: "0.1.0",
      fixable: "no",
      needs: "file",
      references: ["https://kubernetes.io/docs/concepts/overview/working-with-objects/"],
    },
    check: () => {},
  };
}

/** Findings that the engine itself makes; they have levels, documentation and suppressions like any other. */
export const ownRules: readonly AnyRule[] = [
  own(
    "document-not-yaml",
    "error",
    "A hand-written document is not YAML that kubectl reads.",
    "kubectl refuses the document and applies the others of the file, or none.",
    "Correct the place that the message names.",
  ),
  own(
    "document-text-ignored",
    "warning",
    "kubectl drops a part of this file in silence.",
    "Everything after `...`, and everything after the first root of a document, is never applied.",
    "Start another document with `---`, or correct the indentation.",
  ),
  own(
    "document-duplicate-key",
    "warning",
    "A key is written twice in one map; kubectl takes the last.",
    "The first value is lost without a word; other tools refuse the file.",
    "Remove one of the two.",
  ),
  own(
    "configuration-unknown-key",
    "error",
    "The configuration holds a setting that does not exist.",
    "A misspelt setting does nothing.",
    "Use the name that the message gives.",
  ),
  own(
    "configuration-unknown-rule",
    "error",
    "The configuration names a rule that does not exist.",
    "A misspelt rule id changes nothing.",
    "Use the id that the message gives, or see `kubectl dbops rules`.",
  ),
  own(
    "configuration-invalid-value",
    "error",
    "A value of the configuration cannot be read.",
    "The default holds instead.",
    "Write a value that the message names.",
  ),
  own(
    "suppression-unknown",
    "warning",
    "A suppression names a rule that does not exist.",
    "It suppresses nothing.",
    "Use the id that the message gives.",
  ),
  own(
    "suppression-unused",
    "warning",
    "A suppression matches no finding.",
    "The fault it stood for is gone, or it stands at the wrong place; left there it would hide the next one.",
    "Remove it.",
  ),
  own(
    "suppression-expired",
    "warning",
    "The date of a suppression has passed.",
    "Somebody wanted to look again by then; the finding is shown again.",
    "Repair the fault or set another date.",
  ),
  own(
    "rule-crashed",
    "error",
    "dbops failed on a part of this file.",
    "That is a defect of dbops, not of the manifest; everything else was linted.",
    "Report it with the file, or switch off the rule that the message names.",
  ),
];
