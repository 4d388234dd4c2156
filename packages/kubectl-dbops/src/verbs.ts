import {
  colors,
  formats,
  moments,
  poolFormats,
  presets,
  severities,
  severitiesOrNever,
  shells,
  textFormats,
  views,
  whatIfNames,
} from "./choices.ts";
import type { Completion, Flag } from "./flags.ts";

/** A command of the command line. */
export interface Verb {
  readonly name: VerbName;
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** How many words it takes besides flags; undefined: any number. */
  readonly mostWords?: number;
  readonly exitCodes?: readonly string[];
  /** What else its user has to know, in lines. */
  readonly notes?: readonly string[];
  /** What its words are, for completion. */
  readonly words?: Completion;
  /** What they are behind the first, where that differs. */
  readonly laterWords?: Completion;
}

/** Every command; `cli.ts` knows how each is run. */
export type VerbName = "lint" | "pool" | "rules" | "explain" | "new" | "init" | "config" | "completion" | "version";

const output: Flag = {
  name: "output",
  short: "o",
  value: "FORMAT[=FILE]",
  repeats: true,
  help: `${formats.slice(0, -1).join(", ")} or ${formats.at(-1)}`,
  completes: formats,
};
const config: readonly Flag[] = [
  { name: "config", short: "c", value: "FILE", completes: "manifest", help: "use this configuration and no other" },
  { name: "no-config", help: "use no configuration file" },
];

const allowRemote: Flag = {
  name: "allow-remote",
  help: "with -k: let kubectl fetch remote resources, bases and files over the network",
};

