import {
  type AnyRule,
  admissionPolicy,
  allRules,
  categoryOf,
  count,
  type Enforcement,
  matchesGlob,
  whyNoPolicy,
} from "@dbops/core";
import { enforcements } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { readLevel } from "./levels.ts";
import { rulesNamed } from "./request.ts";

/** Prints ValidatingAdmissionPolicies with their bindings, or says of each rule whether it has one. It asks no cluster. */
export function runPolicy(args: Arguments, io: Io): number {
  const select = rulesNamed(args, "select");
  const ignore = rulesNamed(args, "ignore") ?? [];
  const isNamed = ({ id }: AnyRule, patterns: readonly string[]): boolean =>
    patterns.some((each) => each === id || each === categoryOf(id) || (each.includes("*") && matchesGlob(each, id)));
  const rules = allRules.filter((rule) => (select === undefined || isNamed(rule, select)) && !isNamed(rule, ignore));
  if (args.has("list")) {
    const width = Math.max(...rules.map(({ id }) => id.length));
    for (const rule of rules) io.out(`${rule.id.padEnd(width)}  ${whyNoPolicy(rule) ?? "a policy"}\n`);
    return 0;
  }
  const enforced = rules.filter((rule) => rule.meta.admission !== undefined);
  if (enforced.length === 0)
    throw new UsageError("none of these rules can be a policy: kubectl dbops policy --list says why");
  const enforcement: Enforcement = readLevel("enforce", args.value("enforce"), enforcements) ?? "warn";
  const options = { enforcement, exempt: usersOf(args) };
  io.out(
    enforced
      .flatMap((rule) => admissionPolicy(rule, options))
      .map(yamlText)
      .join("---\n"),
  );
  const others = rules.length - enforced.length;
  if (others > 0)
    io.err(
      `${count(enforced.length, "policy", "policies")}; ${count(others, "rule")} without one: kubectl dbops policy --list says why\n`,
    );
  return 0;
}

/** @throws UsageError for a name that no user can have in a cluster */
function usersOf(args: Arguments): readonly string[] {
  const users = args.values("exempt");
  for (const user of users)
    if (user.trim() === "" || /\p{Cc}/u.test(user)) throw new UsageError("--exempt needs the name of a user");
  return users;
}

/** Plain data as a YAML document; texts stand as they are where YAML reads them so. */
function yamlText(value: object): string {
  return `${lines(value).join("\n")}\n`;
}

function lines(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === "string")) return [`[${value.map(scalar).join(", ")}]`];
    return value.flatMap((item) => lines(item).map((line, index) => `${index === 0 ? "- " : "  "}${line}`));
  }
  if (typeof value !== "object" || value === null) return [scalar(value)];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === "expression")
      return [
        `${key}: >-`,
        ...String(item)
          .split("\n")
          .map((line) => `  ${line}`),
      ];
    const inner = lines(item);
    const isInline =
      typeof item !== "object" || (Array.isArray(item) && inner.length === 1 && inner[0]?.startsWith("["));
    return isInline ? [`${key}: ${inner[0]}`] : [`${key}:`, ...inner.map((line) => `  ${line}`)];
  });
}

function scalar(value: unknown): string {
  const text = String(value);
  return typeof value === "string" && !/^[A-Za-z][\w./-]*$/.test(text) ? JSON.stringify(text) : text;
}
