import { concise } from "./concise.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { human } from "./human.ts";
import { json, jsonl } from "./json.ts";
import { markdown } from "./markdown.ts";
import type { Reporter } from "./reporter.ts";
import { sarif } from "./sarif.ts";
import { checkstyle, junit } from "./xml.ts";

/** Every format by the name that -o takes. */
export const reporters: Readonly<Record<string, Reporter>> = {
  human,
  concise,
  json,
  jsonl,
  sarif,
  github,
  gitlab,
  junit,
  checkstyle,
  markdown,
  codeclimate: gitlab,
  full: human,
};
