import { closest } from "@dbops/core";
import { runConfig } from "./commands/config.ts";
import { runExplain } from "./commands/explain.ts";
import { runInit } from "./commands/init.ts";
import { runLint } from "./commands/lint.ts";
import { runNew } from "./commands/new.ts";
import { runPool } from "./commands/pool.ts";
import { runRules } from "./commands/rules.ts";
import { runVersion } from "./commands/version.ts";
import { type Arguments, type Flag, parseFlags } from "./flags.ts";
import { helpOf, overview } from "./help.ts";
import { type Io, UsageError } from "./io.ts";

/** A command of the command line. */
export interface Verb {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** How many words it takes besides flags; undefined: any number. */
  readonly mostWords?: number;
  readonly exitCodes?: readonly string[];
  run(args: Arguments, io: Io): number;
}

const output: Flag = {
  name: "output",
  short: "o",
  value: "FORMAT[=FILE]",
  repeats: true,
  help: "human, concise, json, jsonl, sarif, github, gitlab, junit, checkstyle or markdown",
};
const config: readonly Flag[] = [
  { name: "config", short: "c", value: "FILE", help: "use this configuration and no other" },
  { name: "no-config", help: "use no configuration file" },
];

/** One table: parsing, help, completion and the README come from it. */
export const verbs: readonly Verb[] = [
  {
    name: "lint",
    usage: "lint [PATH…|-]",
    summary: "Find what loses data or does not start in database manifests",
    examples: [
      "kubectl dbops lint shop/",
      "kubectl dbops lint --fix shop/",
      "helm template shop | kubectl dbops lint -",
      "kubectl dbops lint --since origin/main --fail-on warning -o sarif=dbops.sarif",
    ],
    exitCodes: [
      "  0  nothing at or above the level of --fail-on",
      "  1  findings at or above it, or more warnings than --max-warnings",
      "  2  wrong usage or configuration, unreadable input",
    ],
    run: runLint,
    flags: [
      { name: "filename", short: "f", value: "PATH", repeats: true, help: "a file, folder or glob; the same as PATH" },
      { name: "recursive", short: "R", help: "folders are always read recursively; accepted for kubectl's sake" },
      {
        name: "kustomize",
        short: "k",
        value: "FOLDER",
        repeats: true,
        help: "render with kubectl kustomize and lint the result",
      },
      { name: "stdin", hidden: true, help: "the same as -" },
      { name: "stdin-filename", value: "NAME", help: "how findings name what came from stdin" },
      { name: "exclude", value: "GLOB", repeats: true, help: "do not read these files" },
      { name: "no-ignore", help: "read files that .gitignore names" },
      { name: "no-error-on-unmatched-pattern", help: "a path that matches nothing is no error" },
      { name: "select", value: "RULE,…", repeats: true, help: "only these rules, in all their cases; globs work" },
      { name: "ignore", value: "RULE,…", repeats: true, help: "without these rules" },
      { name: "preset", value: "NAME", help: "recommended, all or ephemeral, over the configuration" },
      ...config,
      { name: "print-config", value: "FILE", help: "show what holds for a file, and stop" },
      output,
      { name: "format", value: "FORMAT", repeats: true, hidden: true, help: "the same as -o" },
      { name: "output-format", value: "FORMAT", repeats: true, hidden: true, help: "the same as -o" },
      { name: "min-severity", value: "LEVEL", help: "show only findings of this level or graver; the exit code stays" },
      { name: "quiet", short: "q", help: "show errors only, without totals" },
      { name: "statistics", help: "count the findings of each rule" },
      { name: "color", value: "WHEN", help: "auto, always or never" },
      { name: "no-color", help: "the same as --color=never" },
      {
        name: "fail-on",
        value: "LEVEL",
        help: "exit with 1 from this level on: error (default), warning, info, never",
      },
      { name: "max-warnings", value: "N", help: "exit with 1 when there are more warnings" },
      { name: "exit-zero", help: "the same as --fail-on=never" },
      { name: "strict", help: "exit with 2 when a document was not linted" },
      { name: "fix", help: "apply safe fixes" },
      { name: "unsafe-fixes", help: "with --fix or --diff: apply also what restarts Pods or needs a decision" },
      { name: "diff", help: "show what --fix would change, and change nothing" },
      { name: "fix-dry-run", hidden: true, help: "the same as --diff" },
      { name: "suppress", value: "RULE,…", repeats: true, help: "write a suppression at each finding of these rules" },
      { name: "reason", value: "TEXT", help: "why: goes with --suppress, and into the comments" },
      { name: "since", value: "REF", help: "report only on files that changed since a git revision" },
      { name: "staged", help: "report only on files staged in git" },
      { name: "changed", help: "report only on files that differ from HEAD" },
      { name: "baseline", value: "[=FILE]", help: "do not report what the file lists (.dbops-baseline.json)" },
      { name: "write-baseline", value: "[=FILE]", help: "list today's findings in the file" },
      { name: "prune-baseline", value: "[=FILE]", help: "drop entries of the file that match nothing any more" },
      { name: "no-inline-config", help: "do not read suppression comments and annotations" },
      { name: "view", value: "VIEW", hidden: true, help: "file or folder: how much of the world is shown" },
      { name: "force-exclude", hidden: true, help: "exclude files also when they are named" },
      { name: "debug", help: "say which files were read, which belong together, what was skipped and why" },
    ],
  },
  {
    name: "pool",
    usage: "pool [PATH…|-]",
    summary: "Count who may open how many connections to which database",
    examples: [
      "kubectl dbops pool shop/",
      "kubectl dbops pool --what-if pooler.replicas=5 shop/",
      "kubectl dbops pool --what-if default_pool_size=11,max_connections=200",
      "helm template shop | kubectl dbops pool -o markdown -",
    ],
    exitCodes: [
      "  0  every sum in view fits",
      "  1  a database gets more than it accepts, at the peak or in a rollout",
      "  2  wrong usage, unreadable input",
    ],
    run: runPool,
    flags: [
      { name: "filename", short: "f", value: "PATH", repeats: true, help: "a file, folder or glob; the same as PATH" },
      {
        name: "kustomize",
        short: "k",
        value: "FOLDER",
        repeats: true,
        help: "render with kubectl kustomize and count the result",
      },
      { name: "exclude", value: "GLOB", repeats: true, help: "do not read these files" },
      {
        name: "what-if",
        value: "NAME.SETTING=N",
        repeats: true,
        help: "count with this number; NAME is a workload, pooler, client or database; SETTING is replicas, default_pool_size, reserve_pool_size, max_db_connections, pool or max_connections",
      },
      { name: "output", short: "o", value: "FORMAT", help: "human, json or markdown" },
      { name: "fail-on", value: "MOMENT", help: "exit with 1 from here on: rollout (default), peak, never" },
      { name: "color", value: "WHEN", help: "auto, always or never" },
      { name: "no-color", help: "the same as --color=never" },
    ],
  },
  {
    name: "rules",
    usage: "rules",
    mostWords: 0,
    summary: "List the rules",
    flags: [{ name: "output", short: "o", value: "FORMAT", help: "text or json" }],
    examples: ["kubectl dbops rules"],
    run: runRules,
  },
  {
    name: "explain",
    usage: "explain RULE",
    mostWords: 1,
    summary: "Say why a rule exists and what to do",
    flags: [],
    examples: ["kubectl dbops explain replicas-do-not-replicate"],
    run: runExplain,
  },
  {
    name: "new",
    usage: "new [NAME]",
    summary: "Write a safe manifest to start from: kubectl dbops new lists them",
    flags: [
      { name: "set", value: "NAME=VALUE", repeats: true, help: "fill in a value" },
      { name: "describe", help: "say what can be set" },
      { name: "output", short: "o", value: "FILE", help: "write a file instead of the screen; an existing one stays" },
      { name: "force", help: "with -o: overwrite an existing file" },
    ],
    examples: [
      "kubectl dbops new",
      "kubectl dbops new db-postgresql --describe",
      "kubectl dbops new db-postgresql --set name=orders-db -o orders-db.yaml",
    ],
    run: runNew,
  },
  {
    name: "init",
    usage: "init",
    mostWords: 0,
    summary: "Write a .dbops.yaml to start from",
    flags: [],
    examples: ["kubectl dbops init"],
    run: runInit,
  },
  {
    name: "config",
    usage: "config verify [FILE…]",
    summary: "Check the configuration files",
    flags: [],
    examples: ["kubectl dbops config verify"],
    run: runConfig,
  },
  {
    name: "version",
    usage: "version",
    mostWords: 0,
    summary: "Print the version",
    flags: [{ name: "output", short: "o", value: "FORMAT", help: "text or json" }],
    examples: [],
    run: runVersion,
  },
];

