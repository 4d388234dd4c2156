import type { Project } from "../project/project.ts";
import type { AnyRule } from "../rule/rule.ts";
import { append } from "../text/append.ts";
import { askedSubjects, isUnitAsked } from "./asked-subjects.ts";
import { assembleResult } from "./assemble-result.ts";
import { buildWorkspaces } from "./build-workspaces.ts";
import { documentFindings } from "./built-in-findings.ts";
import { count, noCounts } from "./count.ts";
import { type Draft, namesRule } from "./drafts.ts";
import { faultsOf } from "./faults.ts";
import type { Origins } from "./relocate.ts";
import type { LintResult } from "./result.ts";
import { ruleLevels } from "./rule-levels.ts";
import { runRule } from "./run-rule.ts";
import { scriptsIn } from "./scripts.ts";
import { subjectsIn } from "./subjects.ts";
import { withoutYielding } from "./yield.ts";

export interface LintInput {
  readonly project: Project;
  /** The uris to report on. */
  readonly requested: ReadonlySet<string>;
  /** throw: a rule that fails ends the run, for tests. Default: it becomes a finding. */
  readonly onCrash?: "report" | "throw";
  /** Where rendered texts come from: findings are reported there, and suppression comments are read there. */
  readonly origins?: Origins;
  /** Hears how far a run is, in units. */
  readonly onUnit?: (done: number, total: number) => void;
  /** Does a part of the work, and may look at a clock before and after: by rule, and `topology` for what is built first. */
  readonly measure?: Measure;
}

/** Does the work of that name and gives its result. */
export type Measure = <T>(what: string, work: () => T) => T;

const unmeasured: Measure = (_what, work) => work();

/** Lints a project. Pure: no clock, disk or network. */
export function lint(input: LintInput): LintResult {
  const { project, requested, onUnit, measure = unmeasured } = input;
  const rules = activeRules(project).filter(({ subject }) => subject !== "change");
  const drafts: Draft[] = [];
  const faults = faultsOf(input, drafts);
  const { built, notLinted } = measure("topology", () => buildWorkspaces(project, requested, faults));
  const workspaces = built.map(({ workspace }) => workspace);
  const scripts = scriptsIn(project, workspaces, requested);
  const counts = noCounts();
  const counted = new Set<unknown>();
  const levelOf = ruleLevels(project);
  for (const [done, { unit, workspace }] of built.entries()) {
    onUnit?.(done, built.length);
    if (!isUnitAsked(unit, requested)) continue;
    faults.guard(
      unit,
      "it counted what is in this folder",
      () => count(workspace, requested, counted, counts),
      undefined,
    );
    const own = faults.guard(unit, "it read the SQL of this folder", () => scripts.of(workspace), []);
    counts.scripts += own.length;
    const subjects = subjectsIn(workspace, own);
    const isAsked = askedSubjects(unit, workspace, requested);
    for (const rule of rules)
      faults.guard(
        unit,
        `it looked for what rule ${rule.id} is about`,
        () =>
          measure(rule.id, () => runRule(rule, subjects(rule), { workspace, unit, input, levelOf, isAsked }, drafts)),
        undefined,
      );
  }
  append(drafts, documentFindings(project, requested, workspaces));
  return assembleResult(withoutYielding(drafts, rules), {
    input,
    rules,
    workspaces,
    notLinted: new Map([...notLinted, ...scripts.notLinted]),
    counts,
  });
}

/** Rules that may speak somewhere: a selection runs alone and in all its cases. */
export function activeRules(project: Project): readonly AnyRule[] {
  const { select, ignore, rules, view, cluster } = project.input;
  return rules.filter(
    (rule) =>
      (rule.meta.needs === "file" || rule.meta.needs === view || view === "cluster") &&
      // What may not be read is not absent.
      rule.meta.misses?.some((kind) => cluster?.unread.has(kind)) !== true &&
      (select === undefined || select.some((pattern) => namesRule(pattern, rule))) &&
      ignore?.some((pattern) => namesRule(pattern, rule)) !== true,
  );
}
