import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Finding } from "@dbops/core";
import { reasonOf, toPosix } from "../files/discover.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";

const defaultFile = ".dbops-baseline.json";

/** The baseline file that a flag names. */
export function baselineFile(args: Arguments, flag: string): string {
  const own = args.value(flag);
  const other = args.value("baseline");
  return own !== undefined && own !== "" ? own : other !== undefined && other !== "" ? other : defaultFile;
}

/** The fingerprints that --baseline or --prune-baseline names; undefined when neither is given. @throws UsageError */
export function readBaseline(
  args: Arguments,
  io: Io,
): { readonly uri: string; readonly fingerprints: ReadonlySet<string> } | undefined {
  if (!args.has("baseline") && !args.has("prune-baseline")) return undefined;
  const file = baselineFile(args, args.has("baseline") ? "baseline" : "prune-baseline");
  const absolute = path.resolve(io.cwd, file);
  try {
    const { findings } = JSON.parse(readFileSync(absolute, "utf8")) as {
      readonly findings?: readonly { readonly fingerprint?: unknown }[];
    };
    const fingerprints = (findings ?? []).flatMap((entry) =>
      typeof entry.fingerprint === "string" ? [entry.fingerprint] : [],
    );
    return { uri: toPosix(absolute), fingerprints: new Set(fingerprints) };
  } catch (error) {
    throw new UsageError(
      `${file}: ${error instanceof SyntaxError ? "it is not JSON" : reasonOf(error)}; write one with --write-baseline`,
    );
  }
}

/** Writes findings as a baseline: rule and message are for people, the fingerprint decides. @throws UsageError */
export function writeBaseline(file: string, findings: readonly Finding[], io: Io): void {
  const entries = findings.map((finding) => ({
    rule: finding.ruleId,
    path: finding.location.uri.startsWith("/")
      ? toPosix(path.relative(io.cwd, finding.location.uri))
      : finding.location.uri,
    object: finding.subject === undefined ? null : `${finding.subject.kind}/${finding.subject.name}`,
    fingerprint: finding.fingerprint,
  }));
  try {
    writeFileSync(path.resolve(io.cwd, file), `${JSON.stringify({ schemaVersion: 1, findings: entries }, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`);
  }
}
