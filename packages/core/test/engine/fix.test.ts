import assert from "node:assert/strict";
import { applyEdits, type Fix, soundFixes, type TextEdit } from "../../src/index.ts";
import { editFix } from "../../src/rule/fix.ts";
import { type AnyRule, defineRule } from "../../src/rule/rule.ts";
import { appendDocument, insertKey, setValue } from "../../src/yaml/edit.ts";
import type { YamlNode } from "../../src/yaml/node.ts";
import { type Files, fixFiles, lintFiles } from "../support/lint.ts";

const meta = {
  summary: "A setting of the pooler is wrong.",
  rationale: "It is.",
  remedy: "Correct it.",
  severity: "warning",
  presets: ["recommended"],
  since: "0.1.0",
  fixable: "safe",
  needs: "file",
  references: ["https://www.pgbouncer.org/config.html"],
} as const;

/** A rule about ConfigMaps that offers what `fix` makes of the data. */
function rule(id: string, fix: (data: YamlNode) => Fix | undefined): AnyRule {
  return defineRule({
    id,
    subject: "resource",
    kinds: ["ConfigMap"],
    meta,
    check(configMap, { report }) {
      const data = configMap.node.at("data");
      const made = data === undefined ? undefined : fix(data);
      if (data !== undefined && made !== undefined) report({ message: "It is wrong.", at: data, fixes: [made] });
    },
  });
}

/** Sets `key` to `value` as long as it has another. */
const setting = (key: string, value: string, safety: Fix["safety"] = "safe"): AnyRule =>
  rule(`set-${key}`, (data) => {
    const node = data.at(key);
    if (node === undefined || node.string() === value || safety === "procedure") return undefined;
    const consequence = safety === "unsafe" ? { consequence: "Restarts the pooler." } : {};
    return editFix({ title: `Set ${key}`, safety, ...consequence, edits: setValue(node, value) });
  });

const adding = (key: string, value: string): AnyRule =>
  rule(`add-${key}`, (data) =>
    data.at(key) === undefined
      ? editFix({ title: `Add ${key}`, safety: "safe", edits: insertKey(data, key, value) })
      : undefined,
  );

const configMap = `apiVersion: v1
kind: ConfigMap
metadata: { name: pooler }
data:
  mode: session # why
  size: "20"
`;

const fixed = (
  rules: readonly AnyRule[],
  admit: "safe" | "unsafe" = "safe",
  files: Files = { "pooler.yaml": configMap },
) => {
  const { files: changed, applied } = fixFiles(files, admit, { rules });
  return {
    text: changed.find((file) => file.uri.endsWith("pooler.yaml"))?.text,
    applied: applied.map(({ fix }) => fix.title),
  };
};

