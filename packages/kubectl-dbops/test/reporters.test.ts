import assert from "node:assert/strict";
import { allRules, createProject, type Finding, type LintResult, lint, SourceFile } from "@dbops/core";
import { reporters } from "../src/reporters/index.ts";
import type { ReportContext } from "../src/reporters/reporter.ts";

const text = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders
spec:
  serviceName: orders
  replicas: 3
  selector: {matchLabels: {app: orders}}
  template: {metadata: {labels: {app: orders}}, spec: {containers: [{name: web, image: shop/web}]}}
`;
const service = `apiVersion: v1
kind: Service
metadata: {name: orders}
spec: {selector: {app: orders}, ports: [{port: 80}]}
`;

const context: ReportContext = {
  color: false,
  width: 100,
  version: "0.1.0",
  relative: (uri) => uri.replace("/shop/", ""),
  remedyOf: () => "Run one instance, or let an operator replicate.",
  linkOf: () => undefined,
};

/** What lint says of no rule at all, with these findings put in: reporters are pure. */
function resultWith(findings: readonly Partial<Finding>[], files: Readonly<Record<string, string>> = {}): LintResult {
  const sources = Object.entries({ "orders.yaml": text, "service.yaml": service, ...files }).map(
    ([name, content]) => new SourceFile(`/shop/${name}`, content),
  );
  const project = createProject({
    files: sources,
    configs: [],
    root: "/shop",
    view: "folder",
    today: "2026-06-01",
    rules: allRules,
    select: ["no-such-rule"],
  });
  const result = lint({ project, requested: new Set(sources.map((file) => file.uri)) });
  return { ...result, findings: findings.map((finding) => ({ ...replicas, ...finding })) };
}

const at = (uri: string, source: string, word: string): Finding["location"] => {
  const start = source.indexOf(word);
  return { uri: `/shop/${uri}`, span: { start, end: start + word.length }, yamlPath: [] };
};

const replicas: Finding = {
  ruleId: "replicas-do-not-replicate",
  severity: "error",
  message: "3 Pods are 3 separate databases.",
  fingerprint: "0123456789abcdef",
  location: at("orders.yaml", text, "3"),
  related: [{ ...at("service.yaml", service, "{app: orders}"), message: "selects all 3 Pods" }],
  subject: { apiVersion: "apps/v1", kind: "StatefulSet", namespace: undefined, name: "orders" },
  fixes: [],
};

const render = (format: string, result: LintResult, own: Partial<ReportContext> = {}): string =>
  reporters[format]!(result, { ...context, ...own });

describe("a finding's own remedy", () => {
  it("is shown in place of the rule's, wherever remedies are", () => {
    const own = resultWith([{ remedy: "Ask the operator." }, {}, { remedy: "Ask the operator." }]);
    for (const format of ["human", "agent", "markdown"]) {
      const text = render(format, own);
      assert.equal(text.split("Ask the operator.").length, 2, `${format} says it once`);
      assert.equal(text.split(context.remedyOf("") ?? "").length, 2, `${format} says the rule's once`);
    }
    for (const format of ["github", "gitlab", "junit", "checkstyle", "json", "jsonl", "sarif"])
      assert.equal(render(format, own).split("Ask the operator.").length, 3, `${format} says it with each`);
  });
});

