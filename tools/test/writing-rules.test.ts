import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, type Outcome, repositoryCopy, root, run } from "./support/folders.ts";

const page = readFileSync(path.join(root, "docs/writing-rules.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] ?? "");

/** A clone whose packages are installed: the links between them lead to its own. */
function installedCopy(): string {
  const copy = folderWith();
  cpSync(repositoryCopy(), copy, { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  for (const each of ["tools", ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`)])
    cpSync(path.join(root, each, "node_modules"), path.join(copy, each, "node_modules"), {
      recursive: true,
      verbatimSymlinks: true,
    });
  return copy;
}

describe("docs/writing-rules.md", function () {
  this.timeout(300_000);
  let copy: string;
  before(() => {
    copy = installedCopy();
  });

  /** Runs `pnpm SCRIPT …` as pnpm does, without its look at whether all is installed. */
  function pnpm(command: string): Outcome {
    const [, script = "", words = ""] = /^pnpm ([\w:-]+)(.*)$/.exec(command) ?? [];
    const { scripts } = JSON.parse(readFileSync(path.join(copy, "package.json"), "utf8"));
    assert.ok(script in scripts, `${command}: package.json has no such script`);
    const bin = path.join(copy, "node_modules/.bin");
    return run("bash", ["-c", `${scripts[script]}${words}`], {
      cwd: copy,
      env: { PATH: `${bin}:${process.env.PATH}` },
    });
  }

  it("shows commands that work, in their order, on the rule that it shows", () => {
    const [commands = ""] = blocks("sh");
    const [rule = ""] = blocks("ts");
    const [fixture = ""] = blocks("yaml");
    const [first = "", ...others] = commands.trim().split("\n");
    const { status, stdout, stderr } = pnpm(first);
    assert.equal(status, 0, stderr);
    const files = [...stdout.matchAll(/^\+ (.*)$/gm)].map((match) => match[1] ?? "");
    assert.equal(files.length, 2);
    for (const file of files) {
      assert.ok(page.includes(`\`${path.dirname(file)}\`:`), `the page says where ${file} is`);
      writeFileSync(path.join(copy, file), file.endsWith(".ts") ? rule : fixture);
    }
    for (const command of others) {
      const { status, stdout, stderr } = pnpm(command);
      assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
      if (command.includes("--rule")) assert.match(stdout, /^[5-9] passed, 0 failed$/m, command);
    }
  });

  it("says what new-rule takes when asked, and refuses anything else", () => {
    const { status, stdout } = pnpm("pnpm new-rule --help");
    assert.equal(status, 0);
    for (const word of ["--category", "--subject", "workspace", "pool-mode", "pnpm test --rule ID"])
      assert.ok(stdout.includes(word), word);
    assert.equal(pnpm("pnpm new-rule x-y --category backup --subject nothing").status, 2);
    assert.equal(pnpm("pnpm test --rule no-such-rule").status, 2);
  });

  it("begins with a scaffold that compiles, whatever a rule is about", () => {
    const subjects = /^ {2}SUBJECT +(.*)$/m.exec(pnpm("pnpm new-rule --help").stdout)?.[1]?.split(", ") ?? [];
    assert.ok(subjects.length > 10);
    for (const subject of subjects)
      assert.equal(pnpm(`pnpm new-rule made-about-${subject} --category backup --subject ${subject}`).status, 0);
    for (const command of ["tsc -p packages/core", "biome check --error-on-warnings packages/core/src/rules/backup"]) {
      const { status, stdout, stderr } = run("bash", ["-c", `node_modules/.bin/${command}`], { cwd: copy });
      assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
    }
  });
});
