import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import {
  allRules,
  applyEdits,
  createProject,
  type Finding,
  type LintResult,
  lint,
  SourceFile,
  type SuppressionScope,
  type WrittenSuppression,
  writeSuppression,
} from "../../src/index.ts";
import { readFixture } from "../support/fixture.ts";
import { lintFiles } from "../support/lint.ts";

function run(files: readonly SourceFile[], ruleId: string): LintResult {
  const configs = [new SourceFile("/case/.dbops.yaml", "extends: all\n")];
  const rules = allRules.filter((rule) => rule.id === ruleId);
  const project = createProject({ files, configs, root: "/case", view: "folder", today: "2026-11-24", rules });
  return lint({ project, requested: new Set(files.map((file) => file.uri)), onCrash: "throw" });
}

const key = (finding: Finding, files: LintResult["files"]): string => {
  const file = files.get(finding.location.uri);
  return `${finding.ruleId} ${finding.message} ${finding.location.uri} ${file?.slice(finding.location.span)}`;
};

/** The text after the edits, with a reason typed where the cursor is. */
function typed(file: SourceFile, { edits, reasonAt }: WrittenSuppression): string {
  const text = applyEdits(file.text, edits);
  return `${text.slice(0, reasonAt)}known${text.slice(reasonAt)}`;
}

