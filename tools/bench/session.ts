import { allRules, createDocumentCache, createProject, lint, SourceFile } from "@dbops/core";
import { LintSession } from "@dbops/session";

/** Milliseconds of each keystroke in the first of some files, all of them context: the extension's session and the engine alone. */
export function timesOfSession(
  texts: readonly string[],
  keystrokes: number,
): { readonly session: readonly number[]; readonly engine: readonly number[] } {
  const root = "file:///shop";
  const today = "2026-11-24";
  const files = texts.map((text, index) => new SourceFile(`${root}/${String(index).padStart(4, "0")}.yaml`, text));
  const [edited] = files;
  if (edited === undefined) return { session: [], engine: [] };
  const requested = new Set([edited.uri]);
  const session = new LintSession(root, "folder");
  for (const file of files) session.texts.setDisk(file.uri, file.text);
  const cache = createDocumentCache();
  const options = { exclude: [], configFile: undefined };
  const lines = edited.text.split("\n").length;
  const times: { session: number[]; engine: number[] } = { session: [], engine: [] };
  const warmUp = 20;
  for (let index = 0; index < warmUp + keystrokes; index++) {
    // Behind the value of a line somewhere in the file.
    const line = (index * 7919) % lines;
    const offset = edited.lineSpan(line).end;
    const typed = `${edited.text.slice(0, offset)}${"abcdefghij"[index % 10]}${edited.text.slice(offset)}`;
    const typing = { uri: edited.uri, line };
    const runs = {
      session: (): void => {
        session.changed(edited.uri, typed, [{ offset, removed: 0, inserted: 1 }]);
        session.lint(requested, options, today, typing);
      },
      engine: (): void => {
        const current = files.map((file) => (file === edited ? new SourceFile(file.uri, typed) : file));
        const input = {
          files: current,
          configs: [],
          root,
          view: "folder" as const,
          today,
          rules: allRules,
          cache,
          typing,
        };
        lint({ project: createProject(input), requested });
      },
    };
    for (const name of index % 2 === 0 ? (["session", "engine"] as const) : (["engine", "session"] as const)) {
      const start = performance.now();
      runs[name]();
      if (index >= warmUp) times[name].push(performance.now() - start);
    }
  }
  return times;
}
