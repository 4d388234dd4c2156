import type { Workspace } from "../domain/model/workspace.ts";
import type { Finding, Severity } from "../rule/finding.ts";
import type { AnyRule } from "../rule/rule.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { Concealment } from "./concealment.ts";

/** Why a finding is not shown, and where that is written. */
export interface Suppression {
  readonly by: "comment" | "annotation" | "config" | "baseline" | "flag";
  readonly uri: string;
  readonly span: Span;
  readonly reason?: string;
  readonly until?: string;
}

export interface SuppressedFinding extends Finding {
  readonly suppression: Suppression;
}

/** A document that no rule saw, or a release in it whose objects no rule saw. */
export interface NotLinted {
  readonly uri: string;
  /** Counts from 1. */
  readonly document: number;
  readonly span: Span;
  readonly reason:
    | "template"
    | "partial"
    | "patched"
    | "encrypted"
    | "too-large"
    | "crashed"
    | "not-yaml"
    | "not-sql"
    | "chart";
  readonly message: string;
  /** Of reason `chart`: what it is, for counting: `HelmRelease of chart postgresql`, and of several. */
  readonly chart?: { readonly one: string; readonly many: string };
}

/** What was understood: silence is worth as much as this. */
export interface LintCounts {
  readonly files: number;
  readonly documents: number;
  readonly objects: number;
  readonly databases: number;
  readonly poolers: number;
  readonly clients: number;
  readonly migrations: number;
  readonly backups: number;
  /** New scripts of SQL. */
  readonly scripts: number;
  readonly resolvedHosts: number;
}

/** All that a reporter needs. Findings are sorted by uri, line, column, rule. */
export interface LintResult {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly notLinted: readonly NotLinted[];
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly rules: readonly AnyRule[];
  readonly counts: LintCounts;
  /** How anything else of the files is shown: lines, names, sums. Findings have gone through it. */
  readonly concealment: Concealment;
  /** A rule crashed or the configuration is wrong: exit code 2. */
  readonly isConfigurationWrong: boolean;
  /** The units as the rules saw them: what hovers and overviews ask. */
  readonly workspaces: readonly Workspace[];
  /** For `--debug`: which units were cut and why. */
  readonly units: readonly { readonly name: string; readonly kind: string; readonly uris: readonly string[] }[];
}

export const severityRank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** The units that a file belongs to. */
export function workspacesOf({ workspaces }: Pick<LintResult, "workspaces">, uri: string): readonly Workspace[] {
  return workspaces.filter(({ unit }) => unit.files.some((file) => file.uri === uri));
}
