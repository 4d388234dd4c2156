import type { formats } from "../choices.ts";
import { agent } from "./agent.ts";
import { concise } from "./concise.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { human } from "./human.ts";
import { json, jsonl } from "./json.ts";
import { markdown } from "./markdown.ts";
import type { Reporter } from "./reporter.ts";
import { sarif } from "./sarif.ts";
import { checkstyle, junit } from "./xml.ts";

const named: Readonly<Record<(typeof formats)[number], Reporter>> = {
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
  agent,
};

/** Every format by the names that -o takes, also those of other tools. */
export const reporters: Readonly<Record<string, Reporter>> = { ...named, codeclimate: gitlab, full: human };
