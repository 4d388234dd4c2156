import { createProject, diff, type LintResult, lint, type ProjectInput, SourceFile } from "../../src/index.ts";
import type { Case } from "./fixture.ts";
import { sqlParser } from "./sql-parser.ts";

type Settings = Pick<ProjectInput, "configs" | "view" | "today" | "rules"> & Partial<Pick<ProjectInput, "preset">>;

/** Lints the files of a case; where the case has an old text, says what the change does. */
export function runCase(each: Case, files: readonly SourceFile[], settings: Settings): LintResult {
  const { before } = each;
  const project = createProject({ ...settings, files, root: "/case", sqlParser });
  const requested = requestedOf(each, [...before, ...files]);
  return before.length === 0
    ? lint({ project, requested, onCrash: "throw" })
    : diff({
        project,
        before: createProject({ ...settings, files: before, root: "/before", configs: [] }),
        requested,
        onCrash: "throw",
      });
}

/** All files but those of `# context: NAME, NAME`. */
export function requestedOf({ settings }: Case, files: readonly SourceFile[]): ReadonlySet<string> {
  const context = (settings.context ?? "").split(/,\s*/);
  return new Set(files.flatMap(({ uri }) => (context.includes(uri.slice("/case/".length)) ? [] : [uri])));
}

/** The settings of a fixture as a configuration, for one rule or for all. */
export function settingsOf({ settings }: Case, rules: Settings["rules"], config = "extends: all\n"): Settings {
  return {
    configs: [new SourceFile("/case/.dbops.yaml", config)],
    view: settings.view === "file" || settings.view === "cluster" ? settings.view : "folder",
    today: settings.today ?? "2026-11-24",
    rules,
  };
}
