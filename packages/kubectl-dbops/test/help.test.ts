import assert from "node:assert/strict";
import { verbs } from "../src/verbs.ts";
import { folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

const tooWide = (text: string): readonly string[] => text.split("\n").filter((line) => line.length > 80);

describe("help", () => {
  let folder: string;
  before(() => {
    folder = folderWith({});
  });

  for (const words of [[], ["--help"], ["-h"], ["help"]])
    it(`\`kubectl dbops ${words.join(" ")}\` names every command and where to start`, () => {
      const { code, out, err } = dbops(folder, words);
      assert.deepEqual([code, err], [0, ""]);
      for (const verb of verbs) assert.match(out, new RegExp(`^ {2}${verb.name}\\b`, "m"));
      assert.match(out, /kubectl dbops lint \./);
      assert.deepEqual(tooWide(out), []);
    });

  for (const verb of verbs)
    for (const words of [
      [verb.name, "--help"],
      [verb.name, "-h"],
      ["help", verb.name],
    ])
      it(`\`kubectl dbops ${words.join(" ")}\` fits 80 columns and names every flag that is not hidden`, () => {
        const { code, out, err } = dbops(folder, words);
        assert.deepEqual([code, err], [0, ""]);
        assert.deepEqual(tooWide(out), []);
        assert.match(out, new RegExp(`^ {2}kubectl dbops ${verb.name}`, "m"));
        for (const flag of verb.flags)
          assert.equal(
            new RegExp(`--${flag.name}\\b(?!-)`).test(out.replace(/^ {2}kubectl.*$/gm, "")),
            flag.hidden !== true,
            flag.name,
          );
        assert.match(out, /--help/);
      });

  it("reads flags before and after paths, and --help wins over everything else", () => {
    assert.equal(dbops(folder, ["lint", "no-such-file.yaml", "--fail-on", "nonsense", "--help"]).code, 0);
  });

  it("does not take --help for a request behind --", () => {
    const { code, err } = dbops(folder, ["lint", "--", "--help"]);
    assert.deepEqual([code, err], [2, "error: --help: no such file or folder\n"]);
  });

  it("fails for help about a command that does not exist", () => {
    assert.deepEqual(dbops(folder, ["help", "lnt"]), {
      code: 2,
      out: "",
      err: "error: unknown command lnt; did you mean lint?\n",
    });
  });
});

describe("a mistyped command line", () => {
  const cases: readonly (readonly [words: readonly string[], error: string])[] = [
    [["lnit"], "unknown command lnit; did you mean lint?"],
    [["explian", "data-on-emptydir"], "unknown command explian; did you mean explain?"],
    [["frobnicate"], "unknown command frobnicate; see kubectl dbops --help"],
    [["lint", "--fail-onn", "error"], "unknown flag --fail-onn; did you mean --fail-on?"],
    [["lint", "--exit_zero"], "unknown flag --exit_zero; did you mean --exit-zero?"],
    [["lint", "--banana"], "unknown flag --banana; see kubectl dbops lint --help"],
    [["lint", "-x"], "unknown flag -x; see kubectl dbops lint --help"],
    [["lint", "--fix=yes"], "--fix does not take a value"],
    [["lint", "--fail-on"], "--fail-on needs a value: --fail-on=LEVEL"],
    [
      ["lint", "--fail-on=warnings"],
      "--fail-on must be one of error, warning, info, never, not warnings; did you mean warning?",
    ],
    [
      ["lint", "--min-severity", "eror"],
      "--min-severity must be one of error, warning, info, not eror; did you mean error?",
    ],
    [["lint", "--max-warnings", "few"], "--max-warnings must be a number, not few"],
    [["lint", "--color=sometimes"], "--color must be one of auto, always, never, not sometimes"],
    [
      ["lint", "--preset", "recomended"],
      "--preset must be one of recommended, all, ephemeral, not recomended; did you mean recommended?",
    ],
    [["lint", "-o", "sarfi"], "there is no output format sarfi; did you mean sarif?"],
    [
      ["lint", "-o", "json", "-o", "sarif"],
      "only one output can go to the screen; give the others a file: -o sarif=dbops.sarif",
    ],
    [["lint", "-o", "json="], "-o json= does not name a file"],
    [["lint", "--select", "data-on-emptydirs"], "there is no rule data-on-emptydirs; did you mean data-on-emptydir?"],
    [
      ["lint", "--ignore", "replica-do-not-replicate"],
      "there is no rule replica-do-not-replicate; did you mean replicas-do-not-replicate?",
    ],
    [["lint", "--select", "zz-*"], "there is no rule zz-*; see kubectl dbops rules"],
    [["explain"], "explain needs a rule: kubectl dbops explain RULE; see kubectl dbops rules"],
    [["explain", "data-on-hostpaht"], "there is no rule data-on-hostpaht; did you mean data-on-hostpath?"],
    [["config"], "config has one command: kubectl dbops config verify"],
    [["rules", "-o", "jsn"], "--output must be one of text, json, not jsn; did you mean json?"],
    [["version", "-o", "yaml"], "--output must be one of text, json, not yaml"],
    [["rules", "storag-x"], "no rule or category is called storag-x; did you mean storage?"],
    [["version", "now"], "version does not take now"],
    [["lint", "--select", "Storage"], "there is no rule Storage; did you mean storage?"],
    [["explain", "pooling"], "there is no rule pooling; kubectl dbops rules pooling lists N that may be meant"],
    [["lint", "--min", "error"], "unknown flag --min; did you mean --min-severity?"],
    [["lint", "--Fix"], "unknown flag --Fix; did you mean --fix?"],
    [["lint", "-v"], "there is no flag -v; --debug shows what was read, what belongs together and what was skipped"],
    [["backups", "-v"], "unknown flag -v; see kubectl dbops backups --help"],
    [["lint", "--output-file", "x"], "there is no flag --output-file; -o FORMAT=FILE writes a report to a file"],
    [
      ["lint", "-n", "shop"],
      "there is no flag -n; dbops reads files, not a cluster: kubectl get statefulsets,deployments,services -o yaml | kubectl dbops lint -",
    ],
  ];
  for (const [words, error] of cases)
    it(`\`kubectl dbops ${words.join(" ")}\` says what was meant`, () => {
      const { code, out, err } = dbops(folderWith({}), words);
      const told = err.replace(/lists \d+ that/, "lists N that");
      assert.deepEqual({ code, out, err: told }, { code: 2, out: "", err: `error: ${error}\n` });
    });
});

describe("the list of rules", () => {
  const listed = (...words: readonly string[]): readonly string[] =>
    dbops(folderWith({}), ["rules", ...words])
      .out.split("\n")
      .flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);

  it("is cut to categories, globs, ids and words", () => {
    assert.ok(listed("storage").includes("data-on-emptydir"));
    assert.ok(!listed("storage").includes("host-reaches-nothing"));
    assert.deepEqual(listed("data-on-emptydir", "host-reaches-*"), ["host-reaches-nothing", "data-on-emptydir"]);
    assert.ok(listed("pooling").every((id) => /pool/.test(id)) && listed("pooling").length > 20);
    const rows = JSON.parse(dbops(folderWith({}), ["rules", "storage", "-o", "json"]).out) as { category: string }[];
    assert.deepEqual(new Set(rows.map(({ category }) => category)), new Set(["storage"]));
  });
});
