import {
  allowedVerdicts,
  claimActions,
  clusterVerbs,
  colors,
  dryRuns,
  enforcements,
  formats,
  moments,
  planFormats,
  presets,
  requirements,
  severities,
  severitiesOrNever,
  shells,
  tableFormats,
  textFormats,
  views,
  whatIfNames,
} from "./choices.ts";
import type { Completion, Flag, Pairing } from "./flags.ts";

/** A command of the command line. */
export interface Verb {
  readonly name: VerbName;
  /** One for each way of calling it, without the flags that are optional. */
  readonly usage: readonly string[];
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** Which flags need or exclude each other. */
  readonly pairings?: readonly Pairing[];
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
  /** First words that nothing follows. */
  readonly lastWords?: readonly string[];
}

/** Every command; `cli.ts` knows how each is run. */
export type VerbName =
  | "lint"
  | "diff"
  | "plan"
  | "pool"
  | "backups"
  | "release"
  | "scan"
  | "pvc"
  | "rbac"
  | "policy"
  | "rules"
  | "explain"
  | "new"
  | "init"
  | "mcp"
  | "lsp"
  | "config"
  | "completion"
  | "version";

const output: Flag = {
  name: "output",
  short: "o",
  value: "FORMAT[=FILE]",
  repeats: true,
  help: `${formats.slice(0, -1).join(", ")} or ${formats.at(-1)}`,
  completes: formats,
};
const config: readonly Flag[] = [
  { name: "config", short: "c", value: "FILE", completes: "manifest", help: "use only this configuration" },
  { name: "no-config", help: "use no configuration file" },
];

const colorFlags: readonly Flag[] = [
  { name: "color", value: "WHEN", completes: colors, help: "auto, always or never" },
  { name: "no-color", help: "the same as --color=never" },
];

const allowRemote: Flag = {
  name: "allow-remote",
  help: "with -k: let kubectl fetch remote resources, bases and files over the network",
};

const remoteNeedsKustomize: Pairing = {
  flag: "allow-remote",
  needs: ["kustomize"],
  says: "--allow-remote requires -k",
};

const selection: readonly Flag[] = [
  {
    name: "select",
    value: "RULE,…",
    repeats: true,
    completes: "rules",
    help: "only these rules, including their cases in the preset all; globs and categories work",
  },
  { name: "ignore", value: "RULE,…", repeats: true, completes: "rules", help: "without these rules" },
];

/** Which rules run, and at which levels. */
const ruleFlags: readonly Flag[] = [
  ...selection,
  {
    name: "preset",
    value: "NAME",
    completes: presets,
    help: "recommended, all or ephemeral; overrides the configuration",
  },
  ...config,
];

/** Which findings are shown. */
const shownFlags: readonly Flag[] = [
  {
    name: "min-severity",
    value: "LEVEL",
    completes: severities,
    help: "show only findings of this level or above; does not affect the exit code",
  },
  { name: "quiet", short: "q", help: "show errors only, without totals" },
  { name: "steps", help: "write out the steps of what only a person can repair" },
  { name: "statistics", help: "count findings by rule" },
];

const failOn: Flag = {
  name: "fail-on",
  value: "LEVEL",
  completes: severitiesOrNever,
  help: "exit with 1 at this level or above: error (default), warning, info, never",
};
const exitZero: Flag = { name: "exit-zero", help: "the same as --fail-on=never" };

/** Flags that stand under a heading in the help. */
function inGroup(group: string, flags: readonly Flag[]): readonly Flag[] {
  return flags.map((flag) => ({ ...flag, group }));
}

const filename: Flag = {
  name: "filename",
  short: "f",
  value: "PATH",
  repeats: true,
  completes: "manifest",
  help: "a file, folder or glob; the same as PATH",
};

const exclude: Flag = { name: "exclude", value: "GLOB", repeats: true, help: "do not read these files" };

