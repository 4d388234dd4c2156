import type { Span } from "../text/span.ts";
import { readShell, type SimpleCommand } from "./shell-reader.ts";
import type { ShellWord } from "./shell-words.ts";

/** Something of bash that a smaller shell does not know. */
export interface UnknownToShell {
  /** As a noun in the plural: `arrays`. */
  readonly what: string;
  readonly span: Span;
  /** What the shell does there. syntax: it runs nothing from there on; ends: so when it comes there; fails: the command fails, the script goes on. */
  readonly effect: "syntax" | "ends" | "fails";
}

/**
 * The first thing of bash in a script that dash or busybox's ash does not know; undefined: none, or the script finds itself another
 * shell. Measured with dash 0.5.12 and busybox 1.35.
 */
export function unknownToShell(shell: "ash" | "dash", script: string): UnknownToShell | undefined {
  for (const command of readShell(script, { errexit: false, pipefail: false })) {
    const [program] = command.words;
    if (program?.text === "exec" && /(?:^|\/)(?:bash|zsh)$/.test(command.words[1]?.text ?? "")) return undefined;
    // `[ -n "$BASH_VERSION" ]`: it knows where it runs.
    if (command.words.some(({ raw }) => raw.includes("BASH_VERSION"))) return undefined;
    const found = inCommand(shell, command);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inCommand(shell: "ash" | "dash", command: SimpleCommand): UnknownToShell | undefined {
  const { words, assignments } = command;
  const all = [...assignments, ...words];
  const redirects = [...command.redirects, ...command.redirectsAround];
  const array = all.find(({ raw }) => /^[A-Za-z_]\w*\+?=\(/.test(raw));
  if (array !== undefined) return { what: "arrays", span: array.span, effect: "syntax" };
  const here = redirects.find(({ operator }) => operator === "<<<")?.target;
  if (here !== undefined) return { what: "here-strings (<<<)", span: here.span, effect: "syntax" };
  const targets = redirects.flatMap(({ target }) => target ?? []);
  const process = shell === "dash" ? [...all, ...targets].find(({ raw }) => /^[<>]\(/.test(raw)) : undefined;
  if (process !== undefined) return { what: "process substitution", span: process.span, effect: "syntax" };
  const expansion = all.find((word) => expandsLikeBash(shell, word));
  if (expansion !== undefined)
    return { what: `expansions like ${shown(expansion)}`, span: expansion.span, effect: "ends" };
  const [program] = words;
  return program?.raw === "[[" && shell === "dash" ? { what: "[[ ]]", span: program.span, effect: "fails" } : undefined;
}

/** `${x^^}`, `${list[0]}`, `${!x}` for both; `${x:0:1}` and `${x/a/b}` for dash. */
const unknownToBoth = /\$\{(?:![A-Za-z_]|[A-Za-z_]\w*(?:\[|\^|,))/;
const unknownToDash = /\$\{[A-Za-z_]\w*(?:\/|:[ \d])/;

function expandsLikeBash(shell: "ash" | "dash", { raw }: ShellWord): boolean {
  const text = outsideSingleQuotes(raw);
  return unknownToBoth.test(text) || (shell === "dash" && unknownToDash.test(text));
}

/** A single quote inside double quotes begins none: words with both are left alone. */
function outsideSingleQuotes(raw: string): string {
  if (!raw.includes("'")) return raw;
  return raw.includes('"')
    ? ""
    : raw
        .split("'")
        .filter((_, index) => index % 2 === 0)
        .join("");
}

function shown({ raw }: ShellWord): string {
  const start = raw.search(/\$\{/);
  const end = raw.indexOf("}", start);
  return end < 0 ? raw.slice(start) : raw.slice(start, end + 1);
}
