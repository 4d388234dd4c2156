import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  allRules,
  closest,
  createProject,
  fixAll,
  type LintResult,
  lint,
  matchesGlob,
  ownRules,
  type PresetName,
  type Project,
  type ProjectInput,
  type Severity,
  SourceFile,
  severityRank,
} from "@dbops/core";
import { decodeBytes } from "../files/decode.ts";
import { type Discovered, discover, reasonOf, toPosix } from "../files/discover.ts";
import { changedFiles, repositoryOf } from "../files/git.ts";
import { renderKustomization } from "../files/kustomize.ts";
import { writeFiles } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { linkOf, version } from "../project.ts";
import { unifiedDiff } from "../reporters/diff.ts";
import { reporters } from "../reporters/index.ts";
import type { ReportContext } from "../reporters/reporter.ts";
import { baselineFile, readBaseline, writeBaseline } from "./baseline.ts";
import { debugLines } from "./debug.ts";
import { readLevel, severities } from "./levels.ts";

/** Lints, reports, and gives the exit code: 0 clean, 1 findings at or above the gate, 2 usage, configuration or unreadable input. */
export function runLint(args: Arguments, io: Io): number {
  const outputs = readOutputs(args);
  const gate = readGate(args);
  const shownFrom = args.has("quiet")
    ? "error"
    : (readLevel("min-severity", args.value("min-severity"), severities) ?? "info");
  const found = readInput(args, io);
  const input = projectInput(args, found, io);
  if (args.has("print-config")) return printConfig(args.value("print-config") ?? "", createProject(input), io);
  const report = reportContext(args, io);
  for (const error of found.errors) io.err(`error: ${error}\n`);
  let isFailed =
    found.errors.length > 0 &&
    !(args.has("no-error-on-unmatched-pattern") && found.errors.length === found.unmatched.length);
  const asked = new Set([...found.asked].filter((uri) => isReported(uri, args, found, io)));
  let project = createProject(input);
  if (args.has("fix") || args.has("diff") || args.has("fix-dry-run")) {
    const fixed = fixAll({ project, asked }, args.has("unsafe-fixes") ? "unsafe" : "safe");
    if (args.has("diff") || args.has("fix-dry-run")) {
      for (const file of fixed.files)
        io.out(
          unifiedDiff(
            project.files.find((each) => each.uri === file.uri)?.text ?? "",
            file.text,
            report.relative(file.uri),
          ),
        );
      io.err(
        `${fixed.applied.length} ${fixed.applied.length === 1 ? "fix" : "fixes"} in ${fixed.files.length} ${fixed.files.length === 1 ? "file" : "files"}; nothing was changed.\n`,
      );
      return isFailed ? 2 : fixed.files.length > 0 ? 1 : 0;
    }
    for (const error of writeFiles(fixed.files, found.bytes)) {
      io.err(`error: ${report.relative(error.uri)}: ${error.reason}; the file is as it was\n`);
      isFailed = true;
    }
    for (const { finding, fix } of fixed.applied)
      if (fix.consequence !== undefined)
        io.err(
          `fixed: ${finding.subject === undefined ? "" : `${finding.subject.kind} ${finding.subject.name}: `}${fix.title}. ${fix.consequence}\n`,
        );
    const changed = new Map(fixed.files.map((file) => [file.uri, file]));
    project = createProject({ ...input, files: input.files.map((file) => changed.get(file.uri) ?? file) });
  }
  const result = lint({ project, asked });
  if (args.has("write-baseline")) return saveBaseline(args, result, io);
  if (args.has("debug")) for (const line of debugLines(found, result, asked, report)) io.err(`${line}\n`);
  reportStale(args, result, io);
  const shown: LintResult = {
    ...result,
    findings: result.findings.filter((finding) => severityRank[finding.severity] >= severityRank[shownFrom]),
  };
  for (const { format, file } of outputs) {
    const text =
      format === "human" && args.has("quiet")
        ? quietly(shown, report)
        : ((reporters[format] ?? reporters.human)?.(shown, { ...report, color: report.color && file === undefined }) ??
          "");
    if (file === undefined) io.out(text);
    else isFailed = !writeReport(file, text, io) || isFailed;
  }
  if (args.has("statistics")) io.out(statistics(shown));
  if (asked.size === 0 && !isFailed) io.err("No manifests to lint: every file given is excluded, or holds none.\n");
  if (isFailed || result.isConfigurationWrong) return 2;
  if (args.has("strict") && result.notLinted.some((each) => each.reason !== "not-yaml")) return 2;
  return isOverGate(result, gate) ? 1 : 0;
}

interface Gate {
  readonly failOn: Severity | "never";
  readonly maxWarnings: number | undefined;
}

function readGate(args: Arguments): Gate {
  const failOn = args.has("exit-zero")
    ? "never"
    : (readLevel("fail-on", args.value("fail-on"), [...severities, "never" as const]) ?? "error");
  const text = args.value("max-warnings");
  if (text !== undefined && !/^\d+$/.test(text)) throw new UsageError(`--max-warnings takes a number, not ${text}`);
  return { failOn, maxWarnings: text === undefined || failOn === "never" ? undefined : Number(text) };
}

