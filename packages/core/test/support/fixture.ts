import type { Severity } from "../../src/rule/finding.ts";
import { SourceFile } from "../../src/text/source-file.ts";

/** What a marker says must be found. */
interface Expectation {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
  /** Exact columns, from a caret line. */
  readonly columns: { readonly start: number; readonly end: number } | undefined;
  readonly ruleId: string;
  readonly severity: Severity | undefined;
  readonly message: string;
}

/** One workspace of a fixture. */
export interface Case {
  readonly name: string;
  readonly files: readonly SourceFile[];
  /** Of a rule about changes: what the files were before. */
  readonly before: readonly SourceFile[];
  readonly expectations: readonly Expectation[];
  /** Values of `# key: value` lines before the first file's content: options, view, today, recognises, context (files not reported on). */
  readonly settings: Readonly<Record<string, string>>;
}

const marker = /(?:#|;|--)\s*(\^+)?\s*expect:\s*([\w-]+)(?:\s+(error|warning|info))?(?:\s+"((?:[^"\\]|\\.)*)")?\s*$/;

/** Reads a fixture: `# case: name` separates workspaces, `# file: name` their files, `# before: name` those of the old text. */
export function readFixture(text: string, defaultName: string): readonly Case[] {
  const parts = text.split(/^# case: (.*)\n/m).slice(1);
  const cases: Case[] = [];
  for (let index = 0; index < parts.length; index += 2)
    cases.push(readCase(parts[index] ?? "", parts[index + 1] ?? "", defaultName));
  return cases;
}

function readCase(name: string, body: string, defaultName: string): Case {
  const settings: Record<string, string> = {};
  for (const match of body.matchAll(/^# (options|view|today|context|recognises|preset|backups): (.*)$/gm))
    settings[match[1] ?? ""] = (match[2] ?? "").trim();
  const pieces = body.split(/^# (file|before): (.*)\n/m);
  const files: SourceFile[] = [];
  const before: SourceFile[] = [];
  if ((pieces[0] ?? "").replace(/^#.*$/gm, "").trim() !== "" || pieces.length === 1)
    files.push(new SourceFile(`/case/${defaultName}`, pieces[0] ?? ""));
  for (let index = 1; index < pieces.length; index += 3) {
    const [side = "", path = "", text = ""] = pieces.slice(index, index + 3);
    if (side === "file") files.push(new SourceFile(`/case/${path.trim()}`, text));
    else before.push(new SourceFile(`/before/${path.trim()}`, text));
  }
  // What a cluster holds, as the host hands it over.
  if (settings.view === "cluster")
    files.splice(0, files.length, ...files.map(({ uri, text }) => new SourceFile(uri, text, "cluster")));
  return { name: name.trim(), files, before, settings, expectations: [...before, ...files].flatMap(expectationsOf) };
}

function expectationsOf(file: SourceFile): readonly Expectation[] {
  const lines = file.text.split("\n");
  return lines.flatMap((text, line): readonly Expectation[] => {
    const match = marker.exec(text);
    if (match === null) return [];
    const [, carets, ruleId = "", severity, message = ""] = match;
    const isAlone = /^\s*(#|;|--)/.test(text);
    const isMarker = (each: string | undefined): boolean =>
      each !== undefined && marker.test(each) && /^\s*(#|;|--)/.test(each);
    let target = line;
    if (carets !== undefined)
      do target--;
      while (isMarker(lines[target]));
    else if (isAlone)
      do target++;
      while (isMarker(lines[target]));
    const start = carets === undefined ? 0 : text.indexOf(carets);
    return [
      {
        uri: file.uri,
        line: target,
        columns: carets === undefined ? undefined : { start, end: start + carets.length },
        ruleId,
        severity: severity as Severity | undefined,
        message: message.replaceAll('\\"', '"'),
      },
    ];
  });
}
