import path from "node:path";
import { allRules, createProject, lint, printable } from "@dbops/core";
import { discover, toPosix } from "../files/discover.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { version } from "../project.ts";
import { concise } from "../reporters/concise.ts";
import { shownPath } from "../reporters/reporter.ts";

/** `config verify`: reads every configuration file under the root and reports what is wrong. */
export function runConfig(args: Arguments, io: Io): number {
  const [verb, ...paths] = args.positionals;
  if (verb !== "verify") throw new UsageError("config has one command: kubectl dbops config verify");
  const found = discover({ cwd: io.cwd, paths: paths.length === 0 ? ["."] : paths, readsIgnored: false, exclude: [] });
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  const project = createProject({
    files: [],
    configs: found.configs,
    root: found.root,
    view: "folder",
    today: io.today,
    rules: allRules,
  });
  const whole = lint({ project, requested: new Set() });
  // No manifest was read, so nothing can be said about entries that match nothing.
  const result = { ...whole, findings: whole.findings.filter(({ ruleId }) => ruleId !== "suppression-unused") };
  const relative = (uri: string): string => shownPath(toPosix(path.relative(io.cwd, uri)));
  io.out(
    concise(result, {
      color: false,
      width: 100,
      version,
      relative,
      remedyOf: () => undefined,
      linkOf: () => undefined,
    }),
  );
  if (found.errors.length > 0 || result.isConfigurationWrong) return 2;
  io.out(
    found.configs.length === 0
      ? "No configuration file found; the preset recommended applies.\n"
      : `${found.configs.map((file) => relative(file.uri)).join(", ")}: valid.\n`,
  );
  return 0;
}
