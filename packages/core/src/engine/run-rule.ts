import type { RuleLevel } from "../config/levels.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import type { CutUnit } from "../project/cut-units.ts";
import type { AnyRule, Report, SubjectName, Subjects } from "../rule/rule.ts";
import type { SourceFile } from "../text/source-file.ts";
import { faultOf } from "../text/thrown.ts";
import type { Place } from "../yaml/node.ts";
import type { IsAsked } from "./asked-subjects.ts";
import { crashDraft } from "./built-in-findings.ts";
import { type Draft, draftOf } from "./drafts.ts";
import type { LintInput } from "./lint.ts";
import { defaultsOf, type LevelOf } from "./rule-levels.ts";
import { resourceOf } from "./subjects.ts";

interface Run {
  readonly workspace: Workspace;
  readonly unit: CutUnit;
  readonly input: LintInput;
  readonly levelOf: LevelOf;
  readonly isAsked: IsAsked;
}

/** The object in which a place is. */
function objectAt({ file, span }: Place, { resources }: Workspace): Resource | undefined {
  return [...resources].find(
    ({ document, node }) => document.file === file && node.span.start <= span.start && span.start <= node.span.end,
  );
}

/** Hands a rule its subjects, and adds what it reports. */
export function runRule(rule: AnyRule, subjects: Iterable<Subjects[SubjectName]>, run: Run, drafts: Draft[]): void {
  const { workspace, unit, input, levelOf, isAsked } = run;
  // One for all subjects: a rule reports while it looks at one, never later.
  let owner: Resource | undefined;
  let level: RuleLevel | undefined;
  const report = (each: Report): void => {
    // What is said of all the databases of a unit stands at one of them, and has the level of that place.
    const holder = owner ?? each.subject ?? objectAt(each.at, workspace);
    const own = owner === undefined ? levelOf(rule, each.at.file.uri, holder) : level;
    const draft = own === undefined ? undefined : draftOf(rule, each, { owner, level: own, input, unit, workspace });
    if (draft !== undefined) drafts.push(draft);
  };
  for (const subject of subjects) {
    owner = resourceOf(rule.subject, subject);
    if (!isAsked(rule, owner)) continue;
    if (owner?.isUnsettled === true || (owner?.isOwned === true && rule.subject !== "live")) continue;
    if (owner?.document.state === "recovered" && rule.meta.needs !== "file") continue;
    const file = rule.subject === "script" ? (subject as Subjects["script"]).at.file : owner?.document.file;
    level = levelOf(rule, file?.uri ?? unit.name, owner);
    const isOfPlace = owner === undefined && file === undefined;
    if (level === undefined && !isOfPlace) continue;
    try {
      (rule.check as (subject: Subjects[keyof Subjects], context: unknown) => void)(subject, {
        options: level?.options ?? defaultsOf(rule),
        workspace,
        isOff: (resource: Resource) => levelOf(rule, resource.document.file.uri, resource) === undefined,
        report,
      });
    } catch (error) {
      if (input.onCrash === "throw") throw error;
      const at: Place = owner?.node.nearest("kind") ?? {
        file: unit.files.find(({ uri }) => input.requested.has(uri)) as SourceFile,
        span: { start: 0, end: 0 },
        yamlPath: [],
      };
      if (input.requested.has(at.file.uri))
        drafts.push(crashDraft(`rule ${rule.id} looked at this`, faultOf(error), at, input.project, owner));
    }
  }
}
