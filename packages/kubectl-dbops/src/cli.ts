import { runBackups } from "./commands/backups.ts";
import { runCompletion } from "./commands/completion.ts";
import { runConfig } from "./commands/config.ts";
import { runDiff } from "./commands/diff.ts";
import { runExplain } from "./commands/explain.ts";
import { runInit } from "./commands/init.ts";
import { runLint } from "./commands/lint.ts";
import { runMcp } from "./commands/mcp.ts";
import { runNew } from "./commands/new.ts";
import { runPlan } from "./commands/plan.ts";
import { runPolicy } from "./commands/policy.ts";
import { runPool } from "./commands/pool.ts";
import { runPvc } from "./commands/pvc.ts";
import { runRbac } from "./commands/rbac.ts";
import { runRelease } from "./commands/release.ts";
import { runRules } from "./commands/rules.ts";
import { runScan } from "./commands/scan.ts";
import { runVersion } from "./commands/version.ts";
import { type Arguments, checkPairings, parseFlags } from "./flags.ts";
import { helpOf, overview } from "./help.ts";
import { type Io, UsageError } from "./io.ts";
import { didYouMean } from "./meaning.ts";
import { type Verb, type VerbName, verbs } from "./verbs.ts";

type Run<Code> = (args: Arguments, io: Io) => Code;

const runs: Readonly<Record<Exclude<VerbName, ClusterVerb>, Run<number>>> = {
  lint: runLint,
  diff: runDiff,
  plan: runPlan,
  pool: runPool,
  backups: runBackups,
  release: runRelease,
  policy: runPolicy,
  rules: runRules,
  explain: runExplain,
  new: runNew,
  init: runInit,
  mcp: (args, io) => runMcp(args, io, runOnFiles),
  config: runConfig,
  completion: runCompletion,
  version: runVersion,
};

/** The verbs that ask a cluster, and wait for its answers. */
const clusterRuns = {
  scan: runScan,
  pvc: runPvc,
  rbac: runRbac,
} satisfies Partial<Readonly<Record<VerbName, Run<Promise<number>>>>>;
type ClusterVerb = keyof typeof clusterRuns;

/** Runs a command line and gives its exit code; errors of usage are the caller's. */
export function runCli(words: readonly string[], io: Io): number | Promise<number> {
  const found = readLine(words, io);
  if (typeof found === "number") return found;
  const { name, args } = found;
  return isOfCluster(name) ? clusterRuns[name](args, io) : runs[name](args, io);
}

/** The same for a caller that cannot wait, of a verb that need not. */
function runOnFiles(words: readonly string[], io: Io): number {
  const found = readLine(words, io);
  if (typeof found === "number") return found;
  const { name, args } = found;
  if (isOfCluster(name)) throw new UsageError(`${name} asks a cluster, which this cannot`);
  return runs[name](args, io);
}

function isOfCluster(name: VerbName): name is ClusterVerb {
  return Object.hasOwn(clusterRuns, name);
}

/** The verb of a command line and its arguments; a number: it was a question about dbops, and is answered. */
function readLine(words: readonly string[], io: Io): number | { readonly name: VerbName; readonly args: Arguments } {
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
  if (extra !== undefined) throw new UsageError(`${verb.name} does not take ${extra}`);
  checkPairings(args, verb.pairings ?? []);
  return { name: verb.name, args };
}

function verbNamed(name: string): Verb {
  const verb = verbs.find((each) => each.name === name);
  if (verb !== undefined) return verb;
  const names = verbs.map((each) => each.name);
  throw new UsageError(`unknown command ${name}${didYouMean(name, names, "see kubectl dbops --help")}`);
}
