import assert from "node:assert/strict";
import { allRules, createProject, lint, SourceFile } from "../../src/index.ts";
import { lintFiles } from "../support/lint.ts";
import { shop, shopText } from "../support/shop.ts";

const fingerprints = (text: string, ruleId?: string): readonly string[] =>
  lintFiles({ "shop.yaml": text, ".dbops.yaml": "extends: all\n" })
    .findings.filter((finding) => ruleId === undefined || finding.ruleId === ruleId)
    .map((finding) => finding.fingerprint)
    .sort();

const password = (text: string): readonly string[] => fingerprints(text, "database-password-in-manifest");
const [database = ""] = shop;

describe("fingerprints", () => {
  it("are one for each finding, and hexadecimal", () => {
    const all = fingerprints(shopText());
    assert.equal(new Set(all).size, all.length);
    for (const fingerprint of all) assert.match(fingerprint, /^[0-9a-f]{16}$/);
  });

  const same: readonly (readonly [string, string])[] = [
    ["lines move", `# moved\n\n\n${database.replace("spec:\n", "spec:\n  # and here\n")}`],
    ["another object stands above", `${shop[7]}---\n${database}`],
    [
      "a container is inserted before",
      database.replace(
        "      containers:\n",
        "      containers:\n        - { name: exporter, image: exporter:1.2.3 }\n",
      ),
    ],
    [
      "a variable is inserted before",
      database.replace("          env:\n", "          env:\n            - { name: TZ, value: UTC }\n"),
    ],
    ["the message changes with a value", database.replace("correct-horse", "another-horse")],
  ];
  for (const [name, text] of same)
    it(`stay when ${name}`, () => {
      assert.equal(password(database).length, 1);
      assert.deepEqual(password(text), password(database));
    });

  it("stay when the message text changes", () => {
    const grace = (text: string): readonly string[] => fingerprints(text, "grace-period-too-short");
    const messages = (text: string) =>
      lintFiles({ "shop.yaml": text }).findings.find((finding) => finding.ruleId === "grace-period-too-short")?.message;
    const other = database.replace("Seconds: 10", "Seconds: 11");
    assert.notEqual(messages(other), messages(database));
    assert.deepEqual(grace(other), grace(database));
  });

  const other: readonly (readonly [string, string])[] = [
    ["object", database.replace("name: orders-db\nspec", "name: billing-db\nspec")],
    ["namespace", database.replace("  name: orders-db\n", "  name: orders-db\n  namespace: prod\n")],
    ["variable", database.replace("POSTGRES_PASSWORD", "PGPASSWORD")],
  ];
  for (const [name, text] of other)
    it(`differ for another ${name}`, () => assert.notDeepEqual(password(text), password(database)));

  it("do not depend on where the repository lies", () => {
    const at = (root: string): readonly string[] => {
      const file = new SourceFile(`${root}/shop.yaml`, database);
      const input = { files: [file], configs: [], root, view: "folder", today: "2026-11-24", rules: allRules } as const;
      const result = lint({ project: createProject(input), requested: new Set([file.uri]) });
      return result.findings.map((finding) => finding.fingerprint);
    };
    assert.deepEqual(at("/home/ada/shop"), at("/builds/shop"));
  });
});