function isOverGate(result: LintResult, gate: Gate): boolean {
  const warnings = result.findings.filter((finding) => finding.severity === "warning").length;
  if (gate.maxWarnings !== undefined && warnings > gate.maxWarnings) return true;
  const { failOn } = gate;
  return (
    failOn !== "never" && result.findings.some((finding) => severityRank[finding.severity] >= severityRank[failOn])
  );
}

function readOutputs(args: Arguments): readonly { readonly format: string; readonly file: string | undefined }[] {
  const given = [...args.values("output"), ...args.values("format"), ...args.values("output-format")];
  const outputs = given.map((text) => {
    const equals = text.indexOf("=");
    const format = equals < 0 ? text : text.slice(0, equals);
    if (!Object.hasOwn(reporters, format)) {
      const meant = closest(format, Object.keys(reporters));
      throw new UsageError(
        `there is no output format ${format}${meant === undefined ? `; there are ${Object.keys(reporters).join(", ")}` : `; did you mean ${meant}?`}`,
      );
    }
    return { format, file: equals < 0 ? undefined : text.slice(equals + 1) };
  });
  if (outputs.filter((output) => output.file === undefined).length > 1)
    throw new UsageError("only one output can go to the screen; give the others a file: -o sarif=dbops.sarif");
  return outputs.length === 0 ? [{ format: "human", file: undefined }] : outputs;
}

function readInput(args: Arguments, io: Io): Discovered {
  const paths = [...args.positionals, ...args.values("filename")].flatMap((each) => (each === "-" ? [] : [each]));
  const fromStdin = args.has("stdin") || args.positionals.includes("-") || args.values("filename").includes("-");
  const exclude = args.values("exclude");
  const kustomizations = args.values("kustomize");
  const isDefault = paths.length === 0 && !fromStdin && kustomizations.length === 0;
  const found =
    paths.length > 0 || isDefault
      ? discover({ cwd: io.cwd, paths: isDefault ? ["."] : paths, readsIgnored: args.has("no-ignore"), exclude })
      : {
          root: toPosix(io.cwd),
          files: [],
          configs: configsAbove(io),
          asked: new Set<string>(),
          errors: [],
          unmatched: [],
          skipped: [],
          bytes: new Map<string, Buffer>(),
        };
  const files = [...found.files];
  const asked = new Set(found.asked);
  const errors = [...found.errors];
  if (fromStdin) {
    const text = decodeBytes(io.readStdin());
    const name = args.value("stdin-filename");
    const uri = name === undefined ? "<stdin>" : toPosix(path.resolve(io.cwd, name));
    if (text === undefined) errors.push(`${name ?? "<stdin>"}: not a text`);
    else {
      const existing = files.findIndex((file) => file.uri === uri);
      if (existing >= 0) files.splice(existing, 1);
      files.push(new SourceFile(uri, text, "stdin"));
      asked.add(uri);
    }
  }
  for (const folder of kustomizations) {
    const rendered = renderKustomization(folder, io.cwd);
    if (typeof rendered === "string") errors.push(rendered);
    else {
      files.push(rendered);
      asked.add(rendered.uri);
    }
  }
  return { ...found, files, asked, errors };
}

/** Without paths (stdin, -k) the configuration of the working directory and above holds. */
function configsAbove(io: Io): readonly SourceFile[] {
  const top = repositoryOf(io.cwd, existsSync) ?? io.cwd;
  for (let folder = io.cwd; folder.startsWith(top); folder = path.dirname(folder)) {
    for (const name of [".dbops.yaml", ".dbops.yml", ".dbops.json"]) {
      const file = path.join(folder, name);
      if (existsSync(file)) return [new SourceFile(toPosix(file), readFileSync(file, "utf8"))];
    }
    if (path.dirname(folder) === folder) break;
  }
  return [];
}

function projectInput(args: Arguments, found: Discovered, io: Io): ProjectInput {
  const split = (name: string): readonly string[] | undefined => {
    const values = args
      .values(name)
      .flatMap((value) => value.split(","))
      .map((value) => value.trim())
      .filter((value) => value !== "");
    for (const value of values) checkRule(value);
    return values.length === 0 ? undefined : values;
  };
  const select = split("select");
  const ignored = split("ignore");
  const preset = readLevel<PresetName>("preset", args.value("preset"), ["recommended", "all", "ephemeral"]);
  const named = args.value("config") ?? io.env.DBOPS_CONFIG;
  const baseline = readBaseline(args, io);
  const view = readLevel("view", args.value("view"), ["file", "folder"] as const) ?? "folder";
  return {
    files: found.files,
    configs: found.configs,
    root: found.root,
    view,
    today: io.today,
    rules: allRules,
    ...(args.has("no-config")
      ? { configOverride: "none" as const }
      : named === undefined || named === ""
        ? {}
        : { configOverride: readNamedConfig(named, io) }),
    ...(preset === undefined ? {} : { preset }),
    ...(select === undefined ? {} : { select }),
    ...(ignored === undefined ? {} : { ignore: ignored }),
    ...(args.has("no-inline-config") ? { inlineConfig: "ignore" as const } : {}),
    ...(baseline === undefined ? {} : { baseline }),
    exclude: args.values("exclude"),
  };
}

