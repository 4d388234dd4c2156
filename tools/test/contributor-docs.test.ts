import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, type Outcome, repositoryCopy, root, run, succeed } from "./support/folders.ts";

/** The code of a page in a language, without the indentation that it has inside a list. */
const blocks = (page: string, language: string): readonly string[] =>
  [
    ...readFileSync(path.join(root, page), "utf8").matchAll(
      new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\``, "gm"),
    ),
  ].map(([, indent = "", code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""));

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

describe("what the pages for contributors tell to do", function () {
  this.timeout(300_000);
  let copy: string;
  before(() => {
    copy = installedCopy();
  });

  const tool = (name: string): string => path.join(copy, "node_modules/.bin", name);

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

  it("writes a rule: the commands work, in their order, on the rule that is shown", () => {
    const page = "docs/writing-rules.md";
    const [commands = ""] = blocks(page, "sh");
    const [rule = ""] = blocks(page, "ts");
    const [fixture = ""] = blocks(page, "yaml");
    const text = readFileSync(path.join(root, page), "utf8");
    const [first = "", ...others] = commands.trim().split("\n");
    const { status, stdout, stderr } = pnpm(first);
    assert.equal(status, 0, stderr);
    const files = [...stdout.matchAll(/^\+ (.*)$/gm)].map((match) => match[1] ?? "");
    assert.equal(files.length, 2);
    for (const file of files) {
      assert.ok(text.includes(`\`${path.dirname(file)}\`:`), `the page says where ${file} is`);
      writeFileSync(path.join(copy, file), file.endsWith(".ts") ? rule : fixture);
    }
    for (const command of others) {
      const { status, stdout, stderr } = pnpm(command);
      assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
      if (command.includes("--rule")) assert.match(stdout, /^[5-9] passed, 0 failed$/m, command);
    }
  });

  it("asks new-rule, which says what it takes and refuses anything else", () => {
    const { status, stdout } = pnpm("pnpm new-rule --help");
    assert.equal(status, 0);
    for (const word of ["--category", "--subject", "workspace", "pool-mode", "pnpm test --rule ID"])
      assert.ok(stdout.includes(word), word);
    assert.equal(pnpm("pnpm new-rule x-y --category backup --subject nothing").status, 2);
    assert.equal(pnpm("pnpm test --rule no-such-rule").status, 2);
  });

  it("begins a rule with a scaffold that compiles, whatever it is about", () => {
    const subjects = /^ {2}SUBJECT +(.*)$/m.exec(pnpm("pnpm new-rule --help").stdout)?.[1]?.split(", ") ?? [];
    assert.ok(subjects.length > 10);
    for (const subject of subjects)
      assert.equal(pnpm(`pnpm new-rule made-about-${subject} --category backup --subject ${subject}`).status, 0);
    for (const command of ["tsc -p packages/core", "biome check --error-on-warnings packages/core/src/rules/backup"]) {
      const { status, stdout, stderr } = run("bash", ["-c", `node_modules/.bin/${command}`], { cwd: copy });
      assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
    }
  });

  it("adds a verb", () => {
    const [command = "", row = ""] = blocks("docs/adding-a-verb.md", "ts");
    const folder = path.join(copy, "packages/kubectl-dbops/src");
    const edit = (file: string, before: string, inserted: string): void => {
      const text = readFileSync(path.join(folder, file), "utf8");
      assert.ok(text.includes(before), `${file} has ${before}`);
      writeFileSync(path.join(folder, file), text.replace(before, `${inserted}${before}`));
    };
    writeFileSync(path.join(folder, "commands/databases.ts"), command);
    edit("verbs.ts", '  {\n    name: "rules",', row);
    edit("verbs.ts", '  | "lint"', '  | "databases"\n');
    edit("cli.ts", "  rules: runRules", "  databases: runDatabases,\n");
    edit("cli.ts", "import { runExplain }", 'import { runDatabases } from "./commands/databases.ts";\n');
    succeed(tool("tsc"), ["-p", "packages/kubectl-dbops"], { cwd: copy });
    const main = path.join(folder, "main.ts");
    const words = ["databases", "examples/good"];
    assert.match(succeed(tool("tsx"), [main, ...words], { cwd: copy }), /^StatefulSet orders$|orders/m);
    assert.match(succeed(tool("tsx"), [main, "--help"], { cwd: copy }), /^ {2}databases +List the databases in view$/m);
  });

  it("adds a host", () => {
    const [code = ""] = blocks("docs/adding-a-host.md", "ts");
    const folder = path.join(copy, "packages/my-host");
    mkdirSync(path.join(folder, "node_modules/@dbops"), { recursive: true });
    for (const name of ["core", "session"])
      symlinkSync(path.join(copy, "packages", name), path.join(folder, "node_modules/@dbops", name));
    writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
    writeFileSync(path.join(folder, "main.ts"), code);
    assert.match(
      succeed(tool("tsx"), [path.join(folder, "main.ts")], { cwd: folder }),
      /^\/repo\/orders\.yaml:\d+:\d+ (error|warning|info) [\w-]+: .*\.$/m,
    );
  });
});
