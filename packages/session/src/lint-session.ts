import {
  allRules,
  connectionBudgets,
  createDocumentCache,
  createProject,
  type DatabaseBudget,
  type Finding,
  type FixOptions,
  type FixResult,
  fixAll,
  hasConnections,
  isConfigFile,
  type LintResult,
  lint,
  type Project,
  SourceFile,
  type Span,
  type View,
  type WhatIf,
} from "@dbops/core";
import type { BaseTexts } from "./base-texts.ts";
import { changesIn, type FolderChanges } from "./folder-changes.ts";
import { FolderTexts } from "./folder-texts.ts";
import { GoodConfigs } from "./good-configs.ts";
import { type Change, moved, type ShownFile, withHeld } from "./held-findings.ts";

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

/** With what a folder was linted, and is compared. */
export interface Circumstances {
  readonly options: LintOptions;
  readonly today: string;
  readonly typing: Typing | undefined;
  /** Its name: commands are for a shell there. */
  readonly folder: string;
}

/** Lints one folder again and again while its texts change. Knows nothing of VS Code, so that tests and benchmarks can drive it. */
export class LintSession {
  readonly texts = new FolderTexts();
  #root: string;
  #view: View;
  readonly #cache = createDocumentCache();
  readonly #shown = new Map<string, ShownFile>();
  /** Shown files of which everything could be read the last time that this was so for all of the file. */
  readonly #wasWhole = new Set<string>();
  readonly #goodConfigs = new GoodConfigs();
  /** The configurations of the last run: under others nothing that was found before is held. */
  #configs: readonly SourceFile[] = [];
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
    for (const [name, { findings, documents }] of this.#shown)
      this.#shown.set(name, {
        findings: changes.reduce<readonly Finding[]>((all, change) => moved(all, uri, change), findings),
        documents,
      });
  }

  forget(uri: string): void {
    this.#shown.delete(uri);
    this.#wasWhole.delete(uri);
  }

  /** Lints and gives what to show of the requested files; findings of a configuration are always among them. */
  lint(
    requested: ReadonlySet<string>,
    options: LintOptions,
    today: string,
    typing?: Typing,
  ): LintResult & { readonly shown: ReadonlyMap<string, readonly Finding[]> } {
    const project = this.#createProject(options, today, typing);
    this.#holdUnder([...project.input.configs, ...this.#override(options)]);
    const result = lint({ project, requested });
    const shown = new Map<string, readonly Finding[]>();
    const fresh = new Map<string, Finding[]>();
    for (const finding of [...result.findings, ...this.#brokenConfigs(today)]) {
      const found = fresh.get(finding.location.uri);
      if (found === undefined) fresh.set(finding.location.uri, [finding]);
      else found.push(finding);
    }
    const names = [...new Set([...requested, ...fresh.keys()])].filter(
      (uri) => requested.has(uri) || isConfigFile(uri),
    );
    const files = new Map(project.files.map((file) => [file.uri, file]));
    const documentsOf = (uri: string): Documents => {
      const file = files.get(uri);
      return file === undefined ? [] : project.documentsOf(file);
    };
    const isPartOfFolder = names.map((uri) => this.#isBroken(uri, documentsOf(uri))).includes(true);
    for (const uri of names) {
      const documents = documentsOf(uri).map(({ file, span }) => ({ span, text: file.slice(span) }));
      const halfTyped = typing?.uri === uri ? halfTypedIn(documentsOf(uri), typing.line) : [];
      const findings = withHeld(fresh.get(uri) ?? [], this.#shown.get(uri), documents, { halfTyped, isPartOfFolder });
      this.#shown.set(uri, { findings, documents: documents.map(({ text }) => text) });
      shown.set(uri, findings);
    }
    return { ...result, shown };
  }

  /** Lints without telling anybody: what is held and shown stays. */
  look(requested: ReadonlySet<string>, options: LintOptions, today: string): LintResult {
    return lint({ project: this.#createProject(options, today), requested });
  }

  /** Who may open how many connections to which database, as it would be with other numbers. */
  pools(
    requested: ReadonlySet<string>,
    options: LintOptions,
    today: string,
    whatIf?: WhatIf,
  ): readonly DatabaseBudget[] {
    return connectionBudgets(this.#createProject(options, today), requested, whatIf).filter(hasConnections);
  }

  /**
   * What the texts do to those of a base; undefined: a document is half typed, or a name is, and what was found before holds.
   * @param unread names of files that are on disk and not among the texts
   */
  compare(
    base: BaseTexts,
    unread: ReadonlySet<string>,
    { options, today, typing, folder }: Circumstances,
  ): FolderChanges | undefined {
    const project = this.#createProject(options, today, typing, this.texts.comparable());
    const typed = project.files.find(({ uri }) => uri === typing?.uri);
    if (typing !== undefined && typed !== undefined) {
      const documents = project.documentsOf(typed);
      if (halfTypedIn(documents, typing.line).length > 0 || isNamelessIn(documents, typed.lineSpan(typing.line)))
        return undefined;
    }
    const { typing: _, ...input } = project.input;
    const before = createProject({
      ...input,
      files: base.files,
      root: base.root,
      // What the configuration of today leaves out is left out of both texts.
      configs: input.configs.map(({ uri, text }) => new SourceFile(base.root + uri.slice(this.#root.length), text)),
      cache: base.cache,
    });
    return changesIn({ project, base, folder, unread }, before);
  }

  /** The configuration that holds for a file; undefined: the defaults. */
  configOf(uri: string): string | undefined {
    return this.#project?.configFor(uri).uri;
  }

  /** The texts of requested files after their safe fixes. */
  fixAll(requested: ReadonlySet<string>, options: LintOptions, today: string, which: FixOptions): FixResult {
    return fixAll({ project: this.#createProject(options, today), requested }, "safe", which);
  }

  /** Whether a document of the file, which could be read before, cannot be read now. */
  #isBroken(uri: string, documents: Documents): boolean {
    const isWhole = documents.every(({ state, reason }) => state !== "recovered" && reason !== "not-yaml");
    if (isWhole) this.#wasWhole.add(uri);
    return !isWhole && this.#wasWhole.has(uri);
  }

  /** What is wrong with configurations that cannot be read; their last good text holds meanwhile. */
  #brokenConfigs(today: string): readonly Finding[] {
    const configs = this.texts.configs().filter((file) => !this.#goodConfigs.of([file]).includes(file));
    if (configs.length === 0) return [];
    const input = { files: [], configs, root: this.#root, view: this.#view, today, rules: allRules };
    return lint({ project: createProject(input), requested: new Set(configs.map(({ uri }) => uri)) }).findings;
  }

  /** A rule that another configuration switches off is not held either. */
  #holdUnder(configs: readonly SourceFile[]): void {
    const isSame =
      configs.length === this.#configs.length && configs.every((file, index) => file === this.#configs[index]);
    if (!isSame) this.#shown.clear();
    this.#configs = configs;
  }

  #override({ configFile }: LintOptions): readonly SourceFile[] {
    const file = configFile === undefined ? undefined : this.texts.get(configFile);
    return file === undefined ? [] : [file];
  }

  #createProject(options: LintOptions, today: string, typing?: Typing, files = this.texts.manifests()): Project {
    const [override] = this.#override(options);
    this.#project = createProject({
      files,
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

type Documents = ReturnType<Project["documentsOf"]>;

/** The documents that the typed line keeps from being read whole. */
function halfTypedIn(documents: Documents, line: number): readonly Span[] {
  const [first] = documents;
  if (first === undefined) return [];
  const offset = first.file.lineSpan(line).start;
  return documents
    .filter(
      ({ state, reason, span }) =>
        state === "recovered" || (reason === "not-yaml" && span.start <= offset && offset <= span.end),
    )
    .map((document) => document.span);
}

/** By these an object is the same in two texts. */
const identity = [["apiVersion"], ["kind"], ["metadata", "name"], ["metadata", "namespace"]] as const;

/** Whether what a line belongs to has a name, or another word of its identity, that nobody has written yet. */
function isNamelessIn(documents: Documents, line: Span): boolean {
  return documents
    .filter(({ span }) => span.start <= line.start && line.start <= span.end)
    .some(({ root }) =>
      identity.some((path) => {
        const word = root?.at(...path);
        return word !== undefined && (word.value === null || word.value === "");
      }),
    );
}
