import type { RuleLevel } from "../config/levels.ts";
import { buildTopology } from "../domain/build-topology.ts";
import { nameOf } from "../domain/model/names.ts";
import type { Topology } from "../domain/model/topology.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { indexResources } from "../kube/index-resources.ts";
import { readResources } from "../kube/read-resources.ts";
import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { CutUnit } from "../project/cut-units.ts";
import { isKustomizationFile } from "../project/kustomization.ts";
import { apartFrom } from "../project/paths.ts";
import type { Project } from "../project/project.ts";
import type { AnyRule, Report, SubjectName, Subjects } from "../rule/rule.ts";
import { append } from "../text/append.ts";
import type { SourceFile } from "../text/source-file.ts";
import { faultOf } from "../text/thrown.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { Place } from "../yaml/node.ts";
import { parseDocuments, parseSingle } from "../yaml/parse.ts";

import { askedSubjects, type IsAsked, isUnitAsked } from "./asked-subjects.ts";
import { configurationFindings, crashDraft, documentFindings } from "./built-in-findings.ts";
import { Concealment } from "./concealment.ts";
import { count } from "./count.ts";
import { type Draft, draftOf, mergeUnits, namesRule } from "./drafts.ts";
import { notLintedOf } from "./not-linted.ts";
import { type Origins, relocate } from "./relocate.ts";
import type { LintResult, NotLinted } from "./result.ts";
import { type LevelOf, ruleLevels } from "./rule-levels.ts";
import { compareFindings } from "./sort.ts";
import { resourceOf, subjectsIn } from "./subjects.ts";
import { applySuppressions } from "./suppression/apply-suppressions.ts";
import { chartsIn, chartsOf } from "./unread-charts.ts";
import { withoutYielding } from "./yield.ts";

export interface LintInput {
  readonly project: Project;
  /** The uris to report on. */
  readonly requested: ReadonlySet<string>;
  /** throw: a rule that fails ends the run, for tests. Default: it becomes a finding. */
  readonly onCrash?: "report" | "throw";
  /** Where rendered texts come from: findings are reported there, and suppression comments are read there. */
  readonly origins?: Origins;
}

