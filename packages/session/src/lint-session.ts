import {
  allRules,
  createDocumentCache,
  createProject,
  type Finding,
  type FixOptions,
  type FixResult,
  fixAll,
  isConfigFile,
  type LintResult,
  lint,
  type Project,
  type SourceFile,
  type Span,
  type View,
} from "@dbops/core";
import { FolderTexts } from "./folder-texts.ts";
import { GoodConfigs } from "./good-configs.ts";
import { type Change, moved, withHeld } from "./held-findings.ts";

/** What of the user's settings decides how a folder is linted. */
export interface LintOptions {
  readonly exclude: readonly string[];
  /** The uri of a configuration that holds instead of all others. */
  readonly configFile: string | undefined;
}

export interface Typing {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
}

/** Lints one folder again and again while its texts change. Knows nothing of VS Code, so that tests and benchmarks can drive it. */
export class LintSession {
  readonly texts = new FolderTexts();
  #root: string;
  #view: View;
  readonly #cache = createDocumentCache();
  readonly #held = new Map<string, readonly Finding[]>();
  readonly #goodConfigs = new GoodConfigs();
  #project: Project | undefined;

  constructor(root: string, view: View) {
    this.#root = root;
    this.#view = view;
  }

  /** Says anew where the texts lie, and whether they are all there are. */
  place(root: string, view: View): void {
    this.#root = root;
    this.#view = view;
  }

  get root(): string {
    return this.#root;
  }

  /** Tells of a change of an open text, so that findings of a half-typed document stay where they belong. */
  changed(uri: string, text: string, changes: readonly Change[]): void {
    this.texts.setOpen(uri, text);
    for (const [held, findings] of this.#held)
      this.#held.set(
        held,
        changes.reduce<readonly Finding[]>((all, change) => moved(all, uri, change), findings),
      );
  }

  forget(uri: string): void {
    this.#held.delete(uri);
  }

  /** Lints and gives what to show of the requested files; findings of a configuration are always among them. */
  lint(
    requested: ReadonlySet<string>,
    options: LintOptions,
    today: string,
    typing?: Typing,
  ): LintResult & { readonly shown: ReadonlyMap<string, readonly Finding[]> } {
    const project = this.#createProject(options, today, typing);
    const result = lint({ project, requested });
    const shown = new Map<string, readonly Finding[]>();
    const fresh = new Map<string, Finding[]>();
    for (const finding of [...result.findings, ...this.#brokenConfigs(today)]) {
      const found = fresh.get(finding.location.uri);
      if (found === undefined) fresh.set(finding.location.uri, [finding]);
      else found.push(finding);
    }
    for (const uri of new Set([...requested, ...fresh.keys()])) {
      if (!requested.has(uri) && !isConfigFile(uri)) continue;
      const halfTyped = typing?.uri === uri ? halfTypedIn(project, uri, typing.line) : [];
      const findings = withHeld(fresh.get(uri) ?? [], this.#held.get(uri), halfTyped);
      this.#held.set(uri, findings);
      shown.set(uri, findings);
    }
    return { ...result, shown };
  }

  /** Lints without telling anybody: what is held and shown stays. */
  look(requested: ReadonlySet<string>, options: LintOptions, today: string): LintResult {
    return lint({ project: this.#createProject(options, today), requested });
  }

  /** The configuration that holds for a file; undefined: the defaults. */
  configOf(uri: string): string | undefined {
    return this.#project?.configFor(uri).uri;
  }

  /** The texts of requested files after their safe fixes. */
  fixAll(requested: ReadonlySet<string>, options: LintOptions, today: string, which: FixOptions): FixResult {
    return fixAll({ project: this.#createProject(options, today), requested }, "safe", which);
  }

  /** What is wrong with configurations that cannot be read; their last good text holds meanwhile. */
  #brokenConfigs(today: string): readonly Finding[] {
    const configs = this.texts.configs().filter((file) => !this.#goodConfigs.of([file]).includes(file));
    if (configs.length === 0) return [];
    const input = { files: [], configs, root: this.#root, view: this.#view, today, rules: allRules };
    return lint({ project: createProject(input), requested: new Set(configs.map(({ uri }) => uri)) }).findings;
  }

  #createProject(options: LintOptions, today: string, typing?: Typing): Project {
    const override: SourceFile | undefined =
      options.configFile === undefined ? undefined : this.texts.get(options.configFile);
    this.#project = createProject({
      files: this.texts.manifests(),
      configs: this.#goodConfigs.of(this.texts.configs()),
      root: this.#root,
      view: this.#view,
      today,
      rules: allRules,
      exclude: options.exclude,
      cache: this.#cache,
      ...(override === undefined ? {} : { configOverride: override }),
      ...(typing === undefined ? {} : { typing }),
    });
    return this.#project;
  }
}

/** The documents that the typed line keeps from being read whole. */
function halfTypedIn(project: Project, uri: string, line: number): readonly Span[] {
  const file = project.files.find((each) => each.uri === uri);
  if (file === undefined) return [];
  const offset = file.lineSpan(line).start;
  return project
    .documentsOf(file)
    .filter(
      ({ state, reason, span }) =>
        state === "recovered" || (reason === "not-yaml" && span.start <= offset && offset <= span.end),
    )
    .map((document) => document.span);
}
