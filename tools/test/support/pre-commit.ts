import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commitAll, folderWith, git, type Outcome, repositoryCopy, root, run, skipWithout } from "./folders.ts";

/** A pre-commit that a person may have: the oldest that the hooks name as enough, and the newest. */
export interface PreCommit {
  readonly name: string;
  readonly program: string;
  readonly howToInstall: string;
}

export const preCommits: readonly PreCommit[] = [
  { name: "Debian's pre-commit", program: "/usr/bin/pre-commit", howToInstall: "Debian's package is pre-commit" },
  {
    name: "PyPI's pre-commit",
    program: path.join(root, ".tools/pre-commit/bin/pre-commit"),
    howToInstall: "python3 -m venv .tools/pre-commit && .tools/pre-commit/bin/pip install pre-commit",
  },
];

/** Skips loudly where this one is not installed; in CI that is a failure. */
export function needsPreCommit(context: Mocha.Context, { name, program, howToInstall }: PreCommit): void {
  if (!existsSync(program)) skipWithout(context, name, howToInstall);
}

/** A repository that uses the hooks of this one. */
export interface HookedRepository {
  readonly folder: string;
  /** Runs `pre-commit WORDS` there. */
  run(words: readonly string[], env?: Readonly<Record<string, string>>): Outcome;
}

export interface Hook {
  readonly id: string;
  readonly args?: readonly string[];
  /** pre-commit's own, a regular expression. */
  readonly exclude?: string;
}

const homes = new Map<string, string>();

/** Where this pre-commit keeps what it installed: one for all tests, as a person has one. */
export function homeOf({ program }: PreCommit): string {
  const home = homes.get(program) ?? folderWith();
  homes.set(program, home);
  return home;
}

/** A committed repository with these files, whose pre-commit configuration names the hooks of a clone of this repository. */
export function hookedRepository(
  preCommit: PreCommit,
  files: Readonly<Record<string, string>>,
  ...hooks: readonly Hook[]
): HookedRepository {
  const folder = folderWith(files);
  const source = repositoryCopy();
  const repos = [{ repo: source, rev: git(source, "rev-parse", "HEAD").trim(), hooks }];
  writeFileSync(path.join(folder, ".pre-commit-config.yaml"), JSON.stringify({ repos }));
  commitAll(folder);
  const home = homeOf(preCommit);
  const env = {
    PRE_COMMIT_HOME: home,
    // As on a machine where npm has fetched nothing yet, and in a commit that a script of pnpm's makes.
    npm_config_cache: `${home}/npm`,
    npm_config_user_agent: "pnpm/12.21.0 npm/? node/? linux x64",
    NO_COLOR: "1",
    PRE_COMMIT_COLOR: "never",
  };
  return {
    folder,
    run: (words, more = {}) => run(preCommit.program, words, { cwd: folder, env: { ...env, ...more } }),
  };
}
