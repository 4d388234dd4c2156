import { allRules, builtInRules } from "@dbops/core";
import { examples } from "../examples.generated.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { didYouMeanRule } from "../meaning.ts";
import { painter } from "../paint.ts";
import { linkOf } from "../project.ts";
import { wrap } from "../wrap.ts";
import { usesColor } from "./outputs.ts";
import { readColor } from "./request.ts";

/** Why a rule exists and what to do: the same headings as the docs. */
export function runExplain(args: Arguments, io: Io): number {
  const [id] = args.positionals;
  if (id === undefined)
    throw new UsageError("explain needs a rule: kubectl dbops explain RULE; see kubectl dbops rules");
  const rules = [...allRules, ...builtInRules];
  const rule = rules.find((each) => each.id === id || each.meta.replaces?.includes(id));
  if (rule === undefined) {
    const ids = rules.map((each) => each.id);
    throw new UsageError(`there is no rule ${id}${didYouMeanRule(id, ids)}`);
  }
  const { meta } = rule;
  const paint = painter({ color: usesColor(readColor(args), io) });
  const heading = (title: string): string => paint("bold", title.padEnd(11));
  const section = (title: string, text: string): string =>
    `${heading(title)}${wrap(text, 80 - 11).join(`\n${" ".repeat(11)}`)}\n`;
  io.out(
    `${paint("bold", rule.id)} (${paint(meta.severity, meta.severity)}, since ${meta.since}${meta.presets.includes("recommended") ? "" : ", only in the preset all"})\n\n`,
  );
  io.out(
    `${wrap(meta.summary, 78)
      .map((line) => `  ${line}`)
      .join("\n")}\n\n`,
  );
  io.out(section("Why", meta.rationale));
  io.out(section("What to do", meta.remedy));
  if (meta.admission !== undefined) io.out(section("Enforce", `\`kubectl dbops policy --select ${rule.id}\``));
  const example = examples[rule.id];
  if (example !== undefined)
    io.out(
      `${paint("bold", "Example")}\n${example
        .split("\n")
        .map((line) => `    ${line}`.trimEnd())
        .join("\n")}\n`,
    );
  const options = Object.entries(
    (meta.options ?? {}) as Record<string, { readonly description: string; readonly default: unknown }>,
  );
  if (options.length > 0)
    io.out(
      section(
        "Options",
        options
          .map(([name, option]) => `${name}: ${option.description} Default: ${JSON.stringify(option.default)}.`)
          .join(" "),
      ),
    );
  if (meta.list !== undefined) {
    io.out(`${paint("bold", meta.list.title)}\n`);
    for (const item of meta.list.items) io.out(`  ${wrap(item, 76).join("\n    ")}\n`);
  }
  if (meta.quietWhen !== undefined) io.out(section("Quiet when", meta.quietWhen));
  if (meta.references.length > 0) io.out(`${heading("Sources")}${meta.references.join(`\n${" ".repeat(11)}`)}\n`);
  const link = linkOf(rule.id);
  if (link !== undefined) io.out(`${heading("More")}${link}\n`);
  return 0;
}
