import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { shopFolder } from "./support/folder.ts";
import { dbops, type Surroundings } from "./support/run.ts";

const colour = "\u001b[";

describe("colour", () => {
  const cases: readonly (readonly [
    why: string,
    words: readonly string[],
    surroundings: Surroundings,
    isColoured: boolean,
  ])[] = [
    ["a terminal", [], { isTerminal: true }, true],
    ["a pipe or file", [], {}, false],
    ["NO_COLOR", [], { isTerminal: true, env: { NO_COLOR: "1" } }, false],
    ["an empty NO_COLOR, which means nothing", [], { isTerminal: true, env: { NO_COLOR: "" } }, true],
    ["FORCE_COLOR off a terminal", [], { env: { FORCE_COLOR: "1" } }, true],
    ["CLICOLOR_FORCE off a terminal", [], { env: { CLICOLOR_FORCE: "1" } }, true],
    ["FORCE_COLOR=0", [], { isTerminal: true, env: { FORCE_COLOR: "0" } }, false],
    ["a dumb terminal", [], { isTerminal: true, env: { TERM: "dumb" } }, false],
    ["--color=always over NO_COLOR", ["--color=always"], { env: { NO_COLOR: "1" } }, true],
    ["--color=never over FORCE_COLOR", ["--color", "never"], { isTerminal: true, env: { FORCE_COLOR: "1" } }, false],
    ["--no-color", ["--no-color"], { isTerminal: true }, false],
    ["--color=auto", ["--color=auto"], { isTerminal: true }, true],
  ];
  for (const [why, words, surroundings, isColoured] of cases)
    it(`${isColoured ? "on" : "off"} for: ${why}`, () => {
      assert.equal(dbops(shopFolder(), ["lint", ...words], surroundings).out.includes(colour), isColoured);
    });

  it("changes nothing but colour", () => {
    const shop = shopFolder();
    const plain = dbops(shop, ["lint"]).out;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is made of them
    assert.equal(dbops(shop, ["lint", "--color=always"]).out.replace(/\u001b\[\d+m/g, ""), plain);
  });
});

describe("-o", () => {
  it("writes several reports at once, at most one of them to the screen", () => {
    const shop = shopFolder();
    const { out, code } = dbops(shop, [
      "lint",
      "-o",
      "concise",
      "-o",
      "json=report.json",
      "--output=sarif=dbops.sarif",
    ]);
    assert.equal(code, 1);
    assert.match(out, /^backup\.yaml:6:13: warning: .* \[backup-runs-overlap\]$/m);
    const report = JSON.parse(readFileSync(path.join(shop, "report.json"), "utf8")) as { schemaVersion: number };
    assert.equal(report.schemaVersion, 1);
    assert.match(readFileSync(path.join(shop, "dbops.sarif"), "utf8"), /"version": "2.1.0"/);
  });

  it("names files from the root of what CI checked out, in the formats that CI reads, wherever the step runs", () => {
    const shop = shopFolder();
    const checkout = path.dirname(shop);
    const folder = path.basename(shop);
    const output = (format: string, env: Readonly<Record<string, string>>): string =>
      dbops(shop, ["lint", "-o", format, "backup.yaml"], { env }).out;
    const onGitHub = { GITHUB_WORKSPACE: checkout };
    assert.match(output("github", onGitHub), new RegExp(`^::warning file=${folder}/backup\\.yaml,line=6,`));
    assert.ok(output("sarif", onGitHub).includes(`"uri": "${folder}/backup.yaml"`));
    assert.ok(output("gitlab", { CI_PROJECT_DIR: checkout }).includes(`"path": "${folder}/backup.yaml"`));
    assert.match(output("concise", onGitHub), /^backup\.yaml:6:/);
    assert.match(output("github", { GITHUB_WORKSPACE: "/somewhere/else" }), /^::warning file=backup\.yaml,/);
  });

  it("prints nothing when everything goes to files", () => {
    assert.equal(dbops(shopFolder(), ["lint", "-o", "junit=report.xml"]).out, "");
  });

  it("never colours a file", () => {
    const shop = shopFolder();
    dbops(shop, ["lint", "-o", "human=report.txt"], { isTerminal: true, env: { FORCE_COLOR: "1" } });
    assert.ok(!readFileSync(path.join(shop, "report.txt"), "utf8").includes(colour));
  });

  it("takes --format and --output-format as other linters spell it", () => {
    const shop = shopFolder();
    assert.equal(dbops(shop, ["lint", "--format=concise"]).out, dbops(shop, ["lint", "-o", "concise"]).out);
    assert.equal(dbops(shop, ["lint", "--output-format", "concise"]).out, dbops(shop, ["lint", "-oconcise"]).out);
  });

  it("names a file that cannot be written, writes the others, and says so with 2", () => {
    const shop = shopFolder();
    const { code, err } = dbops(shop, ["lint", "-o", "json=no/such/folder/a.json", "-o", "json=b.json"]);
    assert.deepEqual([code, err], [2, "error: no/such/folder/a.json: no such file or folder\n"]);
    assert.ok(existsSync(path.join(shop, "b.json")));
  });

  it("keeps stdout for the document of a machine format, also when something is wrong", () => {
    for (const format of ["json", "sarif", "gitlab"]) {
      const { out, err, code } = dbops(shopFolder(), ["lint", ".", "none.yaml", "-o", format]);
      assert.doesNotThrow(() => JSON.parse(out), format);
      assert.deepEqual([code, err], [2, "error: none.yaml: no such file or folder\n"], format);
    }
  });

  it("gives one whole document when nothing was found", () => {
    const report = (format: string): string => dbops(shopFolder(), ["lint", "quiet.yaml", "-o", format]).out;
    assert.deepEqual((JSON.parse(report("json")) as { findings: unknown }).findings, []);
    assert.deepEqual(JSON.parse(report("gitlab")), []);
    assert.match(report("junit"), /^<\?xml .*<testsuites .*failures="0"/s);
    assert.match(report("checkstyle"), /<checkstyle version="8.0">\n<\/checkstyle>\n$/);
    assert.equal(report("github"), "");
    assert.equal(report("concise"), "");
    assert.equal(report("human"), "No database objects in 1 file.\n");
  });
});

describe("a program that writes code", () => {
  it("gets a line a finding without asking, unless somebody looks at a terminal or a format is named", () => {
    const shop = shopFolder();
    const out = (words: readonly string[], surroundings: Surroundings): string =>
      dbops(shop, ["lint", "orders.yaml", ...words], surroundings).out;
    const env = { AI_AGENT: "1" };
    assert.match(out([], { env }), /^orders\.yaml:18:13 error replicas-do-not-replicate: /);
    for (const human of [out([], { env, isTerminal: true }), out([], { env: { AI_AGENT: "0" } }), out([], {})])
      assert.match(human, /│/);
    assert.match(out(["-o", "concise"], { env }), /^orders\.yaml:18:13: error: /);
  });
});

describe("--steps", () => {
  const old = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec: { containers: [{ name: server, image: "mysql:5.7" }] }
`;
  const lint = (...words: readonly string[]): string =>
    dbops(shopFolder(), ["lint", "-", "--select=database-version-end-of-life", ...words], { stdin: old }).out;

  it("writes out what a person has to do, with each long command on one line", () => {
    const shown = lint("--steps");
    assert.match(shown, /^ {2}How to upgrade MySQL 5\.7\. /m);
    assert.match(
      shown,
      /^ {2}1\. Take a dump, .*:\n {7}kubectl -n shop exec orders-db-0 -c server -- sh -c 'mysqldump .*' > \S+$/m,
    );
    assert.match(shown, /^ {2}2\. Raise the tag of StatefulSet shop\/orders-db to the newest 8\.0, then 8\.4/m);
    assert.match(
      lint("-o", "agent", "--steps"),
      /\| a person decides: Show how to upgrade MySQL 5\.7 \(1\. Take .* 2\. Raise /,
    );
  });

  it("is named where it would show something", () => {
    assert.match(lint(), /\[steps\][\s\S]*--steps shows how to repair 1\.\n$/);
    assert.match(lint("-o", "agent"), /\(--steps shows how\)/);
    assert.doesNotMatch(lint("--steps"), /--steps/);
  });
});
