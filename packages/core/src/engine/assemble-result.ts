import type { Workspace } from "../domain/model/workspace.ts";
import { isKustomizationFile } from "../project/kustomization.ts";
import type { Project } from "../project/project.ts";
import { builtInRules } from "../rule/built-in-rules.ts";
import type { AnyRule } from "../rule/rule.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import { parseDocuments, parseSingle } from "../yaml/parse.ts";
import { configurationFindings } from "./built-in-findings.ts";
import { Concealment } from "./concealment.ts";
import { type Draft, mergeUnits } from "./drafts.ts";
import type { LintInput } from "./lint.ts";
import { type Origins, relocate } from "./relocate.ts";
import type { LintCounts, LintResult, NotLinted, Suppression } from "./result.ts";
import { compareFindings } from "./sort.ts";
import { applySuppressions } from "./suppression/apply-suppressions.ts";
import { chartsIn } from "./unread-charts.ts";

interface Seen {
  readonly input: LintInput;
  /** Those that ran: what suppresses others is not unused. */
  readonly rules: readonly AnyRule[];
  readonly workspaces: readonly Workspace[];
  readonly notLinted: ReadonlyMap<string, NotLinted>;
  readonly counts: Omit<LintCounts, "files" | "documents">;
  /** The text that the project was before: findings about what is gone are there. */
  readonly before?: Project;
  /** Whether a finding is accepted by name, beside what the configuration and comments suppress. */
  readonly allow?: (draft: Draft) => Suppression | undefined;
}

/** Moves findings to where their values are written, suppresses and sorts them, and hides what is secret. */
export function assembleResult(
  drafts: readonly Draft[],
  { input, rules, workspaces, notLinted, counts, before, allow }: Seen,
): LintResult {
  const { project, requested, origins } = input;
  const merged = mergeUnits(
    [...drafts, ...configurationFindings(project, requested)].map((draft) => relocate(draft, origins)),
    origins,
  );
  const sources = [...(origins?.values() ?? [])].flatMap(({ files }) => files);
  const { findings, suppressed } = applySuppressions(merged, {
    project,
    requested,
    workspaces,
    sources,
    ...(allow === undefined ? {} : { allow }),
    ran: new Set([...rules, ...(before === undefined ? builtInRules : [])].map(({ id }) => id)),
    roots: [project.input.root, ...(before === undefined ? [] : [before.input.root])],
  });
  const files = new Map(
    [...(before?.files ?? []), ...sources, ...project.files, ...project.input.configs].map((file) => [file.uri, file]),
  );
  if (typeof project.input.configOverride === "object")
    files.set(project.input.configOverride.uri, project.input.configOverride);
  const concealment = concealmentOf(before === undefined ? [project] : [before, project], files, origins);
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
function concealmentOf(
  projects: readonly Project[],
  files: ReadonlyMap<string, SourceFile>,
  origins: Origins | undefined,
): Concealment {
  const isConfig = new Set<unknown>(projects.flatMap(({ input }) => [...input.configs, input.configOverride]));
  const ofKustomize = new Set(
    projects.flatMap(({ units }) => units.flatMap(({ appliedPatches }) => [...appliedPatches])),
  );
  const owners = new Map(projects.flatMap((project) => project.files.map((file) => [file, project] as const)));
  const documentsOf = (file: SourceFile): readonly ManifestDocument[] => {
    if (isConfig.has(file)) return [parseSingle(file)];
    const isOfKustomize = ofKustomize.has(file.uri) || isKustomizationFile(file.uri);
    if (isOfKustomize) return parseDocuments(file, { skipPrefilter: true });
    for (const each of origins?.values() ?? []) {
      const documents = each.documentsOf?.(file);
      if (documents !== undefined) return documents;
    }
    return owners.get(file)?.documentsOf(file) ?? parseDocuments(file);
  };
  const sources = new Map<string, Set<string>>();
  const add = (uris: Iterable<string>, filled: Iterable<string>): void => {
    for (const uri of uris) sources.set(uri, new Set([...(sources.get(uri) ?? []), ...filled]));
  };
  for (const [uri, { files: read, values }] of origins ?? []) add([uri, ...read.map((file) => file.uri)], values ?? []);
  for (const { origin, files: filled } of projects.flatMap(({ units }) => units))
    if (origin !== undefined && !isKustomizationFile(origin.uri))
      add(
        filled.map(({ uri }) => uri),
        [origin.uri],
      );
  return new Concealment(files, documentsOf, projects[0]?.input.rules ?? [], (uri) => [...(sources.get(uri) ?? [])]);
}