describe("writing a suppression", () => {
  const folder = new URL("../rules/", import.meta.url);
  const fixtures = readdirSync(folder).filter((name) => name.endsWith(".yaml") && !name.endsWith(".fixed.yaml"));
  for (const scope of ["line", "object", "file"] as const satisfies readonly SuppressionScope[]) {
    it(`silences each finding of every rule's fixture by ${scope}, and leaves no suppression unused`, () => {
      let count = 0;
      for (const name of fixtures) {
        for (const each of readFixture(readFileSync(new URL(name, folder), "utf8"), name)) {
          const before = run(each.files, name.replace(".yaml", ""));
          for (const finding of before.findings) {
            const file = before.files.get(finding.location.uri)!;
            const placements = scope === "line" ? (["above", "behind"] as const) : (["above"] as const);
            for (const placement of placements) {
              const written = writeSuppression(file, finding, scope, { placement, reason: "known" });
              const where = `${name}, ${each.name}: ${finding.message}`;
              if (written === undefined) {
                assert.match(file.text.trimStart()[0] ?? "", /[{[]/, `no suppression for ${where}`);
                continue;
              }
              const changed = new SourceFile(file.uri, applyEdits(file.text, written.edits));
              const after = run(
                each.files.map((other) => (other.uri === file.uri ? changed : other)),
                finding.ruleId,
              );
              const left = after.findings.map((other) => key(other, after.files));
              const gone = before.findings
                .map((other) => key(other, before.files))
                .filter((other) => !left.includes(other));
              assert.ok(gone.includes(key(finding, before.files)), `${where}\n${changed.text}`);
              assert.deepEqual(
                after.findings.filter((other) => /^(suppression|document)-/.test(other.ruleId)),
                [],
                where,
              );
              count++;
            }
          }
        }
      }
      assert.ok(count > 250, `only ${count} suppressions were tried`);
    });
  }
});

const database = (grace: string, top = ""): string => `${top}apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders
spec:
  template:
    spec:
${grace}
      containers:
        - name: mysql
          image: mysql:8.4
          volumeMounts: [{ name: data, mountPath: /var/lib/mysql }]
  volumeClaimTemplates:
    - metadata: { name: data }
`;

describe("where a suppression is written", () => {
  const rule = "grace-period-too-short";
  const line = "      terminationGracePeriodSeconds: 10";
  const cases: readonly (readonly [string, string, SuppressionScope, string])[] = [
    ["above the line", line, "line", `      # dbops-disable-next-line ${rule} -- known\n${line}`],
    [
      "added to a comment that gives no reason",
      `      # dbops-disable-next-line data-on-hostpath\n${line}`,
      "line",
      `      # dbops-disable-next-line data-on-hostpath, ${rule} -- known\n${line}`,
    ],
    [
      "added to a comment with a reason, behind it",
      `      # dbops-disable-next-line data-on-hostpath -- pinned\n${line}`,
      "line",
      `      # dbops-disable-next-line data-on-hostpath, ${rule} -- pinnedknown\n${line}`,
    ],
    [
      "past other comments between",
      `      # dbops-disable-next-line data-on-hostpath -- pinned\n      # raised after the incident\n${line}`,
      "line",
      `      # dbops-disable-next-line data-on-hostpath, ${rule} -- pinnedknown\n      # raised after the incident\n${line}`,
    ],
    [
      "added to a comment behind the value",
      `${line} # dbops-disable-line data-on-hostpath -- pinned`,
      "line",
      `${line} # dbops-disable-line data-on-hostpath, ${rule} -- pinnedknown`,
    ],
  ];
  for (const [name, before, scope, after] of cases) {
    it(name, () => {
      const result = lintFiles({ "db.yaml": database(before) });
      const finding = result.findings.find((each) => each.ruleId === rule)!;
      const file = result.files.get("/shop/db.yaml")!;
      assert.equal(typed(file, writeSuppression(file, finding, scope)!), database(after));
    });
  }

  it("above the object, and at the top of the file", () => {
    const result = lintFiles({ "db.yaml": database(line, "# the shop\n---\n") });
    const finding = result.findings.find((each) => each.ruleId === rule)!;
    const file = result.files.get("/shop/db.yaml")!;
    assert.match(
      typed(file, writeSuppression(file, finding, "object")!),
      /---\n# dbops-disable-next-line \S+ -- known\napiVersion/,
    );
    assert.match(
      typed(file, writeSuppression(file, finding, "file")!),
      /^# dbops-disable-file \S+ -- known\n# the shop\n---\n/,
    );
  });

  it("above the key of a block scalar, never in it", () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer }
data:
  pgbouncer.ini: |
    [databases]
    orders = host=postgres-0.nowhere port=5432
    [pgbouncer]
    pool_mode = session
`;
    const file = new SourceFile("/shop/pooler.yaml", text);
    const start = text.indexOf("session");
    const location = { uri: file.uri, span: { start, end: start + 7 }, yamlPath: [] };
    const written = typed(
      file,
      writeSuppression(file, { ruleId: "pooler-exceeds-max-connections", location }, "line")!,
    );
    assert.match(written, /data:\n {2}# dbops-disable-next-line \S+ -- known\n {2}pgbouncer.ini: \|\n/);
  });

  it("as an annotation in JSON, which has no comments", () => {
    const text = '{\n  "apiVersion": "v1",\n  "kind": "Service",\n  "metadata": { "name": "orders" }\n}\n';
    const file = new SourceFile("/shop/service.json", text);
    const location = { uri: file.uri, span: { start: text.indexOf('"orders"'), end: text.length - 2 }, yamlPath: [] };
    const finding = { ruleId: "host-reaches-nothing", location };
    assert.equal(writeSuppression(file, finding, "line"), undefined);
    const { edits, reasonAt } = writeSuppression(file, finding, "object")!;
    const written = applyEdits(text, edits);
    const reasoned = `${written.slice(0, reasonAt)}known${written.slice(reasonAt)}`;
    assert.deepEqual(JSON.parse(reasoned).metadata.annotations, {
      "dbops/ignore": "host-reaches-nothing",
      "dbops/ignore-reason": "known",
    });
    const again = new SourceFile(file.uri, reasoned);
    const other = { ruleId: "data-on-emptydir", location };
    const second = writeSuppression(again, other, "object")!;
    const both = applyEdits(reasoned, second.edits);
    assert.equal(both.slice(0, second.reasonAt), both.slice(0, both.indexOf('known"') + "known".length));
    assert.equal(JSON.parse(both).metadata.annotations["dbops/ignore"], "host-reaches-nothing, data-on-emptydir");
  });

  it("not for what no comment can silence", () => {
    const file = new SourceFile("/shop/a.yaml", "kind: Service\n");
    const location = { uri: file.uri, span: { start: 0, end: 4 }, yamlPath: [] };
    assert.equal(writeSuppression(file, { ruleId: "document-not-yaml", location }, "line"), undefined);
  });
});
