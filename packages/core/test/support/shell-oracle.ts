import * as unbash from "unbash";
import { type Redirect, readShell } from "../../src/embedded/shell-reader.ts";

// What our reader and unbash see in a script, in one form: a line for each simple command, with its nesting, its words and redirections.

/** undefined: unbash takes the script for broken, so that there is nothing to compare. */
export function commandsByUnbash(script: string): readonly string[] | undefined {
  const lines = new Map<number, string>();
  let isBroken = false;

  const redirections = (all: readonly unbash.Redirection[]): readonly string[] =>
    all.map((each) => {
      const { descriptor } = each;
      const number =
        descriptor === undefined
          ? ""
          : descriptor.type === "FileDescriptor"
            ? String(descriptor.value)
            : `{${descriptor.name}}`;
      if (each.type === "HereDoc")
        return hereLine(number + each.operator, each.delimiter?.text ?? "", script.slice(each.body.pos, each.body.end));
      return `${number}${each.operator}${textOf(each.target)}`;
    });
  const textOf = (node: { readonly pos: number; readonly end: number } | undefined): string =>
    node === undefined ? "" : script.slice(node.pos, node.end);

  interface Around {
    readonly path: string;
    readonly redirects: readonly string[];
    readonly isPiped: boolean;
  }
  const visit = (node: unbash.SyntaxNode, around: Around): void => {
    const inside = (changed: Partial<Around>): void =>
      unbash.forEachChild(node, (child) => visit(child, { ...around, ...changed }));
    const within = (kind: string): void => inside({ path: `${around.path}/${kind}` });
    const add = (words: readonly string[], assignments: readonly string[], redirects: readonly string[]): void => {
      lines.set(
        node.pos,
        line({ path: around.path, words, assignments, redirects, around: around.redirects, isPiped: around.isPiped }),
      );
    };
    switch (node.type) {
      case "Script":
        if ((node as unbash.ParsedScript).errors !== undefined || node.source !== undefined) isBroken = true;
        inside({});
        break;
      case "CommandExpansion":
      case "ArithmeticCommandExpansion":
      case "ProcessSubstitution":
        inside({ path: `$${/^\$*/.exec(around.path)?.[0] ?? ""}`, redirects: [], isPiped: false });
        break;
      case "Command": {
        const isAssignment = (each: { type: string }): boolean => each.type === "Assignment";
        const prefix = node.prefix.filter(isAssignment).map(textOf);
        const words = [...(node.name === undefined ? [] : [node.name]), ...node.args].map(textOf);
        add(words, prefix, redirections(node.redirects));
        inside({});
        break;
      }
      case "TestCommand":
      case "ArithmeticCommand":
        add([textOf(node)], [], []);
        inside({});
        break;
      case "Redirected":
        // The innermost first.
        if (node.command.type === "TestCommand" || node.command.type === "ArithmeticCommand") {
          visit(node.command, around);
          for (const redirect of node.redirects) visit(redirect, around);
          lines.set(
            node.pos,
            line({
              path: around.path,
              words: [textOf(node.command)],
              assignments: [],
              redirects: redirections(node.redirects),
              around: around.redirects,
              isPiped: around.isPiped,
            }),
          );
          return;
        }
        inside({ redirects: [...redirections(node.redirects), ...around.redirects] });
        break;
      case "Pipeline":
        for (const [index, command] of node.commands.entries())
          visit(command, { ...around, isPiped: around.isPiped || index < node.commands.length - 1 });
        return;
      case "If":
        within("if");
        break;
      case "While":
        within(node.kind);
        break;
      case "For":
      case "ArithmeticFor":
        within("for");
        break;
      case "Select":
        within("select");
        break;
      case "Case":
        within("case");
        break;
      case "BraceGroup":
        within("braces");
        break;
      case "Subshell":
        within("subshell");
        break;
      case "Function":
        within("function");
        break;
      default:
        inside({});
        break;
    }
  };
  visit(unbash.parse(script), { path: "", redirects: [], isPiped: false });
  return isBroken ? undefined : inOrder(lines);
}

export function commandsByUs(script: string): readonly string[] {
  const lines = new Map<number, string>();
  const redirections = (all: readonly Redirect[]): readonly string[] =>
    all.map(({ descriptor, operator, target, here }) => {
      const begin = descriptor + operator;
      if (!/^<<-?$/.test(operator)) return `${begin}${target?.raw ?? ""}`;
      return hereLine(begin, target?.raw ?? "", script.slice(here?.span.start, here?.span.end));
    });
  for (const command of readShell(script, { errexit: false, pipefail: false })) {
    const { span, depth, within, words, assignments, redirects, redirectsAround, pipesInto } = command;
    const first = words[0]?.raw ?? "";
    const isTest = first === "[[" || first.startsWith("((");
    lines.set(
      span.start,
      line({
        path: "$".repeat(depth) + within.map(({ kind }) => `/${kind}`).join(""),
        words: isTest ? [script.slice(span.start, words.at(-1)?.span.end)] : words.map(({ raw }) => raw),
        assignments: assignments.map(({ raw }) => raw),
        redirects: redirections(redirects),
        around: redirections(redirectsAround),
        isPiped: pipesInto,
      }),
    );
  }
  return inOrder(lines);
}

interface Line {
  readonly path: string;
  readonly words: readonly string[];
  readonly assignments: readonly string[];
  readonly redirects: readonly string[];
  readonly around: readonly string[];
  readonly isPiped: boolean;
}

function line({ path, words, assignments, redirects, around, isPiped }: Line): string {
  const parts = [path, ...assignments, ">", ...words, ...redirects, around.length > 0 ? "around" : "", ...around];
  return [...parts, isPiped ? "|" : ""].filter((part) => part !== "").join(" ");
}

function hereLine(begin: string, delimiter: string, body: string): string {
  return `${begin}${delimiter} ${JSON.stringify(body)}`;
}

function inOrder(lines: ReadonlyMap<number, string>): readonly string[] {
  return [...lines].sort(([a], [b]) => a - b).map(([, each]) => each);
}