/** Runs a command line and gives its exit code; errors of usage are the caller's. */
export function runCli(words: readonly string[], io: Io): number {
  const [first, ...rest] = words;
  if (first === undefined || first === "help" || first === "--help" || first === "-h") {
    io.out(rest[0] === undefined ? overview(verbs) : helpOf(verbNamed(rest[0])));
    return 0;
  }
  if (first === "--version")
    return runVersion({ positionals: [], has: () => false, value: () => undefined, values: () => [] }, io);
  const verb = verbNamed(first);
  const end = rest.indexOf("--");
  if (rest.slice(0, end < 0 ? rest.length : end).some((word) => word === "--help" || word === "-h")) {
    io.out(helpOf(verb));
    return 0;
  }
  const args = parseFlags(rest, verb.flags, verb.name);
  const extra = verb.mostWords === undefined ? undefined : args.positionals[verb.mostWords];
  if (extra !== undefined) throw new UsageError(`${verb.name} takes no ${extra}`);
  return verb.run(args, io);
}

function verbNamed(name: string): Verb {
  const verb = verbs.find((each) => each.name === name);
  if (verb !== undefined) return verb;
  const meant = closest(
    name,
    verbs.map((each) => each.name),
  );
  throw new UsageError(
    `unknown command ${name}${meant === undefined ? "; see kubectl dbops --help" : `; did you mean ${meant}?`}`,
  );
}
