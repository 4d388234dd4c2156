import type { Flag } from "./flags.ts";
import type { Verb } from "./verbs.ts";
import { wrap } from "./wrap.ts";

const width = 80;
const column = 28;

/** What `kubectl dbops` prints when it is asked for nothing. */
export function overview(verbs: readonly Verb[]): string {
  const longest = Math.max(...verbs.map((verb) => verb.name.length));
  return `${wrap("dbops finds what loses databases on Kubernetes, in the YAML, before it is applied.", width).join("\n")}

Start here:
  kubectl dbops lint .

Commands:
${verbs.map((verb) => `  ${verb.name.padEnd(longest)}  ${verb.summary}`).join("\n")}

Flags of a command: kubectl dbops COMMAND --help
`;
}

/** The help of one command. */
export function helpOf(verb: Verb): string {
  const flags = verb.flags.filter((flag) => flag.hidden !== true);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ["", `${title}:`, ...lines];
  return [
    ...wrap(`${verb.summary}.`, width),
    ...section(
      "Usage",
      verb.usage.map((usage) => `  kubectl dbops ${usage} [flags]`),
    ),
    ...section(
      "Examples",
      verb.examples.map((example) => `  ${example}`),
    ),
    ...groupsOf([...flags, { name: "help", short: "h", help: "show this help" }]).flatMap(([title, all]) =>
      section(title, all.map(flagLine)),
    ),
    ...section("Exit codes", verb.exitCodes ?? []),
    ...(verb.notes === undefined ? [] : ["", ...verb.notes]),
    "",
  ].join("\n");
}

/** Flags by their headings, in the order in which these come first; what has none comes last. */
function groupsOf(flags: readonly Flag[]): readonly (readonly [title: string, flags: readonly Flag[]])[] {
  const groups = new Map<string, Flag[]>();
  for (const flag of flags) {
    const title = flag.group ?? "Flags";
    const known = groups.get(title);
    if (known === undefined) groups.set(title, [flag]);
    else known.push(flag);
  }
  const rest = groups.get("Flags");
  groups.delete("Flags");
  return [...groups, ...(rest === undefined ? [] : ([[groups.size === 0 ? "Flags" : "Other flags", rest]] as const))];
}

function flagLine(flag: Flag): string {
  const value = flag.value === undefined ? "" : flag.value.startsWith("[") ? flag.value : ` ${flag.value}`;
  const name = `  ${flag.short === undefined ? "    " : `-${flag.short}, `}--${flag.name}${value}`;
  const indent = " ".repeat(column);
  const head = name.length > column - 2 ? `${name}\n${indent}` : name.padEnd(column);
  return head + wrap(flag.help, width - column).join(`\n${indent}`);
}
