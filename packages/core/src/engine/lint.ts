import { matchesGlob } from "../config/glob.ts";
import { isInPreset, levelFor, type RuleLevel } from "../config/levels.ts";
import { buildTopology } from "../domain/build-topology.ts";
import type { Workspace } from "../domain/workspace.ts";
import { indexResources } from "../kube/index-resources.ts";
import { readResources } from "../kube/read-resources.ts";
import type { Resource } from "../kube/resource.ts";
import type { CutUnit } from "../project/cut-units.ts";
import type { Project } from "../project/project.ts";
import type { Finding, Fix, Severity } from "../rule/finding.ts";
import { ownRules } from "../rule/own-rules.ts";
import type { AnyRule, Report, Subjects } from "../rule/rule.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { notLintedOf } from "./not-linted.ts";
import type { LintCounts, LintResult, NotLinted } from "./result.ts";
import { silence } from "./silence.ts";
import { compareFindings } from "./sort.ts";
import { resourceOf, subjectsOf } from "./subjects.ts";

export interface LintInput {
  readonly project: Project;
  /** The uris to report on. */
  readonly asked: ReadonlySet<string>;
  /** throw: a rule that fails ends the run, for tests. Default: it becomes a finding. */
  readonly onCrash?: "report" | "throw";
}

