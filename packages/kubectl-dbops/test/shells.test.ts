import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith } from "./support/folder.ts";
import { buildBundle, distFolder, needsKubectl, shell } from "./support/kubectl.ts";
import { needsProgram } from "./support/programs.ts";

/** A line as it is typed up to the cursor, and what the shell proposes for its last word; folders end as the shell shows them. */
interface Case {
  readonly typed: string;
  readonly proposed: readonly string[];
}

const cases: readonly Case[] = [
  { typed: "kubectl-dbops ex", proposed: ["explain"] },
  { typed: "kubectl-dbops lint --fail", proposed: ["--fail-on"] },
  { typed: "kubectl-dbops lint --fail-on ", proposed: ["error", "info", "never", "warning"] },
  { typed: "kubectl-dbops lint shop/orders.yaml -o sa", proposed: ["sarif"] },
  { typed: "kubectl-dbops lint --ignore data-on-emptydir,data-on-h", proposed: ["data-on-emptydir,data-on-hostpath"] },
  { typed: "kubectl-dbops new db-postgresql --set da", proposed: ["database="] },
  { typed: "kubectl-dbops lint shop/", proposed: ["shop/base", "shop/orders.yaml", "shop/pool.json"] },
  { typed: "kubectl-dbops lint -k shop/", proposed: ["shop/base"] },
  { typed: "kubectl-dbops new db-postgresql -o shop/no", proposed: ["shop/notes.txt"] },
  { typed: "kubectl-dbops rules data-on-em", proposed: ["data-on-emptydir"] },
  { typed: "kubectl-dbops init ", proposed: [] },
  { typed: "kubectl-dbops pvc list ", proposed: [] },
];

const home = (): string =>
  folderWith({
    "shop/orders.yaml": "kind: Service\n",
    "shop/pool.json": "{}",
    "shop/notes.txt": "not a manifest\n",
    "shop/base/kustomization.yaml": "resources: []\n",
  });

/** What a shell's script printed, sorted, without the slash or space that shells put behind. */
const linesOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/\t.*$/, "").replace(/[ /]$/, ""))
    .filter((line) => line !== "")
    .sort();

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

