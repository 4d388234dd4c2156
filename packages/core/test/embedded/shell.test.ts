// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import assert from "node:assert/strict";
import { commandsOf } from "../support/embedded.ts";
import { containerOf } from "../support/workload.ts";

/** The words of each command; `?` for one that is known only when it runs. */
const words = (script: string): readonly string[] =>
  commandsOf(script).map((command) => command.words.map((word) => word.text ?? "?").join(" "));

describe("the commands of a script", () => {
  const cases: readonly (readonly [name: string, script: string, commands: readonly string[]])[] = [
    ["quotes", `psql -c 'select "x"' "it's" a\\ b`, [`psql -c select "x" it's a b`]],
    ["escapes in double quotes", 'echo "a\\"b\\$c\\\\d\\e"', ['echo a"b$c\\d\\e']],
    ["variables and substitutions", 'pg_dump -h "$HOST" -f "dump-$(date +%F).sql"', ["date +%F", "pg_dump -h ? -f ?"]],
    ["a substitution in backticks", "echo `hostname`", ["hostname", "echo ?"]],
    ["a lonely dollar", "echo 5$ '$x'", ["echo 5$ $x"]],
    ["comments, not a # in a word", "# all\npg_dump a#b # why\n", ["pg_dump a#b"]],
    ["lines that go on", "pg_dump \\\n  -h orders-db \\\n  orders", ["pg_dump -h orders-db orders"]],
    ["Windows line ends", "pg_dump orders\r\ngzip o.sql\r\n", ["pg_dump orders", "gzip o.sql"]],
    ["assignments are no words", "PGPASSWORD=x LANG=C pg_dump orders", ["pg_dump orders"]],
    ["a here-document is no script", "psql <<EOF\nDROP TABLE x; && |\nEOF\necho done", ["psql", "echo done"]],
    ["a quoted delimiter, tabs stripped", "cat <<-'END' | psql\n\t$x\n\tEND\necho done", ["cat", "psql", "echo done"]],
    ["two here-documents", "a <<X; b <<Y\n1\nX\n2\nY\nc", ["a", "b", "c"]],
    [
      "what follows a here-string",
      'IFS=, read -r a b <<< "$TARGET"\npsql <<<"select 1"\nc',
      ["read -r a b", "psql", "c"],
    ],
    ["a here-document in a substitution", "x=$(cat <<END\n) ' (\nEND\n)\nc", ["cat", "c"]],
    [
      "a substitution in a here-document",
      "psql <<END\n$(cat seed.sql) `b`\nEND\nc",
      ["psql", "cat seed.sql", "b", "c"],
    ],
    ["none in a quoted one", "psql <<'END'\n$(cat seed.sql)\nEND\nc", ["psql", "c"]],
    ["redirections are no words", "pg_dump orders 2>&1 >o.sql </dev/null 2>> log", ["pg_dump orders"]],
    ["functions", "dump() { pg_dump orders; }\ndump", ["pg_dump orders", "dump"]],
    ["functions of bash", "function dump {\n  a\n}\nfunction f() (b)\ndump", ["a", "b", "dump"]],
    [
      "conditions and loops",
      "if [ -f x ]; then pg_dump a; elif true; then b; else c; fi\nfor db in a b; do pg_dump $db; done\nuntil pg_isready; do sleep 1; done",
      ["[ -f x ]", "pg_dump a", "true", "b", "c", "pg_dump ?", "pg_isready", "sleep 1"],
    ],
    ["case", 'case "$1" in\n  full) pg_dump a ;;\n  *) b ;;\nesac\nc', ["pg_dump a", "b", "c"]],
    [
      "patterns of case",
      "case $1 in\n  full|all) a ;;\n  (one | two) b ;&\n  'x y'|\"$z\") c ;;\n  esac; d",
      ["a", "b", "c", "d"],
    ],
    ["case in a substitution", "x=$(case $1 in a) b;; esac); c", ["b", "c"]],
    [
      "tests of bash",
      "if [[ $x =~ ^(a|b c)+$ && ( -f y || $z < 3 ) ]]; then a; fi",
      ["[[ ? =~ ^(a|b c)+$ && ( -f y || ? < 3 ) ]]", "a"],
    ],
    ["arithmetic", "((i++)); for ((i = 0; i < 3; i++)); do a $((i * (2 + 1))); done; ((b); c)", ["?", "a ?", "b", "c"]],
    ["a list that is substituted", "for db in $(psql -l) x; do pg_dump $db; done", ["psql -l", "pg_dump ?"]],
    ["process substitution", "diff <(pg_dump a) <(b) > >(tee c)", ["pg_dump a", "b", "tee c", "diff ? ?"]],
    ["time, negation, coprocess", "time -p a\n! b\ncoproc NAME { c; }\ncoproc d", ["a", "b", "c", "d"]],
    ["arrays", "all=(a b;c $(d))\nall+=('e f')\ng \"${all[@]}\"", ["d", "g ?"]],
    ["quotes in expansions", 'echo "${a:-it\'s}" "${b%\'}\'}" ${c:-\'}\'} "$(d "e")"; f', ["d e", "echo ? ? ? ?", "f"]],
    ["redirections before a command", "> log 2>&1 pg_dump a; 3<x b {fd}>y &>z", ["pg_dump a", "b"]],
    ["globs with alternatives", "rm !(a|b c).sql; ls", ["rm !(a|b c).sql", "ls"]],
    ["quotes with escapes", "psql -c $'it\\'s\\n' ; b", ["psql -c it's\n", "b"]],
    ["subshells and groups", "(cd /x && pg_dump a) || { b; }", ["cd /x", "pg_dump a", "b"]],
    ["an unclosed quote ends with the text", "echo 'a", ["echo a"]],
    ["nothing", " \n;;\n", []],
  ];
  for (const [name, script, expected] of cases) it(name, () => assert.deepEqual(words(script), expected));

  it("pipes, their targets and sources", () => {
    const [dump, gzip] = commandsOf("pg_dump orders | gzip -9 > /backup/o.gz");
    assert.equal(dump?.feeds, gzip);
    assert.equal(gzip?.writesTo?.text, "/backup/o.gz");
    assert.equal(dump?.writesTo, undefined);
    assert.equal(commandsOf("psql < /seed.sql")[0]?.readsFrom?.text, "/seed.sql");
    assert.equal(commandsOf("pg_dump 2> log")[0]?.writesTo, undefined, "errors are not the dump");
  });

  const input = (script: string, program = "psql"): string | undefined =>
    commandsOf(script).find((command) => command.words[0]?.text === program)?.input?.text;

  it("the text of here-documents and here-strings", () => {
    assert.equal(input("psql <<END\nselect 1;\nEND\n"), "select 1;\n");
    assert.equal(input("cat <<A; psql <<-B | tail\n1\nA\n\tselect 2;\n\tB\n"), "\tselect 2;\n", "tabs stay");
    assert.equal(input("psql <<A <<B\n1\nA\n2\nB\n"), "2\n", "the last one wins");
    assert.equal(input("psql <<A </seed.sql\n1\nA\n"), undefined);
    assert.equal(input("psql 3<<A\n1\nA\n"), undefined, "not its standard input");
    assert.equal(input("x=$(psql <<A\n1\nA\n)"), "1\n");
    assert.equal(input("if true; then\n  { psql; } <<A\n1\nA\nfi"), "1\n", "that of the group around it");
    assert.equal(input("{ cat | psql; } <<A\n1\nA\n"), undefined, "the pipe feeds it");
    assert.equal(input("psql <<A\n1\n"), "1\n", "nobody ends it");
    assert.equal(input("psql <<<'select 1'"), "select 1");
    assert.equal(input('psql <<<"select $x"'), "select $x");
  });

  it("whether the shell replaces variables in it", () => {
    for (const script of ["psql <<A\n$x\nA\n", 'psql <<< "$x"', "psql <<< a$x"])
      assert.equal(commandsOf(script)[0]?.input?.expands, true, script);
    for (const script of ["psql <<'A'\n$x\nA\n", 'psql <<-"A"\n$x\nA\n', "psql <<\\A\n$x\nA\n", "psql <<< '$x'"])
      assert.equal(commandsOf(script)[0]?.input?.expands, false, script);
  });

  it("the place of a part of a here-document", () => {
    const script = "set -e\npsql <<-END\n\tALTER ROLE app PASSWORD 'x';\n\tEND\n";
    const text = commandsOf(script)[1]?.input;
    const start = text?.text.indexOf("app") ?? 0;
    const { span } = text?.inside({ start, end: start + 3 }) ?? {};
    assert.equal(script.slice(span?.start, span?.end), "app");
  });

  it("what stands behind a compound is for all that is in it", () => {
    const script =
      "for db in a b; do pg_dump $db; echo x >&2; done > /backup/all.sql\n{ pg_dumpall; c | d; } | gzip > o.gz";
    const target = (name: string): string | undefined =>
      commandsOf(script).find((command) => command.words[0]?.text === name)?.writesTo?.text;
    assert.equal(target("pg_dump"), "/backup/all.sql");
    assert.equal(target("pg_dumpall"), undefined);
    const feeds = (name: string): string | undefined =>
      commandsOf(script).find((command) => command.words[0]?.text === name)?.feeds?.words[0]?.text;
    assert.deepEqual(["pg_dump", "pg_dumpall", "c", "d"].map(feeds), [undefined, "gzip", "d", "gzip"]);
  });

  it("a script of any shape takes time in proportion, and as much room", () => {
    const parts = [
      "$(",
      "`",
      "(",
      "((",
      "$((",
      "${",
      "{ ",
      "case x in ",
      "a=(",
      "[[ ",
      "<<E\n",
      "if ",
      '"$(',
      '"${x:-',
      "f() ",
      "@(",
      "<(",
      "fi;",
      "}\n",
      ")",
      "'",
      "$((a) b",
      "x |",
    ];
    for (const part of parts) {
      for (const end of ["", ")", "; }", " x) y"]) {
        const script = part.repeat(200_000 / part.length) + end.repeat(100_000 / Math.max(1, end.length));
        commandsOf(script);
      }
    }
  }).timeout(60_000);

  it("what runs only if something else fails, or is in a branch, is conditional", () => {
    const conditional = (script: string): string =>
      commandsOf(script)
        .filter((command) => command.isConditional)
        .map((command) => command.words[0]?.text)
        .join("");
    assert.equal(conditional("a || b && c; d"), "bc");
    assert.equal(conditional("a ||\n  { b; c | d; }\ne"), "bcd");
    assert.equal(conditional("a && b | c"), "");
    assert.equal(conditional("for x in $(a); do b $(c); done; d"), "cb");
  });

  it("what was assigned before a command, as written", () => {
    const script =
      'day=$(date +%F)\nexport out="/backup/$day.sql" keep=14\nOTHER=1 pg_dump orders > "$out"\nkeep=7\nfind /backup';
    const dump = commandsOf(script).find((command) => command.words[0]?.text === "pg_dump");
    assert.deepEqual(
      [...(dump?.variables ?? [])],
      [
        ["day", "$(date +%F)"],
        ["out", "/backup/$day.sql"],
        ["keep", "14"],
      ],
    );
    assert.equal(commandsOf(script).at(-1)?.variables.get("keep"), "7");
  });

  it("a pipe goes past a substitution in the next command", () => {
    const commands = commandsOf('pg_dump orders | aws s3 cp - "s3://dumps/$(date).gz"');
    assert.equal(commands[0]?.feeds?.words[0]?.text, "aws");
  });

  it("places are those of the words", () => {
    const script = "set -e\n  pg_dump -h 'orders-db'";
    const host = commandsOf(script)[1]?.words[2];
    assert.equal(script.slice(host?.span.start, host?.span.end), "'orders-db'");
  });

  const options: readonly (readonly [string, boolean, boolean])[] = [
    ["x", false, false],
    ["set -e; x", true, false],
    ["set -euo pipefail; x", true, true],
    ["set -o pipefail\nset -e\nx", true, true],
    ["set -eo pipefail; set +e; x", false, true],
    ["set -e -o pipefail; set +o pipefail; x", true, false],
    ["set -o errexit -o pipefail; x", true, true],
    ["set -u; x", false, false],
    ["x; set -e", false, false],
    ["set -- -e; x", false, false],
  ];
  for (const [script, errexit, pipefail] of options)
    it(`${JSON.stringify(script)}: ${errexit ? "errexit" : ""} ${pipefail ? "pipefail" : ""}`, () => {
      const shell = commandsOf(script).find((command) => command.words[0]?.text === "x")?.shell;
      assert.deepEqual([shell?.errexit, shell?.pipefail], [errexit, pipefail]);
    });
});

