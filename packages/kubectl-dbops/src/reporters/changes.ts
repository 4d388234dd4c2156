import type { DiffResult, PlannedChange } from "@dbops/core";
import { changeHuman } from "./change-human.ts";
import { changeJson } from "./change-json.ts";
import { changeMarkdown } from "./change-markdown.ts";
import { reporters } from "./index.ts";
import type { ReportContext } from "./reporter.ts";

/** How what a change does is written, with the ways through it for the formats that have them. */
export interface ChangeContext extends ReportContext {
  planned(): readonly PlannedChange[];
}

/** Renders what a change does; pure. */
type ChangeReporter = (result: DiffResult, context: ChangeContext) => string;

/** Those of `lint`, for the findings; formats that people read and JSON have the verdicts too. */
export const changeReporters: Readonly<Record<string, ChangeReporter>> = {
  ...reporters,
  human: changeHuman,
  full: changeHuman,
  json: changeJson,
  markdown: changeMarkdown,
};
