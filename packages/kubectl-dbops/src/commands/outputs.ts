import path from "node:path";
import { allRules, builtInRules, type LintResult, liveNameOf } from "@dbops/core";
import { formats } from "../choices.ts";
import { reasonOf, toPosix } from "../files/discover.ts";
import { replaceFile } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { didYouMean } from "../meaning.ts";
import { linkOf, version } from "../project.ts";
import { reporters } from "../reporters/index.ts";
import { type ReportContext, shownPath } from "../reporters/reporter.ts";
import type { ColorWhen, LintRequest } from "./request.ts";

/** One `-o FORMAT[=FILE]`. */
export interface Output {
  readonly format: string;
  /** undefined: stdout. */
  readonly file: string | undefined;
}

/** What `-o` asks for; at most one goes to the screen. @throws UsageError */
export function readOutputs(args: Arguments, isForAgent = false): readonly Output[] {
  const given = [...args.values("output"), ...args.values("format"), ...args.values("output-format")];
  const outputs = given.map((text) => {
    const equals = text.indexOf("=");
    const format = equals < 0 ? text : text.slice(0, equals);
    if (!Object.hasOwn(reporters, format)) {
      throw new UsageError(
        `there is no output format ${format}${didYouMean(format, Object.keys(reporters), `choose from ${formats.join(", ")}`)}`,
      );
    }
    if (equals === text.length - 1) throw new UsageError(`-o ${text} does not name a file`);
    return { format, file: equals < 0 ? undefined : text.slice(equals + 1) };
  });
  if (outputs.filter((output) => output.file === undefined).length > 1)
    throw new UsageError("only one output can go to the screen; give the others a file: -o sarif=dbops.sarif");
  return outputs.length === 0 ? [{ format: isForAgent ? "agent" : "human", file: undefined }] : outputs;
}

/** Whether the report goes to a program that writes code: it says so in the environment, and nobody looks at a terminal. */
export function isForAgent({ env, isOutputTerminal }: Io): boolean {
  return !isOutputTerminal && agentVariables.some((name) => !/^(?:|0|false)$/.test(env[name] ?? ""));
}

const agentVariables = ["AI_AGENT", "CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX", "OPENCODE"] as const;

/** How reports are written here: colour, width, names. */
export function reportContext(when: ColorWhen, io: Io): ReportContext {
  const remedies = new Map([...allRules, ...builtInRules].map((rule) => [rule.id, rule.meta.remedy]));
  return {
    color: usesColor(when, io),
    width: Math.min(io.width, 140),
    ...(io.isOutputTerminal ? { columns: io.width, hasLinks: opensLinks(io) } : {}),
    version,
    relative: (uri) => shownPath(relativePath(uri, io)),
    remedyOf: (ruleId) => remedies.get(ruleId),
    linkOf,
  };
}

/** Whether a report on the screen has colours. https://no-color.org */
export function usesColor(when: ColorWhen, io: Io): boolean {
  if (when !== "auto") return when === "always";
  if ((io.env.NO_COLOR ?? "") !== "") return false;
  if (/^(0|false)$/.test(io.env.FORCE_COLOR ?? "")) return false;
  if (/^[1-9]|^true$/.test(io.env.FORCE_COLOR ?? "") || (io.env.CLICOLOR_FORCE ?? "0") !== "0") return true;
  return io.isOutputTerminal && io.env.TERM !== "dumb";
}

/** Terminals that open links, by what they set. https://github.com/Alhadis/OSC8-Adoption */
function opensLinks({ env }: Io): boolean {
  if ((env.FORCE_HYPERLINK ?? "") !== "") return env.FORCE_HYPERLINK !== "0";
  if (env.TERM === "dumb" || (env.CI ?? "") !== "" || (env.TMUX ?? "") !== "") return false;
  return (
    /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|zed)$/.test(env.TERM_PROGRAM ?? "") ||
    /^(?:xterm-kitty|xterm-ghostty|alacritty|foot)/.test(env.TERM ?? "") ||
    Number(env.VTE_VERSION ?? 0) >= 5000 ||
    (env.WT_SESSION ?? env.KONSOLE_VERSION ?? "") !== ""
  );
}

