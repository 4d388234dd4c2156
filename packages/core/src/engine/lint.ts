import { levelFor } from "../config/levels.ts";
import { buildTopology } from "../domain/build-topology.ts";
import type { Workspace } from "../domain/workspace.ts";
import { indexResources } from "../kube/index-resources.ts";
import { readResources } from "../kube/read-resources.ts";
import type { Resource } from "../kube/resource.ts";
import type { CutUnit } from "../project/cut-units.ts";
import type { Project } from "../project/project.ts";
import type { AnyRule, Report, Subjects } from "../rule/rule.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";
import { count } from "./count.ts";
import { type Draft, draftOf, mergeUnits, namesRule, ownDraft } from "./drafts.ts";
import { notLintedOf } from "./not-linted.ts";
import { configurationFindings, documentFindings } from "./own-findings.ts";
import { type Origins, relocate } from "./relocate.ts";
import type { LintResult, NotLinted } from "./result.ts";
import { concealFixes, secretSpans, spansWithin } from "./secrets.ts";
import { silence } from "./silence.ts";
import { compareFindings } from "./sort.ts";
import { resourceOf, subjectsOf } from "./subjects.ts";

export interface LintInput {
  readonly project: Project;
  /** The uris to report on. */
  readonly asked: ReadonlySet<string>;
  /** throw: a rule that fails ends the run, for tests. Default: it becomes a finding. */
  readonly onCrash?: "report" | "throw";
  /** Where rendered texts come from: findings are reported there, and suppression comments are read there. */
  readonly origins?: Origins;
}

