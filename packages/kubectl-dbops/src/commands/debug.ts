import type { LintResult } from "@dbops/core";
import type { Discovered } from "../files/discover.ts";
import type { ReportContext } from "../reporters/reporter.ts";

/** What --debug says: the root, the units with their files, what was skipped and what was not linted. */
export function debugLines(
  found: Discovered,
  result: LintResult,
  requested: ReadonlySet<string>,
  context: ReportContext,
): readonly string[] {
  return [
    `root: ${context.relative(found.root)}`,
    ...found.configs.map((file) => `configuration: ${context.relative(file.uri)}`),
    ...result.units.flatMap((unit) => [
      `unit: ${context.relative(unit.name)} (${unit.kind}, ${unit.uris.length} ${unit.uris.length === 1 ? "file" : "files"})`,
      ...unit.uris.map((uri) => `  ${requested.has(uri) ? "linted" : "context"}: ${context.relative(uri)}`),
    ]),
    ...found.skipped.map((each) => `skipped: ${context.relative(each.path)}: ${each.why}`),
    ...result.notLinted.map(
      (each) => `not linted: ${context.relative(each.uri)} document ${each.document} ${each.message}`,
    ),
  ];
}
