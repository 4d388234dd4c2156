import { closest, kindsAroundClaims, type LiveClaim, liveClaims, printable } from "@dbops/core";
import { dryRuns, tableFormats } from "../choices.ts";
import type { ClusterSource } from "../cluster/source.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { masked } from "../masked.ts";
import { claimReporters } from "../reporters/claims.ts";
import { inspectionManifest, inspectionPod, notMountable, notReadable, usedBy } from "../reporters/inspection-pod.ts";
import { type CommandPlace, releasePlan } from "../reporters/release-plan.ts";
import { namespaceOf, openSource } from "./cluster-request.ts";
import { readLevel } from "./levels.ts";
import { lookAt } from "./live-project.ts";
import { reportContext } from "./outputs.ts";
import { sayProblems, unreadLines } from "./read-asked.ts";
import { readColor } from "./request.ts";

/** Shows claims and why they are there, and keeps their disks. It deletes none. */
export async function runPvc(args: Arguments, io: Io): Promise<number> {
  const [action, name, extra] = args.positionals;
  if (extra !== undefined) throw new UsageError(`pvc ${action} does not take ${extra}`);
  switch (action) {
    case "list":
      if (name !== undefined) throw new UsageError(`pvc list does not take ${name}; -n names a namespace`);
      return list(args, io);
    case "release-plan":
      return show(args, io, releasePlan);
    case "inspect":
      return args.has("run") ? inspect(args, io) : show(args, io, inspected);
    case "protect":
      return protect(args, io);
    case undefined:
      throw new UsageError("pvc what? list, release-plan NAME, inspect NAME or protect NAME");
    default:
      throw new UsageError(
        `there is no pvc ${action}${/^(?:delete|rm|prune|clean)/.test(action) ? "; dbops deletes no claim: pvc release-plan NAME says what a deletion would destroy" : "; it knows list, release-plan, inspect and protect"}`,
      );
  }
}

interface Claims {
  readonly source: ClusterSource;
  readonly claims: readonly LiveClaim[];
  readonly namespace: string | undefined;
  /** Something of the files could not be read. */
  readonly isPartial: boolean;
}

/** @param whenRead called when nothing more is asked of the cluster than this */
async function claimsOf(args: Arguments, io: Io, whenRead?: () => void): Promise<Claims> {
  const source = await openSource(args, io);
  const namespace = namespaceOf(args, source);
  const read = await source.read({ namespace, kinds: kindsAroundClaims(), progress: io.progress });
  whenRead?.();
  for (const line of unreadLines(read.unread, namespace)) io.err(`${masked(line)}\n`);
  const hidden = read.unread.find(({ kind, reason }) => kind === "PersistentVolumeClaim" && reason !== "not-taken");
  if (hidden !== undefined) {
    const why = hidden.reason === "failed" ? "could not be listed" : "may not be listed";
    throw new UsageError(`${source.name}: claims ${why}: ${hidden.message}`);
  }
  const looked = lookAt(read, namespace, io);
  sayProblems(looked.problems, io);
  const claims = liveClaims(looked, looked.unread).filter(
    (claim) => namespace === undefined || claim.namespace === namespace,
  );
  return { source, claims, namespace, isPartial: looked.problems.length > 0 };
}

async function list(args: Arguments, io: Io): Promise<number> {
  const format = readLevel("output", args.value("output"), tableFormats) ?? "human";
  const context = reportContext(readColor(args), io);
  const { claims, isPartial } = await claimsOf(args, io, io.uninterrupted);
  io.out(claimReporters[format](claims, context));
  return isPartial ? 2 : 0;
}

async function show(args: Arguments, io: Io, text: (claim: LiveClaim, place: CommandPlace) => string): Promise<number> {
  const { claim, source, isPartial } = await claimNamed(args, io, io.uninterrupted);
  // Files do not say where they were taken, and a command goes to whatever the current context is.
  const where = args.has("from")
    ? "These files do not name their cluster: check `kubectl config current-context` before each command, or add --context."
    : `The commands are for ${source.name}.`;
  const shown = text(claim, { flags: source.flags, where });
  io.out(shown.split("\n").map(printable).join("\n"));
  return isPartial ? 2 : 0;
}

