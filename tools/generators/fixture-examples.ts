import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The first case of a rule's fixture, and what its fixes make of it. */
export interface Example {
  readonly reported: string;
  readonly fixed: string | undefined;
}

const marker = /^\s*(?:#|;|--)\s*(?:\^+\s*)?expect: .*\n?/gm;
const markerAtEnd = /\s*#\s*expect: .*$/gm;
const setting = /^# (?:options|view|today|recognises|preset|backups): .*\n/gm;

function firstCase(text: string): { readonly name: string; readonly body: string } | undefined {
  const [, name, body] = text.split(/^# case: (.*)\n/m);
  if (name === undefined || body === undefined) return undefined;
  const shown = body.replace(marker, "").replace(markerAtEnd, "").replace(setting, "");
  return { name: name.trim(), body: `${shown.trim()}\n` };
}

/** The documentation's example of a rule is its fixture, without the markers. */
export function exampleOf(root: string, ruleId: string): Example | undefined {
  const fixture = path.join(root, "packages/core/test/rules", `${ruleId}.yaml`);
  if (!existsSync(fixture)) return undefined;
  const reported = firstCase(readFileSync(fixture, "utf8"));
  if (reported === undefined) return undefined;
  const golden = fixture.replace(/\.yaml$/, ".fixed.yaml");
  const fixed = existsSync(golden) ? firstCase(readFileSync(golden, "utf8")) : undefined;
  return { reported: reported.body, fixed: fixed?.name === reported.name ? fixed.body : undefined };
}
