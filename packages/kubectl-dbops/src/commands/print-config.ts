import path from "node:path";
import { allRules, builtInRules, levelFor, type Project } from "@dbops/core";
import { toPosix } from "../files/discover.ts";
import type { Io } from "../io.ts";

/** `--print-config FILE`: the configuration that holds for a file, as JSON, with the level of every rule. */
export function printConfig(file: string, project: Project, io: Io): number {
  const uri = toPosix(path.resolve(io.cwd, file));
  const config = project.configFor(uri);
  const rules = [...allRules, ...builtInRules].map((rule) => {
    const level = levelFor(rule, config, uri, undefined);
    const isOn =
      level !== undefined && (level.isForced || config.preset === "all" || rule.meta.presets.includes(config.preset));
    return [rule.id, { severity: isOn ? (level.severity ?? rule.meta.severity) : "off", ...level?.options }] as const;
  });
  const shown = {
    file: config.uri === undefined ? null : toPosix(path.relative(io.cwd, config.uri)),
    preset: config.preset,
    isExcluded: project.isExcluded(uri),
    exclude: config.exclude,
    rules: Object.fromEntries(rules),
    // Those with namespaces or labels depend on the object, so the levels above are without them.
    overrides: config.overrides.map(({ files, namespaces, labels }) => ({ files, namespaces, labels })),
    ignore: config.ignore.map(({ rule, path: glob, object, until }) => ({ rule, path: glob, object, until })),
  };
  io.out(`${JSON.stringify(shown, null, 2)}\n`);
  return 0;
}
