import { runBackups, runLiveBackups } from "./commands/backups.ts";
import { asksCluster } from "./commands/cluster-request.ts";
import { runCompletion } from "./commands/completion.ts";
import { runConfig } from "./commands/config.ts";
import { runDiff, runLiveDiff } from "./commands/diff.ts";
import { runExplain } from "./commands/explain.ts";
import { runInit } from "./commands/init.ts";
import { runLint } from "./commands/lint.ts";
import { runLsp } from "./commands/lsp.ts";
import { runMcp } from "./commands/mcp.ts";
import { runNew } from "./commands/new.ts";
import { runLivePlan, runPlan } from "./commands/plan.ts";
import { runPolicy } from "./commands/policy.ts";
import { runLivePool, runPool } from "./commands/pool.ts";
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

const runs = {
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
} satisfies Readonly<Record<Exclude<VerbName, "scan" | "pvc" | "rbac" | "lsp">, Run<number>>>;

/** The verbs that wait, for the answers of a cluster or an editor's questions; those that read manifests as well ask one where they are told to. */
const waitingRuns = {
  scan: runScan,
  pvc: runPvc,
  rbac: runRbac,
  backups: runLiveBackups,
  pool: runLivePool,
  diff: runLiveDiff,
  plan: runLivePlan,
  lsp: runLsp,
} satisfies Partial<Readonly<Record<VerbName, Run<Promise<number>>>>>;

/** Runs a command line and gives its exit code; errors of usage are the caller's. */
export function runCli(words: readonly string[], io: Io): number | Promise<number> {
  const found = readLine(words, io);
  return typeof found === "number" ? found : found.run(io);
}

/** The same for a caller that cannot wait, of a verb that need not. */
function runOnFiles(words: readonly string[], io: Io): number {
  const found = readLine(words, io);
  if (typeof found === "number") return found;
  if (found.waits) throw new UsageError(`${found.name} waits for others, which this cannot`);
  return found.run(io);
}

/** A command line, read. */
type Read = { readonly name: VerbName } & (
  | { readonly waits: true; run(io: Io): Promise<number> }
  | { readonly waits: false; run(io: Io): number }
);

function readRun(name: VerbName, args: Arguments): Read {
  if (!hasRun(runs, name) || (hasRun(waitingRuns, name) && asksCluster(args)))
    return { name, waits: true, run: (io) => waitingRuns[name as keyof typeof waitingRuns](args, io) };
  return { name, waits: false, run: (io) => runs[name](args, io) };
}

function hasRun<Table extends object>(table: Table, name: PropertyKey): name is keyof Table {
  return Object.hasOwn(table, name);
}

/** The verb of a command line and its arguments; a number: it was a question about dbops, and is answered. */
function readLine(words: readonly string[], io: Io): number | Read {
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
  return readRun(verb.name, args);
}

function verbNamed(name: string): Verb {
  const verb = verbs.find((each) => each.name === name);
  if (verb !== undefined) return verb;
  const names = verbs.map((each) => each.name);
  throw new UsageError(`unknown command ${name}${didYouMean(name, names, "see kubectl dbops --help")}`);
}
