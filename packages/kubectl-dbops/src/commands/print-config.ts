import path from "node:path";
import type { Project } from "@dbops/core";
import { toPosix } from "../files/discover.ts";
import type { Io } from "../io.ts";

/** `--print-config FILE`: the configuration that holds for a file, as JSON. */
export function printConfig(file: string, project: Project, io: Io): number {
  const config = project.configFor(toPosix(path.resolve(io.cwd, file)));
  const rules = Object.fromEntries(
    [...config.rules].map(([id, setting]) => [id, { severity: setting.level ?? null, ...setting.options }]),
  );
  io.out(
    `${JSON.stringify({ file: config.uri ?? null, preset: config.preset, rules, exclude: config.exclude, overrides: config.overrides.length, ignore: config.ignore.map(({ rule, path: glob, object, until }) => ({ rule, path: glob, object, until })) }, null, 2)}\n`,
  );
  return 0;
}
