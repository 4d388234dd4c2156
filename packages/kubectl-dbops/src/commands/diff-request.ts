import { type ObjectName, objectNamed, type Verdict } from "@dbops/core";
import { allowedVerdicts } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { UsageError } from "../io.ts";
import { asksCluster } from "./cluster-request.ts";
import { type Gate, readGate } from "./gate.ts";
import { readLevel } from "./levels.ts";
import { type Output, readOutputs } from "./outputs.ts";
import { type ColorWhen, type RuleRequest, readColor, readRules } from "./request.ts";

/** The two texts: two places on disk, a snapshot of git and what is there now, or a cluster and a place. */
export type SidesRequest =
  | ClusterSides
  | { readonly from: "places"; readonly before: string; readonly after: string }
  | { readonly from: "renderings"; readonly before: string; readonly after: string }
  | {
      readonly from: "git";
      readonly since: string | "staged";
      readonly paths: readonly string[];
      readonly kustomizations: readonly string[];
    };

/** A cluster, and what is to be applied to it: a file or folder, or kustomizations. */
interface ClusterSides {
  readonly from: "cluster";
  readonly after: string | undefined;
  readonly kustomizations: readonly string[];
  /** Labels of the objects that `kubectl apply --prune` would delete; undefined: none is. */
  readonly prune: string | undefined;
}

/** `--allow starts-empty:StatefulSet/shop/orders-db`, read. */
interface Allowance extends ObjectName {
  readonly verdict: Verdict;
}

/** Which two texts are compared, and by which rules. */
export interface ComparisonRequest {
  readonly sides: SidesRequest;
  readonly rules: RuleRequest;
  readonly exclude: readonly string[];
  readonly allowsRemote: boolean;
}

/** All that the words of `diff` ask for. */
export interface DiffRequest extends ComparisonRequest {
  readonly allowed: readonly Allowance[];
  readonly outputs: readonly Output[];
  readonly color: ColorWhen;
  readonly gate: Gate;
}

/** @throws UsageError */
export function readDiffRequest(args: Arguments): DiffRequest {
  return {
    ...readComparison(args, "diff"),
    allowed: args.values("allow").map(readAllowance),
    outputs: readOutputs(args),
    color: readColor(args),
    gate: readGate(args),
  };
}

/** What `diff` and `plan` have in common. @throws UsageError */
export function readComparison(args: Arguments, verb: string): ComparisonRequest {
  return {
    sides: sidesOf(args, verb),
    rules: readRules(args),
    exclude: args.values("exclude"),
    allowsRemote: args.has("allow-remote"),
  };
}

function sidesOf(args: Arguments, verb: string): SidesRequest {
  const { positionals } = args;
  const kustomizations = args.values("kustomize");
  if (asksCluster(args)) {
    const [after, ...more] = positionals;
    if (more.length > 0 || (after === undefined) === (kustomizations.length === 0))
      throw new UsageError(`${verb} of a cluster needs one file or folder, or -k FOLDER: what is to be applied to it`);
    return { from: "cluster", after, kustomizations, prune: args.value("prune") };
  }
  const since = args.has("staged") ? "staged" : args.value("since");
  if (since !== undefined) {
    if (kustomizations.length > 0 && positionals.length > 0)
      throw new UsageError(`${verb} takes either paths or -k folders with --since and --staged`);
    return { from: "git", since, paths: positionals, kustomizations };
  }
  const places = kustomizations.length > 0 ? kustomizations : positionals;
  const [before, after] = places;
  const isMixed = kustomizations.length > 0 && positionals.length > 0;
  if (before === undefined || after === undefined || places.length > 2 || isMixed)
    throw new UsageError(
      `${verb} needs two sides: OLD NEW, -k OLD -k NEW, or --since REF or --staged in a git repository`,
    );
  return { from: kustomizations.length > 0 ? "renderings" : "places", before, after };
}

/** @throws UsageError */
function readAllowance(text: string): Allowance {
  const [word = "", object = "", ...more] = text.split(":");
  const verdict = readLevel("allow", word, allowedVerdicts);
  const named = objectNamed(object);
  if (verdict === undefined || more.length > 0 || named === undefined)
    throw new UsageError(
      `--allow must be VERDICT:KIND/NAMESPACE/NAME, without NAMESPACE where the manifest writes none, not ${text}`,
    );
  return { verdict, ...named };
}