describe("fixing", () => {
  it("applies what does not overlap in one round, and what does in the next", () => {
    const { text, applied } = fixed([adding("reserve", "5"), adding("timeout", "30"), setting("mode", "transaction")]);
    assert.equal(text, `${configMap.replace("session", "transaction")}  reserve: "5"\n  timeout: "30"\n`);
    assert.deepEqual(applied.toSorted(), ["Add reserve", "Add timeout", "Set mode"]);
  });

  it("asks again after each round: what the first fix cured is not fixed twice", () => {
    const alike = rule("also-add-reserve", (data) =>
      data.at("reserve") === undefined
        ? editFix({ title: "Add reserve, too", safety: "safe", edits: insertKey(data, "reserve", "7") })
        : undefined,
    );
    assert.equal(fixed([adding("reserve", "5"), alike]).applied.length, 1);
  });

  it("two rules that undo each other end", () => {
    const back = rule("set-back", (data) => {
      const node = data.at("mode");
      return node?.string() === "transaction"
        ? editFix({ title: "Back", safety: "safe", edits: setValue(node, "session") })
        : undefined;
    });
    assert.ok(fixed([setting("mode", "transaction"), back]).applied.length <= 10);
  });

  const lie = (newText: string, changes: TextEdit["changes"], find = "session"): AnyRule =>
    rule("lie", (data) => {
      const start = data.file.text.indexOf(find);
      if (start < 0) return undefined;
      const edit = { uri: data.file.uri, span: { start, end: start + find.length }, newText };
      return { title: "Lie", safety: "safe", edits: [changes === undefined ? edit : { ...edit, changes }] };
    });
  const lies: readonly (readonly [string, AnyRule])[] = [
    ["changes a path that it did not claim", lie("transaction", ["data", "size"])],
    ["claims nothing", lie("transaction", undefined)],
    ["leaves a text that is no YAML", lie("[", ["data", "mode"])],
    ["swallows a comment", lie("transaction# why", ["data", "mode"], "session # why")],
    ["makes two documents of one", lie("x\n---\nkind: Pod", ["data", "mode"])],
  ];
  for (const [name, liar] of lies)
    it(`drops a fix that ${name}, and applies the others`, () => {
      const { text, applied } = fixed([liar, setting("size", "25")]);
      assert.deepEqual(applied, ["Set size"]);
      assert.equal(text, configMap.replace('"20"', '"25"'));
    });

  for (const [name, liar] of lies)
    it(`offers no fix in reports and editors that ${name}`, () => {
      const { findings, files } = lintFiles({ "pooler.yaml": configMap }, { rules: [liar, setting("size", "25")] });
      assert.deepEqual(
        findings.flatMap((finding) => soundFixes(finding, files)).map(({ title }) => title),
        ["Set size"],
      );
    });

  it("all edits of a fix or none, over files", () => {
    const both = rule("both", (data) => {
      const node = data.at("mode");
      if (node === undefined || node.string() !== "session") return undefined;
      const elsewhere = { uri: "/shop/gone.yaml", span: { start: 0, end: 1 }, newText: "", changes: ["x"] };
      return { title: "Both", safety: "safe", edits: [...(setValue(node, "transaction") ?? []), elsewhere] };
    });
    assert.deepEqual(fixed([both]), { text: undefined, applied: [] });
  });

  it("safe admits safe ones only, unsafe both, and a procedure is never applied", () => {
    const unsafe = setting("mode", "transaction", "unsafe");
    const steps = rule("steps", () => ({ title: "Recreate it", safety: "procedure", edits: [], steps: "1. …" }));
    assert.deepEqual(fixed([unsafe, setting("size", "25"), steps]).applied, ["Set size"]);
    assert.deepEqual(fixed([unsafe, setting("size", "25"), steps], "unsafe").applied.toSorted(), [
      "Set mode",
      "Set size",
    ]);
  });

  it("what is suppressed is not fixed", () => {
    const suppressed = configMap.replace("data:", "# dbops-disable-next-line set-mode -- on purpose\ndata:");
    assert.deepEqual(fixed([setting("mode", "transaction")], "safe", { "pooler.yaml": suppressed }).applied, []);
  });

  it("a fix that leaves its finding is dropped, and is not there twice after the next run", () => {
    const idle = rule("idle", (data) =>
      editFix({ title: "Add a note", safety: "safe", edits: appendDocument(data.file, { kind: "Note" }) }),
    );
    assert.deepEqual(fixed([idle, setting("size", "25")]), {
      text: configMap.replace('"20"', '"25"'),
      applied: ["Set size"],
    });
  });

  it("of two faults in one text, one that cannot be fixed keeps the other from nothing", () => {
    const two = defineRule({
      id: "two",
      subject: "resource",
      kinds: ["ConfigMap"],
      meta,
      check(object, { report }) {
        const [mode, size] = [object.node.at("data", "mode"), object.node.at("data", "size")];
        if (mode?.string() === "session")
          report({
            message: "mode is wrong.",
            at: object.node.nearest("data"),
            fixes: [editFix({ title: "Set mode", safety: "safe", edits: setValue(mode, "transaction") })],
          });
        if (size !== undefined) report({ message: "size is wrong.", at: object.node.nearest("data") });
      },
    });
    assert.deepEqual(fixed([two]).applied, ["Set mode"]);
  });

  it("what is said twice is fixed twice, also where the two may not be fixed at once", () => {
    const file = `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer }
data:
  pgbouncer.ini: |
    [pgbouncer]
    max_client_connections = 200
    max_client_connections = 200
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      volumes: [{ name: config, configMap: { name: pgbouncer } }]
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.25.1-p0
          volumeMounts: [{ name: config, mountPath: /etc/pgbouncer }]
`;
    const [after] = fixFiles({ "pooler.yaml": file }, "unsafe").files;
    assert.equal(after?.text.match(/max_client_conn = 200/g)?.length, 2);
    assert.deepEqual(fixFiles({ "pooler.yaml": after?.text ?? "" }, "unsafe").files, []);
  });

  it("of two fixes that together bring a fault, one is applied", () => {
    const both = rule("both-set", (data) => {
      const isBoth = data.string("mode") === "transaction" && data.string("size") === "25";
      const [mode] = isBoth ? [data.at("mode")] : [];
      return mode === undefined
        ? undefined
        : editFix({ title: "Undo", safety: "unsafe", consequence: "x", edits: setValue(mode, "session") });
    });
    const wrongMode = rule("wrong-mode", (data) => {
      const node = data.at("mode");
      return node?.string() === "session" && data.string("size") === "20"
        ? editFix({ title: "Set mode", safety: "safe", edits: setValue(node, "transaction") })
        : undefined;
    });
    const wrongSize = rule("wrong-size", (data) => {
      const node = data.at("size");
      return node?.string() === "20" && data.string("mode") === "session"
        ? editFix({ title: "Set size", safety: "safe", edits: setValue(node, "25") })
        : undefined;
    });
    assert.deepEqual(fixed([wrongMode, wrongSize, both]).applied, ["Set mode"]);
  });

  it("writes the line ends of the file", () => {
    const ini = `apiVersion: v1
kind: ConfigMap
metadata: { name: pooler }
data:
  mode: session
  pgbouncer.ini: |
    [pgbouncer]
    pool_mode = transaction ; fast
`.replaceAll("\n", "\r\n");
    const pooler = `apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers:
        - name: pgbouncer
          image: bitnami/pgbouncer:1.23.1
          command: [pgbouncer, /etc/pgbouncer/pgbouncer.ini]
          volumeMounts: [{ name: c, mountPath: /etc/pgbouncer }]
      volumes: [{ name: c, configMap: { name: pooler } }]
`;
    const changed = fixFiles({ "pooler.yaml": ini, "deployment.yaml": pooler }, "unsafe").files;
    const text = changed.find(({ uri }) => uri.endsWith("pooler.yaml"))?.text ?? "";
    assert.match(text, /; fast\r\n {4}pool_mode = transaction/);
    assert.doesNotMatch(text, /[^\r]\n/);
  });

  it("what an existing Pod or Job refuses is not safe, and says how to apply it", () => {
    const named = defineRule({
      id: "name-host",
      subject: "container",
      meta,
      check({ node }, { report }) {
        const edits = insertKey(node, "tty", true);
        report({ message: "No tty.", at: node, fixes: [editFix({ title: "Add a tty", safety: "safe", edits })] });
      },
    });
    const container = "containers: [{ name: db, image: postgres:16.4 }]";
    for (const [kind, spec] of [
      ["Pod", container],
      ["Job", `template: { spec: { ${container} } }`],
    ]) {
      const text = `apiVersion: ${kind === "Pod" ? "v1" : "batch/v1"}\nkind: ${kind}\nmetadata: { name: orders }\nspec:\n  ${spec}\n`;
      const [fix] = lintFiles({ "x.yaml": text }, { rules: [named] }).findings.flatMap(({ fixes }) => fixes);
      assert.equal(fix?.safety, "unsafe", kind);
      assert.match(fix?.consequence ?? "", new RegExp(`delete ${kind} orders, then apply it again`));
    }
  });

  it("edits are offsets into the text that was linted", () => {
    const [finding] = lintFiles({ "pooler.yaml": configMap }, { rules: [setting("mode", "transaction")] }).findings;
    assert.equal(applyEdits(configMap, finding?.fixes[0]?.edits ?? []), configMap.replace("session", "transaction"));
  });
});

