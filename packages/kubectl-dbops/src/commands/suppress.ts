import { count, lint, type Project, suppressAll, untilIn } from "@dbops/core";
import { writeFiles } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import type { ReportContext } from "../reporters/reporter.ts";
import { rulesNamed } from "./request.ts";

/** What `--suppress RULE --reason TEXT` asks for. */
export interface SuppressionRequest {
  /** Ids, categories and globs. */
  readonly rules: readonly string[];
  readonly reason: string;
}

/** @throws UsageError */
export function readSuppression(args: Arguments, today: string): SuppressionRequest {
  const rules = rulesNamed(args, "suppress");
  if (rules === undefined) throw new UsageError("--suppress needs a rule; see kubectl dbops rules");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: YAML forbids them, in comments too
  const reason = (args.value("reason") ?? "").replace(/[\x00-\x1f\x7f-\x9f\s]+/g, " ").trim();
  if (reason === "")
    throw new UsageError("--suppress needs --reason TEXT: people who read the comment will want to know");
  const until = untilIn(reason);
  if (until === "broken" || (until !== undefined && until < today))
    throw new UsageError(
      "--reason: (until …) needs a future date, like (until 2027-01-31); otherwise the comment suppresses nothing",
    );
  return { rules, reason };
}

/** Writes a comment at each finding. Exit code 2 when a file or a finding could not be, or the configuration is wrong. */
export function suppress(
  project: Project,
  requested: ReadonlySet<string>,
  { rules, reason }: SuppressionRequest,
  report: ReportContext,
  io: Io,
): number {
  const place = (uri: string, offset: number): string => {
    const line =
      [...project.files, ...project.input.configs].find((each) => each.uri === uri)?.positionAt(offset).line ?? 0;
    return `${report.relative(uri)}:${line + 1}`;
  };
  const { findings: all, isConfigurationWrong } = lint({ project, requested });
  if (isConfigurationWrong) {
    for (const { ruleId, location, message } of all)
      if (ruleId.startsWith("configuration-"))
        io.err(`error: ${place(location.uri, location.span.start)}: ${message}\n`);
    io.err("error: nothing was written: another configuration would have other findings to suppress\n");
    return 2;
  }
  const { files, findings, left } = suppressAll({ project, requested }, rules, reason);
  const changed = files.flatMap((after) => {
    const before = project.input.files.find((file) => file.uri === after.uri);
    return before === undefined ? [] : [{ before, after }];
  });
  const failed = writeFiles(changed);
  for (const error of failed) io.err(`error: ${report.relative(error.uri)}: ${error.reason}; the file is unchanged\n`);
  for (const { ruleId, location } of left)
    io.err(
      `error: ${place(location.uri, location.span.start)}: no comment can suppress every finding of ${ruleId} in this file; the file is unchanged\n`,
    );
  const written = findings.filter(({ location }) => !failed.some(({ uri }) => uri === location.uri)).length;
  io.err(`Suppressed ${count(written, "finding")} in ${count(files.length - failed.length, "file")}.\n`);
  return failed.length + left.length > 0 ? 2 : 0;
}
