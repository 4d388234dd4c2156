import { type Project, suppressAll } from "@dbops/core";
import { writeFiles } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { count, type ReportContext } from "../reporters/reporter.ts";
import { rulesNamed } from "./lint-input.ts";

/** `--suppress RULE --reason TEXT`: writes a comment at each finding. Exit code 2 when a file or a finding could not be. */
export function suppress(
  project: Project,
  asked: ReadonlySet<string>,
  args: Arguments,
  report: ReportContext,
  io: Io,
): number {
  const reason = (args.value("reason") ?? "").replace(/\s+/g, " ").trim();
  if (reason === "")
    throw new UsageError("--suppress needs --reason TEXT: whoever reads the comment will want to know");
  const other = ["fix", "diff", "fix-dry-run", "kustomize", "write-baseline"].find((flag) => args.has(flag));
  if (other !== undefined)
    throw new UsageError(`--suppress writes comments into files; it does not go with --${other}`);
  const { files, findings, left } = suppressAll({ project, asked }, rulesNamed(args, "suppress") ?? [], reason);
  const changed = files.flatMap((after) => {
    const before = project.input.files.find((file) => file.uri === after.uri);
    return before === undefined ? [] : [{ before, after }];
  });
  const failed = writeFiles(changed);
  for (const error of failed) io.err(`error: ${report.relative(error.uri)}: ${error.reason}; the file is as it was\n`);
  for (const finding of left) {
    const { line } = project.files
      .find(({ uri }) => uri === finding.location.uri)
      ?.positionAt(finding.location.span.start) ?? { line: 0 };
    io.err(
      `error: ${report.relative(finding.location.uri)}:${line + 1}: no comment can silence ${finding.ruleId} here\n`,
    );
  }
  const written = findings.filter(({ location }) => !failed.some(({ uri }) => uri === location.uri)).length;
  io.err(`Suppressed ${count(written, "finding")} in ${count(files.length - failed.length, "file")}.\n`);
  return failed.length + left.length > 0 ? 2 : 0;
}
