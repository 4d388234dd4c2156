import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { unknownToShell } from "../../src/embedded/shell-dialect.ts";

/** What dash and busybox's ash make of a script in the language of bash; `after` is printed where the script goes on. */
const scripts: Readonly<Record<string, readonly [dash: string, ash: string]>> = {
  "list=(a b)": ["syntax", "syntax"],
  "list+=(a)": ["syntax", "syntax"],
  "declare -A map=([a]=1)": ["syntax", "syntax"],
  "f() { local list=(a b); }": ["syntax", "syntax"],
  "cat <<< text": ["syntax", "syntax"],
  "cat <(echo text)": ["syntax", "none"],
  "while read -r line; do :; done < <(echo text)": ["syntax", "none"],
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: shell
  'x=abc; echo "${x^^}"': ["ends", "ends"],
  "x=abc; echo ${x,,}": ["ends", "ends"],
  "echo ${list[0]}": ["ends", "ends"],
  "x=y; echo ${!x}": ["ends", "ends"],
  "x=abc; echo ${x:0:1}": ["ends", "none"],
  "x=abc; echo ${x: -2}": ["ends", "none"],
  "x=abc; echo ${x//a/b}": ["ends", "none"],
  "x=abc; echo ${x%%b} ${#x} ${x:-0} ${x:?none} ${x:+1}": ["none", "none"],
  "echo '${x^^} <<< (a)'": ["none", "none"],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: shell
  "[[ a == a ]] && echo equal": ["fails", "none"],
};

describe("what is bash only, asked of the shells", () => {
  for (const [script, effects] of Object.entries(scripts))
    for (const [index, shell] of (["dash", "ash"] as const).entries())
      it(`${shell}: ${script}`, () => {
        const effect = effects[index];
        assert.equal(unknownToShell(shell, script)?.effect ?? "none", effect);
        const [program, ...words] = shell === "dash" ? ["dash"] : ["busybox", "sh"];
        const { stdout, stderr } = spawnSync(program ?? "", [...words, "-c", `echo before\n${script}\necho after`], {
          encoding: "utf8",
        });
        assert.equal(stdout.includes("after"), effect === "none" || effect === "fails", stderr);
        assert.equal(stderr !== "", effect !== "none", stderr);
        assert.ok(stdout.startsWith("before"), "what stands before it runs");
      });
});
