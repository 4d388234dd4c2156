import type { Change, Verdict } from "../change/change.ts";
import type { Backup } from "../domain/model/backup.ts";
import type { Client } from "../domain/model/client.ts";
import type { Database } from "../domain/model/database.ts";
import type { Migration } from "../domain/model/migration.ts";
import type { Pooler } from "../domain/model/pooler.ts";
import type { HostReference } from "../domain/model/reach.ts";
import type { MigrationScript } from "../domain/model/schema-change.ts";
import type { View, Workspace } from "../domain/model/workspace.ts";
import type { Kind } from "../facts/kinds.ts";
import type { Container } from "../kube/container.ts";
import type { Resource } from "../kube/resource.ts";
import type { Workload } from "../kube/workload.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { Place } from "../yaml/node.ts";
import type { AdmissionCheck } from "./admission.ts";
import type { Fix, Safety, Severity } from "./finding.ts";
import type { OptionSpec, OptionValues } from "./option.ts";

/** What a rule can be about; the engine hands it every such thing of the unit, except objects whose patches it cannot apply. */
export interface Subjects {
  readonly document: ManifestDocument;
  readonly resource: Resource;
  readonly workload: Workload;
  readonly container: Container;
  readonly host: HostReference;
  readonly database: Database;
  readonly pooler: Pooler;
  readonly client: Client;
  readonly migration: Migration;
  readonly script: MigrationScript;
  readonly backup: Backup;
  readonly workspace: Workspace;
  /** An object of a cluster, whoever made it; its status counts. */
  readonly live: Resource;
  /** An object in two texts: only `diff` has them. */
  readonly change: Change;
}
export type SubjectName = keyof Subjects;

/** `all` holds every rule and case and is not listed. ephemeral: does not start, cannot connect, does nothing. */
export type Preset = "recommended" | "ephemeral";

export interface RuleMeta<Spec extends OptionSpec = OptionSpec> {
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** Why it matters. Markdown. */
  readonly rationale: string;
  /** What to do. Markdown. */
  readonly remedy: string;
  readonly severity: Severity;
  readonly presets: readonly Preset[];
  /** The version of dbops that has it first. */
  readonly since: string;
  /** The best tier any of its fixes has. */
  readonly fixable: Safety | "no";
  /** folder: it speaks of something absent. cluster: it speaks of what runs, which no manifest says. */
  readonly needs: View;
  /** The kinds of whose absence it speaks: where a cluster does not show all objects of one, the rule is silent. */
  readonly misses?: readonly Kind[];
  readonly references: readonly string[];
  /** Facts that `explain` and the docs list under a heading of their own. */
  readonly list?: { readonly title: string; readonly items: readonly string[] };
  /** When it stays quiet, for the docs. */
  readonly quietWhen?: string;
  /** Kinds of objects in which it reports although neither they nor its subject name the other: found by labels or a class. */
  readonly reportsAt?: readonly Kind[];
  /** Rules that say more of the same fault: where one of them reports the very place, this one is silent. */
  readonly yieldsTo?: readonly string[];
  readonly options?: Spec;
  /** What of it an API server can refuse by itself: `kubectl dbops policy`. */
  readonly admission?: AdmissionCheck;
  readonly replaces?: readonly string[];
}

/** One finding, before the engine gives it its rule, object and fingerprint. */
export interface Report {
  readonly message: string;
  readonly at: Place;
  /** What to do in this case, where it is not what the rule's own remedy says. Markdown. */
  readonly remedy?: string | undefined;
  /** Of a YamlNode: point at its key or at its value (default). */
  readonly point?: "key" | "value";
  /** Where this case is more or less severe than the rule. */
  readonly severity?: Severity;
  /** Where this case belongs to other presets than the rule; empty: to `all` only. */
  readonly presets?: readonly Preset[];
  readonly related?: readonly { readonly message: string; readonly at: Place }[];
  readonly fixes?: readonly (Fix | undefined)[];
  /** Of a `change`: what becomes of the object. */
  readonly verdict?: Verdict;
  /** The object the finding is about, where it is not the rule's own subject's resource. */
  readonly subject?: Resource;
}

interface RuleContext<Spec extends OptionSpec> {
  readonly options: OptionValues<Spec>;
  readonly workspace: Workspace;
  /** Whether the configuration has the rule say nothing of an object, for rules that speak of several at once. */
  isOff(resource: Resource): boolean;
  report(report: Report): void;
}

export interface Rule<Name extends SubjectName = SubjectName, Spec extends OptionSpec = OptionSpec> {
  readonly id: string;
  readonly subject: Name;
  /** Of a `resource` subject: only these kinds are handed over. */
  readonly kinds?: readonly Kind[];
  /** Of a `database` subject: only those of the operator with this name. */
  readonly operator?: string;
  readonly meta: RuleMeta<Spec>;
  check(subject: Subjects[Name], context: RuleContext<Spec>): void;
}

// A list of rules of different options cannot be typed without `any`: the options parameter is contravariant.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyRule = { [Name in SubjectName]: Rule<Name, any> }[SubjectName];

/** Types a rule from its subject and options. */
export function defineRule<Name extends SubjectName, const Spec extends OptionSpec = Record<never, never>>(
  rule: Rule<Name, Spec>,
): Rule<Name, Spec> {
  return rule;
}