/** A finding with what suppression and configuration still need. */
export interface Draft {
  readonly finding: Finding;
  readonly resource: Resource | undefined;
  readonly file: SourceFile;
  readonly unit: CutUnit | undefined;
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
  drafts.push(...documentFindings(project, asked, workspaces), ...configurationFindings(project));
  const merged = mergeUnits(drafts);
  const { findings, suppressed } = silence(merged, project, asked, workspaces);
  const files = new Map([...project.files, ...project.input.configs].map((file) => [file.uri, file]));
  if (typeof project.input.configOverride === "object")
    files.set(project.input.configOverride.uri, project.input.configOverride);
  const askedFiles = project.files.filter((file) => asked.has(file.uri));
  return {
    findings: findings.sort(compareFindings),
    suppressed,
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
    isConfigurationWrong: project.problems.length > 0 || findings.some((finding) => finding.ruleId === "rule-crashed"),
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

function namesRule(pattern: string, rule: AnyRule): boolean {
  return pattern === rule.id || (pattern.includes("*") && matchesGlob(pattern, rule.id));
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
      const draft = draftOf(rule, each, owner, level, input, unit);
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

function draftOf(
  rule: AnyRule,
  report: Report,
  owner: Resource | undefined,
  level: RuleLevel,
  input: LintInput,
  unit: CutUnit,
): Draft | undefined {
  const { file } = report.at;
  if (!input.asked.has(file.uri)) return undefined;
  const config = input.project.configFor(file.uri);
  const isSelected = input.project.input.select !== undefined;
  if (!level.isForced && !isSelected && !isInPreset(report.presets ?? rule.meta.presets, config)) return undefined;
  const subject = report.subject ?? owner;
  const span =
    report.point === "key" && "keySpan" in report.at
      ? (report.at as { readonly keySpan: Span }).keySpan
      : report.at.span;
  const isRecovered = subject?.document.state === "recovered";
  return {
    resource: subject,
    file,
    unit,
    finding: {
      ruleId: rule.id,
      // A level that somebody wrote holds for the rule's usual case; milder and graver cases keep their distance.
      severity:
        level.severity !== undefined && report.severity === undefined
          ? level.severity
          : (level.severity ?? report.severity ?? rule.meta.severity),
      message: report.message,
      fingerprint: "",
      location: { uri: file.uri, span: trimmed(file, span), yamlPath: report.at.yamlPath },
      related: (report.related ?? []).map(({ message, at }) => ({
        message,
        uri: at.file.uri,
        span: trimmed(at.file, at.span),
        yamlPath: at.yamlPath,
      })),
      subject:
        subject === undefined
          ? undefined
          : { apiVersion: subject.apiVersion, kind: subject.kind, namespace: subject.namespace, name: subject.name },
      fixes:
        isRecovered || file.origin === "rendered"
          ? []
          : (report.fixes ?? []).filter((fix): fix is Fix => fix !== undefined),
    },
  };
}

/** A map or block scalar would underline whole paragraphs: a finding shows its first line. */
function trimmed(file: SourceFile, span: Span): Span {
  const newline = file.text.indexOf("\n", span.start);
  if (newline < 0 || newline >= span.end) return span;
  let end = newline;
  while (end > span.start && /[\s]/.test(file.text[end - 1] ?? "")) end--;
  return { start: span.start, end: Math.max(end, span.start) };
}

/** A finding of the engine itself. */
export function ownDraft(
  ruleId: string,
  message: string,
  at: Place,
  resource: Resource | undefined,
  project: Project,
): Draft {
  const rule = ownRules.find((each) => each.id === ruleId);
  const config = project.configFor(at.file.uri);
  const level = rule === undefined ? undefined : levelFor(rule, config, at.file.uri, resource);
  const severity: Severity = level?.severity ?? rule?.meta.severity ?? "error";
  return {
    resource,
    file: at.file,
    unit: undefined,
    finding: {
      ruleId,
      severity,
      message,
      fingerprint: "",
      location: { uri: at.file.uri, span: at.span, yamlPath: at.yamlPath },
      related: [],
      subject:
        resource === undefined
          ? undefined
          : {
              apiVersion: resource.apiVersion,
              kind: resource.kind,
              namespace: resource.namespace,
              name: resource.name,
            },
      fixes: [],
    },
  };
}

/** Whether the configuration or a selection keeps an own rule silent for a file. */
export function isOwnRuleOff(ruleId: string, uri: string, project: Project): boolean {
  const rule = ownRules.find((each) => each.id === ruleId);
  if (rule === undefined) return true;
  if (project.input.ignore?.some((pattern) => namesRule(pattern, rule)) === true) return true;
  return levelFor(rule, project.configFor(uri), uri, undefined) === undefined;
}

function documentFindings(
  project: Project,
  asked: ReadonlySet<string>,
  workspaces: readonly Workspace[],
): readonly Draft[] {
  const drafts: Draft[] = [];
  const ours = new Set(
    workspaces.flatMap(({ topology }) =>
      [
        ...topology.databases,
        ...topology.poolers,
        ...topology.backups,
        ...topology.migrations.map(({ workload }) => workload),
      ].map(({ resource }) => resource.document),
    ),
  );
  for (const unit of project.units) {
    for (const file of unit.files) {
      if (!asked.has(file.uri)) continue;
      const documents = project.documentsOf(file);
      for (const document of documents) {
        if (notLintedOf(document, unit)?.reason === "template") continue;
        const [error] = document.errors;
        if (document.reason === "not-yaml" && error !== undefined) {
          const others = documents.filter((each) => each.root !== undefined).length;
          const rest =
            others === 0
              ? ""
              : ` The other ${others === 1 ? "document" : `${others} documents`} of the file ${others === 1 ? "was" : "were"} linted.`;
          drafts.push(
            ownDraft(
              "document-not-yaml",
              `This document is not YAML: ${error.message}.${rest}`,
              { file, span: error.span, yamlPath: [] },
              undefined,
              project,
            ),
          );
        }
        // What happens to objects without a database is for schema validators.
        for (const warning of ours.has(document) ? document.warnings : []) {
          const ruleId = warning.kind === "duplicate-key" ? "document-duplicate-key" : "document-text-ignored";
          const message = `${warning.message.charAt(0).toUpperCase()}${warning.message.slice(1)}.`;
          drafts.push(ownDraft(ruleId, message, { file, span: warning.span, yamlPath: [] }, undefined, project));
        }
      }
    }
  }
  return drafts.filter((draft) => !isOwnRuleOff(draft.finding.ruleId, draft.file.uri, project));
}

function configurationFindings(project: Project): readonly Draft[] {
  return project.problems.map((problem) => ownDraft(problem.rule, problem.message, problem.at, undefined, project));
}

/** The same finding from two units is one, at the base's line, with the kustomizations that render it. */
function mergeUnits(drafts: readonly Draft[]): readonly Draft[] {
  const byPlace = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const { ruleId, location } = draft.finding;
    const key = `${ruleId} ${location.uri} ${location.span.start} ${location.span.end}`;
    const same = byPlace.get(key);
    if (same === undefined) byPlace.set(key, [draft]);
    else if (!same.some((each) => each.unit === draft.unit && each.finding.message === draft.finding.message))
      same.push(draft);
  }
  const kept: Draft[] = [];
  for (const same of byPlace.values()) {
    const units = new Set(same.map((draft) => draft.unit));
    const [first] = same;
    if (first === undefined) continue;
    if (units.size <= 1) {
      kept.push(...same);
      continue;
    }
    const rendered = [...units].flatMap((unit) =>
      unit?.origin === undefined
        ? []
        : [{ message: "rendered here", uri: unit.origin.uri, span: { start: 0, end: 0 }, yamlPath: [] }],
    );
    kept.push({ ...first, finding: { ...first.finding, related: [...first.finding.related, ...rendered] } });
  }
  return kept;
}

/** Gives each finding its fingerprint, in the order of the text, so that the counter for equals is stable. */
export function withFingerprints(drafts: readonly Draft[], root: string): readonly Draft[] {
  const seen = new Map<string, number>();
  return [...drafts]
    .sort((a, b) =>
      a.finding.location.uri < b.finding.location.uri
        ? -1
        : a.finding.location.uri > b.finding.location.uri
          ? 1
          : a.finding.location.span.start - b.finding.location.span.start,
    )
    .map((draft) => {
      const { ruleId, location } = draft.finding;
      const path = location.uri.startsWith(`${root}/`) ? location.uri.slice(root.length + 1) : location.uri;
      const fingerprint = fingerprintOf(ruleId, path, draft.resource, location.yamlPath, draft.resource?.node, seen);
      return { ...draft, finding: { ...draft.finding, fingerprint } };
    });
}

function count(
  workspace: Workspace,
  asked: ReadonlySet<string>,
  counted: Set<unknown>,
  counts: { -readonly [Name in keyof Omit<LintCounts, "files" | "documents">]: number },
): void {
  const isAsked = (resource: Resource): boolean => asked.has(resource.document.file.uri);
  const once = (key: string): boolean => {
    if (counted.has(key)) return false;
    counted.add(key);
    return true;
  };
  const identity = (resource: Resource, what: string): string =>
    `${what} ${resource.document.file.uri} ${resource.node.span.start}`;
  const { topology, resources } = workspace;
  for (const resource of resources) if (isAsked(resource) && once(identity(resource, "object"))) counts.objects++;
  for (const each of topology.databases)
    if (isAsked(each.resource) && once(identity(each.resource, `database ${each.engine}`))) counts.databases++;
  for (const each of topology.poolers)
    if (isAsked(each.resource) && once(identity(each.resource, `pooler ${each.container?.name ?? ""}`)))
      counts.poolers++;
  for (const each of topology.migrations)
    if (isAsked(each.workload.resource) && once(identity(each.workload.resource, `migration ${each.container.name}`)))
      counts.migrations++;
  for (const each of topology.backups)
    if (isAsked(each.resource) && once(identity(each.resource, `backup ${each.container?.name ?? ""}`)))
      counts.backups++;
  for (const each of topology.clients)
    if (
      isAsked(each.container.workload.resource) &&
      once(identity(each.container.workload.resource, `client ${each.container.name} ${each.host.host}`))
    )
      counts.clients++;
  for (const each of topology.hosts)
    if (isAsked(each.writtenBy) && each.reaches.state !== "unknown" && once(`host ${each.file.uri} ${each.span.start}`))
      counts.resolvedHosts++;
}
