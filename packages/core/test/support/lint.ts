import {
  allRules,
  createProject,
  type Finding,
  type FixResult,
  fixAll,
  type LintInput,
  type LintResult,
  lint,
  type ProjectInput,
  SourceFile,
} from "../../src/index.ts";

/** Files by their path below the root, `.dbops.yaml` files among them. */
export type Files = Readonly<Record<string, string>>;

type Overrides = Partial<Omit<ProjectInput, "files" | "configs">> & { readonly requested?: readonly string[] };

const isConfig = (path: string): boolean => /(^|\/)\.dbops\.ya?ml$/.test(path);

/** The input of a run over files of the repository /shop; every rule, folder view, unless said otherwise. */
export function inputFor(files: Files, { requested, ...overrides }: Overrides = {}): LintInput {
  const sources = Object.entries(files).map(([path, text]) => new SourceFile(`/shop/${path}`, text));
  const manifests = sources.filter((file) => !isConfig(file.uri));
  return {
    project: createProject({
      files: manifests,
      configs: sources.filter((file) => isConfig(file.uri)),
      root: "/shop",
      view: "folder",
      today: "2026-11-24",
      rules: allRules,
      ...overrides,
    }),
    requested: new Set(
      requested === undefined ? manifests.map((file) => file.uri) : requested.map((path) => `/shop/${path}`),
    ),
    onCrash: "throw",
  };
}

export function lintFiles(files: Files, overrides: Overrides = {}): LintResult {
  return lint(inputFor(files, overrides));
}

export function fixFiles(files: Files, admit: "safe" | "unsafe", overrides: Overrides = {}): FixResult {
  return fixAll(inputFor(files, overrides), admit);
}

/** `rule file:line` of each finding, in the order reported. */
export function places({ findings, files }: Pick<LintResult, "findings" | "files">): readonly string[] {
  return findings.map((finding) => `${finding.ruleId} ${placeOf(finding, files)}`);
}

function placeOf({ location }: Finding, files: LintResult["files"]): string {
  const line = (files.get(location.uri)?.positionAt(location.span.start).line ?? -1) + 1;
  return `${location.uri.replace("/shop/", "")}:${line}`;
}