describe("a ConfigMap that is tied to Pods", () => {
  const pooler = (
    annotations: string,
    podAnnotations: string,
    use = "volumes: [{ name: c, configMap: { name: pooler } }]",
  ): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer, annotations: { ${annotations} } }
spec:
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer }, annotations: { ${podAnnotations} } }
    spec:
      containers: [{ name: pgbouncer, image: edoburu/pgbouncer:1.23.1${use.startsWith("volumes") ? "" : `, ${use}`} }]
      ${use.startsWith("volumes") ? use : "volumes: []"}
`;
  const tiers = (files: Files): readonly string[] =>
    lintFiles({ "pooler.yaml": configMap, ...files }, { rules: [setting("mode", "transaction")] })
      .findings.flatMap((finding) => finding.fixes)
      .map((fix) => `${fix.safety} ${fix.consequence ?? ""}`);
  const generated = (more: string): Files => ({
    "kustomization.yaml": `resources: [pooler.yaml]\nconfigMapGenerator:\n  - name: pooler\n    behavior: merge\n    literals: [a=b]\n${more}`,
  });
  const cases: readonly (readonly [string, Files, RegExp])[] = [
    ["by nothing", { "d.yaml": pooler("", "") }, /^safe $/],
    [
      "by a checksum",
      { "d.yaml": pooler("", "checksum/config: abc") },
      /^unsafe Restarts the Pods of .*pgbouncer: the annotation checksum\/config ties them to ConfigMap pooler\.$/,
    ],
    [
      "by Reloader, for all it uses",
      { "d.yaml": pooler('reloader.stakater.com/auto: "true"', "") },
      /^unsafe Restarts/,
    ],
    [
      "by Reloader on the Pod template",
      { "d.yaml": pooler("", 'reloader.stakater.com/auto: "true"') },
      /^unsafe Restarts/,
    ],
    ["by Reloader, switched off", { "d.yaml": pooler('reloader.stakater.com/auto: "false"', "") }, /^safe $/],
    [
      "by Reloader, by name",
      { "d.yaml": pooler('configmap.reloader.stakater.com/reload: "other, pooler"', "") },
      /^unsafe Restarts/,
    ],
    [
      "by Reloader, another by name",
      { "d.yaml": pooler("configmap.reloader.stakater.com/reload: other", "") },
      /^safe $/,
    ],
    [
      "by Wave, through envFrom",
      {
        "d.yaml": pooler(
          'wave.pusher.com/update-on-config-change: "true"',
          "",
          "envFrom: [{ configMapRef: { name: pooler } }]",
        ),
      },
      /^unsafe Restarts/,
    ],
    [
      "by a checksum, through one variable",
      {
        "d.yaml": pooler(
          "",
          "checksum/config: a",
          "env: [{ name: A, valueFrom: { configMapKeyRef: { name: pooler, key: mode } } }]",
        ),
      },
      /^unsafe Restarts/,
    ],
    [
      "by a checksum, through a projected volume",
      {
        "d.yaml": pooler(
          "",
          "checksum/config: a",
          "volumes: [{ name: c, projected: { sources: [{ configMap: { name: pooler } }] } }]",
        ),
      },
      /^unsafe Restarts/,
    ],
    [
      "by a checksum of Pods that do not use it",
      { "d.yaml": pooler("", "checksum/config: a", "volumes: [{ name: c, configMap: { name: other } }]") },
      /^safe $/,
    ],
    [
      "by the hash of a generator",
      generated(""),
      /^unsafe Restarts the Pods that use ConfigMap pooler: its generator puts a hash/,
    ],
    ["by a generator without hash", generated("generatorOptions: { disableNameSuffixHash: true }\n"), /^safe $/],
    ["by a generator's entry without hash", generated("    options: { disableNameSuffixHash: true }\n"), /^safe $/],
  ];
  for (const [name, files, expected] of cases)
    it(name, () => {
      const [tier, ...others] = tiers(files);
      assert.deepEqual(others, []);
      assert.match(tier ?? "", expected);
    });
});
