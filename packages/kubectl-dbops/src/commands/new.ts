import { writeFileSync } from "node:fs";
import path from "node:path";
import { reasonOf } from "../files/discover.ts";
import { replaceFile } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { didYouMean } from "../meaning.ts";
import { expand, type Snippet } from "../snippet.ts";
import { snippets } from "../snippets.generated.ts";
import { wrap } from "../wrap.ts";
import { checkValue } from "./new-values.ts";

/** Writes a manifest to start from; without a name it lists them, with --describe it says what can be set. */
export function runNew(args: Arguments, io: Io): number {
  const [name] = args.positionals;
  if (name === undefined) {
    if (args.has("set") || args.has("output") || args.has("describe"))
      throw new UsageError("new needs a name: kubectl dbops new NAME; without options it lists them");
    const width = Math.max(...snippets.map((snippet) => snippet.name.length));
    const room = io.isOutputTerminal ? Math.max(30, io.width - width - 2) : Number.POSITIVE_INFINITY;
    const gap = `\n${" ".repeat(width + 2)}`;
    for (const { name: each, summary } of snippets) io.out(`${each.padEnd(width)}  ${wrap(summary, room).join(gap)}\n`);
    return 0;
  }
  const snippet = snippets.find((each) => each.name === name || each.name === `db-${name}`);
  if (snippet === undefined) {
    const full = name.startsWith("db-") ? name : `db-${name}`;
    const names = snippets.map((each) => each.name);
    throw new UsageError(`there is no manifest ${name}${didYouMean(full, names, "kubectl dbops new lists them")}`);
  }
  if (args.has("describe")) {
    io.out(describe(snippet));
    return 0;
  }
  const text = expand(snippet, readValues(snippet, args));
  const output = args.value("output");
  if (output === undefined) {
    io.out(text);
    return 0;
  }
  try {
    const file = path.resolve(io.cwd, output);
    if (args.has("force")) replaceFile(file, text);
    else writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new UsageError(
      (error as NodeJS.ErrnoException).code === "EEXIST"
        ? `${output} already exists; nothing was written (--force overwrites)`
        : `${output}: ${reasonOf(error)}`,
    );
  }
  io.err(`Wrote ${output}.${besideOf(snippet)}\n`);
  return 0;
}

function readValues(snippet: Snippet, args: Arguments): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const word of args.values("set")) {
    const [, key = "", value] = /^([^=]*)=([\s\S]*)$/.exec(word) ?? [undefined, word];
    const placeholder = snippet.placeholders.find((each) => each.name === key);
    const names = snippet.placeholders.map((each) => each.name);
    if (placeholder === undefined) {
      throw new UsageError(
        `${snippet.name} has no ${key} to set${didYouMean(key, names, `it has ${names.join(", ")}`)}`,
      );
    }
    if (value === undefined || value === "") throw new UsageError(`--set ${key} needs a value: --set ${key}=VALUE`);
    if (/[\r\n]/.test(value)) throw new UsageError(`--set ${key}: a value must be one line`);
    checkValue(placeholder, value);
    values.set(key, value);
  }
  return values;
}

function describe(snippet: Snippet): string {
  const width = Math.max(...snippet.placeholders.map((each) => each.name.length));
  const lines = snippet.placeholders.map(
    ({ name, choices, description }) => `  ${name.padEnd(width)}  ${description} (${choices.join(" | ")})`,
  );
  return `${snippet.name}\n  ${snippet.summary}\n\nSet with --set NAME=VALUE:\n${lines.join("\n")}\n${besideOf(snippet, "\n")}`;
}

function besideOf(snippet: Snippet, lead = " "): string {
  if (snippet.beside.length === 0) return "";
  return `${lead}Use it with ${snippet.beside.join(" and ")}.${lead === " " ? "" : "\n"}`;
}
