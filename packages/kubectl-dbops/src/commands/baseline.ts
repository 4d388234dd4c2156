import { existsSync } from "node:fs";
import path from "node:path";
import type { Finding, LintResult } from "@dbops/core";
import { reasonOf, toPosix } from "../files/discover.ts";
import { readNamedFile } from "../files/read-stream.ts";
import { replaceFile } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";

interface Entry {
  readonly fingerprint: string;
  /** Relative to the baseline's folder. */
  readonly path: string;
  readonly [field: string]: unknown;
}

const defaultFile = ".dbops-baseline.json";

/** The baseline file that a flag names. */
function baselineFile(args: Arguments, flag: string): string {
  const own = args.value(flag);
  const other = args.value("baseline");
  return own !== undefined && own !== "" ? own : other !== undefined && other !== "" ? other : defaultFile;
}

/** The fingerprints that --baseline or --prune-baseline names; undefined when neither is given. @throws UsageError */
export function readBaseline(
  args: Arguments,
  io: Io,
): { readonly uri: string; readonly fingerprints: ReadonlySet<string> } | undefined {
  // A baseline that is written anew lists what is found without it.
  if (args.has("write-baseline") || !(args.has("baseline") || args.has("prune-baseline"))) return undefined;
  const file = namedFile(args);
  const fingerprints = new Set(readEntries(file, io).map((entry) => entry.fingerprint));
  return { uri: toPosix(path.resolve(io.cwd, file)), fingerprints };
}

function namedFile(args: Arguments): string {
  return baselineFile(args, args.has("prune-baseline") ? "prune-baseline" : "baseline");
}

function readEntries(file: string, io: Io): readonly Entry[] {
  try {
    const document = JSON.parse(readNamedFile(path.resolve(io.cwd, file)).toString("utf8")) as {
      readonly findings?: unknown;
    } | null;
    const findings = document?.findings;
    if (!Array.isArray(findings)) throw new SyntaxError();
    return findings.filter(
      (entry): entry is Entry => typeof (entry as Partial<Entry> | null)?.fingerprint === "string",
    );
  } catch (error) {
    throw new UsageError(
      `${file}: ${error instanceof SyntaxError ? "it is not a baseline" : reasonOf(error)}; write one with --write-baseline`,
    );
  }
}

/** `--write-baseline`: lists today's findings; rule and object are for people, the fingerprint decides. @throws UsageError */
export function saveBaseline(args: Arguments, { findings }: LintResult, io: Io): void {
  const file = baselineFile(args, "write-baseline");
  writeEntries(file, entriesOf(findings, file, io), io);
  io.err(
    `${file} lists ${findings.length} ${findings.length === 1 ? "finding" : "findings"}; lint with --baseline to hide them.\n`,
  );
}

function entriesOf(findings: readonly Finding[], file: string, io: Io): readonly Entry[] {
  const folder = path.dirname(path.resolve(io.cwd, file));
  return findings.map((finding) => ({
    rule: finding.ruleId,
    path: finding.location.uri.startsWith("/")
      ? toPosix(path.relative(folder, finding.location.uri))
      : finding.location.uri,
    object: finding.subject === undefined ? null : `${finding.subject.kind}/${finding.subject.name}`,
    fingerprint: finding.fingerprint,
  }));
}

function writeEntries(file: string, entries: readonly Entry[], io: Io): void {
  try {
    replaceFile(path.resolve(io.cwd, file), `${JSON.stringify({ schemaVersion: 1, findings: entries }, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`);
  }
}

/**
 * Names entries of the baseline that match nothing any more; with --prune-baseline they go. An entry of a file that this run did
 * not look at says nothing, as long as the file exists.
 */
export function reportStale(args: Arguments, result: LintResult, asked: ReadonlySet<string>, io: Io): void {
  if (readBaseline(args, io) === undefined) return;
  const file = namedFile(args);
  const folder = path.dirname(path.resolve(io.cwd, file));
  const matched = new Set(
    result.suppressed.flatMap((finding) => (finding.suppression.by === "baseline" ? [finding.fingerprint] : [])),
  );
  const entries = readEntries(file, io);
  const kept = entries.filter((entry) => {
    const absolute = path.resolve(folder, entry.path ?? "");
    return matched.has(entry.fingerprint) || (!asked.has(toPosix(absolute)) && existsSync(absolute));
  });
  const stale = entries.length - kept.length;
  if (stale === 0) return;
  const what = `${stale} ${stale === 1 ? "entry" : "entries"} of ${file}`;
  if (args.has("prune-baseline")) {
    writeEntries(file, kept, io);
    io.err(`${what} removed: ${stale === 1 ? "it no longer matched" : "they no longer matched"} anything.\n`);
  } else io.err(`${what} no longer ${stale === 1 ? "matches" : "match"} anything; remove with --prune-baseline.\n`);
}
