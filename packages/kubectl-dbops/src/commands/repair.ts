import { count, createProject, type Finding, type Fix, fixAll, lint, type Project, printable } from "@dbops/core";
import { writeFiles } from "../files/write.ts";
import type { Io } from "../io.ts";
import { type Paint, painter, type Style } from "../paint.ts";
import { unifiedDiff } from "../reporters/diff.ts";
import type { ReportContext } from "../reporters/reporter.ts";

/** `--diff`: what --fix would change, as a patch on stdout. Exit code 1 when there is something to change. */
export function showDiff(
  project: Project,
  requested: ReadonlySet<string>,
  admit: "safe" | "unsafe",
  report: ReportContext,
  io: Io,
): number {
  const fixed = fixAll({ project, requested }, admit);
  const { concealment, isConfigurationWrong } = lint({ project, requested });
  let hidden = 0;
  for (const file of fixed.files) {
    const before = project.files.find((each) => each.uri === file.uri) ?? file;
    const diff = unifiedDiff(before, file, report.relative(file.uri), concealment.spansIn(file.uri));
    hidden += diff.hiddenLines;
    io.out(report.color ? colored(diff.text, painter(report)) : diff.text);
  }
  for (const { finding, fix } of fixed.applied)
    io.err(`would fix: ${concealment.line(told(finding, fix), [finding.location.uri])}\n`);
  io.err(
    `${count(fixed.applied.length, "fix", "fixes")} in ${count(fixed.files.length, "file")}; nothing was changed.\n`,
  );
  if (hidden > 0)
    io.err(
      `${count(hidden, "line")} with secret values ${hidden === 1 ? "is" : "are"} hidden, so this patch does not apply there; use --fix.\n`,
    );
  return isConfigurationWrong ? 2 : fixed.files.length > 0 ? 1 : 0;
}

/** `StatefulSet orders-db: Wait 120 s before killing the server. Restarts every instance.` */
function told({ subject }: Finding, { title, consequence }: Fix): string {
  const what = subject === undefined ? "" : `${subject.kind} ${subject.name}: `;
  return `${printable(what)}${title}.${consequence === undefined ? "" : ` ${consequence}`}`;
}

/** A patch as git colours it. */
function colored(patch: string, paint: Paint): string {
  const styles: Readonly<Record<string, Style>> = { "+": "added", "-": "removed", "@": "heading" };
  return patch.replace(/^[-+@].*$/gm, (line) =>
    paint(/^(?:---|\+\+\+) /.test(line) ? "bold" : (styles[line[0] ?? ""] ?? "dim"), line),
  );
}

/** `--fix`: writes the files and gives the project as it is then. What a fix causes, and what could not be written, goes to stderr. */
export function repair(
  project: Project,
  requested: ReadonlySet<string>,
  admit: "safe" | "unsafe",
  report: ReportContext,
  io: Io,
): { readonly project: Project; readonly isFailed: boolean } {
  const fixed = fixAll({ project, requested }, admit);
  const failed = new Set<string>();
  const changed = fixed.files.flatMap((after) => {
    const before = project.input.files.find((file) => file.uri === after.uri);
    return before === undefined ? [] : [{ before, after }];
  });
  for (const error of writeFiles(changed)) {
    failed.add(error.uri);
    io.err(`error: ${report.relative(error.uri)}: ${error.reason}; the file is unchanged\n`);
  }
  const written = new Map(fixed.files.filter((file) => !failed.has(file.uri)).map((file) => [file.uri, file]));
  for (const { finding, fix } of fixed.applied) {
    if (fix.edits.some((edit) => failed.has(edit.uri))) continue;
    io.err(`fixed: ${told(finding, fix)}\n`);
  }
  const files = project.input.files.map((file) => written.get(file.uri) ?? file);
  return { project: createProject({ ...project.input, files }), isFailed: failed.size > 0 };
}
