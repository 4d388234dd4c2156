import assert from "node:assert/strict";
import { allRules, applyEdits, SourceFile, writeLevel } from "../../src/index.ts";
import { lintFiles } from "../support/lint.ts";

const manifest = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  template:
    spec: { containers: [{ name: postgres, image: "postgres:12" }] }
`;
const rule = "database-version-end-of-life";

/** The configuration with the level written, and the level of what the rule then finds. */
function written(
  config: string,
  level: "off" | "info" | "error",
): readonly [text: string, severity: string | undefined] {
  const edits = writeLevel(new SourceFile("/shop/.dbops.yaml", config), rule, level);
  assert.ok(edits);
  const text = applyEdits(config, edits);
  const rules = allRules.filter(({ id }) => id === rule);
  const { findings } = lintFiles({ "db.yaml": manifest, ".dbops.yaml": text }, { rules });
  return [text, findings.find(({ ruleId }) => ruleId === rule)?.severity];
}

describe("the level of a rule in a configuration", () => {
  const configs: readonly (readonly [what: string, before: string, after: string])[] = [
    ["an empty file", "", `rules:\n  ${rule}: info\n`],
    ["comments alone", "# ours\n", `# ours\n---\nrules:\n  ${rule}: info\n`],
    ["no rules", "extends: all # for now\n", `extends: all # for now\nrules:\n  ${rule}: info\n`],
    ["rules without any", "rules:\nexclude: [a]\n", `rules: { ${rule}: info }\nexclude: [a]\n`],
    ["an empty map", "rules: {}\n", `rules: { ${rule}: info }\n`],
    [
      "other rules",
      "rules:\n  quorum-of-two: off # two sites\n",
      `rules:\n  quorum-of-two: off # two sites\n  ${rule}: info\n`,
    ],
    ["a level", `rules:\n  ${rule}: off # later\n`, `rules:\n  ${rule}: info # later\n`],
    ["a level in a map", `rules:\n  ${rule}: { severity: error }\n`, `rules:\n  ${rule}: { severity: info }\n`],
    ["CRLF", "extends: all\r\n", `extends: all\r\nrules:\r\n  ${rule}: info\r\n`],
  ];
  for (const [what, before, after] of configs)
    it(`is written into ${what}`, () => {
      assert.deepEqual(written(before, "info"), [after, "info"]);
      assert.equal(written(before, "error")[1], "error");
      assert.equal(written(before, "off")[1], undefined);
    });

  it("is not written where that would change something else", () => {
    for (const text of ["base: &r {}\nrules: *r\n", "rules: all of them\n", "- a\n"])
      assert.equal(writeLevel(new SourceFile("/shop/.dbops.yaml", text), rule, "off"), undefined, text);
  });
});
