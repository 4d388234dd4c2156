import type { Severity } from "../rule/finding.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { TextEdit } from "../text/text-edit.ts";
import { appendDocument, insertKey, setValue } from "../yaml/edit.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseSingle } from "../yaml/parse.ts";

/**
 * Edits of a `.dbops.yaml` after which a rule has this level; undefined: its `rules` cannot be edited there (an alias, a text that is
 * no map). What an override says of the rule still goes before it.
 */
export function writeLevel(
  config: SourceFile,
  ruleId: string,
  level: Severity | "off",
): readonly TextEdit[] | undefined {
  const { root } = parseSingle(config);
  if (root === undefined) return appendDocument(config, { rules: { [ruleId]: level } });
  const rules = root.at("rules");
  if (rules === undefined) return insertKey(root, "rules", { [ruleId]: level });
  if (rules.kind === "scalar" && rules.value === null) return [fill(rules, `{ ${ruleId}: ${level} }`)];
  const setting = rules.at(ruleId);
  if (setting === undefined) return insertKey(rules, ruleId, level);
  if (setting.kind === "scalar") return setValue(setting, level);
  const severity = setting.at("severity");
  return severity === undefined ? insertKey(setting, "severity", level) : setValue(severity, level);
}

/** Writes a value where there is none, or only `~`. */
function fill({ file, span, yamlPath }: YamlNode, text: string): TextEdit {
  const lead = /\s/.test(file.text[span.start - 1] ?? "") ? "" : " ";
  return { uri: file.uri, span, newText: lead + text, changes: yamlPath };
}
