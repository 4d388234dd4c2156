import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { allRules, builtInRules } from "@dbops/core";
import { verbs } from "../src/verbs.ts";
import { folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

describe("rules", () => {
  it("lists every rule once, by category, with level and summary", () => {
    const { code, out } = dbops(folderWith({}), ["rules"]);
    assert.equal(code, 0);
    for (const rule of [...allRules, ...builtInRules])
      assert.equal(out.split("\n").filter((line) => line.startsWith(`  ${rule.id} `)).length, 1, rule.id);
    assert.match(out, /^storage$/m);
    assert.match(out, /^ {2}data-on-emptydir +error +.+\.$/m);
    assert.match(out, /^ {2}secret-in-manifest +only in all +/m);
  });

  it("gives the same as JSON", () => {
    const { code, out } = dbops(folderWith({}), ["rules", "-o", "json"]);
    const rows = JSON.parse(out) as readonly Readonly<Record<string, unknown>>[];
    assert.equal(code, 0);
    assert.deepEqual(
      rows.map((row) => row.id),
      [...allRules, ...builtInRules].map((rule) => rule.id),
    );
    const row = rows.find((each) => each.id === "claims-deleted-with-statefulset");
    assert.deepEqual([row?.category, row?.fixable, row?.presets], ["storage", "safe", ["recommended"]]);
  });
});

describe("rules WORD", () => {
  const ids = (word: string): readonly string[] =>
    (JSON.parse(dbops(folderWith({}), ["rules", word, "-o", "json"]).out) as { id: string }[]).map(({ id }) => id);
  it("finds what summaries speak of, beside the names that hold the word", () => {
    assert.ok(ids("password").includes("database-password-on-command-line"));
    assert.ok(ids("connection").includes("pooler-exceeds-max-connections"));
    for (const word of ["mysql", "postgres"]) assert.ok(ids(word).length > 5, word);
  });
  it("asks of a name that is misspelt", () => {
    const { code, err } = dbops(folderWith({}), ["rules", "pooler-exceeds-max-conections"]);
    assert.equal(code, 2);
    assert.match(err, /did you mean pooler-exceeds-max-connections\?/);
  });
});

describe("explain", () => {
  it("uses the headings of the documentation, for every rule, in 80 columns", () => {
    const folder = folderWith({});
    for (const rule of [...allRules, ...builtInRules]) {
      const { code, out, err } = dbops(folder, ["explain", rule.id]);
      assert.deepEqual([code, err], [0, ""], rule.id);
      assert.match(out.split("\n")[0] ?? "", new RegExp(`^${rule.id} \\((error|warning|info), since \\d`));
      const headings = [...out.matchAll(/^(Why|What to do|Example|Options|Quiet when|Sources)\b/gm)].map(
        (match) => match[1],
      );
      const order = ["Why", "What to do", "Example", "Options", "Quiet when", "Sources"];
      assert.deepEqual(
        headings,
        order.filter((heading) => headings.includes(heading)),
        rule.id,
      );
      assert.ok(
        ["Why", "What to do"].every((heading) => headings.includes(heading)),
        rule.id,
      );
      assert.equal(headings.includes("Sources"), rule.meta.references.length > 0, rule.id);
      assert.equal(headings.includes("Options"), rule.meta.options !== undefined, rule.id);
      const prose = out.split("\n").filter((line) => !/https?:|^ {4}/.test(line) || /^ {11}\S/.test(line));
      assert.deepEqual(
        prose.filter((line) => line.length > 80 && !line.includes("https:")),
        [],
        rule.id,
      );
    }
  });

  it("shows the manifest of the rule's first fixture as the example", () => {
    const { out } = dbops(folderWith({}), ["explain", "backup-pipe-hides-failure"]);
    assert.match(out, /^Example\n {4}.*\n(.*\n)*.*kind: CronJob/m);
  });

  it("links nowhere while the project has no home page", () => {
    assert.doesNotMatch(dbops(folderWith({}), ["explain", "data-on-emptydir"]).out, /^More/m);
  });
});

describe("init", () => {
  it("writes a configuration that config verify accepts, and never over one that is there", () => {
    const folder = folderWith({});
    assert.deepEqual(dbops(folder, ["init"]), {
      code: 0,
      out: "Wrote .dbops.yaml. Next: kubectl dbops lint .; kubectl dbops init --hook adds the pre-commit hook.\n",
      err: "",
    });
    assert.deepEqual(dbops(folder, ["config", "verify"]), { code: 0, out: ".dbops.yaml: valid.\n", err: "" });
    writeFileSync(path.join(folder, ".dbops.yaml"), "extends: all\n");
    assert.deepEqual(dbops(folder, ["init"]), {
      code: 2,
      out: "",
      err: "error: .dbops.yaml already exists; nothing was written\n",
    });
    assert.equal(readFileSync(path.join(folder, ".dbops.yaml"), "utf8"), "extends: all\n");
  });

  it("writes the schema that editors complete a configuration with, and names it", () => {
    const folder = folderWith({});
    const schema = path.join(folder, ".dbops.schema.json");
    assert.deepEqual(dbops(folder, ["init", "--schema"]), {
      code: 0,
      out:
        "Wrote .dbops.yaml. Next: kubectl dbops lint .; kubectl dbops init --hook adds the pre-commit hook.\n" +
        "Wrote .dbops.schema.json. It is that of this version: write it again after an update.\n",
      err: "",
    });
    const [first] = readFileSync(path.join(folder, ".dbops.yaml"), "utf8").split("\n");
    assert.equal(first, "# yaml-language-server: $schema=./.dbops.schema.json");
    const published = path.join(import.meta.dirname, "../../../docs/configuration.schema.json");
    assert.equal(readFileSync(schema, "utf8"), readFileSync(published, "utf8"));
    assert.deepEqual(dbops(folder, ["config", "verify"]), { code: 0, out: ".dbops.yaml: valid.\n", err: "" });
    assert.match(
      dbops(folder, ["lint", "."]).out,
      /^No database objects in 0 files/,
      "the schema is not taken for a manifest",
    );
  });

  it("names the schema on the web once the project has a home page", () => {
    const folder = folderWith({});
    const homePage = 'data:text/javascript,globalThis.DBOPS_HOME_PAGE="https://dbops.example.com"';
    const main = path.join(import.meta.dirname, "../src/main.ts");
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const words = ["--import", tsx, "--import", homePage, main, "init"];
    assert.equal(spawnSync(process.execPath, words, { cwd: folder }).status, 0);
    assert.match(
      readFileSync(path.join(folder, ".dbops.yaml"), "utf8"),
      /^# yaml-language-server: \$schema=https:\/\/dbops\.example\.com\/raw\/v\w+\/docs\/configuration\.schema\.json\n/,
    );
  });

  it("writes the schema again beside a configuration that is there, and says how to name it", () => {
    for (const [name, content, line] of [
      [".dbops.yml", "extends: all\n", "# yaml-language-server: $schema=./.dbops.schema.json"],
      [".dbops.json", '{ "extends": "all" }\n', '"$schema": "./.dbops.schema.json",'],
    ] as const) {
      const folder = folderWith({ [name]: content, ".dbops.schema.json": "{}\n" });
      assert.equal(
        dbops(folder, ["init", "--schema"]).out,
        `Wrote .dbops.schema.json. ${name} names it with: ${line}.\n`,
      );
      assert.equal(readFileSync(path.join(folder, name), "utf8"), content);
      assert.notEqual(readFileSync(path.join(folder, ".dbops.schema.json"), "utf8"), "{}\n");
      assert.ok(!existsSync(path.join(folder, ".dbops.yaml")));
    }
    assert.equal(dbops(folderWith({}), ["init", "--schema", "--hook"]).code, 2);
  });

  it("writes the hook, and what a coding agent has to know, of commands that are there", () => {
    const folder = folderWith({});
    assert.equal(dbops(folder, ["init", "--hook"]).code, 0);
    assert.match(readFileSync(path.join(folder, ".pre-commit-config.yaml"), "utf8"), /- id: dbops-lint\n/);
    assert.equal(dbops(folder, ["init", "--agent"]).code, 0);
    const skill = readFileSync(path.join(folder, ".agents/skills/dbops/SKILL.md"), "utf8");
    assert.match(skill, /^---\nname: dbops\ndescription: /);
    const used = [...skill.matchAll(/`kubectl dbops (\w+)/g)].map(([, verb]) => verb);
    assert.ok(used.length > 4);
    for (const verb of used)
      assert.ok(
        verbs.some(({ name }) => name === verb),
        verb,
      );
    assert.match(dbops(folder, ["init", "--agent"]).err, /SKILL\.md already exists; nothing was written/);
    assert.equal(dbops(folder, ["init", "--agent=tools/agent"]).out.split(".")[0], "Wrote tools/agent/SKILL");
    dbops(folder, ["init", `--agent=${folder}/elsewhere`]);
    assert.ok(existsSync(path.join(folder, "elsewhere/SKILL.md")));
  });

  it("offers examples that are right when their comment marks are taken away", () => {
    const folder = folderWith({});
    dbops(folder, ["init"]);
    const file = path.join(folder, ".dbops.yaml");
    const text = readFileSync(file, "utf8");
    const settings = text
      .split("\n")
      .map((line) => (/^# ( |overrides|ignore|exclude|backups)/.test(line) ? line.slice(2) : line));
    writeFileSync(file, settings.join("\n"));
    assert.deepEqual(dbops(folder, ["config", "verify"]), { code: 0, out: ".dbops.yaml: valid.\n", err: "" });
  });
});

describe("config verify", () => {
  it("names every fault with its place and what was meant, and exits with 2", () => {
    const folder = folderWith({
      ".dbops.yaml": "extends: recommended\nrulez: {}\nrules:\n  data-on-emptydirr: off\n  data-on-hostpath: fatal\n",
      "db/.dbops.yaml": "extends: everything\n",
    });
    const { code, out } = dbops(folder, ["config", "verify"]);
    assert.equal(code, 2);
    assert.match(out, /^\.dbops\.yaml:2:1: error: .*"rulez".*did you mean "rules"\?.*\[configuration-unknown-key\]$/m);
    assert.match(
      out,
      /^\.dbops\.yaml:4:3: error: .*did you mean "data-on-emptydir"\?.*\[configuration-unknown-rule\]$/m,
    );
    assert.match(out, /^\.dbops\.yaml:5:\d+: error: .*\[configuration-invalid-value\]$/m);
    assert.match(out, /^db\/\.dbops\.yaml:1:\d+: error: .*\[configuration-invalid-value\]$/m);
  });

  it("takes files by name", () => {
    const folder = folderWith({ "ci/.dbops.yaml": "extends: all\n", ".dbops.yaml": "extend: all\n" });
    assert.deepEqual(dbops(folder, ["config", "verify", "ci/.dbops.yaml"]), {
      code: 0,
      out: "ci/.dbops.yaml: valid.\n",
      err: "",
    });
  });

  it("says so when there is none", () => {
    const { code, out } = dbops(folderWith({}), ["config", "verify"]);
    assert.deepEqual([code, out], [0, "No configuration file found; the preset recommended applies.\n"]);
  });

  it("fails for a file that does not exist", () => {
    const { code, err } = dbops(folderWith({}), ["config", "verify", "team.dbops.yaml"]);
    assert.deepEqual([code, err], [2, "error: team.dbops.yaml: no such file or folder\n"]);
  });
});

describe("version", () => {
  for (const words of [["version"], ["--version"]])
    it(`\`kubectl dbops ${words.join(" ")}\` is one line`, () => {
      const { code, out } = dbops(folderWith({}), words);
      assert.equal(code, 0);
      // The build writes the number; the tests of the packages read it.
      assert.equal(out, "dbops development\n");
    });

  it("is JSON on request", () => {
    const { out } = dbops(folderWith({}), ["version", "-o", "json"]);
    assert.equal((JSON.parse(out) as { name: string }).name, "dbops");
  });
});
