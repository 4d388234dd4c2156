import { decode, isBelow, type Listing, nameOf, type Revision } from "@dbops/session";
import * as vscode from "vscode";
import { type GitApi, type GitExtension, type GitRepository, gitExtension, statuses } from "./git-api.ts";

/** A commit that git gave. */
export interface GitRevision extends Revision {
  /** Where VS Code shows a file of the folder as the commit has it. */
  uriOf(onDisk: vscode.Uri): vscode.Uri;
}

export interface GitBaseListener {
  /** There is a commit to compare with, or another one than before. */
  found(revision: GitRevision): void;
  /** There is none, and why: the rest of a sentence. */
  missing(why: string): void;
  /** Whether a file is not read, because a .gitignore or its folder's name says so. */
  isLeftOut(uri: vscode.Uri): boolean;
  /** What makes findings incomplete, or wrong: a sentence for the log. */
  warn(what: string): void;
}

/** git's tree without files, for hashes of both lengths: compared with it, every file that is tracked is new. */
const emptyTrees: Readonly<Record<number, string>> = {
  40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
};

/**
 * Finds the commit at which a folder's repository left a revision, as `--since` does, and finds it again when the repository tells of
 * a change. All of git is asked of VS Code's own extension.
 */
export class GitBase implements vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #name: string;
  readonly #listener: GitBaseListener;
  #enablement: vscode.Disposable | undefined;
  #ofExtension: vscode.Disposable | undefined;
  #ofRepository: vscode.Disposable | undefined;
  #commit: string | undefined;
  #why: string | undefined;
  #isDisposed = false;
  /** Looking for the commit, and whether something happened since that began. */
  #isLooking = false;
  #isStale = false;

  /** @param root of the repository */
  constructor(root: vscode.Uri, name: string, listener: GitBaseListener) {
    this.#root = root;
    this.#name = name;
    this.#listener = listener;
    void this.#start();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#ofExtension?.dispose();
    this.#ofRepository?.dispose();
    this.#enablement?.dispose();
  }

  async #start(): Promise<void> {
    try {
      const extension = await gitExtension();
      if (this.#isDisposed) return;
      if (extension === undefined) {
        this.#tellMissing(vscode.l10n.t("VS Code's Git extension does not run here"));
        return;
      }
      // It tells of this a moment before its API is there.
      this.#enablement = extension.onDidChangeEnablement(
        () => void Promise.resolve().then(() => this.#follow(extension)),
      );
      this.#follow(extension);
    } catch (error) {
      this.#tellMissing(reasonOf(error));
    }
  }

  /** Looks now, and whenever a repository comes or goes. One that a person closed is not opened again. */
  #follow(extension: GitExtension): void {
    this.#ofExtension?.dispose();
    if (!extension.enabled) {
      const isOn = vscode.workspace.getConfiguration("git", this.#root).get("enabled", true);
      this.#tellMissing(
        isOn
          ? vscode.l10n.t("VS Code's Git extension found no git")
          : vscode.l10n.t("Git is switched off (git.enabled)"),
      );
      return;
    }
    const api = extension.getAPI(1);
    const look = (): void => void this.#look(api);
    this.#ofExtension = vscode.Disposable.from(
      api.onDidChangeState(look),
      api.onDidOpenRepository(look),
      api.onDidCloseRepository(() => {
        if (api.getRepository(this.#root) === null) this.#tellMissing(this.#notOpen);
      }),
    );
    look();
  }

  get #notOpen(): string {
    return vscode.l10n.t("VS Code has no git repository open at {0}", this.#root.fsPath);
  }

  /** One look after another; what happens meanwhile is looked at once more. */
  async #look(api: GitApi): Promise<void> {
    this.#isStale = true;
    if (this.#isLooking || api.state !== "initialized") return;
    this.#isLooking = true;
    while (this.#isStale && !this.#isDisposed) {
      this.#isStale = false;
      try {
        await this.#find(api);
      } catch (error) {
        this.#tellMissing(reasonOf(error));
      }
    }
    this.#isLooking = false;
  }

  async #find(api: GitApi): Promise<void> {
    const repository = api.getRepository(this.#root) ?? (await api.openRepository(this.#root));
    if (this.#isDisposed) return;
    if (repository === null || isAround(repository, this.#root)) {
      this.#tellMissing(this.#notOpen);
      return;
    }
    this.#ofRepository?.dispose();
    this.#ofRepository = repository.state.onDidChange(() => void this.#look(api));
    // With a hyphen in front it would be an option of git.
    const isName = !this.#name.startsWith("-");
    const named = isName ? await repository.getCommit(`${this.#name}^{commit}`).catch(() => undefined) : undefined;
    if (named === undefined) {
      this.#tellMissing(vscode.l10n.t("git has no revision {0} here", this.#name));
      return;
    }
    const parting = await repository.getMergeBase(named.hash, "HEAD").catch(() => undefined);
    const commit = parting || named.hash;
    if (this.#isDisposed || commit === this.#commit) return;
    if (commit !== parting)
      this.#listener.warn(
        `git cannot tell where ${this.#name} and HEAD parted (is this clone shallow?): what others changed in ${this.#name} since then counts as taken back`,
      );
    this.#commit = commit;
    this.#why = undefined;
    this.#listener.found(this.#revisionIn(repository, api, commit));
  }

  #tellMissing(why: string): void {
    if (this.#isDisposed || why === this.#why) return;
    this.#why = why;
    this.#commit = undefined;
    this.#listener.missing(why);
  }

  #revisionIn(repository: GitRepository, api: GitApi, commit: string): GitRevision {
    // git may know the root by another path: a link leads to it.
    const base = nameOf(repository.rootUri).replace(/\/$/, "");
    const root = nameOf(this.#root).replace(/\/$/, "");
    const toName = (uri: vscode.Uri): string => root + nameOf(uri).slice(base.length);
    const toUri = (name: string, at: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(at, name.slice(root.length));
    let listed: ReadonlySet<string> = new Set();
    const list = async (): Promise<Listing> => {
      const [changes, all] = await Promise.all([
        repository.diffWith(commit),
        repository.diffWith(emptyTrees[commit.length] ?? ""),
      ]);
      const isNew = ({ status }: { readonly status: number }): boolean => status === statuses.added;
      const differing = changes.flatMap((change) => (isNew(change) ? [] : [toName(change.originalUri)]));
      const others = new Set([
        ...differing,
        ...changes.flatMap(({ status, originalUri, renameUri }) =>
          status === statuses.renamed && renameUri !== undefined ? [toName(renameUri)] : [toName(originalUri)],
        ),
      ]);
      listed = new Set(differing);
      const tracked = new Set(all.map(({ originalUri }) => toName(originalUri)));
      return {
        differing: differing.filter((name) => !this.#listener.isLeftOut(toUri(name, this.#root))),
        isSame: (name) => tracked.has(name) && !others.has(name),
      };
    };
    const read = async (name: string): Promise<string | undefined> => {
      try {
        return decode(await repository.buffer(commit, toUri(name, repository.rootUri).fsPath));
      } catch (error) {
        // Of other files it is asked whether the commit has them at all.
        if (listed.has(name)) this.#listener.warn(`${this.#name}:${name} cannot be read: ${reasonOf(error)}`);
        return undefined;
      }
    };
    const uriOf = (onDisk: vscode.Uri): vscode.Uri => api.toGitUri(onDisk, commit);
    return { name: this.#name, commit, list, read, uriOf };
  }
}

/** Whether a repository is not that of a root but one around it, whose own `.git` is none. */
function isAround({ rootUri }: GitRepository, root: vscode.Uri): boolean {
  return rootUri.path.replace(/\/$/, "") !== root.path.replace(/\/$/, "") && isBelow(root, rootUri);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
