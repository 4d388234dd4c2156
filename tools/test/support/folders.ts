import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../../..");

const made: string[] = [];

/** A folder of its own outside any repository, with these files; all of them go when the tests end. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-test-")));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program; what is not given comes from the surroundings. */
export function run(
  program: string,
  words: readonly string[],
  {
    cwd = root,
    env = {},
    input,
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd,
    encoding: "utf8",
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    input,
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** The same, where anything but success is a mistake of the test. */
export function succeed(...[program, words, options]: Parameters<typeof run>): string {
  const { status, stdout, stderr } = run(program, words, options);
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Runs git in a folder as somebody who has a name. */
export function git(folder: string, ...words: readonly string[]): string {
  return succeed("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...words]);
}

/** Makes the folder a git repository with all its files committed. */
export function commitAll(folder: string): void {
  git(folder, "init", "-q", "-b", "main");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "--no-verify", "-m", "first");
}

let copy: string | undefined;

/** This repository as others clone it, with what is not committed yet. */
export function repositoryCopy(): string {
  if (copy === undefined) {
    copy = folderWith();
    const names = succeed("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], {});
    const deleted = new Set(succeed("git", ["ls-files", "-z", "--deleted"], {}).split("\0"));
    for (const name of names.split("\0"))
      if (name !== "" && !deleted.has(name))
        cpSync(path.join(root, name), path.join(copy, name), { verbatimSymlinks: true });
    commitAll(copy);
  }
  return copy;
}

/** Skips loudly where a command does not succeed, mostly because its program is not installed; in CI that is a failure. */
export function needs(context: Mocha.Context, command: string, debianPackage: string): void {
  const { status } = spawnSync("sh", ["-c", `${command} >/dev/null 2>&1`]);
  if (status !== 0) skipWithout(context, `what runs \`${command}\``, `Debian's package is ${debianPackage}`);
}

/** Skips loudly where something is not installed; in CI that is a failure. */
export function skipWithout(context: Mocha.Context, what: string, how: string): void {
  if (process.env.CI === "true") throw new Error(`${what} is not installed, and in CI its tests may not be skipped`);
  console.log(`      SKIPPED: ${what} is not installed (${how})`);
  context.skip();
}
