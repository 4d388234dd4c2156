import { type Finding, isConfigFile } from "@dbops/core";
import {
  type BaseTexts,
  type Circumstances,
  Comparison,
  type FolderChanges,
  type Followed,
  type Follower,
  type Settings,
  type ShownPlan,
} from "@dbops/session";
import * as vscode from "vscode";
import { files } from "./files.ts";
import { GitBase, type GitRevision } from "./git-base.ts";
import { Published, type Shown } from "./published.ts";
import type { Find } from "./to-vscode.ts";

/** What the changes of a folder are found in and told to. */
export interface ChangeSurroundings extends Followed<vscode.Uri> {
  readonly diagnostics: vscode.DiagnosticCollection;
  readonly log: vscode.LogOutputChannel;
  /** After each comparison, and when there is none to come. */
  told(): void;
}

/** What a folder does to the databases of a git revision (`dbops.change.base`), shown beside the findings of lint. */
export class ChangesSinceBase implements Follower<vscode.Uri> {
  readonly #around: ChangeSurroundings;
  readonly #comparison: Comparison;
  readonly #published: Published;
  #name = "";
  #git: GitBase | undefined;
  /** The commit that git gave last. */
  #found: GitRevision | undefined;
  /** What the shown findings were found against. */
  #revision: GitRevision | undefined;
  #base: BaseTexts | undefined;
  #changes: FolderChanges | undefined;
  /** Findings about what is gone, as they are shown: no comment in the text of today suppresses them. */
  #gone = new WeakMap<Finding, Finding>();
  #problem: string | undefined;

  constructor(around: ChangeSurroundings) {
    this.#around = around;
    this.#published = new Published(around.diagnostics, this.#find);
    this.#comparison = new Comparison(around.lint, {
      compared: (changes, base) => this.#publish(changes, base),
      failed: (error) => this.#tell(error instanceof Error ? error.message : String(error)),
      isThere: async (name) => (await files.files.stat(around.uriOf(name))) !== undefined,
    });
  }

  settled({ isEnabled, changeBase }: Settings, root: vscode.Uri): void {
    this.#against(isEnabled ? changeBase : "", root);
  }

  /** Compares with another revision; empty: with none. */
  #against(name: string, root: vscode.Uri): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#git?.dispose();
    this.#git = undefined;
    this.#problem = undefined;
    this.#comparison.against(undefined);
    if (name === "") return;
    this.#git = new GitBase(root, name, {
      found: (revision) => {
        this.#problem = undefined;
        this.#found = revision;
        this.#around.log.info(
          `Changes are found against ${name}, which this repository left at ${revision.commit.slice(0, 12)}`,
        );
        this.#comparison.against(revision);
        this.#around.told();
      },
      missing: (why) => {
        this.#comparison.against(undefined);
        this.#tell(why);
      },
      isLeftOut: (uri) => isConfigFile(uri.path) || this.#around.files.leavesOut(uri),
      warn: (what) => this.#around.log.warn(what),
    });
  }

  /** Why nothing is found against the base that is set; undefined: it is, or none is set. */
  get problem(): string | undefined {
    return this.#problem === undefined
      ? undefined
      : vscode.l10n.t("no findings against {0} (dbops.change.base): {1}", this.#name, this.#problem);
  }

  /** What people who look for a reason are told; undefined: no base is set. */
  get about(): string | undefined {
    if (this.problem !== undefined || this.#base === undefined) return this.problem;
    const { name, commit } = this.#base.revision;
    return `changes since ${name} (${commit.slice(0, 12)}) found in ${this.#comparison.duration.toFixed(1)} ms`;
  }

  /** There are newer texts. */
  changed(): void {
    this.#comparison.changed();
  }

  linted(circumstances: Circumstances): void {
    this.#comparison.linted(circumstances);
  }

  /** What is shown in a document, which may be one of the base. */
  shownIn({ uri }: vscode.TextDocument): readonly Shown[] {
    for (const [name, shown] of this.#published.shown)
      if (this.#find(name)?.uri.toString() === uri.toString()) return shown;
    return [];
  }

  /** Whether a finding is about the text of the base, which nobody edits. */
  isOfBase(finding: Finding): boolean {
    return this.#gone.has(finding);
  }

  /** The way through what a finding is about; undefined: there is none, or the finding is not one of these. */
  planOf(finding: Finding): ShownPlan | undefined {
    return this.#changes?.planOf(this.#gone.get(finding) ?? finding);
  }

  dispose(): void {
    this.#git?.dispose();
    this.#comparison.dispose();
    this.#published.keepOnly(new Set());
  }

  #find: Find = (name) => {
    const file = this.#base?.get(name);
    if (file === undefined || this.#base === undefined) return this.#around.find(name);
    const uri = this.#revision?.uriOf(this.#around.uriOf(this.#base.onDisk(name)));
    return uri === undefined ? undefined : { file, uri };
  };

  #publish(changes: FolderChanges, base: BaseTexts | undefined): void {
    // First what was shown under the names of the base before.
    if (base !== this.#base) this.#published.keepOnly(new Set());
    this.#base = base;
    this.#revision = this.#found;
    this.#changes = changes;
    if (base !== undefined) this.#problem = undefined;
    this.#gone = new WeakMap();
    const byFile = new Map<string, Finding[]>();
    for (const { finding, at } of changes.findings) {
      const isOfBase = base?.holds(finding.location.uri) === true;
      const onDisk = isOfBase ? base.onDisk(finding.location.uri) : finding.location.uri;
      const levelled = this.#around.asShown(finding, onDisk);
      if (levelled === undefined) continue;
      const was = { ...finding.location, message: vscode.l10n.t("where it was") };
      const shown =
        at === finding.location ? levelled : { ...levelled, location: at, related: [was, ...finding.related] };
      if (isOfBase) this.#gone.set(shown, finding);
      byFile.set(at.uri, [...(byFile.get(at.uri) ?? []), shown]);
    }
    for (const [name, findings] of byFile) this.#published.publish(name, findings, { notLinted: [], files: new Map() });
    this.#published.keepOnly(byFile);
    this.#around.told();
  }

  #tell(why: string): void {
    if (why === this.#problem) return;
    this.#problem = why;
    this.#around.log.warn(this.problem ?? why);
    this.#around.told();
  }
}
