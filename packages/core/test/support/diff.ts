import {
  allRules,
  createProject,
  type DiffInput,
  type DiffResult,
  diff,
  type Project,
  SourceFile,
} from "../../src/index.ts";

/** Files by their path below the root. */
export type Files = Readonly<Record<string, string>>;

function projectOf(root: string, files: Files): Project {
  return createProject({
    files: Object.entries(files).map(([name, text]) => new SourceFile(`${root}/${name}`, text)),
    configs: [],
    root,
    view: "folder",
    today: "2026-11-29",
    rules: allRules,
  });
}

/** What the change from some files of /before to some of /after does. */
export function diffFiles(old: Files, young: Files, allowed: DiffInput["allowed"] = []): DiffResult {
  const before = projectOf("/before", old);
  const project = projectOf("/after", young);
  const requested = new Set([...before.files, ...project.files].map(({ uri }) => uri));
  return diff({ project, before, requested, onCrash: "throw", allowed });
}