async function claimNamed(
  args: Arguments,
  io: Io,
  whenRead?: () => void,
): Promise<Pick<Claims, "source" | "isPartial"> & { readonly claim: LiveClaim }> {
  const [action, name] = args.positionals;
  if (name === undefined) throw new UsageError(`pvc ${action} needs the name of a claim`);
  if (args.has("all-namespaces")) throw new UsageError(`pvc ${action} is about one claim; -n names its namespace`);
  const { claims, source, namespace, isPartial } = await claimsOf(args, io, whenRead);
  const claim = claims.find((each) => each.name === name);
  if (claim !== undefined) return { claim, source, isPartial };
  const near = closest(
    name,
    claims.map((each) => each.name),
  );
  throw new UsageError(
    `there is no claim ${name}${namespace === undefined ? "" : ` in namespace ${namespace}`}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

/** @throws UsageError where no Pod should be made */
function inspected(claim: LiveClaim, place: CommandPlace): string {
  checkMountable(claim, place.flags);
  return inspectionManifest(claim, place);
}

/** @throws UsageError */
function checkMountable(claim: LiveClaim, flags: string): void {
  const why = notMountable(claim);
  if (why !== undefined) throw new UsageError(claim.pods.length === 0 ? why : `${why}; ${lookThere(claim, flags)}`);
}

/** What a Pod that uses a claim is good for. */
function lookThere({ namespace, pods }: LiveClaim, flags: string): string {
  return `kubectl exec -n ${namespace}${flags} ${pods[0]} -- ls looks there`;
}

/** Runs the inspection Pod, and shows what it found. */
async function inspect(args: Arguments, io: Io): Promise<number> {
  if (args.has("from")) throw new UsageError("--from reads files; inspect --run creates a Pod in a cluster");
  const { claim, source } = await claimNamed(args, io);
  const { namespace, name } = claim;
  checkMountable(claim, source.flags);
  const used = usedBy(claim);
  const instead = lookThere(claim, source.flags);
  if (used?.isRefused === true) throw new UsageError(`${used.says}; ${instead}`);
  if (used !== undefined) io.err(`${masked(`${used.says}; ${instead}`)}\n`);
  const what = `Create a Pod in namespace ${namespace} of ${source.name} that looks at claim ${name}, read-only, and remove it afterward?`;
  if (!args.has("yes") && !(await isConfirmed(what, "Nothing was created.", source.signal, io))) return 2;
  const note = (line: string): void => io.err(`${masked(line)}\n`);
  const { name: pod, isGood, log } = await source.runPod(inspectionPod(claim), { progress: io.progress, note });
  for (const line of log.split("\n")) io.out(`${printable(line)}\n`);
  if (!isGood)
    io.err(
      `error: Pod ${pod} ${log.includes(notReadable) ? "could not read all files of the claim; which, and as whom it ran, is above" : "failed; what it printed is above"}\n`,
    );
  return isGood ? 0 : 2;
}

/** Sets the volume of a claim to Retain, so that its disk outlives the claim. */
async function protect(args: Arguments, io: Io): Promise<number> {
  const dryRun = readLevel("dry-run", args.value("dry-run"), dryRuns) ?? "none";
  if (args.has("from")) throw new UsageError("--from reads files; protect changes a volume of a cluster");
  const { claim, source } = await claimNamed(args, io);
  const { namespace, name, volume, reclaimPolicy } = claim;
  if (volume === undefined)
    throw new UsageError(`claim ${namespace}/${name} has no volume yet: there is nothing to protect`);
  if (reclaimPolicy === "Retain") {
    io.out(`Volume ${volume} of claim ${namespace}/${name} is kept already (reclaim policy Retain).\n`);
    return 0;
  }
  const change = `volume ${volume} of claim ${namespace}/${name} from ${reclaimPolicy ?? "its reclaim policy"} to Retain`;
  const place = ` in ${source.name}`;
  if (dryRun === "client") {
    io.out(
      `Would set ${change}${place}. Nothing was changed, and whether the cluster allows it was not asked: --dry-run=server does.\n`,
    );
    return 0;
  }
  const isAsked = dryRun === "none" && !args.has("yes");
  if (isAsked && !(await isConfirmed(`Set ${change}${place}?`, "Nothing was changed.", source.signal, io))) return 2;
  await source.setReclaimPolicy(volume, "Retain", dryRun === "server");
  io.out(
    dryRun === "server"
      ? `The cluster would set ${change}${place}. Nothing was changed.\n`
      : `Set ${change}: the disk stays when the claim is deleted.\n`,
  );
  return 0;
}

/** Asks at a terminal; elsewhere nobody can answer. @throws UsageError, also at Ctrl-C */
async function isConfirmed(question: string, otherwise: string, signal: AbortSignal, io: Io): Promise<boolean> {
  if (!io.isErrorTerminal) throw new UsageError(`${question} Nobody can be asked here; --yes says so`);
  io.err(`${masked(question)} [y/N] `);
  const answer = await io.answer(signal).catch((error: unknown) => {
    io.err(`\n${otherwise}\n`);
    throw error;
  });
  if (/^y(?:es)?$/i.test((answer ?? "").trim())) return true;
  io.err(`${otherwise}\n`);
  return false;
}