/** Lints a project. Pure: no clock, disk or network. */
export function lint(input: LintInput): LintResult {
  const { project, asked } = input;
  const rules = activeRules(project);
  const drafts: Draft[] = [];
  const notLinted: NotLinted[] = [];
  const built = project.units.map((unit) => ({ unit, resources: resourcesOf(unit, notLinted, asked) }));
  const everything = {
    resources: indexResources(
      built.length === 1 ? (built[0]?.resources ?? []) : built.flatMap(({ resources }) => [...new Set(resources)]),
    ),
    topologies: [] as ReturnType<typeof buildTopology>[],
  };
  const counts = { objects: 0, databases: 0, poolers: 0, clients: 0, migrations: 0, backups: 0, resolvedHosts: 0 };
  const workspaces = built.map(({ unit, resources }): Workspace => {
    const index = built.length === 1 ? everything.resources : indexResources(resources);
    const topology = buildTopology(index);
    everything.topologies.push(topology);
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
  for (const [index, workspace] of workspaces.entries()) {
    const unit = built[index]?.unit;
    if (unit === undefined || !unit.files.some((file) => asked.has(file.uri))) continue;
    count(workspace, asked, counted, counts);
    for (const rule of rules) runRule(rule, workspace, unit, input, drafts);
  }
  drafts.push(...documentFindings(project, asked, workspaces), ...configurationFindings(project, asked));
  const merged = mergeUnits(
    drafts.map((draft) => relocate(draft, input.origins)),
    input.origins,
  );
  const sources = [...(input.origins?.values() ?? [])].flatMap((origins) => origins.files);
  const { findings, suppressed } = silence(merged, project, asked, workspaces, sources);
  const files = new Map([...sources, ...project.files, ...project.input.configs].map((file) => [file.uri, file]));
  if (typeof project.input.configOverride === "object")
    files.set(project.input.configOverride.uri, project.input.configOverride);
  const secrets = new Map<string, readonly Span[]>();
  const secretsIn = (uri: string, part?: Span): readonly Span[] => {
    const file = files.get(uri);
    const found = secrets.get(uri) ?? (file === undefined ? [] : secretSpans(file, project.documentsOf(file)));
    secrets.set(uri, found);
    return part === undefined ? found : spansWithin(found, part);
  };
  const askedFiles = project.files.filter((file) => asked.has(file.uri));
  return {
    findings: findings.sort(compareFindings).map((finding) => concealFixes(finding, files, secretsIn)),
    suppressed: suppressed.map((finding) => concealFixes(finding, files, secretsIn)),
    notLinted,
    files,
    rules: project.input.rules,
    counts: {
      files: askedFiles.length,
      documents: askedFiles.reduce(
        (sum, file) => sum + project.documentsOf(file).filter(({ root }) => root !== undefined).length,
        0,
      ),
      ...counts,
    },
    secretsIn,
    isConfigurationWrong:
      project.problemsFor(asked).length > 0 || findings.some((finding) => finding.ruleId === "rule-crashed"),
    units: project.units.map((unit) => ({
      name: unit.name,
      kind: unit.kind,
      uris: unit.files.map((file) => file.uri),
    })),
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

function resourcesOf(unit: CutUnit, notLinted: NotLinted[], asked: ReadonlySet<string>): readonly Resource[] {
  const documents = unit.documents.filter((document) => {
    const entry = notLintedOf(document, unit);
    if (
      entry !== undefined &&
      asked.has(entry.uri) &&
      !notLinted.some((each) => each.uri === entry.uri && each.document === entry.document)
    )
      notLinted.push(entry);
    return entry === undefined;
  });
  const patched = new Set(unit.patched.map((target) => `${target.kind ?? "*"}/${target.name ?? "*"}`));
  const resources = readResources(documents, {
    isPatchFile: (uri) => unit.patchFiles.has(uri),
    isPatched: (ref) => [`${ref.kind}/${ref.name}`, `${ref.kind}/*`, `*/${ref.name}`].some((key) => patched.has(key)),
  });
  for (const resource of resources) {
    const { file, index } = resource.document;
    if (!resource.isPartial || !asked.has(file.uri)) continue;
    if (notLinted.some((each) => each.uri === file.uri && each.document === index + 1)) continue;
    const start = resource.node.nearest("kind").span.start;
    notLinted.push({
      uri: file.uri,
      document: index + 1,
      span: { start, end: start },
      reason: "partial",
      message: `holds a part of ${resource.kind} ${resource.name} (a patch or fragment)`,
    });
  }
  return resources;
}

function runRule(rule: AnyRule, workspace: Workspace, unit: CutUnit, input: LintInput, drafts: Draft[]): void {
  const { project } = input;
  const config = project.configFor(unit.files.find((file) => input.asked.has(file.uri))?.uri ?? unit.name);
  // A rule that is off for the unit and has no case in the preset need not run at all; overrides decide place by place.
  if (
    levelFor(rule, config, unit.name, undefined) === undefined &&
    config.overrides.length === 0 &&
    project.configs.length <= 1
  )
    return;
  for (const subject of subjectsOf(rule, workspace)) {
    const owner = resourceOf(rule.subject, subject);
    if (owner?.document.state === "recovered" && rule.meta.needs !== "file") continue;
    const ownerUri = owner?.document.file.uri ?? unit.name;
    const level = levelFor(rule, project.configFor(ownerUri), ownerUri, owner);
    if (level === undefined) continue;
    const options = { ...defaultsOf(rule), ...level.options };
    const report = (each: Report): void => {
      const draft = draftOf(rule, each, { owner, level, input, unit, workspace });
      if (draft !== undefined) drafts.push(draft);
    };
    try {
      (rule.check as (subject: Subjects[keyof Subjects], context: unknown) => void)(subject, {
        options,
        workspace,
        report,
      });
    } catch (error) {
      if (input.onCrash === "throw") throw error;
      const at: Place =
        owner === undefined
          ? { file: unit.files[0] as SourceFile, span: { start: 0, end: 0 }, yamlPath: [] }
          : owner.node.nearest("kind");
      drafts.push(
        ownDraft(
          "rule-crashed",
          `Rule ${rule.id} failed here (${error instanceof Error ? error.message : String(error)}); the others went on.`,
          at,
          owner,
          project,
        ),
      );
    }
  }
}

function defaultsOf(rule: AnyRule): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rule.meta.options ?? {}).map(([name, option]) => [
      name,
      (option as { readonly default: unknown }).default,
    ]),
  );
}