describe("completion in real shells", function () {
  this.timeout(60_000);
  before(() => buildBundle());

  describe("kubectl, which asks kubectl_complete-dbops", () => {
    before(function () {
      needsKubectl(this);
      const text = spawnSync("kubectl", ["version", "--client"], { encoding: "utf8" }).stdout;
      const minor = Number(/v1\.(\d+)/.exec(text)?.[1]);
      if (minor >= 26) return;
      if (process.env.CI === "true") throw new Error(`kubectl 1.${minor} does not complete plugins; 1.26 does`);
      console.log(`      SKIPPED: kubectl 1.${minor} does not complete plugins; 1.26 does`);
      this.skip();
    });
    const answers: readonly (readonly [words: string, expected: RegExp])[] = [
      ["dbo", /^dbops\t/],
      ["dbops ''", /^lint\tFind .*\ndiff\t.*\nplan\t.*\npool\t[\s\S]*\n:4\n$/],
      ["dbops lint --fail-on=w", /^warning\n:4\n$/],
      ["dbops lint -o s", /^sarif\n:4\n$/],
      ["dbops lint ''", /^yaml\nyml\njson\n:8\n$/],
      ["dbops lint -k ''", /^:16\n$/],
      ["dbops explain pooler-exceeds", /^pooler-exceeds-max-connections\t[^\n]+\n:4\n$/],
      ["dbops lint --select data-on-hostpath,data-on-e", /^data-on-hostpath,data-on-emptydir\t[^\n]+\n:6\n$/],
    ];
    for (const [words, expected] of answers)
      it(`kubectl __complete ${words}`, () => {
        assert.match(shell(`kubectl __complete ${words} 2>/dev/null`, home()).stdout, expected);
      });

    it("is answered in the same way by what `completion kubectl` prints", () => {
      const bin = folderWith({});
      assert.equal(
        shell(`kubectl dbops completion kubectl > ${bin}/kubectl_complete-dbops && chmod +x ${bin}/*`, bin).code,
        0,
      );
      // As krew installs: the plugin alone.
      writeFileSync(path.join(bin, "kubectl-dbops"), `#!/bin/sh\nexec '${distFolder}/kubectl-dbops' "$@"\n`, {
        mode: 0o755,
      });
      const answer = spawnSync("kubectl", ["__complete", "dbops", "lint", "--fail-on", "w"], {
        encoding: "utf8",
        env: { PATH: `${bin}:${process.env.PATH}`, HOME: bin },
      });
      assert.equal(answer.stdout, "warning\n:4\n");
    });
  });

  describe("bash", () => {
    const propose = (typed: string, extra = ""): readonly string[] =>
      linesOf(
        shell(
          `bash --norc --noprofile -c ${quoted(`${extra}
source <(kubectl-dbops completion bash)
line=${quoted(typed)}
# As readline cuts it: at spaces, and at = and : for themselves.
COMP_WORDS=()
while IFS= read -r word; do COMP_WORDS+=("$word"); done < <(grep -oE '[^ =:]+|[=:]+' <<<"$line")
[[ $line == *[\\ =] ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=\${#line}
__kubectl_dbops
printf '%s\\n' "\${COMPREPLY[@]}"`)}`,
          home(),
        ).stdout,
      );
    for (const { typed, proposed } of cases) it(typed, () => assert.deepEqual(propose(typed), proposed));

    it("replaces only what stands behind the equals sign, where bash cuts words at it, and else the whole word", () => {
      assert.deepEqual(propose("kubectl-dbops lint --fail-on=w"), ["warning"]);
      assert.deepEqual(propose("kubectl-dbops lint -o=sa"), ["sarif"]);
      assert.deepEqual(propose("kubectl-dbops lint --fail-on="), ["error", "info", "never", "warning"]);
      assert.deepEqual(propose("kubectl-dbops lint --fail-on=w", "COMP_WORDBREAKS=' :'"), ["--fail-on=warning"]);
    });

    it("completes at the terminal, where a person presses Tab", function () {
      needsProgram(this, "script", "bsdutils");
      const folder = home();
      writeFileSync(path.join(folder, ".bashrc"), "PS1='$ '\nsource <(kubectl-dbops completion bash)\n");
      const { stdout } = shell(
        "printf 'kubectl-dbops explain pooler-exceeds\\t > explained.txt\\nexit\\n' | script -qec 'bash --noprofile --rcfile .bashrc -i' /dev/null; head -n 1 explained.txt",
        folder,
        { TERM: "dumb", INPUTRC: "/dev/null" },
      );
      assert.match(stdout, /\npooler-exceeds-max-connections \(error/);
    });
  });

  describe("zsh", () => {
    before(function () {
      needsProgram(this, "zsh", "zsh");
    });
    // zpty gives a shell a terminal, so that Tab is Tab; the line that stands there afterwards says what was completed.
    const lineAfterTab = (typed: string): string => {
      const folder = home();
      const { stdout, stderr } = shell(
        `zsh -f -c ${quoted(`zmodload zsh/zpty
zpty session zsh -f -i
ready() { local text; zpty -r -m session text '*'"$1"'*' }
zpty -w session 'PROMPT= RPROMPT=; autoload -Uz compinit; compinit -D -u; source <(kubectl-dbops completion zsh); bindkey "^I" complete-word; show() { print -r -- "<<$BUFFER>>"; BUFFER=; zle accept-line }; zle -N show; bindkey "^X" show; print READY-$((1 + 1))'
ready READY-2
zpty -n -w session ${quoted(typed)}$'\\t'
zpty -n -w session $'\\030'
zpty -r -m session answer '*<<*>>*'
print -r -- "$answer"`)}`,
        folder,
        { TERM: "dumb" },
      );
      const line = /<<(.*)>>/.exec(stdout)?.[1];
      assert.ok(line !== undefined, stdout + stderr);
      return line;
    };
    const lines: Readonly<Record<string, string>> = {
      "kubectl-dbops ex": "kubectl-dbops explain ",
      "kubectl-dbops lint --fail": "kubectl-dbops lint --fail-on ",
      "kubectl-dbops lint --fail-on=w": "kubectl-dbops lint --fail-on=warning ",
      "kubectl-dbops lint -o sa": "kubectl-dbops lint -o sarif ",
      "kubectl-dbops lint shop/or": "kubectl-dbops lint shop/orders.yaml ",
      "kubectl-dbops lint -k sh": "kubectl-dbops lint -k shop/",
      "kubectl-dbops new db-postgresql --set da": "kubectl-dbops new db-postgresql --set database=",
      "kubectl-dbops new db-postgresql -o shop/no": "kubectl-dbops new db-postgresql -o shop/notes.txt ",
      "kubectl-dbops rules x": "kubectl-dbops rules x",
    };
    for (const [typed, line] of Object.entries(lines)) it(typed, () => assert.equal(lineAfterTab(typed), line));
  });

  describe("fish", () => {
    before(function () {
      needsProgram(this, "fish", "fish");
    });
    const propose = (typed: string): readonly string[] =>
      linesOf(
        shell(
          `fish --no-config -c ${quoted(`kubectl-dbops completion fish | source; complete -C ${quoted(typed)}`)}`,
          home(),
        ).stdout,
      );
    for (const { typed, proposed } of cases) it(typed, () => assert.deepEqual(propose(typed), proposed));
    it("replaces the whole word around an equals sign", () => {
      assert.deepEqual(propose("kubectl-dbops lint --fail-on=w"), ["--fail-on=warning"]);
    });
  });

  describe("PowerShell", () => {
    before(function () {
      // Debian has no package of it, so CI cannot run this one; whoever has PowerShell does.
      if (spawnSync("pwsh", ["-v"]).error === undefined) return;
      console.log("      SKIPPED: pwsh is not installed, and no package registry of CI has it");
      this.skip();
    });
    for (const { typed, proposed } of cases)
      it(typed, () => {
        const script = `kubectl-dbops completion powershell | Out-String | Invoke-Expression
(TabExpansion2 -inputScript ${quoted(typed)} -cursorColumn ${typed.length}).CompletionMatches.CompletionText`;
        assert.deepEqual(linesOf(shell(`pwsh -NoProfile -Command ${quoted(script)}`, home()).stdout), proposed);
      });
  });

  it("needs nothing of the engine", () => {
    const bin = path.join(folderWith({}), "bin");
    mkdirSync(bin);
    cpSync(distFolder, bin, { recursive: true });
    for (const name of readdirSync(bin))
      if (!/^(complete\.cjs|kubectl.*dbops|package\.json)$/.test(name)) rmSync(path.join(bin, name));
    const ask = (...words: readonly string[]): string =>
      spawnSync(process.execPath, [path.join(bin, "kubectl_complete-dbops"), ...words], { encoding: "utf8" }).stdout;
    assert.equal(ask("lint", "--fail-on", "w"), "warning\n:4\n");
    assert.match(ask("explain", "data-on-empty"), /^data-on-emptydir\t/);
  });
});