/** One table: parsing, help and completion come from it. It loads nothing: completion has no time for the engine. */
export const verbs: readonly Verb[] = [
  {
    name: "lint",
    words: "manifest",
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
    flags: [
      {
        name: "filename",
        short: "f",
        value: "PATH",
        repeats: true,
        completes: "manifest",
        help: "a file, folder or glob; the same as PATH",
      },
      { name: "recursive", short: "R", help: "folders are always read recursively; accepted for kubectl's sake" },
      {
        name: "kustomize",
        short: "k",
        value: "FOLDER",
        repeats: true,
        completes: "folder",
        help: "render with kubectl kustomize and lint the result",
      },
      allowRemote,
      { name: "stdin", hidden: true, help: "the same as -" },
      { name: "stdin-filename", value: "NAME", completes: "manifest", help: "how findings name what came from stdin" },
      { name: "exclude", value: "GLOB", repeats: true, help: "do not read these files" },
      { name: "no-ignore", help: "read files that .gitignore names" },
      { name: "no-error-on-unmatched-pattern", help: "a path that matches nothing is no error" },
      {
        name: "select",
        value: "RULE,…",
        repeats: true,
        completes: "rules",
        help: "only these rules, in all their cases; globs work",
      },
      { name: "ignore", value: "RULE,…", repeats: true, completes: "rules", help: "without these rules" },
      {
        name: "preset",
        value: "NAME",
        completes: presets,
        help: "recommended, all or ephemeral, over the configuration",
      },
      ...config,
      { name: "print-config", value: "FILE", completes: "manifest", help: "show what holds for a file, and stop" },
      output,
      { name: "format", value: "FORMAT", repeats: true, hidden: true, completes: formats, help: "the same as -o" },
      {
        name: "output-format",
        value: "FORMAT",
        repeats: true,
        hidden: true,
        completes: formats,
        help: "the same as -o",
      },
      {
        name: "min-severity",
        value: "LEVEL",
        completes: severities,
        help: "show only findings of this level or graver; the exit code stays",
      },
      { name: "quiet", short: "q", help: "show errors only, without totals" },
      { name: "statistics", help: "count the findings of each rule" },
      { name: "color", value: "WHEN", completes: colors, help: "auto, always or never" },
      { name: "no-color", help: "the same as --color=never" },
      {
        name: "fail-on",
        value: "LEVEL",
        completes: severitiesOrNever,
        help: "exit with 1 from this level on: error (default), warning, info, never",
      },
      { name: "max-warnings", value: "N", help: "exit with 1 when there are more warnings" },
      { name: "exit-zero", help: "the same as --fail-on=never" },
      { name: "strict", help: "exit with 2 when a document was not linted" },
      { name: "fix", help: "apply safe fixes" },
      { name: "unsafe-fixes", help: "with --fix or --diff: apply also what restarts Pods or needs a decision" },
      { name: "diff", help: "show what --fix would change, and change nothing" },
      { name: "fix-dry-run", hidden: true, help: "the same as --diff" },
      {
        name: "suppress",
        value: "RULE,…",
        repeats: true,
        completes: "rules",
        help: "write a suppression at each finding of these rules",
      },
      { name: "reason", value: "TEXT", help: "why: goes with --suppress, and into the comments" },
      {
        name: "since",
        value: "REF",
        completes: "revision",
        help: "report only on files that changed since a git revision",
      },
      { name: "staged", help: "report only on files staged in git" },
      { name: "changed", help: "report only on files that differ from HEAD" },
      {
        name: "baseline",
        value: "[=FILE]",
        completes: "file",
        help: "do not report what the file lists (.dbops-baseline.json)",
      },
      { name: "write-baseline", value: "[=FILE]", completes: "file", help: "list today's findings in the file" },
      {
        name: "prune-baseline",
        value: "[=FILE]",
        completes: "file",
        help: "drop entries of the file that match nothing any more",
      },
      { name: "no-inline-config", help: "do not read suppression comments and annotations" },
      {
        name: "view",
        value: "VIEW",
        hidden: true,
        completes: views,
        help: "file or folder: how much of the world is shown",
      },
      { name: "force-exclude", hidden: true, help: "exclude files also when they are named" },
      { name: "debug", help: "say which files were read, which belong together, what was skipped and why" },
    ],
  },
  {
    name: "pool",
    words: "manifest",
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
    flags: [
      {
        name: "filename",
        short: "f",
        value: "PATH",
        repeats: true,
        completes: "manifest",
        help: "a file, folder or glob; the same as PATH",
      },
      {
        name: "kustomize",
        short: "k",
        value: "FOLDER",
        repeats: true,
        completes: "folder",
        help: "render with kubectl kustomize and count the result",
      },
      allowRemote,
      { name: "exclude", value: "GLOB", repeats: true, help: "do not read these files" },
      {
        name: "what-if",
        value: "NAME.SETTING=N",
        repeats: true,
        completes: whatIfNames,
        help: "count with this number; NAME is a workload, pooler, client or database; SETTING is replicas, default_pool_size, reserve_pool_size, max_db_connections, pool or max_connections",
      },
      { name: "output", short: "o", value: "FORMAT", completes: poolFormats, help: "human, json or markdown" },
      {
        name: "fail-on",
        value: "MOMENT",
        completes: moments,
        help: "exit with 1 from here on: rollout (default), peak, never",
      },
      { name: "color", value: "WHEN", completes: colors, help: "auto, always or never" },
      { name: "no-color", help: "the same as --color=never" },
    ],
  },
  {
    name: "rules",
    usage: "rules",
    mostWords: 0,
    summary: "List the rules",
    flags: [{ name: "output", short: "o", value: "FORMAT", completes: textFormats, help: "text or json" }],
    examples: ["kubectl dbops rules"],
  },
  {
    name: "explain",
    words: "rule",
    usage: "explain RULE",
    mostWords: 1,
    summary: "Say why a rule exists and what to do",
    flags: [],
    examples: ["kubectl dbops explain replicas-do-not-replicate"],
  },
  {
    name: "new",
    words: "snippet",
    mostWords: 1,
    usage: "new [NAME]",
    summary: "Write a safe manifest to start from: kubectl dbops new lists them",
    flags: [
      { name: "set", value: "NAME=VALUE", repeats: true, completes: "placeholder", help: "fill in a value" },
      { name: "describe", help: "say what can be set" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        completes: "file",
        help: "write a file instead of the screen; an existing one stays",
      },
      { name: "force", help: "with -o: overwrite an existing file" },
    ],
    examples: [
      "kubectl dbops new",
      "kubectl dbops new db-postgresql --describe",
      "kubectl dbops new db-postgresql --set name=orders-db -o orders-db.yaml",
    ],
  },
  {
    name: "init",
    usage: "init",
    mostWords: 0,
    summary: "Write a .dbops.yaml to start from",
    flags: [],
    examples: ["kubectl dbops init"],
  },
  {
    name: "config",
    words: ["verify"],
    laterWords: "manifest",
    usage: "config verify [FILE…]",
    summary: "Check the configuration files",
    flags: [],
    examples: ["kubectl dbops config verify"],
  },
  {
    name: "completion",
    words: shells,
    usage: `completion ${shells.join("|")}`,
    mostWords: 1,
    summary: "Print the script that completes commands in a shell",
    flags: [],
    examples: [
      "source <(kubectl-dbops completion bash)",
      "kubectl-dbops completion zsh > ~/.zfunc/_kubectl-dbops",
      "kubectl-dbops completion fish > ~/.config/fish/completions/kubectl-dbops.fish",
      "kubectl-dbops completion powershell | Out-String | Invoke-Expression",
      "kubectl dbops completion kubectl > ~/.local/bin/kubectl_complete-dbops",
    ],
    notes: [
      "`kubectl dbops` is completed by kubectl's own completion (1.26 or later), which",
      "asks the executable kubectl_complete-dbops on the PATH. It is part of the npm",
      "package and of the archives; krew does not install it: write it with",
      "`completion kubectl`, and make it executable (chmod +x).",
    ],
  },
  {
    name: "version",
    usage: "version",
    mostWords: 0,
    summary: "Print the version",
    flags: [{ name: "output", short: "o", value: "FORMAT", completes: textFormats, help: "text or json" }],
    examples: [],
  },
];