function readNamedConfig(named: string, io: Io): SourceFile {
  const file = path.resolve(io.cwd, named);
  try {
    return new SourceFile(toPosix(file), readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${named}: ${reasonOf(error)}`);
  }
}

function checkRule(pattern: string): void {
  const ids = [...allRules, ...ownRules].map((rule) => rule.id);
  if (ids.includes(pattern) || (pattern.includes("*") && ids.some((id) => matchesGlob(pattern, id)))) return;
  const meant = closest(pattern, ids);
  throw new UsageError(
    `there is no rule ${pattern}${meant === undefined ? "; see kubectl dbops rules" : `; did you mean ${meant}?`}`,
  );
}

/** --since, --staged, --changed filter the report; everything under the root stays context. */
function isReported(uri: string, args: Arguments, found: Discovered, io: Io): boolean {
  const what = args.has("since")
    ? { since: args.value("since") ?? "HEAD" }
    : args.has("staged")
      ? ("staged" as const)
      : args.has("changed")
        ? ("changed" as const)
        : undefined;
  if (what === undefined) return true;
  const cached = changedSets.get(found);
  const changed = cached ?? new Set(changedFiles(repositoryOf(io.cwd, existsSync) ?? found.root, what).map(toPosix));
  if (cached === undefined) changedSets.set(found, changed);
  return changed.has(uri);
}

const changedSets = new WeakMap<Discovered, ReadonlySet<string>>();

function reportContext(args: Arguments, io: Io): ReportContext {
  const remedies = new Map([...allRules, ...ownRules].map((rule) => [rule.id, rule.meta.remedy]));
  return {
    color: usesColor(args, io),
    width: Math.min(io.width, 140),
    version,
    relative: (uri) => (uri.startsWith("/") ? toPosix(path.relative(io.cwd, uri)) || "." : uri),
    remedyOf: (ruleId) => remedies.get(ruleId),
    linkOf,
  };
}

function usesColor(args: Arguments, io: Io): boolean {
  const when = args.has("no-color")
    ? "never"
    : (readLevel("color", args.value("color"), ["auto", "always", "never"] as const) ?? "auto");
  if (when !== "auto") return when === "always";
  if ((io.env.NO_COLOR ?? "") !== "") return false;
  if (/^[1-9]|^true$/.test(io.env.FORCE_COLOR ?? "") || (io.env.CLICOLOR_FORCE ?? "0") !== "0") return true;
  return io.isOutputTerminal && io.env.TERM !== "dumb";
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
    writeFileSync(path.resolve(io.cwd, file), text);
    return true;
  } catch (error) {
    io.err(`error: ${file}: ${reasonOf(error)}\n`);
    return false;
  }
}

function saveBaseline(args: Arguments, result: LintResult, io: Io): number {
  const file = baselineFile(args, "write-baseline");
  writeBaseline(file, result.findings, io);
  io.err(
    `${file} lists ${result.findings.length} ${result.findings.length === 1 ? "finding" : "findings"}; lint with --baseline to leave them out.\n`,
  );
  return 0;
}

/** Entries of the baseline that match nothing any more are named; with --prune-baseline they go. */
function reportStale(args: Arguments, result: LintResult, io: Io): void {
  const baseline = readBaseline(args, io);
  if (baseline === undefined) return;
  const matched = result.suppressed.filter((finding) => finding.suppression.by === "baseline");
  const stale = baseline.fingerprints.size - new Set(matched.map((finding) => finding.fingerprint)).size;
  if (args.has("prune-baseline")) writeBaseline(baselineFile(args, "prune-baseline"), matched, io);
  if (stale > 0)
    io.err(
      args.has("prune-baseline")
        ? `${stale} stale ${stale === 1 ? "entry" : "entries"} removed from the baseline.\n`
        : `${stale} ${stale === 1 ? "entry" : "entries"} of the baseline match nothing any more; remove them with --prune-baseline.\n`,
    );
}

function printConfig(file: string, project: Project, io: Io): number {
  const config = project.configFor(toPosix(path.resolve(io.cwd, file)));
  const rules = Object.fromEntries(
    [...config.rules].map(([id, setting]) => [id, { severity: setting.level ?? null, ...setting.options }]),
  );
  io.out(
    `${JSON.stringify({ file: config.uri ?? null, preset: config.preset, rules, exclude: config.exclude, overrides: config.overrides.length, ignore: config.ignore.map(({ rule, path: glob, object, until }) => ({ rule, path: glob, object, until })) }, null, 2)}\n`,
  );
  return 0;
}