describe("human", () => {
  it("breaks sentences at the width of a terminal, and leaves them alone where there is room or no terminal", () => {
    const message = "3 Pods are 3 separate databases: ".padEnd(150, "nothing replicates ").trimEnd();
    const widths = (own: Partial<ReportContext>): number =>
      Math.max(
        ...render("human", resultWith([{ message }]), own)
          .split("\n")
          .map((line) => line.length),
      );
    assert.ok(widths({ width: 80, columns: 80 }) <= 80);
    assert.equal(widths({ width: 140, columns: 200 }), message.length + 2);
    assert.equal(widths({ width: 100 }), message.length + 2);
  });

  it("marks what a flag repairs, and links rules where the terminal opens links", () => {
    const fix = { title: "x", safety: "safe", edits: [] } as const;
    const own = { hasLinks: true, linkOf: (ruleId: string) => `https://dbops.example.com/${ruleId}` };
    const [head] = render("human", resultWith([{ fixes: [fix] }]), own).split("\n");
    const [open, close] = [
      "\u001b]8;;https://dbops.example.com/replicas-do-not-replicate\u001b\\",
      "\u001b]8;;\u001b\\",
    ];
    assert.equal(head, `orders.yaml:7:13  error  ${open}replicas-do-not-replicate${close}  [fix]`);
  });

  it("says what --min-severity keeps back, and never that there are no problems then", () => {
    const out = render("human", resultWith([]), { withheld: { number: 3, below: "error" } });
    assert.match(out, /3 findings below error are not shown\./);
    assert.doesNotMatch(out, /No problems/);
  });

  it("shows the lines, a mark below the value, the other end's text and place, the remedy, and totals", () => {
    assert.equal(
      render("human", resultWith([{}])),
      `orders.yaml:7:13  error  replicas-do-not-replicate
  3 Pods are 3 separate databases.
     6 │   serviceName: orders
     7 │   replicas: 3
       │             ~
       ├─ service.yaml:4
     4 │ spec: {selector: {app: orders}, ports: [{port: …  selects all 3 Pods
  Run one instance, or let an operator replicate.

1 problem (1 error) in 2 files, 2 objects.
`,
    );
  });

  it("gives the remedy of a rule once", () => {
    const out = render("human", resultWith([{}, { location: at("orders.yaml", text, "replicas") }]));
    assert.equal(out.split("Run one instance").length, 2);
  });

  it("marks the same characters in lines with tabs, long lines and lines after a secret", () => {
    const marked = (line: string, word: string): string => {
      const manifest = `kind: Service\n${line}`;
      const lines = render(
        "human",
        resultWith([{ location: at("x.yaml", manifest, word), related: [] }], { "x.yaml": manifest }),
      ).split("\n");
      const mark = lines.findIndex((each) => each.includes("~"));
      const start = lines[mark]!.indexOf("~");
      return lines[mark - 1]!.slice(start, lines[mark]!.lastIndexOf("~") + 1);
    };
    assert.equal(marked("a:\t{ b:\t17 }", "17"), "17");
    assert.equal(
      marked(`args: [${"--verbose, ".repeat(40)}--fsync=off, ${"--quiet, ".repeat(40)}]`, "--fsync=off"),
      "--fsync=off",
    );
    assert.equal(marked("command: psql postgres://app:s3cr3t@db/orders && dropdb orders", "dropdb"), "dropdb");
    assert.equal(
      marked("url: postgres://app:s3cr3t@db/orders", "postgres://app:s3cr3t@db/orders"),
      "postgres://app:…@db/orders",
    );
  });

  it("what is said of several whole files is said once, and more than three are counted", () => {
    const rendered = (count: number): string => {
      const names = Array.from({ length: count }, (_, index) => `k${index}.yaml`);
      const related = names.map((name) => ({ ...at(name, text, ""), message: "rendered here" }));
      return render(
        "human",
        resultWith(
          [{ related }],
          Object.fromEntries([["orders.yaml", text], ...names.map((name) => [name, text] as const)]),
        ),
      );
    };
    assert.match(rendered(2), /├─ k0\.yaml\n +├─ k1\.yaml\n +│ rendered here\n/);
    assert.match(rendered(5), /├─ k2\.yaml\n +│ rendered here, and in 2 more files\n/);
  });

  it("never prints a line wider than the terminal by more than its frame", () => {
    const long = `command: ["sh", "-c", "${"pg_dump orders; ".repeat(60)}"]`;
    const out = render(
      "human",
      resultWith([{ location: at("x.yaml", long, "command"), related: [] }], { "x.yaml": long }),
      { width: 80 },
    );
    assert.ok(out.split("\n").every((line) => line.length <= 80));
  });

  it("says what --fix would do", () => {
    const edits = [{ uri: "/shop/orders.yaml", span: { start: 0, end: 0 }, newText: "" }];
    const safe = { fixes: [{ title: "Run one", safety: "safe" as const, edits }] };
    const unsafe = { fixes: [{ title: "Run one", safety: "unsafe" as const, consequence: "Two Pods stop.", edits }] };
    const last = (...findings: readonly Partial<Finding>[]): string =>
      render("human", resultWith(findings)).trimEnd().split("\n").at(-1) ?? "";
    assert.match(
      last(safe, unsafe, {}),
      /^3 problems \(3 errors\) in .*\. 1 can be fixed with --fix, 1 more with --unsafe-fixes\.$/,
    );
    assert.match(last(unsafe), / 1 can be fixed with --fix --unsafe-fixes\.$/);
    assert.match(last({}), /objects\.$/);
  });

  it("counts by severity, and in the singular", () => {
    const out = render("human", resultWith([{ severity: "warning" }, { severity: "info" }, { severity: "info" }]));
    assert.match(out, /^3 problems \(1 warning, 2 infos\) in 2 files/m);
  });

  it("says what it understood when it found nothing", () => {
    const database = text.replace("name: web, image: shop/web", "name: db, image: 'postgres:16'");
    assert.equal(
      render("human", resultWith([], { "orders.yaml": database })),
      "No problems in 2 files, 2 objects: 1 database.\n",
    );
    assert.equal(render("human", resultWith([])), "No database objects in 2 files.\n");
  });

  it("names what was not linted, and why, and counts the rest", () => {
    const template = "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\n";
    const files = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`${name}.yaml`, template]));
    const out = render("human", resultWith([], files));
    assert.match(
      out,
      /^5 documents were not linted: a\.yaml is a template [^;]*; b\.yaml is a template [^;]*; c\.yaml is a template [^;]*; and 2 more \(--debug lists them\)\.$/m,
    );
  });

  it("says in each format for people that database charts were not read, and in SARIF and JSON where", () => {
    const release = (name: string): string =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: ${name} }\nspec: { chart: { spec: { chart: postgresql } } }\n`;
    const one = resultWith([], { "db.yaml": release("ledger") });
    const two = resultWith([], { "db.yaml": `${release("ledger")}---\n${release("stock")}` });
    for (const format of ["human", "markdown", "github"] as const) {
      assert.match(render(format, one), /1 HelmRelease of chart postgresql was not read: its values decide\./, format);
      assert.match(
        render(format, two),
        /2 HelmReleases of chart postgresql were not read: their values decide\./,
        format,
      );
    }
    for (const format of ["sarif", "json"] as const)
      assert.match(render(format, two), /HelmRelease stock of chart postgresql, which was not read/, format);
  });

  it("colours severity, place and mark", () => {
    const out = render("human", resultWith([{}]), { color: true });
    assert.ok(
      out.includes("\u001b[31merror\u001b[0m") &&
        out.includes("\u001b[1morders.yaml:7:13\u001b[0m") &&
        out.includes("\u001b[31m~\u001b[0m"),
    );
  });
});

/** A message that breaks every format that does not escape. */
const nasty: Partial<Finding> = { message: "a, b: 100% of \"x\" <y> & 'z' | w\nnext line \u001b[31m" };

describe("formats for machines", () => {
  it("concise: one line each, whatever the message", () => {
    assert.equal(
      render("concise", resultWith([{}, { severity: "info", message: "two\nlines" }])),
      "orders.yaml:7:13: error: 3 Pods are 3 separate databases. [replicas-do-not-replicate]\n" +
        "orders.yaml:7:13: info: two lines [replicas-do-not-replicate]\n",
    );
  });

  it("agent: a line for each finding with the edit that ends it, the remedy once, then the sums", () => {
    const edit = {
      uri: "/shop/orders.yaml",
      span: at("orders.yaml", text, "3").span,
      newText: "1",
      changes: ["spec", "replicas"],
    };
    const fix = { title: "Run one", safety: "unsafe", consequence: "Restarts it.", edits: [edit] } as const;
    assert.equal(
      render("agent", resultWith([{ fixes: [fix] }, {}, {}])),
      'orders.yaml:7:13 error replicas-do-not-replicate: 3 Pods are 3 separate databases. | edit (unsafe, Restarts it) Run one: orders.yaml:7:13-7:14 => "1"\n' +
        "orders.yaml:7:13 error replicas-do-not-replicate: 3 Pods are 3 separate databases.\n".repeat(2) +
        "3 errors, 0 warnings, 0 infos in 2 files, 2 objects.\n",
    );
    assert.match(render("agent", resultWith([{}])), / \| remedy: Run one instance, or let an operator replicate\.\n/);
  });

  it("github: workflow commands, escaped", () => {
    const location = at("a,b:c.yaml", text, "3");
    const out = render("github", resultWith([{ ...nasty, location }, { severity: "info" }], { "a,b:c.yaml": text }));
    const [first, second] = out.split("\n");
    assert.equal(
      first,
      "::error file=a%2Cb%3Ac.yaml,line=7,col=13,endLine=7,endColumn=14,title=replicas-do-not-replicate::a, b: 100%25 of \"x\" <y> & 'z' | w%0Anext line \u001b[31m%0ARun one instance, or let an operator replicate.",
    );
    assert.match(second ?? "", /^::notice file=orders\.yaml,/);
  });

  it("gitlab: what Code Quality requires", () => {
    const [issue] = JSON.parse(render("gitlab", resultWith([nasty]))) as readonly Record<string, unknown>[];
    assert.deepEqual(issue, {
      description: nasty.message,
      content: { body: "Run one instance, or let an operator replicate." },
      check_name: "replicas-do-not-replicate",
      fingerprint: "0123456789abcdef",
      severity: "major",
      location: { path: "orders.yaml", lines: { begin: 7, end: 7 } },
    });
  });

  it("gitlab: no two issues with one fingerprint, which GitLab would merge", () => {
    const issues = JSON.parse(render("gitlab", resultWith([{}, { fingerprint: "fedcba9876543210" }]))) as {
      fingerprint: string;
    }[];
    assert.equal(new Set(issues.map((issue) => issue.fingerprint)).size, 2);
  });

  for (const format of ["junit", "checkstyle"])
    it(`${format}: well-formed, with the message intact`, () => {
      const out = render(format, resultWith([nasty, {}]));
      assertWellFormed(out);
      assert.match(out, /&#38; &#39;z&#39; \| w/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold them
      assert.doesNotMatch(out, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    });

  it("junit: a suite for each file, a failure for each finding", () => {
    const out = render("junit", resultWith([{}, {}, { location: at("service.yaml", service, "spec") }]));
    assert.match(out, /<testsuites name="dbops" tests="3" failures="3" errors="0">/);
    assert.match(out, /<testsuite name="orders\.yaml" tests="2" failures="2" errors="0">/);
    assert.match(out, /<testsuite name="service\.yaml" tests="1" failures="1" errors="0">/);
    assert.match(out, /<failure type="error" message="3 Pods are 3 separate databases\.">orders\.yaml:7:13: /);
  });

  it("checkstyle: line, column and rule", () => {
    assert.match(
      render("checkstyle", resultWith([{ severity: "warning" }])),
      /<file name="orders\.yaml">\n {4}<error line="7" column="13" severity="warning" message="3 Pods are 3 separate databases\. Run one instance, or let an operator replicate\." source="dbops\.replicas-do-not-replicate"\/>/,
    );
  });

  it("markdown: a table that no message can break", () => {
    const lines = render("markdown", resultWith([nasty])).split("\n");
    assert.equal(lines[0], "**dbops**: 1 error, 0 warnings, 0 infos in 2 files, 2 objects.");
    const cells = lines[4]!.split(/(?<!\\)\|/);
    assert.equal(cells.length, 6);
    assert.match(lines[4]!, /^\| error \| orders\.yaml:7 \| a, b: 100% of "x" &lt;y&gt; &amp; 'z' \\\| w next line/);
  });
});

/** Tags close in the order they open, and nothing stands between them that has to be escaped. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of xml
    .replace(/^<\?xml [^>]*\?>/, "")
    .matchAll(/<(\/?)([a-z]+)(?: [a-z]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*(\/?)>/g)) {
    if (closing === "/") assert.equal(open.pop(), name);
    else if (selfClosing !== "/") open.push(name ?? "");
  }
  assert.deepEqual(open, []);
  const rest = xml.replace(/^<\?xml [^>]*\?>/, "").replace(/<\/?[a-z]+(?: [a-z]+="[^"<]*")*\/?>/g, "");
  assert.doesNotMatch(rest, /[<>]|&(?!#\d+;)/);
}
