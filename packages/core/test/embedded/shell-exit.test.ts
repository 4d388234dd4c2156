import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { commandsOf } from "../support/embedded.ts";

/** Scripts of the commands A, B and C; all of them succeed, then each fails in turn. */
const scripts: readonly string[] = [
  "A",
  "A; B",
  "A\nB\nC",
  "A && B",
  "A && B && C",
  "A && B; C",
  "A; B && C",
  "A || B",
  "A || B; C",
  "A || true",
  "A || exit 1",
  "A || exit 1; B",
  "A && B || exit 1; C",
  "A && B || true",
  "A && B || echo failed",
  "A || echo failed && B",
  "A || false; B",
  "set -e; A || false; B",
  "A || { echo failed; exit 1; }; B",
  "A || { echo failed; }; B",
  "A || { echo failed; exit 0; }; B",
  "A || { echo failed; exit; }; B",
  "A || (echo failed; exit 1); B",
  "A || (echo failed; exit 1)",
  "set -e; A || (echo failed; exit 1); B",
  "A && B || { echo failed >&2; exit 3; }\nC",
  "set -e\nA\nB",
  "set -e\nA && B\nC",
  "set -e\nA && B",
  "set -e\nA || true\nB",
  "set -e; set +e; A; B",
  "set -o errexit; A; B",
  "set -e; set +o errexit; A; B",
  "A | B",
  "A | B; C",
  "A | B && C",
  "set -e; A | B; C",
  "! A",
  "! A; B",
  "set -e; ! A; B",
  "{ A; B; } && C",
  "{ A; B; } || exit 1; C",
  "(A; B) && C",
  "A && (B || true)",
  "A && { B || true; }; C",
  "{ A; B; } && { C; }",
  "{ A && B; } || exit 1; C",
  "A && { B; C; }",
  "(A && B); C",
  "set -e; { A; B; }; C",
  "if A; then B; fi",
  "if A; then B; fi; C",
  "set -e; if A; then B; fi; C",
  "set -e; if true; then A; B; fi; C",
  "set -e; while A; do B; break; done; C",
  "for each in 1; do A; done",
  "for each in 1; do A; done; B",
  "set -e; for each in 1; do A; done; B",
  "for each in 1; do A || exit 1; done; B",
  "case x in x) A;; esac",
  "A; exit",
  "A; exit $?",
  'A; exit "$?"',
  "A; B; exit 0",
  "A & wait; B",
  "A > /dev/null 2>&1 && B",
  "cat <<END | A\nB && C\nEND\n",
  "A # && B\nC",
  "A \\\n  && B",
];

const pipefail: readonly string[] = [
  "set -o pipefail; A | B",
  "set -o pipefail; A | B; C",
  "set -euo pipefail; A | B; C",
  "set -eo pipefail; A | B && C",
  "set -o pipefail; A | B || exit 1; C",
  "set -o pipefail; A | B || true; C",
  "set -o pipefail; set +o pipefail; A | B",
];

const letters = ["A", "B", "C"] as const;

/** Which of the commands, when it alone fails, fails the script. */
function decidedByShell(shell: string, script: string): string {
  const run = (failing: string): string => {
    const functions = letters.map((letter) => `${letter}() { return ${letter === failing ? 7 : 0}; }`);
    return `(\n${functions.join("\n")}\n${script}\n) > /dev/null 2>&1\necho $?\n`;
  };
  const { stdout } = spawnSync(shell, ["-c", ["none", ...letters].map(run).join("")], { encoding: "utf8" });
  const [whole, ...statuses] = stdout.trim().split("\n").map(Number);
  return letters.filter((_, index) => whole === 0 && statuses[index] !== 0).join("");
}

function decidedByUs(program: string, script: string): string {
  const commands = commandsOf(script, { program });
  return letters
    .filter((letter) => commands.some((command) => command.words[0]?.text === letter && command.decidesExit))
    .join("");
}

