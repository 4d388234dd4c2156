import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Ajv, type AnySchemaObject, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { folderWith, manifestsFolder, shopFolder } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

const schemaFile = path.join(import.meta.dirname, "../schema/findings.schema.json");
const sarifSchema = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

function read(file: string): AnySchemaObject {
  return JSON.parse(readFileSync(file, "utf8")) as AnySchemaObject;
}

function assertValid(validate: ValidateFunction, value: unknown, what: string): void {
  assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors?.slice(0, 3), null, 2)}`);
}

/** A folder with everything a report can hold: findings with fixes of each kind, suppressed ones of each kind, and what was not linted. */
function everything(): string {
  const folder = shopFolder();
  writeFileSync(
    path.join(folder, ".dbops.yaml"),
    "ruls: {}\nignore:\n  - rule: replicas-do-not-replicate\n    reason: moved to the operator this month\n    until: 2027-01-31\n",
  );
  const backup = readFileSync(path.join(folder, "backup.yaml"), "utf8");
  const line = "# dbops-disable-next-line backup-runs-overlap -- it ends in seconds (until 2027-03-01)\n";
  writeFileSync(path.join(folder, "quick.yaml"), backup.replace(/^ {2}schedule/m, `  ${line}  schedule`));
  writeFileSync(
    path.join(folder, "annotated.yaml"),
    backup.replace(
      "name: orders-dump",
      'name: other-dump\n  annotations: {dbops/ignore: "backup-pipe-hides-failure, backup-runs-overlap"}',
    ),
  );
  writeFileSync(path.join(folder, "broken.yaml"), "apiVersion: v1\nkind: Service\nmetadata:\n  name: [orders\n");
  writeFileSync(
    path.join(folder, "chart.yaml"),
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
  );
  const orders = readFileSync(path.join(folder, "orders.yaml"), "utf8");
  writeFileSync(
    path.join(folder, "short.yaml"),
    orders.replaceAll("orders-db", "billing-db").replace("Seconds: 120", "Seconds: 5"),
  );
  return folder;
}

describe("-o json", () => {
  const validate = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
  }).compile(read(schemaFile));

  it("keeps to its schema, whatever a report holds", () => {
    const report = JSON.parse(dbops(everything(), ["lint", "--preset=all", "-o", "json"]).out) as Record<
      string,
      unknown
    >;
    assertValid(validate, report, "report");
    const { findings, suppressed, notLinted } = report as {
      findings: { fixes: { safety: string }[]; subject: unknown; related: unknown[] }[];
      suppressed: { suppression: { by: string } }[];
      notLinted: { reason: string }[];
    };
    // What the schema was not shown it does not prove.
    const safeties = new Set(findings.flatMap((finding) => finding.fixes.map((fix) => fix.safety)));
    assert.deepEqual([...safeties].sort(), ["safe", "unsafe"]);
    assert.ok(
      findings.some((finding) => finding.subject === null) && findings.some((finding) => finding.related.length > 0),
    );
    assert.deepEqual([...new Set(suppressed.map((each) => each.suppression.by))].sort(), [
      "annotation",
      "comment",
      "config",
    ]);
    assert.deepEqual(notLinted.map((each) => each.reason).sort(), ["not-yaml", "template"]);
  });

  it("keeps to its schema when nothing was found", () => {
    assertValid(validate, JSON.parse(dbops(folderWith({}), ["lint", "-o", "json"]).out), "empty report");
  });

  it("has a schema that notices what is wrong", () => {
    const report = dbops(shopFolder(), ["lint", "-o", "json"]).out;
    for (const [from, to] of [
      ['"schemaVersion": 1', '"schemaVersion": 2'],
      ['"severity": "error"', '"severity": "fatal"'],
      ['"line": 6', '"line": 0'],
      ['"safety": "safe"', '"safety": "procedure"'],
      ['"fingerprint": "', '"fingerprint": "x'],
      ['"databases": 1', '"databases": -1'],
    ] as const) {
      assert.ok(report.includes(from), from);
      assert.ok(!validate(JSON.parse(report.replace(from, to))), to);
    }
  });
});

describe("-o jsonl", () => {
  it("is one finding a line as in JSON, then the summary", () => {
    const folder = everything();
    const report = JSON.parse(dbops(folder, ["lint", "-o", "json"]).out) as { findings: unknown[]; summary: unknown };
    const lines = dbops(folder, ["lint", "-o", "jsonl"])
      .out.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(lines, [...report.findings, { summary: report.summary }]);
  });
});

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
  }[];
  readonly suppressions?: readonly { readonly kind: string; readonly justification?: string }[];
  readonly fixes?: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

describe("-o sarif", () => {
  // The schema names its own format for URIs, which is not checked here: paths are compared below.
  // It is a schema of draft 4 and uses nothing that later drafts changed, except the names of these two fields.
  const { $schema, id, ...schema } = read(sarifSchema);
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
  const lint = (
    folder: string,
    ...words: readonly string[]
  ): { runs: { results: SarifResult[]; tool: { driver: { rules: { id: string }[] } } }[] } => {
    const log = JSON.parse(dbops(folder, ["lint", ...words, "-o", "sarif"]).out) as never;
    assertValid(validate, log, "log");
    return log;
  };

  it("keeps to the schema of SARIF 2.1.0, full and empty", () => {
    lint(everything(), "--preset=all");
    lint(folderWith({}));
  });

  it("describes each rule that it uses, and points at it", () => {
    const [run] = lint(everything(), "--preset=all").runs;
    for (const result of run!.results) assert.equal(run!.tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
    const ids = run!.tool.driver.rules.map((rule) => rule.id);
    assert.deepEqual(ids, [...new Set(ids)]);
  });

  it("carries suppressed findings as suppressed, with the reason", () => {
    const results = lint(everything()).runs[0]!.results.filter((result) => result.suppressions !== undefined);
    const kinds = results.map(
      (result) =>
        `${result.ruleId} ${result.suppressions?.[0]?.kind} ${result.suppressions?.[0]?.justification ?? "-"}`,
    );
    assert.ok(kinds.includes("backup-runs-overlap inSource it ends in seconds"));
    assert.ok(kinds.includes("replicas-do-not-replicate external moved to the operator this month"));
    assert.ok(kinds.includes("backup-pipe-hides-failure inSource -"));
  });

  it("names files by relative URIs, and leaves out empty fixes, which GitHub refuses", () => {
    const folder = folderWith({
      "Größe 1/backup#1.yaml": readFileSync(path.join(manifestsFolder, "backup.yaml")),
      "orders.yaml": readFileSync(path.join(manifestsFolder, "orders.yaml")),
    });
    const { results } = lint(folder).runs[0]!;
    assert.equal(
      results[0]?.locations[0]?.physicalLocation.artifactLocation.uri,
      "Gr%C3%B6%C3%9Fe%201/backup%231.yaml",
    );
    assert.ok(results.some((result) => result.fixes === undefined));
    assert.ok(results.every((result) => result.fixes === undefined || result.fixes.length > 0));
  });

  it("gives a finding the same fingerprint as the other formats", () => {
    const folder = shopFolder();
    const json = JSON.parse(dbops(folder, ["lint", "-o", "json"]).out) as { findings: { fingerprint: string }[] };
    const gitlab = JSON.parse(dbops(folder, ["lint", "-o", "gitlab"]).out) as { fingerprint: string }[];
    const expected = json.findings.map((finding) => finding.fingerprint);
    assert.deepEqual(
      lint(folder).runs[0]!.results.map((result) => result.partialFingerprints["dbops/v1"]),
      expected,
    );
    assert.deepEqual(
      gitlab.map((issue) => issue.fingerprint),
      expected,
    );
  });
});

describe("diff -o json", () => {
  const strict = { strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false } as const;
  const [ofLint, ofDiff] = ["findings", "diff"].map((name) =>
    new Ajv2020(strict).compile(read(path.join(import.meta.dirname, `../schema/${name}.schema.json`))),
  );

  it("keeps to its schema and to that of lint, whatever a change does", () => {
    const set = (name: string, replicas: number, tag: string, more = ""): string =>
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: ${name} }\nspec:\n  replicas: ${replicas}\n  serviceName: ${name}\n  persistentVolumeClaimRetentionPolicy: { whenScaled: Delete }\n  selector: { matchLabels: { app: db } }\n  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: "postgres:${tag}", volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }] }] } }\n  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce]${more}, resources: { requests: { storage: 10Gi } } } }]\n---\n`;
    const old = `${set("a", 3, "16.4")}${set("b", 1, "16.4")}${set("c", 2, "16.4")}${set("d", 1, "15.8", ", volumeMode: Filesystem, storageClassName: d")}${set("e", 1, "16.4")}${set("g", 1, "14.4")}`;
    const young = `${set("a", 2, "16.4")}${set("b", 1, "17.4")}${set("c", 2, "16.6")}${set("f", 1, "15.8", ", storageClassName: d")}${set("g", 1, "14.4", ", storageClassName: fast")}`;
    const folder = folderWith({ "old.yaml": old, "new.yaml": young });
    const { out } = dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", "json"]);
    const report = JSON.parse(out) as {
      readonly verdicts: readonly { readonly verdict: string }[];
      readonly claims: readonly { readonly fate: string }[];
    };
    for (const validate of [ofLint, ofDiff]) if (validate !== undefined) assertValid(validate, report, "report");
    assert.deepEqual(
      report.verdicts.map(({ verdict }) => verdict),
      ["refused", "destroys-data", "does-not-start", "starts-empty", "removed", "restarts"],
    );
    assert.deepEqual([...new Set(report.claims.map(({ fate }) => fate))].sort(), [
      "deleted",
      "kept",
      "left-behind",
      "new",
    ]);
  });
});
