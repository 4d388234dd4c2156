import { longestScript, type ReadScript, readScriptFile, readScriptsOf } from "../domain/migration/read-scripts.ts";
import type { MigrationScript } from "../domain/model/schema-change.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Project } from "../project/project.ts";
import { isSql } from "../project/readable.ts";
import { groupBy } from "../text/group-by.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { NotLinted } from "./result.ts";

/** The scripts of each unit, and what of them was not read. */
interface Scripts {
  of(workspace: Workspace): readonly MigrationScript[];
  readonly notLinted: ReadonlyMap<string, NotLinted>;
}

/**
 * The new scripts of each unit: those that its workloads run, and the files of SQL that are asked for. Without a parser there are none, and
 * without SQL it is never loaded.
 */
export function scriptsIn(project: Project, workspaces: readonly Workspace[], requested: ReadonlySet<string>): Scripts {
  const { sqlParser } = project.input;
  const notLinted = new Map<string, NotLinted>();
  if (sqlParser === undefined) return { of: () => [], notLinted };
  const files = project.files.filter(({ uri }) => isSql(uri));
  const folders = groupBy(files, ({ uri }) => [folderOf(uri)]);
  const isNew = ({ uri }: SourceFile): boolean => requested.has(uri);
  const scriptsOf = (workspace: Workspace): readonly MigrationScript[] => {
    const { resources, topology, unit } = workspace;
    const ofWorkloads = [...resources].flatMap(({ workload, document, isUnsettled }) =>
      workload === undefined || isUnsettled || !requested.has(document.file.uri)
        ? []
        : readScriptsOf(workload, topology.migrations, sqlParser).map(({ script }) => script),
    );
    const ofFiles = unit.files
      .filter((file) => isSql(file.uri) && isNew(file))
      .map((file) => {
        const migrations = workspaces.flatMap((each) => each.topology.migrations);
        const read = readScriptFile(file, folders.get(folderOf(file.uri)) ?? [], isNew, migrations, sqlParser);
        const entry = notReadOf(file, read);
        if (entry !== undefined) notLinted.set(`sql ${file.uri}`, entry);
        return read.script;
      });
    return [...ofWorkloads, ...ofFiles].filter((script) => script !== undefined);
  };
  return { of: scriptsOf, notLinted };
}

/** Prisma and Diesel have a folder for each migration. */
function folderOf(uri: string): string {
  const folder = uri.slice(0, uri.lastIndexOf("/"));
  return /\/(?:migration|up)\.sql$/.test(uri) ? folder.slice(0, folder.lastIndexOf("/")) : folder;
}

function notReadOf(file: SourceFile, { unread, isForeign, openQuote }: ReadScript): NotLinted | undefined {
  const [first] = unread;
  if (first === undefined) return undefined;
  const line = file.positionAt(first.start).line + 1;
  const message = isForeign
    ? "is SQL of another database than PostgreSQL or MySQL"
    : file.text.length > longestScript
      ? `has ${Math.round(file.text.length / longestScript)} MB of SQL, too much for a migration`
      : openQuote !== undefined
        ? `has a quote that nothing closes (line ${file.positionAt(openQuote).line + 1}); what comes after it was not read`
        : `has ${unread.length === 1 ? "a statement" : `${unread.length} statements`} that PostgreSQL cannot parse (line ${line})`;
  return { uri: file.uri, document: 1, span: first, reason: "not-sql", message };
}