/** `-k`; `does` is what the verb does with the rendered text. */
function rendered(does: string): Flag {
  return {
    name: "kustomize",
    short: "k",
    value: "FOLDER",
    repeats: true,
    completes: "folder",
    help: `render with kubectl kustomize and ${does} the result`,
  };
}

/** How charts are rendered. */
function helmFlags(does: string): readonly Flag[] {
  return [
    {
      name: "helm",
      value: "CHART",
      repeats: true,
      completes: "folder",
      help: `render a chart, a folder or .tgz, with helm template and ${does} the result`,
    },
    {
      name: "values",
      value: "FILE",
      repeats: true,
      completes: "manifest",
      help: "render charts with these values; default: their own, and each ci/*.yaml and values-*.yaml beside them",
    },
    { name: "no-helm", help: "render no charts" },
  ];
}

/** Which files a verb reads that judges one state of them. */
function filesFlags(does: string): readonly Flag[] {
  return [filename, rendered(does), allowRemote, ...helmFlags(does), exclude];
}

/** Which cluster a verb asks, as kubectl names it. */
const clusterFlags: readonly Flag[] = [
  {
    name: "namespace",
    short: "n",
    value: "NAME",
    completes: "namespace",
    help: "the namespace; default: that of the context",
  },
  { name: "all-namespaces", short: "A", help: "all namespaces" },
  { name: "context", value: "NAME", completes: "context", help: "the context of the kubeconfig" },
  { name: "kubeconfig", value: "FILE", completes: "file", help: "instead of KUBECONFIG and ~/.kube/config" },
  { name: "as", value: "USER", help: "ask as this user (impersonation)" },
  { name: "request-timeout", value: "TIME", help: "how long one answer may take: 30s (default), 2m; 0 is no limit" },
];

const from: Flag = {
  name: "from",
  value: "PATH",
  repeats: true,
  completes: "file",
  help: "read files taken from a cluster instead: kubectl get -o yaml or json, a must-gather, a cluster-info dump; - is stdin",
};

const fromNeedsNoCluster: readonly Pairing[] = [
  {
    flag: "from",
    excludes: ["context", "kubeconfig", "as", "request-timeout"],
    says: "--from reads files and asks no cluster; it cannot be combined with --{other}",
  },
  { flag: "namespace", excludes: ["all-namespaces"], says: "-n names one namespace and -A means all; give one" },
];

const live: Flag = { name: "live", help: "read the cluster instead of manifests" };

/** A cluster in place of manifests: for verbs that read files unless they are told otherwise. */
const liveFlags: readonly Flag[] = inGroup("A cluster", [live, from, ...clusterFlags]);

/** A cluster as the old side; its namespaces are those of the manifests. */
const oldSideFlags: readonly Flag[] = inGroup("A cluster", [
  { ...live, help: "compare with the cluster: it is the old side" },
  from,
  ...clusterFlags
    .filter(({ name }) => name !== "all-namespaces")
    .map((flag) =>
      flag.name === "namespace"
        ? { ...flag, help: "of manifests that write none; default: that of the context" }
        : flag,
    ),
  {
    name: "prune",
    value: "LABELS",
    help: "what kubectl apply made and carries these labels counts as deleted where no manifest has it; default: nothing does",
  },
]);

const onlyLive: readonly Pairing[] = [
  ...fromNeedsNoCluster,
  { flag: "live", excludes: ["from"], says: "--live asks the cluster and --from reads files taken from one; give one" },
  ...clusterFlags.map(({ name }) => ({ flag: name, needs: ["live", "from"], says: `--${name} requires --live` })),
];

const livePairings: readonly Pairing[] = [
  ...onlyLive,
  ...["live", "from"].map((flag) => ({
    flag,
    excludes: ["filename", "kustomize", "helm", "values", "no-helm", "exclude"],
    says: `--${flag} reads a cluster and no manifests; it cannot be combined with --{other}`,
  })),
];

