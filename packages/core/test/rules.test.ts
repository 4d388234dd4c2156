import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { allRules, createProject, type Finding, fixAll, type LintResult, type SourceFile } from "../src/index.ts";
import type { AnyRule } from "../src/rule/rule.ts";
import { type Case, readFixture } from "./support/fixture.ts";
import { requestedOf, runCase, settingsOf } from "./support/run-case.ts";
import { sqlParser } from "./support/sql-parser.ts";

const folder = new URL("./rules/", import.meta.url);
const isUpdating = process.env.DBOPS_UPDATE === "1";

function configOf(each: Case, rules: readonly AnyRule[]): string {
  const [rule] = rules;
  const lines = [
    ...(each.settings.preset === "recommended" ? [] : ["extends: all"]),
    ...(each.settings.backups === undefined ? [] : [`backups: ${each.settings.backups}`]),
  ];
  if (each.settings.options !== undefined && rule !== undefined)
    lines.push("rules:", `  ${rule.id}: ${each.settings.options}`);
  return `${lines.join("\n")}\n`;
}

function run(each: Case, rules: readonly AnyRule[], files: readonly SourceFile[] = each.files): LintResult {
  return runCase(each, files, settingsOf(each, rules, configOf(each, rules)));
}

function describeFinding(finding: Finding, files: ReadonlyMap<string, SourceFile>): string {
  const position = files.get(finding.location.uri)?.positionAt(finding.location.span.start);
  return `${finding.location.uri}:${(position?.line ?? 0) + 1}:${(position?.column ?? 0) + 1} ${finding.severity} ${finding.ruleId} "${finding.message}"`;
}

function assertExpected(each: Case, result: LintResult): void {
  const open = [...each.expectations];
  for (const finding of result.findings) {
    const file = result.files.get(finding.location.uri);
    const start = file?.positionAt(finding.location.span.start);
    const end = file?.positionAt(finding.location.span.end);
    const index = open.findIndex(
      (expected) =>
        expected.uri === finding.location.uri &&
        expected.ruleId === finding.ruleId &&
        expected.line === start?.line &&
        finding.message.includes(expected.message) &&
        (expected.severity === undefined || expected.severity === finding.severity) &&
        (expected.columns === undefined ||
          (expected.columns.start === start.column && expected.columns.end === end?.column)),
    );
    assert.notEqual(index, -1, `not expected: ${describeFinding(finding, result.files)}`);
    open.splice(index, 1);
    for (const { span, uri } of [finding.location, ...finding.related]) {
      const length = result.files.get(uri)?.text.length ?? -1;
      assert.ok(
        span.start >= 0 && span.end >= span.start && span.end <= length,
        `${finding.ruleId} points outside ${uri}`,
      );
    }
    assert.doesNotMatch(finding.message, /\n|undefined|NaN|\[object/, "a message is one line of sense");
    assert.match(finding.message, /[.?]$/, "a message is a sentence");
    for (const fix of finding.fixes)
      assert.ok(fix.safety === "safe" || fix.consequence !== undefined, `${fix.title} says what it causes`);
  }
  assert.deepEqual(open, [], "expected and not found");
}

/** The text of a case after every fix of the rule, whatever its tier. */
function fixedText(each: Case, rule: AnyRule): readonly SourceFile[] | undefined {
  const requested = requestedOf(each, each.files);
  if (each.before.length > 0) return undefined;
  const settings = settingsOf(each, [rule], configOf(each, [rule]));
  const project = createProject({ ...settings, files: each.files, root: "/case", sqlParser });
  const { files } = fixAll({ project, requested, onCrash: "throw" }, "unsafe");
  if (files.length === 0) return undefined;
  return each.files.map((file) => files.find((changed) => changed.uri === file.uri) ?? file);
}

const write = (each: Case, files: readonly SourceFile[]): string =>
  `# case: ${each.name}\n${files.map((file, index) => (index === 0 && files.length === 1 ? file.text : `# file: ${file.uri.slice("/case/".length)}\n${file.text}`)).join("")}`;

describe("rules", () => {
  for (const rule of allRules) {
    describe(rule.id, () => {
      const file = new URL(`${rule.id}.yaml`, folder);
      const cases = existsSync(file) ? readFixture(readFileSync(file, "utf8"), `${rule.id}.yaml`) : [];
      it("has a fixture with a loud and a quiet case", () => {
        assert.ok(
          cases.some((each) => each.expectations.length > 0),
          "no case is reported",
        );
        assert.ok(
          cases.some((each) => each.expectations.length === 0),
          "no case is quiet",
        );
      });
      for (const each of cases) {
        it(each.name, () => {
          const result = run(each, [rule]);
          if (each.expectations.length === 0 && each.settings.recognises !== "nothing") {
            const { databases, poolers, migrations, backups, clients, scripts } = result.counts;
            assert.ok(
              databases + poolers + migrations + backups + clients + scripts > 0,
              "a quiet case has to be understood",
            );
          }
          assertExpected(each, result);
        });
      }
      it("fixes to what its golden says", () => {
        const golden = new URL(`${rule.id}.fixed.yaml`, folder);
        const fixed = cases.flatMap((each) => {
          const files = fixedText(each, rule);
          return files === undefined ? [] : [{ each, files }];
        });
        const text = fixed.map(({ each, files }) => write(each, files)).join("");
        for (const { each, files } of fixed) {
          const before = new Set(run(each, allRules).findings.map((finding) => finding.ruleId));
          const after = run(each, allRules, files).findings.filter((finding) => !before.has(finding.ruleId));
          assert.deepEqual(
            after.map((finding) => finding.message),
            [],
            "a fix makes no new finding",
          );
        }
        if (isUpdating) {
          if (text === "") rmSync(golden, { force: true });
          else writeFileSync(golden, text);
        }
        assert.equal(existsSync(golden) ? readFileSync(golden, "utf8") : "", text);
      });
    });
  }
  it("has no fixture without a rule", () => {
    const ids = new Set(allRules.map((rule) => rule.id));
    const names = readdirSync(folder).map((name) => name.replace(/(\.fixed)?\.yaml$/, ""));
    assert.deepEqual(
      names.filter((name) => !ids.has(name)),
      [],
    );
  });
});
