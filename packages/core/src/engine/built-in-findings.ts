import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import { folderOf } from "../project/paths.ts";
import type { Project } from "../project/project.ts";
import { append } from "../text/append.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { Place } from "../yaml/node.ts";
import { databaseWord } from "../yaml/parse.ts";
import { builtInDraft, type Draft, isBuiltInRuleOff } from "./drafts.ts";
import { notLintedOf } from "./not-linted.ts";

/** What is wrong with documents as a whole: no YAML, text that kubectl drops, keys written twice. */
export function documentFindings(
  project: Project,
  requested: ReadonlySet<string>,
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
  const folders = new Set([...ours].map(({ file }) => folderOf(file.uri)));
  for (const unit of project.units) {
    for (const file of unit.files) {
      if (!requested.has(file.uri)) continue;
      const documents = project.documentsOf(file);
      const others = documents.filter((each) => each.root !== undefined).length;
      for (const document of documents) {
        if (notLintedOf(document, unit)?.reason === "template") continue;
        const rest =
          others === 0
            ? ""
            : ` The other ${others === 1 ? "document" : `${others} documents`} in the file ${others === 1 ? "was" : "were"} linted.`;
        append(drafts, unreadDrafts(document, folders.has(folderOf(file.uri)), project, rest));
        // What happens to objects without a database is for schema validators.
        for (const warning of ours.has(document) ? document.warnings : []) {
          const ruleId = warning.kind === "duplicate-key" ? "document-duplicate-key" : "document-text-ignored";
          const message = `${warning.message.charAt(0).toUpperCase()}${warning.message.slice(1)}.`;
          drafts.push(builtInDraft(ruleId, message, { file, span: warning.span, yamlPath: [] }, undefined, project));
        }
      }
    }
  }
  return drafts.filter((draft) => !isBuiltInRuleOff(draft.finding.ruleId, draft.file.uri, project));
}

/**
 * What is wrong with a document that is not YAML, or that dbops failed on. `isNearOurs`: a database is next to it. What holds no word of
 * one, far from every one, is worth a look and breaks nothing of ours.
 */
export function unreadDrafts(
  { file, span, reason, errors: [error] }: ManifestDocument,
  isNearOurs: boolean,
  project: Project,
  rest = "",
): readonly Draft[] {
  if (error === undefined) return [];
  const at = { file, span: error.span, yamlPath: [] };
  if (reason === "crashed") return [crashDraft("it read this document", error.message, at, project)];
  if (reason !== "not-yaml" || isBuiltInRuleOff("document-not-yaml", file.uri, project)) return [];
  const message = `This document cannot be read: ${error.message}.${rest}`;
  const draft = builtInDraft("document-not-yaml", message, at, undefined, project);
  const isOurs = isNearOurs || databaseWord.test(file.slice(span));
  return [isOurs ? draft : { ...draft, finding: { ...draft.finding, severity: "info" } }];
}

/** A defect of dbops, at the place of the manifest that shows it; everything else is linted. */
export function crashDraft(doing: string, reason: string, at: Place, project: Project, resource?: Resource): Draft {
  const message = `dbops failed while ${doing} (${reason}); the rest was linted.`;
  return builtInDraft("rule-crashed", message, at, resource, project);
}

/** What is wrong with the configurations that hold for the requested files. */
export function configurationFindings(project: Project, requested: ReadonlySet<string>): readonly Draft[] {
  return project
    .mistakesFor(requested)
    .map((mistake) => builtInDraft(mistake.rule, mistake.message, mistake.at, undefined, project));
}