/** What happens only when something else fails first cannot be seen by failing one command; it is not compared. */
const onlyAfterAFailure: Readonly<Record<string, string>> = {
  "A || B": "B",
  "A || B; C": "B",
  "A || echo failed && B": "",
};

describe("which command decides the exit status of a script", () => {
  for (const shell of ["bash", "sh"] as const) {
    describe(`as ${shell} does`, () => {
      before(function () {
        if (spawnSync(shell, ["-c", "exit 3"]).status === 3) return;
        assert.equal(process.env.CI, undefined, `${shell} is not installed`);
        this.skip();
      });
      for (const script of shell === "bash" ? [...scripts, ...pipefail] : scripts)
        it(JSON.stringify(script), () => {
          const spared = onlyAfterAFailure[script] ?? "";
          const ours = [...decidedByUs(shell, script)].filter((letter) => !spared.includes(letter)).join("");
          assert.equal(ours, decidedByShell(shell, script));
        });
    });
  }

  it("a migration between two others of a list decides", () => {
    const commands = commandsOf("source /app/env && alembic upgrade head && python seed.py", { program: "bash" });
    assert.deepEqual(
      commands.map((command) => command.decidesExit),
      [true, true, true],
    );
  });

  const ignored: readonly (readonly [string, string])[] = [
    ["A || true", "A"],
    ["A && B || true", "AB"],
    ["A || exit 1", ""],
    ["A || { echo failed; exit 1; }", ""],
    ["A || { echo failed; }", "A"],
    ["set -e; A || false", ""],
    ["A; B", ""],
  ];
  for (const [script, expected] of ignored)
    it(`${JSON.stringify(script)} swallows ${expected === "" ? "nothing" : expected}`, () => {
      const swallowed = commandsOf(script).filter((command) => command.isFailureIgnored);
      assert.equal(swallowed.map((command) => command.words[0]?.text).join(""), expected);
    });

  it("a later question after the status is seen", () => {
    const [first, second] = commandsOf('pg_dump orders > o.sql\nif [ "$?" -ne 0 ]; then exit 1; fi\ngzip o.sql\n');
    assert.deepEqual([first?.isTested, second?.isTested], [true, false]);
  });

  const requested: readonly (readonly [string, string])[] = [
    ["A | B; [ $? -eq 0 ] || exit 1", "B"],
    ["set -o pipefail; A | B; [ $? -eq 0 ] || exit 1", "AB"],
    ["A | B; [ $PIPESTATUS -eq 0 ] || exit 1", "AB"],
    ["A && B; [ $? -eq 0 ] || exit 1", "AB"],
    ["A; B; rc=$?", "B"],
    ["A; echo done; exit $?", ""],
    ["check() { [ $? -eq 0 ] || exit 1; }; A; check; B", "A"],
    ["x=$(A); if [ $? -ne 0 ]; then B; fi", "A"],
  ];
  for (const [script, expected] of requested)
    it(`${JSON.stringify(script)} asks for the status of ${expected === "" ? "none" : expected}`, () => {
      const tested = commandsOf(script, { program: "bash" }).filter((command) => command.isTested);
      const names = tested.map((command) => command.words[0]?.text ?? "").filter((name) => /^[ABC]$/.test(name));
      assert.equal(names.join(""), expected);
    });

  it("a function decides where its call does", () => {
    const decides = (script: string): boolean | undefined =>
      commandsOf(script).find((command) => command.words[0]?.text === "A")?.decidesExit;
    assert.equal(decides("f() { A; }; f; B"), false);
    assert.equal(decides("f() { A; }; f || exit 1; B"), true);
    assert.equal(decides("f() { A; B; }; f || exit 1; B"), false);
    assert.equal(decides("f() { A; }; g() { f; }; set -e; g; B"), true);
    assert.equal(decides("f() { A; }; f || true"), false);
  });
});
