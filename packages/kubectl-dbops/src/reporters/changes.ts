import type { DiffResult } from "@dbops/core";
import { changeHuman } from "./change-human.ts";
import { changeJson } from "./change-json.ts";
import { changeMarkdown } from "./change-markdown.ts";
import { reporters } from "./index.ts";
import type { ReportContext } from "./reporter.ts";

/** Renders what a change does; pure. */
type ChangeReporter = (result: DiffResult, context: ReportContext) => string;

/** Those of `lint`, for the findings; formats that people read and JSON have the verdicts too. */
export const changeReporters: Readonly<Record<string, ChangeReporter>> = {
  ...reporters,
  human: changeHuman,
  full: changeHuman,
  json: changeJson,
  markdown: changeMarkdown,
};
