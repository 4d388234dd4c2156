import type { Severity } from "./finding.ts";
import type { AnyRule, Preset } from "./rule.ts";

const everywhere: readonly Preset[] = ["recommended", "ephemeral"];

function builtIn(id: string, severity: Severity, summary: string, rationale: string, remedy: string): AnyRule {
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
      references: id.startsWith("document-")
        ? ["https://kubernetes.io/docs/concepts/overview/working-with-objects/"]
        : [],
    },
    check: () => {},
  };
}

/** Findings that the engine itself makes; they have levels, documentation and suppressions like any other. */
export const builtInRules: readonly AnyRule[] = [
  builtIn(
    "document-not-yaml",
    "error",
    "A hand-written document is not YAML that kubectl can read.",
    "kubectl rejects the document and applies either the others in the file or none.",
    "Fix the place named in the message.",
  ),
  builtIn(
    "document-text-ignored",
    "warning",
    "kubectl silently drops part of this file.",
    "Everything after `...`, and everything after the first root of a document, is never applied.",
    "Start another document with `---`, or correct the indentation.",
  ),
  builtIn(
    "document-duplicate-key",
    "warning",
    "A key is written twice in one map; kubectl uses the last.",
    "The first value is silently lost; other tools reject the file.",
    "Remove one of the two.",
  ),
  builtIn(
    "configuration-unknown-key",
    "error",
    "The configuration contains a setting that does not exist.",
    "A misspelled setting does nothing.",
    "Use the name suggested in the message.",
  ),
  builtIn(
    "configuration-unknown-rule",
    "error",
    "The configuration names a rule that does not exist.",
    "A misspelled rule id changes nothing.",
    "Use the id suggested in the message, or see `kubectl dbops rules`.",
  ),
  builtIn(
    "configuration-invalid-value",
    "error",
    "A value of the configuration cannot be read.",
    "The default applies instead.",
    "Use one of the values named in the message.",
  ),
  builtIn(
    "suppression-unknown",
    "warning",
    "A suppression cannot be read: its directive or rule does not exist, or its date is invalid.",
    "It suppresses nothing.",
    "Write what the message suggests.",
  ),
  builtIn(
    "suppression-unused",
    "warning",
    "A suppression matches no finding.",
    "The problem it suppressed is gone, or it is in the wrong place; left there, it would hide the next problem.",
    "Remove it.",
  ),
  builtIn(
    "suppression-expired",
    "warning",
    "The date of a suppression has passed.",
    "Someone planned to look again by then; the finding is shown again.",
    "Fix the problem or set a new date.",
  ),
  builtIn(
    "rule-crashed",
    "error",
    "dbops failed on part of this file.",
    "That is a bug in dbops, not in the manifest; everything else was linted.",
    "Report it with the file, or turn off the rule named in the message.",
  ),
];
