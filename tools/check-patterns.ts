// Every regular expression of packages/*/src is judged by recheck: one whose time grows faster than the text it reads fails, because
// the texts are strangers'. Verdicts are kept by pattern under node_modules/.cache; without them the check takes half a minute.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parse } from "@babel/parser";
import { check } from "recheck";

/** Quadratic, and bounded: `file /pattern/` -> by what. Exponential and cubic ones have no place here. */
const bounded: Readonly<Record<string, string>> = {
  "packages/core/src/facts/images.ts /(^|\\/)[\\w.-]*pgbouncer[\\w.-]*$/":
    "kube/image.ts reads no reference above 1024 characters",
};

interface Pattern {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

type Verdict = "linear" | "quadratic" | "worse" | "unknown";

const timeout = 30_000;
const version: string = createRequire(import.meta.url)("recheck/package.json").version;

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** What is asked of a node of any type. */
interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number } };
  readonly name?: string;
  readonly value?: unknown;
  readonly pattern?: string;
  readonly flags?: string;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
}
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";

function patternOf(node: Node): { readonly source: string; readonly flags: string } | undefined {
  if (node.type === "RegExpLiteral") return { source: node.pattern ?? "", flags: node.flags ?? "" };
  if (!/^(New|Call)Expression$/.test(node.type) || node.callee?.name !== "RegExp") return undefined;
  const [source, flags] = node.arguments ?? [];
  const given = { flags: String(flags?.value ?? "") };
  if (source?.type === "StringLiteral") return { source: String(source.value), ...given };
  // What is filled in is taken for a word: it comes from our own tables, or is escaped.
  if (source?.type === "TemplateLiteral")
    return { source: (source.quasis ?? []).map(({ value }) => value.cooked).join("word"), ...given };
  return { source: "(", flags: "" }; // cannot be judged
}

function patternsIn(file: string, text: string): readonly Pattern[] {
  const found: Pattern[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    if (!isNode(value)) return;
    const pattern = patternOf(value);
    if (pattern !== undefined) found.push({ file, line: value.loc.start.line, ...pattern });
    for (const each of Object.values(value)) visit(each);
  };
  visit(parse(text, { sourceType: "module", plugins: ["typescript"] }).program);
  return found;
}

/** What recheck cannot calculate it tries against the clock: on a busy machine such a verdict has to be found again. */
async function judge({ source, flags }: Pattern): Promise<Verdict> {
  let verdict: Verdict = "unknown";
  for (let seed = 0; seed < 3; seed++) {
    const result = await check(source, flags.replace("d", ""), { timeout, randomSeed: seed });
    if (result.status === "safe") return "linear";
    if (result.status === "vulnerable")
      verdict = result.complexity.type === "polynomial" && result.complexity.degree === 2 ? "quadratic" : "worse";
    if (result.checker !== "fuzz") return verdict;
  }
  return verdict;
}

/** Every pattern that can take longer than its text is long, as `file:line: why`. */
export async function checkPatterns(
  root: string,
  cacheFolder = path.join(root, "node_modules/.cache/dbops"),
): Promise<readonly string[]> {
  const cacheFile = path.join(cacheFolder, `patterns-${version}.json`);
  const known = new Map<string, Verdict>(Object.entries(readJson(cacheFile)));
  const patterns = readdirSync(path.join(root, "packages")).flatMap((name) =>
    sourcesUnder(path.join(root, "packages", name, "src")).flatMap((file) =>
      patternsIn(path.relative(root, file).replaceAll("\\", "/"), readFileSync(file, "utf8")),
    ),
  );
  const kept = new Map<string, Verdict>();
  const complaints: string[] = [];
  for (const pattern of patterns) {
    const written = `/${pattern.source}/${pattern.flags}`;
    const key = createHash("sha256").update(written).digest("hex").slice(0, 16);
    const verdict = kept.get(key) ?? known.get(key) ?? (await judge(pattern));
    // One against the clock may be another one tomorrow.
    if (verdict === "linear") kept.set(key, verdict);
    if (verdict === "linear" || (verdict === "quadratic" && `${pattern.file} ${written}` in bounded)) continue;
    const why = {
      quadratic: "takes quadratic time",
      worse: "takes cubic or exponential time",
      unknown: "cannot be judged",
    };
    complaints.push(
      `${pattern.file}:${pattern.line}: ${written} ${why[verdict]}; packages/core/src/text/scan.ts has what is linear`,
    );
  }
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(cacheFile, JSON.stringify(Object.fromEntries(kept)));
  return complaints;
}

function readJson(file: string): Record<string, Verdict> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // none yet, or half written
  }
}
