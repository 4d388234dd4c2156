import { parseGoDuration } from "@dbops/core";
import { openCluster } from "../cluster/client.ts";
import { openDump } from "../cluster/dump.ts";
import type { ClusterSource } from "../cluster/source.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";

/** Milliseconds for one answer where nobody says how many. */
const patience = 30_000;

/** The cluster, or what was taken from one, that the flags name. @throws UsageError */
export async function openSource(args: Arguments, io: Io): Promise<ClusterSource> {
  const from = args.values("from");
  if (from.length > 0) return openDump(from, io);
  return openCluster(
    {
      kubeconfig: args.value("kubeconfig"),
      context: args.value("context"),
      as: args.value("as"),
      timeout: timeoutOf(args.value("request-timeout")),
    },
    { cwd: io.cwd, env: io.env, signal: io.interrupted() },
  );
}

/** The namespace that is asked for; undefined: all. Files hold what somebody chose to take: all of it counts. */
export function namespaceOf(args: Arguments, source: ClusterSource): string | undefined {
  if (args.has("all-namespaces")) return undefined;
  return args.value("namespace") ?? source.namespace;
}

/** Whether the words ask for a cluster, or for what was taken from one, in place of manifests. */
export function asksCluster(args: Arguments): boolean {
  return args.has("live") || args.has("from");
}

/** @throws UsageError where manifests are named as well */
export function takesNoPaths({ positionals: [first] }: Arguments, verb: string): void {
  if (first !== undefined)
    throw new UsageError(`${verb} reads a cluster with --live and --from, or files, not both: leave out ${first}`);
}

/** Timers of JavaScript count no further: 24 days. */
const longest = 2 ** 31 - 1;

/**
 * Milliseconds of kubectl's `--request-timeout`: a number of seconds, or Go's `30s`, `1m30s`, `1.5h`; 0 is no limit, here as there.
 * @throws UsageError
 */
export function timeoutOf(text: string | undefined): number {
  if (text === undefined) return patience;
  const seconds = /^\d{1,18}$/.test(text) ? Number(text) : parseGoDuration(text);
  if (seconds === undefined || seconds < 0)
    throw new UsageError(`--request-timeout ${text} is not a duration: 30, 30s or 2m; 0 is no limit`);
  return seconds === 0 ? Number.POSITIVE_INFINITY : Math.min(seconds * 1000, longest);
}
