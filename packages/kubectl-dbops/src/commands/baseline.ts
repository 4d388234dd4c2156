import { existsSync } from "node:fs";
import path from "node:path";
import type { Finding, LintResult, ProjectInput } from "@dbops/core";
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

/** What `--baseline`, `--write-baseline` and `--prune-baseline` ask for: files as they are written. */
export interface BaselineRequest {
  /** Its findings are hidden. */
  readonly hides: string | undefined;
  readonly writes: string | undefined;
  /** Entries that match nothing are dropped from the file that hides. */
  readonly isPruned: boolean;
}

export function readBaselineRequest(args: Arguments): BaselineRequest {
  const fileOf = (flag: string): string =>
    [args.value(flag), args.value("baseline")].find((each) => each !== undefined && each !== "") ?? defaultFile;
  const isPruned = args.has("prune-baseline");
  const isWritten = args.has("write-baseline");
  // A baseline that is written anew lists what is found without it.
  const isRead = !isWritten && (isPruned || args.has("baseline"));
  return {
    hides: isRead ? fileOf(isPruned ? "prune-baseline" : "baseline") : undefined,
    writes: isWritten ? fileOf("write-baseline") : undefined,
    isPruned,
  };
}

/** The fingerprints of the findings that a baseline hides. @throws UsageError */
export function readBaseline({ hides }: BaselineRequest, io: Io): ProjectInput["baseline"] {
  if (hides === undefined) return undefined;
  const fingerprints = new Set(readEntries(hides, io).map((entry) => entry.fingerprint));
  return { uri: toPosix(path.resolve(io.cwd, hides)), fingerprints };
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
export function saveBaseline(file: string, { findings }: LintResult, io: Io): void {
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
export function reportStale(
  { hides: file, isPruned }: BaselineRequest,
  result: LintResult,
  requested: ReadonlySet<string>,
  io: Io,
): void {
  if (file === undefined) return;
  const folder = path.dirname(path.resolve(io.cwd, file));
  const matched = new Set(
    result.suppressed.flatMap((finding) => (finding.suppression.by === "baseline" ? [finding.fingerprint] : [])),
  );
  const entries = readEntries(file, io);
  const kept = entries.filter((entry) => {
    const absolute = path.resolve(folder, entry.path ?? "");
    return matched.has(entry.fingerprint) || (!requested.has(toPosix(absolute)) && existsSync(absolute));
  });
  const stale = entries.length - kept.length;
  if (stale === 0) return;
  const what = `${stale} ${stale === 1 ? "entry" : "entries"} of ${file}`;
  if (isPruned) {
    writeEntries(file, kept, io);
    io.err(`${what} removed: ${stale === 1 ? "it no longer matched" : "they no longer matched"} anything.\n`);
  } else io.err(`${what} no longer ${stale === 1 ? "matches" : "match"} anything; remove with --prune-baseline.\n`);
}