/** Lints a project. Pure: no clock, disk or network. */
export function lint(input: LintInput): LintResult {
  const { project, requested } = input;
  const rules = activeRules(project);
  const drafts: Draft[] = [];
  const notLinted = new Map<string, NotLinted>();
  const crashed = new Set<CutUnit>();
  /** A fault of ours ends what it happens in; one in a file that was not asked for is nobody's. */
  const guard = <T>(unit: CutUnit, doing: string, read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (input.onCrash === "throw") throw error;
      const file = unit.files.find(({ uri }) => requested.has(uri));
      const isKnown = crashed.has(unit); // what fails once fails for each rule
      crashed.add(unit);
      if (file !== undefined && !isKnown)
        drafts.push(crashDraft(doing, faultOf(error), { file, span: { start: 0, end: 0 }, yamlPath: [] }, project));
      return otherwise;
    }
  };
  const ofDocument = (error: unknown, { file, span }: ManifestDocument): void => {
    if (input.onCrash === "throw") throw error;
    const at = { file, span: { start: span.start, end: span.start }, yamlPath: [] };
    if (requested.has(file.uri)) drafts.push(crashDraft("it read this document", faultOf(error), at, project));
  };
  const onCrash = (error: unknown, resource: Resource): void => {
    if (input.onCrash === "throw") throw error;
    if (requested.has(resource.document.file.uri))
      drafts.push(
        crashDraft(`it read ${nameOf(resource)}`, faultOf(error), resource.node.nearest("kind"), project, resource),
      );
  };
  const built = project.units.map((unit) => ({
    unit,
    resources: guard(
      unit,
      "it read the objects of this folder",
      () => resourcesOf(unit, notLinted, requested, ofDocument),
      [],
    ),
  }));
  const everything = everythingOf(
    indexResources(built.length === 1 ? (built[0]?.resources ?? []) : built.flatMap(({ resources }) => resources)),
  );
  const counts = { objects: 0, databases: 0, poolers: 0, clients: 0, migrations: 0, backups: 0, resolvedHosts: 0 };
  const workspaces = built.map(({ unit, resources }): Workspace => {
    const index = built.length === 1 ? everything.resources : indexResources(resources);
    const topology = buildTopology(index, onCrash);
    everything.add(topology);
    const backupsAreHere = project.configFor(`${unit.name}/x`).backupsAreHere;
    return {
      view: project.input.view,
      unit,
      resources: index,
      topology,
      everything,
      today: project.input.today,
      backupsAreHere,
    };
  });
  const counted = new Set<unknown>();
  const levelOf = ruleLevels(project);
  for (const [index, workspace] of workspaces.entries()) {
    const unit = built[index]?.unit;
    if (unit === undefined || !isUnitAsked(unit, requested)) continue;
    guard(unit, "it counted what is in this folder", () => count(workspace, requested, counted, counts), undefined);
    const subjects = subjectsIn(workspace);
    const isAsked = askedSubjects(unit, workspace, requested);
    for (const rule of rules)
      guard(
        unit,
        `it looked for what rule ${rule.id} is about`,
        () => runRule(rule, subjects(rule), { workspace, unit, input, levelOf, isAsked }, drafts),
        undefined,
      );
  }
  append(drafts, documentFindings(project, requested, workspaces), configurationFindings(project, requested));
  const merged = mergeUnits(
    withoutYielding(drafts, rules).map((draft) => relocate(draft, input.origins)),
    input.origins,
  );
  const sources = [...(input.origins?.values() ?? [])].flatMap((origins) => origins.files);
  const { findings, suppressed } = applySuppressions(merged, project, requested, workspaces, sources);
  const files = new Map([...sources, ...project.files, ...project.input.configs].map((file) => [file.uri, file]));
  if (typeof project.input.configOverride === "object")
    files.set(project.input.configOverride.uri, project.input.configOverride);
  const concealment = concealmentOf(project, files);
  const requestedFiles = project.files.filter((file) => requested.has(file.uri));
  return {
    findings: findings.sort(compareFindings).map((finding) => concealment.finding(finding)),
    suppressed: suppressed.map((finding) => concealment.finding(finding)),
    notLinted: [...notLinted.values(), ...requestedFiles.flatMap(chartsIn)].map((each) => ({
      ...each,
      message: concealment.line(each.message, [each.uri]),
    })),
    files,
    rules: project.input.rules,
    counts: {
      files: requestedFiles.length,
      documents: requestedFiles.reduce(
        (sum, file) => sum + project.documentsOf(file).filter(({ root }) => root !== undefined).length,
        0,
      ),
      ...counts,
    },
    concealment,
    isConfigurationWrong:
      project.mistakesFor(requested).length > 0 || findings.some((finding) => finding.ruleId === "rule-crashed"),
    workspaces,
    units: project.units.map((unit) => ({
      name: unit.name,
      kind: unit.kind,
      uris: unit.files.map((file) => file.uri),
    })),
  };
}

/** How the run's texts are shown. A configuration is one document of no kind that kubectl knows; so are kustomizations and JSON patches. */
function concealmentOf(project: Project, files: ReadonlyMap<string, SourceFile>): Concealment {
  const { configs, configOverride, rules } = project.input;
  const isConfig = new Set<unknown>([...configs, configOverride]);
  const ofKustomize = new Set(project.units.flatMap(({ appliedPatches }) => [...appliedPatches]));
  const documentsOf = (file: SourceFile): readonly ManifestDocument[] => {
    if (isConfig.has(file)) return [parseSingle(file)];
    const isOfKustomize = ofKustomize.has(file.uri) || isKustomizationFile(file.uri);
    return isOfKustomize ? parseDocuments(file, { skipPrefilter: true }) : project.documentsOf(file);
  };
  return new Concealment(files, documentsOf, rules);
}