const oldSidePairings: readonly Pairing[] = [
  ...onlyLive,
  ...["live", "from"].map((flag) => ({
    flag,
    excludes: ["since", "staged"],
    says: `--${flag} and --{other} are two different old sides; give one`,
  })),
  { flag: "prune", needs: ["live", "from"], says: "--prune requires --live" },
];

/** Which two texts `diff` and `plan` compare. */
const sidesFlags: readonly Flag[] = [
  {
    name: "since",
    value: "REF",
    completes: "revision",
    help: "compare with where this branch left a git revision, read from git without a checkout",
  },
  { name: "staged", help: "compare what is staged in git with HEAD" },
  {
    name: "kustomize",
    short: "k",
    value: "FOLDER",
    repeats: true,
    completes: "folder",
    help: "render with kubectl kustomize; with --since or --staged on both sides, otherwise give it twice: old, then new",
  },
  allowRemote,
  exclude,
];

/** One table: parsing, help and completion come from it. It loads nothing: completion has no time for the engine. */
export const verbs: readonly Verb[] = [
  {
    name: "lint",
    words: "manifest",
    usage: ["lint [PATH…|-]"],
    summary: "Find what loses data or fails to start in database manifests",
    examples: [
      "kubectl dbops lint shop/",
      "kubectl dbops lint --fix shop/",
      "helm template shop | kubectl dbops lint -",
      "kubectl dbops lint --since origin/main --fail-on warning -o sarif=dbops.sarif",
    ],
    pairings: [
      {
        flag: "kustomize",
        excludes: ["fix", "diff", "fix-dry-run"],
        says: "-k lints what kustomize renders, which --fix cannot change; fix the files themselves",
      },
      {
        flag: "helm",
        excludes: ["fix", "diff", "fix-dry-run", "suppress", "watch"],
        says: "--helm lints what helm renders; it cannot be combined with --{other}",
      },
      {
        flag: "unsafe-fixes",
        needs: ["fix", "diff", "fix-dry-run"],
        says: "--unsafe-fixes requires --fix or --diff",
      },
      {
        flag: "watch",
        excludes: ["fix", "suppress", "write-baseline", "prune-baseline", "print-config"],
        says: "--watch only looks; it cannot be combined with --{other}",
      },
      {
        flag: "watch",
        excludes: ["kustomize"],
        says: "--watch looks at the files it lints, and -k lints what kustomize renders; name the folder without -k",
      },
      // Flags that write something else, or without which a comment would not count.
      {
        flag: "suppress",
        excludes: ["fix", "diff", "fix-dry-run", "kustomize", "write-baseline", "output", "no-inline-config"],
        says: "--suppress writes comments into files; it cannot be combined with --{other}",
      },
      { flag: "reason", needs: ["suppress"], says: "--reason requires --suppress" },
      remoteNeedsKustomize,
    ],
    exitCodes: [
      "  0  nothing at or above the level of --fail-on",
      "  1  findings at or above it, or more warnings than --max-warnings",
      "  2  wrong usage or configuration, unreadable input",
    ],
    flags: [
      ...inGroup("What is read", [
        filename,
        { name: "recursive", short: "R", help: "folders are always read recursively; accepted because kubectl has it" },
        rendered("lint"),
        allowRemote,
        ...helmFlags("lint"),
        { name: "stdin", hidden: true, help: "the same as -" },
        {
          name: "stdin-filename",
          value: "NAME",
          completes: "manifest",
          help: "lint stdin as the text of this file, in its folder",
        },
        exclude,
        { name: "force-exclude", hidden: true, help: "exclude files even when they are named" },
        { name: "no-ignore", help: "read files that .gitignore lists and git does not track" },
        { name: "no-error-on-unmatched-pattern", help: "a path that matches nothing is not an error" },
        {
          name: "view",
          value: "VIEW",
          hidden: true,
          completes: views,
          help: "file or folder: how much dbops may take into account",
        },
      ]),
      ...inGroup("Only what changed", [
        {
          name: "since",
          value: "REF",
          completes: "revision",
          help: "report only on files that changed since a git revision",
        },
        { name: "staged", help: "report only on files staged in git" },
        { name: "changed", help: "report only on files that differ from HEAD" },
      ]),
      ...inGroup("Which rules, and how grave", [
        ...ruleFlags,
        {
          name: "print-config",
          value: "FILE",
          completes: "manifest",
          help: "show the configuration that applies to a file, and stop",
        },
        { name: "no-inline-config", help: "do not read suppression comments and annotations" },
      ]),
      ...inGroup("What is shown", [
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
        ...shownFlags,
        { name: "timing", help: "say what the time went into, and which rules took most of it" },
        { name: "watch", help: "lint again whenever a file changes, until Ctrl-C" },
        ...colorFlags,
        { name: "debug", help: "show which files were read, which belong together, what was skipped and why" },
      ]),
      ...inGroup("What fails", [
        failOn,
        { name: "max-warnings", value: "N", help: "exit with 1 when there are more warnings" },
        exitZero,
        { name: "strict", help: "exit with 2 when a document was not linted" },
      ]),
      ...inGroup("Repairs and suppressions", [
        { name: "fix", help: "apply safe fixes" },
        { name: "unsafe-fixes", help: "with --fix or --diff: also apply fixes that restart Pods or need a decision" },
        { name: "diff", help: "show what --fix would change, and change nothing" },
        { name: "fix-dry-run", hidden: true, help: "the same as --diff" },
        {
          name: "suppress",
          value: "RULE,…",
          repeats: true,
          completes: "rules",
          help: "write a suppression at each finding of these rules",
        },
        { name: "reason", value: "TEXT", help: "the reason that --suppress writes into the comments" },
      ]),
      ...inGroup("Baseline", [
        {
          name: "baseline",
          value: "[=FILE]",
          completes: "file",
          help: "do not report findings listed in the file (.dbops-baseline.json)",
        },
        { name: "write-baseline", value: "[=FILE]", completes: "file", help: "write today's findings to the file" },
        {
          name: "prune-baseline",
          value: "[=FILE]",
          completes: "file",
          help: "drop entries of the file that no longer match anything",
        },
      ]),
    ],
  },
  {
    name: "diff",
    words: "manifest",
    usage: [
      "diff OLD NEW",
      "diff -k OLD -k NEW",
      "diff --since REF|--staged [PATH…]",
      "diff --since REF|--staged -k FOLDER",
      "diff --live PATH|-k FOLDER",
    ],
    summary: "Say what a change does to databases, their claims and their Pods",
    examples: [
      "kubectl dbops diff --since origin/main",
      "kubectl dbops diff --staged",
      "kubectl dbops diff --since origin/main -k overlays/prod",
      "helm template shop | kubectl dbops diff released.yaml -",
      "kubectl dbops diff --live -k overlays/prod",
      "kubectl dbops diff old new --allow removed:StatefulSet/shop/reports-db",
    ],
    pairings: [
      { flag: "since", excludes: ["staged"], says: "--since and --staged are two different old sides; give one" },
      remoteNeedsKustomize,
      ...oldSidePairings,
    ],
    exitCodes: [
      "  0  nothing at or above the level of --fail-on",
      "  1  a change that is refused, does not start, starts empty or destroys data,",
      "     or other findings",
      "  2  wrong usage or configuration, unreadable input",
    ],
    notes: [
      "Files are compared as texts, without a cluster: what is not in the old text",
      "counts as not there, and what is not in the new one as deleted. With --live the",
      "old side is what the cluster has of the objects in PATH; what only the cluster",
      "has is another source's.",
    ],
    flags: [
      ...sidesFlags,
      ...oldSideFlags,
      {
        name: "allow",
        value: "VERDICT:OBJECT",
        repeats: true,
        completes: allowedVerdicts.map((verdict) => `${verdict}:`),
        help: `accept a verdict about one object (KIND/NAMESPACE/NAME, or KIND/NAME where no namespace is written): ${allowedVerdicts.join(", ")}`,
      },
      ...selection,
      ...config,
      output,
      { name: "format", value: "FORMAT", repeats: true, hidden: true, completes: formats, help: "the same as -o" },
      failOn,
      exitZero,
      { name: "no-inline-config", help: "do not read suppression comments and annotations" },
      ...colorFlags,
      { name: "debug", hidden: true, help: "show where dbops failed" },
    ],
  },
  {
    name: "plan",
    words: "manifest",
    usage: [
      "plan OLD NEW",
      "plan -k OLD -k NEW",
      "plan --since REF|--staged [PATH…]",
      "plan --since REF|--staged -k FOLDER",
      "plan --live PATH|-k FOLDER",
    ],
    summary: "Write the steps that take a database and its data through a change",
    examples: [
      "kubectl dbops plan --since origin/main",
      "kubectl dbops plan old.yaml new.yaml -o markdown",
      "kubectl dbops plan --live shop/ -n shop",
      "kubectl dbops plan old new --only StatefulSet/shop/orders-db -o script > db.sh",
    ],
    pairings: [
      { flag: "since", excludes: ["staged"], says: "--since and --staged are two different old sides; give one" },
      remoteNeedsKustomize,
      ...oldSidePairings,
    ],
    exitCodes: [
      "  0  the steps are written, or none are needed",
      "  2  wrong usage or configuration, unreadable input",
    ],
    notes: [
      "The steps are written, never run. The script of -o script shows each command,",
      "asks before it runs it, and refuses to delete a claim whose volume would go too.",
    ],
    flags: [
      ...sidesFlags,
      ...oldSideFlags,
      {
        name: "only",
        value: "OBJECT",
        repeats: true,
        help: "only the steps for this object (KIND/NAMESPACE/NAME, or KIND/NAME where no namespace is written)",
      },
      { name: "output", short: "o", value: "FORMAT", completes: planFormats, help: "human, markdown, json or script" },
      ...config,
      { name: "no-inline-config", help: "do not read suppression comments and annotations" },
      ...colorFlags,
      { name: "debug", hidden: true, help: "show where dbops failed" },
    ],
  },
  {
    name: "pool",
    words: "manifest",
    usage: ["pool [PATH…|-]", "pool --live [-n NAME|-A]"],
    summary: "Count how many connections each workload may open to each database",
    examples: [
      "kubectl dbops pool shop/",
      "kubectl dbops pool --what-if pooler.replicas=5 shop/",
      "kubectl dbops pool --what-if default_pool_size=11,max_connections=200",
      "helm template shop | kubectl dbops pool -o markdown -",
      "kubectl dbops pool --live -n shop",
    ],
    pairings: [remoteNeedsKustomize, ...livePairings],
    notes: ["With --live, the Pods are those that run now."],
    exitCodes: [
      "  0  every sum in view fits",
      "  1  a database gets more connections than it accepts, at peak or in a rollout",
      "  2  wrong usage or configuration, unreadable input",
    ],
    flags: [
      ...filesFlags("count"),
      ...liveFlags,
      {
        name: "what-if",
        value: "NAME.SETTING=N",
        repeats: true,
        completes: whatIfNames,
        help: "use this number instead; NAME is a workload, pooler, client or database; SETTING is replicas, default_pool_size, reserve_pool_size, max_db_connections, pool or max_connections",
      },
      { name: "output", short: "o", value: "FORMAT", completes: tableFormats, help: "human, json or markdown" },
      {
        name: "fail-on",
        value: "MOMENT",
        completes: moments,
        help: "exit with 1 when this sum is over: rollout (default), peak, never",
      },
      ...colorFlags,
    ],
  },
  {
    name: "backups",
    words: "manifest",
    usage: ["backups [PATH…|-]", "backups --live [-n NAME|-A]"],
    summary: "Show how much a restore would lose, and how long backups are kept",
    examples: [
      "kubectl dbops backups shop/",
      "kubectl dbops backups --require rpo=24h,retention=7d,offsite shop/",
      "helm template shop | kubectl dbops backups -o markdown -",
      "kubectl dbops backups --live -n shop --require rpo=24h",
    ],
    pairings: [remoteNeedsKustomize, ...livePairings],
    notes: [
      "Manifests say what a schedule promises. With --live the cluster says when each",
      "backup last succeeded, and --require rpo measures that.",
    ],
    exitCodes: [
      "  0  every database meets what --require asks for, or nothing is required",
      "  1  a database falls short of it",
      "  2  wrong usage or configuration, unreadable input",
    ],
    flags: [
      ...filesFlags("read"),
      ...liveFlags,
      {
        name: "require",
        value: "NAME[=TIME],…",
        repeats: true,
        completes: requirements,
        help: "exit with 1 when a database falls short: rpo=24h (a restore may lose this much), retention=7d (it must reach back this far), offsite (a copy outside the cluster), restore-tested=30d (a restore is tested this often)",
      },
      { name: "output", short: "o", value: "FORMAT", completes: tableFormats, help: "human, json or markdown" },
      ...colorFlags,
    ],
  },
  {
    name: "release",
    words: "manifest",
    usage: ["release [PATH…|-]", "release --since REF|--staged [PATH…]"],
    summary: "Show what migrations of a release lock, their order, the way back",
    examples: [
      "kubectl dbops release shop/ db/migrations/0042_status.up.sql",
      "kubectl dbops release --since origin/main",
      "kubectl dbops release --since origin/main -o markdown",
    ],
    pairings: [
      { flag: "since", excludes: ["staged"], says: "--since and --staged are two different sets of files; give one" },
      remoteNeedsKustomize,
    ],
    exitCodes: [
      "  0  no rule calls anything in it an error",
      "  1  one does: the migration fails, loses data or stops the release",
      "  2  wrong usage or configuration, unreadable input",
    ],
    flags: [
      ...filesFlags("read"),
      {
        name: "since",
        value: "REF",
        completes: "revision",
        help: "only what changed since a git revision: its SQL files are the new ones",
      },
      { name: "staged", help: "only what is staged in git" },
      { name: "output", short: "o", value: "FORMAT", completes: tableFormats, help: "human, json or markdown" },
      ...colorFlags,
    ],
  },
  {
    name: "scan",
    usage: ["scan"],
    mostWords: 0,
    summary: "Find the same in a running cluster, and what only its state shows",
    examples: [
      "kubectl dbops scan -n shop",
      "kubectl dbops scan -A -o json",
      "kubectl dbops scan --context prod -l app=orders-db",
      "kubectl dbops scan --from must-gather/",
    ],
    pairings: fromNeedsNoCluster,
    exitCodes: [
      "  0  nothing at or above the level of --fail-on",
      "  1  findings at or above it, or more warnings than --max-warnings",
      "  2  wrong usage or configuration, a cluster or a file that cannot be read",
    ],
    notes: [
      "It reads and never writes, and asks for no Secret. A kind that it may not list",
      "is named, and nothing is said about what is missing there.",
    ],
    flags: [
      ...inGroup("What is read", [
        ...clusterFlags,
        { name: "selector", short: "l", value: "LABELS", help: "report only on objects with these labels" },
        from,
      ]),
      ...inGroup("Which rules, and how grave", [...ruleFlags]),
      ...inGroup("What is shown", [output, ...shownFlags, ...colorFlags]),
      ...inGroup("What fails", [
        failOn,
        { name: "max-warnings", value: "N", help: "exit with 1 when there are more warnings" },
        exitZero,
      ]),
    ],
  },
  {
    name: "pvc",
    usage: ["pvc list", "pvc release-plan NAME", "pvc inspect NAME", "pvc protect NAME"],
    words: claimActions,
    laterWords: "claim",
    lastWords: ["list"],
    mostWords: 3,
    summary: "Say why each claim is there, and what deleting it would destroy",
    examples: [
      "kubectl dbops pvc list -A",
      "kubectl dbops pvc release-plan data-orders-db-2 -n shop",
      "kubectl dbops pvc inspect data-orders-db-2 -n shop --run",
      "kubectl dbops pvc protect data-orders-db-2 -n shop --dry-run=server",
    ],
    pairings: [
      ...fromNeedsNoCluster,
      {
        flag: "yes",
        excludes: ["dry-run"],
        says: "--dry-run changes nothing, so that there is nothing for --yes to confirm",
      },
    ],
    notes: [
      "list says why each claim is there. None is called unused: that no Pod mounts it",
      "now says nothing about its data. release-plan says what deleting it would",
      "destroy, inspect prints a Pod that looks at its files, read-only, and protect",
      "sets its volume to Retain, after asking. Nothing here deletes a claim.",
    ],
    flags: [
      ...clusterFlags,
      from,
      {
        name: "dry-run",
        value: "WHERE",
        completes: dryRuns,
        help: "protect: change nothing; client only reads, server lets the cluster check it",
      },
      { name: "run", help: "inspect: create the Pod, show what it finds, and remove it" },
      { name: "yes", short: "y", help: "protect, inspect --run: do not ask" },
      { name: "output", short: "o", value: "FORMAT", completes: tableFormats, help: "list: human, json or markdown" },
      ...colorFlags,
    ],
  },
  {
    name: "rbac",
    usage: ["rbac VERB"],
    words: clusterVerbs,
    mostWords: 1,
    summary: "Print the smallest ClusterRole for a verb that asks a cluster",
    examples: ["kubectl dbops rbac scan | kubectl apply -f -", "kubectl dbops rbac pvc-protect --context prod"],
    notes: [
      `VERB is ${clusterVerbs.slice(0, -1).join(", ")} or ${clusterVerbs.at(-1)}.`,
      "It asks the cluster which of the kinds it has, and nothing else.",
    ],
    flags: clusterFlags.filter(({ name }) => name !== "namespace" && name !== "all-namespaces"),
  },
  {
    name: "policy",
    usage: ["policy"],
    mostWords: 0,
    summary: "Print the rules that an API server can enforce by itself",
    flags: [
      { name: "enforce", value: "ACTION", completes: enforcements, help: "warn (default), deny or audit" },
      {
        name: "select",
        value: "RULES",
        repeats: true,
        completes: "rule",
        help: "only these rules, categories or globs",
      },
      { name: "ignore", value: "RULES", repeats: true, completes: "rule", help: "all but these" },
      {
        name: "exempt",
        value: "USER",
        repeats: true,
        help: "a user no policy applies to: system:serviceaccount:NS:NAME",
      },
      { name: "list", help: "say of each rule whether it has a policy, and why not" },
    ],
    examples: [
      "kubectl dbops policy | kubectl apply -f -",
      "kubectl dbops policy --enforce deny --select data-on-emptydir",
      "kubectl dbops policy --list",
    ],
    notes: [
      "ValidatingAdmissionPolicies, for Kubernetes 1.30 and later. An API server",
      "sees one object at a time, so most rules have none; each refuses only what",
      "its rule reports. What has an owner and what operators make passes, and",
      "dbops/ignore and dbops/data hold as in lint.",
    ],
  },
  {
    name: "rules",
    usage: ["rules [CATEGORY|RULE|WORD…]"],
    words: "rule",
    summary: "List the rules",
    flags: [
      { name: "output", short: "o", value: "FORMAT", completes: textFormats, help: "text or json" },
      ...colorFlags,
    ],
    examples: ["kubectl dbops rules", "kubectl dbops rules backup migration", "kubectl dbops rules 'pooler-*' -o json"],
  },
  {
    name: "explain",
    words: "rule",
    usage: ["explain RULE"],
    mostWords: 1,
    summary: "Explain why a rule exists and what to do",
    flags: colorFlags,
    examples: ["kubectl dbops explain replicas-do-not-replicate"],
  },
  {
    name: "new",
    words: "snippet",
    mostWords: 1,
    usage: ["new [NAME]"],
    summary: "Write a safe manifest to start from; without a name, list them",
    flags: [
      { name: "set", value: "NAME=VALUE", repeats: true, completes: "placeholder", help: "fill in a value" },
      { name: "describe", help: "list what can be set" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        completes: "file",
        help: "write to a file; an existing file is kept",
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
    usage: ["init"],
    mostWords: 0,
    summary: "Write a .dbops.yaml to start from",
    flags: [
      { name: "schema", help: "also write .dbops.schema.json, for editors, and name it" },
      { name: "hook", help: "write a .pre-commit-config.yaml with the hook instead" },
      {
        name: "agent",
        value: "[=FOLDER]",
        completes: "folder",
        help: "write what a coding agent has to know instead (.agents/skills/dbops/SKILL.md)",
      },
    ],
    pairings: [
      { flag: "hook", excludes: ["agent"], says: "--hook and --agent write two different files; give one" },
      {
        flag: "schema",
        excludes: ["hook", "agent"],
        says: "--schema goes with a configuration, and --{other} writes another file; give one",
      },
    ],
    examples: ["kubectl dbops init", "kubectl dbops init --schema", "kubectl dbops init --hook"],
  },
  {
    name: "mcp",
    usage: ["mcp"],
    mostWords: 0,
    summary: "Answer a coding agent: lint, explain, pool, backups, diff and plan",
    flags: [],
    examples: ["kubectl dbops mcp"],
    notes: [
      "It speaks the Model Context Protocol on stdin and stdout until its client closes",
      "them, reads the files that it is asked about, and writes nothing.",
    ],
  },
  {
    name: "lsp",
    usage: ["lsp"],
    mostWords: 0,
    summary: "Serve an editor: findings while you type, fixes, jumps, renames",
    flags: [{ name: "stdio", help: "accepted, because editors pass it; there is no other way" }],
    examples: ["kubectl dbops lsp"],
    notes: [
      "It speaks the Language Server Protocol on stdin and stdout until the editor",
      "closes them. How to set it up for Neovim, Helix, Zed, Emacs and JetBrains IDEs:",
      "docs/editors.md. VS Code has an extension, which needs no server.",
    ],
  },
  {
    name: "config",
    words: ["verify"],
    laterWords: "manifest",
    usage: ["config verify [FILE…]"],
    summary: "Check the configuration files",
    flags: [],
    examples: ["kubectl dbops config verify"],
  },
  {
    name: "completion",
    words: shells,
    usage: [`completion ${shells.join("|")}`],
    mostWords: 1,
    summary: "Print the completion script for a shell",
    flags: [],
    examples: [
      "source <(kubectl-dbops completion bash)",
      "kubectl-dbops completion zsh > ~/.zfunc/_kubectl-dbops",
      "kubectl-dbops completion fish > ~/.config/fish/completions/kubectl-dbops.fish",
      "kubectl-dbops completion powershell | Out-String | Invoke-Expression",
      "kubectl dbops completion kubectl > ~/.local/bin/kubectl_complete-dbops",
    ],
    notes: [
      "kubectl's own completion (1.26 or later) completes `kubectl dbops`: it",
      "runs the executable kubectl_complete-dbops on the PATH, which is part of the npm",
      "package and the archives; krew does not install it: create it with",
      "`completion kubectl`, and make it executable (chmod +x).",
    ],
  },
  {
    name: "version",
    usage: ["version"],
    mostWords: 0,
    summary: "Print the version",
    flags: [{ name: "output", short: "o", value: "FORMAT", completes: textFormats, help: "text or json" }],
    examples: [],
  },
];