/** Writes every output of `lint`; false when a file could not be written. */
export function writeOutputs(
  { outputs, isQuiet, showsSteps, showsStatistics }: LintRequest,
  shown: LintResult,
  report: ReportContext,
  io: Io,
): boolean {
  const isWritten = writeEach(outputs, io, (format, isOnScreen) => {
    const context = { ...report, showsSteps, color: report.color && isOnScreen, ...pathsFor(format, io) };
    return format === "human" && isQuiet ? quietly(shown, context) : (reporters[format]?.(shown, context) ?? "");
  });
  if (showsStatistics) {
    // stdout holds the document of a format that machines read, and nothing else.
    const isForPeople = outputs.some(({ format, file }) => file === undefined && /^(human|full|concise)$/.test(format));
    (isForPeople ? io.out : io.err)(statistics(shown));
  }
  return isWritten;
}

/** Writes what each output asks for; false when a file could not be written. */
export function writeEach(
  outputs: readonly Output[],
  io: Io,
  textOf: (format: string, isOnScreen: boolean) => string,
): boolean {
  let isWritten = true;
  for (const { format, file } of outputs) {
    const text = textOf(format, file === undefined);
    if (file === undefined) io.out(text);
    else isWritten = writeReport(file, text, io) && isWritten;
  }
  return isWritten;
}

/** Who reads these formats looks for the files from the root of what CI checked out, wherever the step runs. */
const checkouts: Readonly<Record<string, string>> = {
  github: "GITHUB_WORKSPACE",
  sarif: "GITHUB_WORKSPACE",
  gitlab: "CI_PROJECT_DIR",
  codeclimate: "CI_PROJECT_DIR",
};

/** Whether a format's paths are those of a checkout, whose files are there. */
export function isOfCheckout(format: string): boolean {
  return Object.hasOwn(checkouts, format);
}

/** Formats with an escape for every character. */
const forPrograms: ReadonlySet<string> = new Set([
  "json",
  "jsonl",
  "sarif",
  "gitlab",
  "codeclimate",
  "junit",
  "checkstyle",
]);

function relativePath(uri: string, io: Io): string {
  const live = liveNameOf(uri);
  if (live !== undefined) return live;
  return uri.startsWith("/") ? toPosix(path.relative(io.cwd, uri)) || "." : uri;
}

/** How a format names files. */
export function pathsFor(format: string, io: Io): Pick<ReportContext, "relative"> {
  const checkout = toPosix(io.env[checkouts[format] ?? ""] ?? "");
  const isInside = (uri: string): boolean => checkout !== "" && uri.startsWith(`${checkout}/`);
  const relative = (uri: string): string => (isInside(uri) ? uri.slice(checkout.length + 1) : relativePath(uri, io));
  return { relative: forPrograms.has(format) ? relative : (uri) => shownPath(relative(uri)) };
}

function quietly(result: LintResult, context: ReportContext): string {
  if (result.findings.length === 0) return "";
  const text = reporters.human?.(result, context) ?? "";
  return `${text.slice(0, text.lastIndexOf("\n\n") + 1)}`;
}

function statistics(result: LintResult): string {
  const counts = new Map<string, number>();
  for (const finding of result.findings) counts.set(finding.ruleId, (counts.get(finding.ruleId) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([rule, number]) => `${String(number).padStart(6)}  ${rule}\n`)
    .join("");
}

function writeReport(file: string, text: string, io: Io): boolean {
  try {
    replaceFile(path.resolve(io.cwd, file), text);
    return true;
  } catch (error) {
    io.err(`error: ${file}: ${reasonOf(error)}\n`);
    return false;
  }
}
