import assert from "node:assert/strict";
import { completeConfiguration } from "../../src/config/complete.ts";
import { configurationSchema } from "../../src/config/declared-settings.ts";
import { allRules } from "../../src/rules/all-rules.ts";

const schema = configurationSchema(allRules);
const levels = ["off", "info", "warning", "error"];
const ruleIds = allRules.map(({ id }) => id);

/** Labels at the bar in the text. */
function labels(text: string): readonly string[] {
  const offset = text.indexOf("|");
  return completeConfiguration(text.replace("|", ""), offset, schema).map(({ label }) => label);
}

describe("completion of .dbops.yaml", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["keys at the top", "|", ["$schema", "extends", "rules", "overrides", "exclude", "ignore", "moved", "backups"]],
    [
      "keys that are not there yet",
      "extends: all\nba|\nignore: []\n",
      ["$schema", "rules", "overrides", "exclude", "moved", "backups"],
    ],
    ["presets", "extends: |", ["recommended", "all", "ephemeral"]],
    ["rules", "rules:\n  po|", ruleIds],
    ["rules that have no level yet", `rules:\n  ${ruleIds[0]}: off\n  |`, ruleIds.slice(1)],
    ["levels", `rules:\n  ${ruleIds[0]}: |`, levels],
    ["the severity of a rule with options", "rules:\n  grace-period-too-short:\n    |", ["severity"]],
    ["conditions of an override", "overrides:\n  - |", ["files", "namespaces", "labels", "rules"]],
    ["what an override lacks", 'overrides:\n  - files: ["legacy/**"]\n    |', ["namespaces", "labels", "rules"]],
    ["rules of an override, in the second item", "overrides:\n- files: [a]\n- files: [b]\n  rules:\n    |", ruleIds],
    ["levels in an override", `overrides:\n  - files:\n      - a\n    rules:\n      ${ruleIds[3]}: |`, levels],
    ["the rule that is ignored", "ignore:\n  - rule: |", ruleIds],
    [
      "what else an ignored finding has",
      "# ours\nignore:\n  - rule: x\n    path: y\n\n    |",
      ["object", "reason", "until"],
    ],
    ["what stands below a quoted key", 'rules:\n  "grace-period-too-short":\n    |', ["severity"]],
    ["an item that begins below its dash", "overrides:\n  -\n    |", ["files", "namespaces", "labels", "rules"]],
    ["the same where lines end as on Windows", "rules:\r\n  grace-period-too-short:\r\n    |", ["severity"]],
    ["nothing where any text goes", "exclude:\n  - |", []],
    ["nothing in a comment", "rules: # |", []],
    ["nothing in flow style", "rules: {|", []],
    ["where backups live", "backups: |", ["here", "elsewhere"]],
  ];
  for (const [name, text, expected] of cases) it(`offers ${name}`, () => assert.deepEqual(labels(text), expected));

  it("says what a rule is about, and writes the colon", () => {
    const found = completeConfiguration("rules:\n  ", 9, schema).find(
      ({ label }) => label === "grace-period-too-short",
    );
    assert.equal(found?.insertText, "grace-period-too-short: ");
    assert.equal(found?.description, allRules.find(({ id }) => id === "grace-period-too-short")?.meta.summary);
  });

  it("writes no second colon", () => {
    const found = completeConfiguration("rul: {}\n", 3, schema).find(({ label }) => label === "rules");
    assert.equal(found?.insertText, "rules");
  });

  it("never fails on a text that is half typed", () => {
    const text = `extends: all\nrules:\n  ${ruleIds[0]}:\n    severity: off\noverrides:\n  - files: ["a"]\n    rules: {}\nignore:\n- rule: x\n  reason: "because: of"\n`;
    for (let offset = 0; offset <= text.length; offset++) completeConfiguration(text, offset, schema);
  });
});
