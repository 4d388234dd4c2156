import assert from "node:assert/strict";
import { type Files, lintFiles, places } from "../support/lint.ts";

/** `above` stands above the grace period, `behind` behind it, `top` above everything, `annotations` on object and template. */
function database({
  above = "",
  behind = "",
  top = "",
  container = "",
  annotations = "",
  podAnnotations = "",
}): string {
  const line = (text: string, indent: number): string =>
    text === "" ? "" : `${text.replace(/^/gm, " ".repeat(indent))}\n`;
  return `${line(top, 0)}apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
${line(annotations === "" ? "" : `annotations:\n  ${annotations}`, 2)}spec:
  serviceName: orders-db
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata:
      labels: { app: orders-db }
${line(podAnnotations === "" ? "" : `annotations:\n  ${podAnnotations}`, 6)}    spec:
${line(above, 6)}      terminationGracePeriodSeconds: 10${behind === "" ? "" : ` ${behind}`}
${line(container, 6)}      containers:
        - name: mysql
          image: mysql:latest
          volumeMounts: [{ name: data, mountPath: /var/lib/mysql }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;
}

const grace = "grace-period-too-short";
const unpinned = "database-image-unpinned";

/** Of the two faults, those that are shown; the suppressed ones; and what is said about suppressions. */
function outcome(text: string, files: Files = {}, overrides: Parameters<typeof lintFiles>[1] = {}) {
  const result = lintFiles({ "db.yaml": text, ...files }, overrides);
  const mine = (id: string): boolean => id === grace || id === unpinned;
  return {
    shown: result.findings.map((finding) => finding.ruleId).filter(mine),
    suppressed: result.suppressed.map((finding) => finding.ruleId).filter(mine),
    own: result.findings
      .filter((finding) => finding.ruleId.startsWith("suppression-"))
      .map((finding) => finding.ruleId),
  };
}

describe("suppressing in place", () => {
  const off = `dbops-disable-next-line ${grace}`;
  const hidden = { shown: [unpinned], suppressed: [grace], own: [] };
  const both = { shown: [], suppressed: [grace, unpinned], own: [] };
  const cases: readonly (readonly [string, Parameters<typeof database>[0], ReturnType<typeof outcome>])[] = [
    ["above the line", { above: `# ${off} -- the node pool is slow` }, hidden],
    ["above the line, with other comments between", { above: `# ${off}\n# raised after the incident` }, hidden],
    [
      "two above one line",
      { above: `# ${off}\n# dbops-disable-next-line ${unpinned}` },
      { ...hidden, own: ["suppression-unused"] },
    ],
    ["behind the value", { behind: `# dbops-disable-line ${grace}` }, hidden],
    ["several marks before the word", { above: `### ${off}` }, hidden],
    [
      "above a key, for its whole node",
      { container: `# dbops-disable-next-line ${unpinned}` },
      { shown: [grace], suppressed: [unpinned], own: [] },
    ],
    ["above the object, for all of it", { top: `# dbops-disable-next-line ${grace}, ${unpinned}` }, both],
    [
      "in a range",
      { above: `# dbops-disable ${grace} ${unpinned}`, container: "# dbops-enable" },
      { ...hidden, own: ["suppression-unused"] },
    ],
    [
      "in a range of which one rule ends",
      { above: `# dbops-disable ${grace}, ${unpinned}`, container: `# dbops-enable ${grace}` },
      both,
    ],
    [
      "in a range of which one rule ends before its fault",
      { above: `# dbops-disable ${grace}, ${unpinned}`, container: `# dbops-enable ${unpinned}` },
      { ...hidden, own: ["suppression-unused"] },
    ],
    ["in a range without an end", { above: `# dbops-disable ${grace}, ${unpinned}` }, both],
    [
      "a range that begins behind the fault",
      { container: `# dbops-disable ${grace}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unused"] },
    ],
    ["in the whole file", { container: `# dbops-disable-file ${grace}` }, hidden],
    ["in the whole file, from a document of comments", { top: `# dbops-disable-file ${grace} -- old\n---` }, hidden],
    ["until a date to come", { above: `# ${off} -- known (until 2026-11-24)` }, hidden],
    [
      "until a date that has passed",
      { above: `# ${off} -- known (until 2026-11-23)` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-expired"] },
    ],
    [
      "until something else",
      { above: `# ${off} -- known (until soon)` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    [
      "an unknown rule",
      { above: "# dbops-disable-next-line grace-period-to-short" },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    ["an unknown rule beside a known one", { above: `# ${off}, all` }, { ...hidden, own: ["suppression-unknown"] }],
    [
      "no rule at all",
      { above: "# dbops-disable-next-line" },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    [
      "another word, which would have covered the rest of the document",
      { above: `# dbops-disable-nextline ${grace}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    [
      "the directive of another linter's kind",
      { above: `# dbops:ignore ${grace}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    [
      "a colon where the directive has its hyphen",
      { above: `# dbops: disable-next-line ${grace}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    [
      "a hyphen, and a word that is no directive",
      { above: `# dbops-next-line ${grace}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    ...["enable", "suppress", "silence", "skip", "allow", "off", "noqa", "nolint"].map(
      (word): [string, Parameters<typeof database>[0], ReturnType<typeof outcome>] => [
        `another linter's word: ${word}`,
        { above: `# dbops: ${word} ${grace}` },
        { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
      ],
    ),
    [
      "a comment that only speaks of dbops",
      {
        above: "# dbops: our linter, see the wiki\n# dbops ignores what follows",
        behind: "# dbops says that 10 is too short",
      },
      { shown: [grace, unpinned], suppressed: [], own: [] },
    ],
    ["with a colon behind the directive", { above: `# dbops-disable-next-line: ${grace} -- known` }, hidden],
    [
      "until a day that no calendar has",
      { above: `# ${off} -- known (until 2027-02-30)` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ],
    [
      "a rule that finds nothing there",
      { container: `# ${off}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unused"] },
    ],
    [
      "one rule of two finds nothing there",
      { above: `# ${off}, ${unpinned}` },
      { ...hidden, own: ["suppression-unused"] },
    ],
    ["by annotation", { annotations: `dbops/ignore: "${grace}"` }, hidden],
    ["by annotation, several", { annotations: `dbops/ignore: "${grace}, ${unpinned}"` }, both],
    ["by annotation, on lines", { annotations: `dbops/ignore: |\n    ${grace}\n    ${unpinned}` }, both],
    ["by annotation of the Pod template", { podAnnotations: `dbops/ignore: ${grace}` }, hidden],
    [
      "by annotations of both",
      { annotations: `dbops/ignore: ${unpinned}`, podAnnotations: `dbops/ignore: ${grace}` },
      both,
    ],
    [
      "by an annotation that finds nothing",
      { annotations: "dbops/ignore: quorum-of-two" },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unused"] },
    ],
    ...['"*"', '"all"', "true"].map((value): [string, Parameters<typeof database>[0], ReturnType<typeof outcome>] => [
      `by the annotation ${value}: nothing`,
      { annotations: `dbops/ignore: ${value}` },
      { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
    ]),
    ...['""', "[grace-period-too-short]", "{ a: b }", ""].map(
      (value): [string, Parameters<typeof database>[0], ReturnType<typeof outcome>] => [
        `by the annotation ${value === "" ? "without a value" : value}: nothing`,
        { annotations: `dbops/ignore: ${value}` },
        { shown: [grace, unpinned], suppressed: [], own: ["suppression-unknown"] },
      ],
    ),
  ];
  for (const [name, parts, expected] of cases) it(name, () => assert.deepEqual(outcome(database(parts)), expected));

  it("keeps the reason and the date", () => {
    const text = database({ above: `# ${off} -- slow nodes -- ask Ada (until 2027-01-31)` });
    const [finding] = lintFiles({ "db.yaml": text }).suppressed;
    assert.equal(finding?.suppression.by, "comment");
    assert.equal(finding.suppression.reason, "slow nodes -- ask Ada");
    assert.equal(finding.suppression.until, "2027-01-31");
    const annotated = database({ annotations: `dbops/ignore: ${grace}\n  dbops/ignore-reason: slow nodes` });
    assert.equal(lintFiles({ "db.yaml": annotated }).suppressed[0]?.suppression.reason, "slow nodes");
  });

  it("an unknown rule is answered with what was meant, at the comment", () => {
    const text = database({ above: "# dbops-disable-next-line grace-period-to-short" });
    const [finding] = lintFiles({ "db.yaml": text }).findings.filter((each) => each.ruleId === "suppression-unknown");
    assert.match(finding?.message ?? "", /did you mean "grace-period-too-short"\?/);
    assert.equal(text.slice(finding?.location.span.start).startsWith("# dbops-disable-next-line"), true);
  });

  it("lines of a block scalar are no comments", () => {
    const script = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes }\ndata:\n  a: |\n    # dbops-disable-file ${grace}\n`;
    assert.deepEqual(outcome(`${script}---\n${database({})}`), { shown: [grace, unpinned], suppressed: [], own: [] });
  });

  it("another document, another file: not covered", () => {
    const other = database({}).replaceAll("orders-db", "billing-db");
    assert.deepEqual(outcome(`${database({ top: `# dbops-disable ${grace}` })}---\n${other}`).shown, [
      unpinned,
      grace,
      unpinned,
    ]);
    const files = { "a.yaml": database({ top: `# dbops-disable-file ${grace}` }), "b.yaml": other };
    assert.deepEqual(
      places(lintFiles(files)).filter((place) => place.startsWith(grace)),
      [`${grace} b.yaml:12`],
    );
  });

  it("the engine's own findings can be suppressed too", () => {
    const text = database({
      above: "# dbops-disable-next-line quorum-of-two",
      top: "# dbops-disable-file suppression-unused, suppression-unknown",
    });
    assert.deepEqual(outcome(text).own, []);
  });

  it("comments can be told to suppress nothing", () => {
    const text = database({ above: `# ${off}`, annotations: `dbops/ignore: ${unpinned}` });
    assert.deepEqual(outcome(text, {}, { inlineConfig: "ignore" }), {
      shown: [grace, unpinned],
      suppressed: [],
      own: [],
    });
  });

  it("nothing is called unused by a run that did not ask the rule", () => {
    const text = database({ above: "# dbops-disable-next-line database-without-disruption-budget" });
    assert.deepEqual(outcome(text, {}, { select: [grace] }).own, []);
    assert.deepEqual(outcome(text, {}, { view: "file" }).own, []);
    assert.deepEqual(outcome(text).own, ["suppression-unused"]);
  });

  it("a baseline hides what it lists and nothing else", () => {
    const [first] = lintFiles({ "db.yaml": database({}) }).findings.filter((finding) => finding.ruleId === grace);
    const baseline = { uri: "/shop/.dbops-baseline.json", fingerprints: new Set([first?.fingerprint ?? ""]) };
    assert.deepEqual(outcome(database({}), {}, { baseline }), { shown: [unpinned], suppressed: [grace], own: [] });
  });
});

describe("the annotation dbops/data", () => {
  const onEmptyDir = (annotations: string, podAnnotations = ""): string =>
    database({ annotations, podAnnotations })
      .replace(/ {2}volumeClaimTemplates:[\s\S]*/, "")
      .replace(/( {10}volumeMounts.*\n)/, "$1      volumes:\n        - { name: data, emptyDir: {} }\n");
  const lost = (text: string): boolean =>
    lintFiles({ "db.yaml": text }).findings.some((finding) => finding.ruleId === "data-on-emptydir");
  it("declares data that may be lost, on the object or its Pod template", () => {
    assert.equal(lost(onEmptyDir("")), true);
    assert.equal(lost(onEmptyDir("dbops/data: ephemeral")), false);
    assert.equal(lost(onEmptyDir("dbops/data: cache")), false);
    assert.equal(lost(onEmptyDir("", "dbops/data: cache")), false);
  });
  it("says nothing with another value", () => {
    for (const value of ["yes", '""', "durable", "[cache]"])
      assert.equal(lost(onEmptyDir(`dbops/data: ${value}`)), true, value);
  });
});

describe("thousands of comments", () => {
  it("above one line are read and judged in linear time", function () {
    this.timeout(10_000);
    const comments = `# dbops-disable-next-line ${grace}\n`.repeat(15_000);
    const { findings, suppressed } = lintFiles({ "db.yaml": comments + database({}) });
    assert.equal(findings.filter(({ ruleId }) => ruleId === "suppression-unused").length, 14_999);
    assert.equal(suppressed.filter(({ ruleId }) => ruleId === grace).length, 1);
  });
});