describe("what a container runs", () => {
  const scripts = `apiVersion: v1
kind: ConfigMap
metadata: { name: scripts }
data:
  dump.sh: |
    #!/bin/bash -e
    pg_dump orders
  dump.py: |
    #!/usr/bin/env python3
    import os
  plain: |
    pg_dump billing
`;
  const run = (container: string) =>
    containerOf(
      `${container}, volumeMounts: [{ name: s, mountPath: /scripts }]`,
      "[{ name: s, configMap: { name: scripts } }]",
      scripts,
    );
  const cases: readonly (readonly [name: string, container: string, commands: readonly string[], shell?: string])[] = [
    ["argv", 'command: [pg_dump, -h, orders-db], args: ["orders; rm"]', ["pg_dump -h orders-db orders; rm"]],
    ["the image's own entrypoint", "ports: []", []],
    [
      "arguments of the image's own entrypoint",
      "args: [postgres, -c, max_connections=50]",
      ["postgres -c max_connections=50"],
    ],
    ["sh -c", 'command: [sh, -c, "pg_dump orders && gzip o"]', ["pg_dump orders", "gzip o"], "sh false false"],
    [
      "sh -c over command and args",
      'command: [/bin/sh, -ec], args: ["pg_dump orders"]',
      ["pg_dump orders"],
      "sh true false",
    ],
    [
      "bash with options",
      'command: [/usr/bin/bash, -euo, pipefail, -c, "pg_dump orders"]',
      ["pg_dump orders"],
      "bash true true",
    ],
    [
      "bash -o pipefail -c",
      'command: [bash, -o, pipefail, -c, "pg_dump orders"]',
      ["pg_dump orders"],
      "bash false true",
    ],
    ["bash -lc --", 'command: [bash, -lc, --, "pg_dump orders"]', ["pg_dump orders"], "bash false false"],
    ["tini", 'command: [tini, -g, --, sh, -c, "pg_dump orders"]', ["pg_dump orders"], "sh false false"],
    ["timeout with options", "command: [timeout, -k, '5', '30', pg_dump, orders]", ["pg_dump orders"]],
    ["timeout without", "command: [timeout, 30s, pg_dump, orders]", ["pg_dump orders"]],
    ["nice and ionice", "command: [nice, -n, '10', ionice, -c2, pg_dump, orders]", ["pg_dump orders"]],
    ["gosu", "command: [gosu, postgres, pg_dump, orders]", ["pg_dump orders"]],
    ["sudo and env", "command: [sudo, -u, postgres, env, -u, X, A=b, pg_dump, orders]", ["pg_dump orders"]],
    [
      "a mounted script and its first line",
      "command: [/scripts/dump.sh]",
      ["/scripts/dump.sh", "pg_dump orders"],
      "bash true false",
    ],
    ["a shell with a mounted script", "command: [sh, /scripts/plain]", ["pg_dump billing"], "sh false false"],
    [
      "a variable of the container",
      "command: [pg_dump, $(DB)], env: [{ name: DB, value: orders }]",
      ["pg_dump orders"],
    ],
  ];
  for (const [name, container, expected, shell] of cases)
    it(name, () => {
      const { commands, commandsAreComplete } = run(container);
      assert.deepEqual(
        commands.map((command) => command.words.map((word) => word.text ?? "?").join(" ")),
        expected,
      );
      assert.equal(commandsAreComplete, true);
      const last = commands.at(-1)?.shell;
      if (expected.length > 0)
        assert.equal(last === undefined ? undefined : `${last.program} ${last.errexit} ${last.pipefail}`, shell);
    });

  it("a script that is not in view, or no shell script, is not complete", () => {
    for (const command of ["[/bin/sh, /opt/dump.sh]", "[sh, /scripts/dump.py]", "[bash]"])
      assert.equal(run(`command: ${command}`).commandsAreComplete, false, command);
  });
});
