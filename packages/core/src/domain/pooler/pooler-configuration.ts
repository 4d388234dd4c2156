import type { IniEntry } from "../../embedded/ini.ts";
import { readPgbouncerFile } from "../../embedded/pgbouncer-file.ts";
import type { Container, MountedFile } from "../../kube/container.ts";

/** A line of pgbouncer.ini, or of a file that it includes. */
export interface PlacedEntry extends IniEntry {
  readonly file: MountedFile;
  /** A file that is included behind it is not in view, and may say otherwise. */
  readonly isOverridable: boolean;
}

/** A file in view, and the sections that are open where it begins and behind it; "": nobody knows, undefined: none. */
interface ConfigurationFile {
  readonly file: MountedFile;
  readonly section: string | undefined;
  readonly sectionBehind: string;
}

/** pgbouncer.ini with what it includes put in its place. */
export interface PoolerConfiguration {
  readonly entries: readonly PlacedEntry[];
  readonly files: readonly ConfigurationFile[];
  /** False: an included file is not in view. */
  readonly isComplete: boolean;
}

/** PgBouncer refuses deeper ones. */
const deepest = 10;

/**
 * Reads a pgbouncer.ini and follows `%include`. A section goes on in the included file, and what is open at its end goes on behind it
 * (measured with 1.18 and 1.26). https://www.pgbouncer.org/config.html#include-directive
 */
export function readConfiguration(container: Container, main: MountedFile): PoolerConfiguration {
  const entries: (IniEntry & { readonly file: MountedFile })[] = [];
  const files: { file: MountedFile; section: string | undefined; sectionBehind: string }[] = [];
  let section: string | undefined;
  let sectionNumber = 0;
  let certainFrom = 0;
  let isComplete = true;
  const lose = (): void => {
    isComplete = false;
    certainFrom = entries.length;
    section = "";
  };
  const read = (file: MountedFile, depth: number): void => {
    const text = file.content.value;
    if (text === undefined || depth > deepest) {
      lose();
      return;
    }
    const own = { file, section, sectionBehind: "" };
    files.push(own);
    for (const part of readPgbouncerFile(text)) {
      if (part.kind === "section") {
        section = part.name;
        sectionNumber++;
      } else if (part.kind === "include") {
        const included = container.filesUnder("/").find(({ path }) => path === part.path);
        if (included === undefined) lose();
        else read(included, depth + 1);
      } else if (part.kind === "entry" && part.key !== "" && section !== undefined) {
        const { key, keySpan, value, valueSpan } = part;
        entries.push({ section, sectionNumber, key, keySpan, value, valueSpan, file });
      }
    }
    own.sectionBehind = section ?? "";
  };
  read(main, 0);
  return {
    entries: entries.map((entry, index) => ({ ...entry, isOverridable: index < certainFrom })),
    files,
    isComplete,
  };
}
