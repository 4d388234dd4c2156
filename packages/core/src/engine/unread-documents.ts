import type { UnreadDocument } from "../change/unread.ts";
import { folderOf } from "../project/paths.ts";
import type { Project } from "../project/project.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import { parseDocuments } from "../yaml/parse.ts";
import { unreadDrafts } from "./built-in-findings.ts";
import type { ProjectSide } from "./changes.ts";
import type { Draft } from "./drafts.ts";

/** A text with what was read of it. */
interface ReadText {
  readonly project: Project;
  readonly side: ProjectSide;
}

/** Documents of one text that could not be read, and that the other does not have: an object of the other may be in one of them. */
export interface Unread {
  readonly documents: readonly UnreadDocument[];
  /** Those that are not YAML, as `lint` shows them. */
  readonly drafts: readonly Draft[];
}

/** What could not be read of a text. What the other one has too was so before, and is no change. */
export function unreadIn({ project, side }: ReadText, other: ReadText, requested: ReadonlySet<string>): Unread {
  const below = (uri: string, { input }: Project): string => uri.replace(input.root, "");
  const known = new Set(other.project.files.map(({ uri }) => below(uri, other.project)));
  const holding = new Set(other.side.placed.map(({ file }) => file));
  const folders = new Set([...side.placed, ...other.side.placed].map(({ file }) => folderOf(file)));
  const theirs = new Set(
    other.project.files.flatMap((file) =>
      other.project.documentsOf(file).flatMap((each) => (each.state === "unread" ? [textOf(each)] : [])),
    ),
  );
  const charts = new Set(
    project.units.flatMap(({ kind, files }) => (kind === "chart" ? files.map(({ uri }) => uri) : [])),
  );
  const documents: UnreadDocument[] = [];
  const drafts: Draft[] = [];
  for (const file of project.files) {
    const path = below(file.uri, project);
    const isOnly = project.files.length === 1 && !known.has(path);
    const isHolding = isOnly || holding.has(path);
    const isTemplate = charts.has(file.uri) && path.includes("/templates/");
    for (const document of unreadOf(project, file, isHolding)) {
      if (theirs.has(textOf(document))) continue;
      const isBroken = !isTemplate && (document.reason === "not-yaml" || document.reason === "crashed");
      documents.push({ file: isOnly ? undefined : path, text: textOf(document), isBroken });
      if (isBroken && requested.has(file.uri))
        drafts.push(...unreadDrafts(document, isHolding || folders.has(folderOf(path)), project));
    }
  }
  return { documents, drafts };
}

/** `isHolding`: the other text has objects in this file, so a document without a word of Kubernetes is a broken one. */
function unreadOf(project: Project, file: SourceFile, isHolding: boolean): readonly ManifestDocument[] {
  const documents = project.documentsOf(file);
  const isForeign = documents.some(({ reason }) => reason === "not-kubernetes");
  const read = isHolding && isForeign ? parseDocuments(file, { skipPrefilter: true }) : documents;
  return read.filter(({ state, reason }) => state === "unread" && reason !== "not-kubernetes");
}

const textOf = ({ file, span }: ManifestDocument): string => file.slice(span);