/** All units together. Rules loop over `topologies` to find databases and backups: units that hold neither are left out. */
function everythingOf(resources: ResourceIndex): Workspace["everything"] & { add(topology: Topology): void } {
  const all: Topology[] = [];
  let telling: readonly Topology[] | undefined;
  return {
    resources,
    get topologies() {
      telling ??= all.filter(({ databases, backups }) => databases.length > 0 || backups.length > 0);
      return telling;
    },
    add: (topology) => all.push(topology),
  };
}

/** Rules that may speak somewhere: a selection runs alone and in all its cases. */
function activeRules(project: Project): readonly AnyRule[] {
  const { select, ignore, rules, view } = project.input;
  return rules.filter(
    (rule) =>
      (rule.meta.needs === "file" || view !== "file") &&
      (select === undefined || select.some((pattern) => namesRule(pattern, rule))) &&
      ignore?.some((pattern) => namesRule(pattern, rule)) !== true,
  );
}

/** The objects of a unit; documents that are none are added to `notLinted`. */
export function resourcesOf(
  unit: CutUnit,
  notLinted: Map<string, NotLinted>,
  requested: ReadonlySet<string>,
  onCrash?: (error: unknown, document: ManifestDocument) => void,
): readonly Resource[] {
  // A document of several units is named once.
  const add = (entry: NotLinted): void => {
    const key = `${entry.document} ${entry.uri} ${entry.chart?.one ?? ""}`;
    if (requested.has(entry.uri) && !notLinted.has(key)) notLinted.set(key, entry);
  };
  const documents = unit.documents.filter((document) => {
    const entry = notLintedOf(document, unit);
    if (entry !== undefined) add(entry);
    return entry === undefined;
  });
  const resources = readResources(documents, {
    unit: unit.name,
    holdsParts: (uri) => unit.parts.has(uri),
    apply: unit.apply,
    ...(onCrash === undefined ? {} : { onCrash }),
  });
  for (const resource of resources) {
    const { file, index } = resource.document;
    for (const entry of chartsOf(resource)) add(entry);
    const isKnown = !resource.isUnsettled && (!resource.isPartial || unit.appliedPatches.has(file.uri));
    if (isKnown) continue;
    const start = resource.node.nearest("kind").span.start;
    add({
      uri: file.uri,
      document: index + 1,
      span: { start, end: start },
      ...(resource.isPartial
        ? {
            reason: "partial",
            message: `has only part of ${`${resource.kind} ${resource.name}`.trim()} (a patch or fragment)`,
          }
        : {
            reason: "patched",
            message: `has ${resource.kind} ${resource.name}, which kustomization ${apartFrom(unit.name, file.uri)} patches in a way that only kustomize can apply (kubectl dbops lint -k DIR)`,
          }),
    });
  }
  return resources;
}

interface Run {
  readonly workspace: Workspace;
  readonly unit: CutUnit;
  readonly input: LintInput;
  readonly levelOf: LevelOf;
  readonly isAsked: IsAsked;
}

function runRule(rule: AnyRule, subjects: Iterable<Subjects[SubjectName]>, run: Run, drafts: Draft[]): void {
  const { workspace, unit, input, levelOf, isAsked } = run;
  // One for all subjects: a rule reports while it looks at one, never later.
  let owner: Resource | undefined;
  let level: RuleLevel | undefined;
  const report = (each: Report): void => {
    const draft = level === undefined ? undefined : draftOf(rule, each, { owner, level, input, unit, workspace });
    if (draft !== undefined) drafts.push(draft);
  };
  for (const subject of subjects) {
    owner = resourceOf(rule.subject, subject);
    if (!isAsked(rule, owner)) continue;
    if (owner?.isUnsettled === true || owner?.isOwned === true) continue;
    if (owner?.document.state === "recovered" && rule.meta.needs !== "file") continue;
    level = levelOf(rule, owner?.document.file.uri ?? unit.name, owner);
    if (level === undefined) continue;
    try {
      (rule.check as (subject: Subjects[keyof Subjects], context: unknown) => void)(subject, {
        options: level.options,
        workspace,
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
