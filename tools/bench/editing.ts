import { allRules, createDocumentCache, createProject, lint, SourceFile } from "@dbops/core";

/** Milliseconds of each re-lint while somebody types into a file: text, model and rules, as an editor asks for them. */
export function timesOfTyping(text: string, keystrokes: number): readonly number[] {
  const cache = createDocumentCache();
  const uri = "/editor/manifests.yaml";
  const lintText = (current: string, line: number): void => {
    const file = new SourceFile(uri, current);
    const project = createProject({
      files: [file],
      configs: [],
      root: "/editor",
      view: "file",
      today: "2026-11-24",
      rules: allRules,
      cache,
      typing: { uri, line },
    });
    lint({ project, requested: new Set([uri]) });
  };
  const places = placesToType(text);
  // The editor has been open for a while: the first keystrokes are not counted.
  const warmUp = 40;
  const times: number[] = [];
  for (let index = 0; index < warmUp + keystrokes; index++) {
    const { offset, line } = places[(index * 7919) % places.length] ?? { offset: text.length, line: 0 };
    const typed = `${text.slice(0, offset)}${"abcdefghij"[index % 10]}${text.slice(offset)}`;
    const start = performance.now();
    lintText(typed, line);
    if (index >= warmUp) times.push(performance.now() - start);
  }
  return times;
}

/** Behind the values of `key: value` lines: where people type most. */
function placesToType(text: string): readonly { readonly offset: number; readonly line: number }[] {
  const places: { readonly offset: number; readonly line: number }[] = [];
  let offset = 0;
  for (const [line, content] of text.split("\n").entries()) {
    if (/^\s*[\w-]+: [\w./-]+$/.test(content)) places.push({ offset: offset + content.length, line });
    offset += content.length + 1;
  }
  return places;
}

/** Documents until a number of lines is reached. */
export function withLines(documents: readonly string[], lines: number): string {
  const parts: string[] = [];
  let count = 0;
  for (const document of documents) {
    if (count >= lines) break;
    parts.push(document.endsWith("\n") ? document : `${document}\n`);
    count += document.split("\n").length;
  }
  return parts.join("---\n");
}
