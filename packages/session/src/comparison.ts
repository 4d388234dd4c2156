import { BaseTexts, type Revision } from "./base-texts.ts";
import { type FolderChanges, noChanges } from "./folder-changes.ts";
import type { Circumstances, LintSession } from "./lint-session.ts";
import { Pace } from "./pace.ts";

/** Milliseconds after which a base that could not be read is asked again, where nothing else happens. */
const untilNextTry = 5000;

/** Whom a comparison tells. */
export interface ComparisonListener {
  /** What is shown from now on. Places in the base are found in its texts. */
  compared(changes: FolderChanges, base: BaseTexts | undefined): void;
  /** The base could not be read; what was shown stays. */
  failed(error: unknown): void;
  /** Whether a file that is not among the texts is on disk all the same. */
  isThere(name: string): Promise<boolean>;
}

/** Compares a folder with a base again and again while its texts change: a while after they were linted, and never without a base. */
export class Comparison {
  readonly #lint: LintSession;
  readonly #listener: ComparisonListener;
  readonly #pace = new Pace(() => void this.#run());
  #base: BaseTexts | undefined;
  #last: Circumstances | undefined;
  /** Counts texts and bases: what was begun for another one is given up. */
  #version = 0;

  constructor(lint: LintSession, listener: ComparisonListener) {
    this.#lint = lint;
    this.#listener = listener;
  }

  /** Milliseconds of the last comparison, without what it waited for. */
  get duration(): number {
    return this.#pace.duration;
  }

  /** Compares with another commit from now on; undefined: with none. */
  against(revision: Revision | undefined): void {
    this.changed();
    const hadOne = this.#base !== undefined;
    this.#base = revision === undefined ? undefined : new BaseTexts(revision, this.#lint.root, this.#lint.texts);
    if (this.#base === undefined) {
      if (hadOne) this.#listener.compared(noChanges, undefined);
    } else if (this.#last !== undefined) this.#pace.changed(0);
  }

  /** There are newer texts, which are linted first. */
  changed(): void {
    this.#version++;
    this.#pace.cancel();
  }

  /** The texts were linted. */
  linted(circumstances: Circumstances): void {
    this.#last = circumstances;
    if (this.#base !== undefined) this.#pace.changed(this.#pace.afterKey);
  }

  dispose(): void {
    this.#version++;
    this.#pace.dispose();
    this.#base = undefined;
  }

  async #run(): Promise<void> {
    const [base, last, version] = [this.#base, this.#last, this.#version];
    if (base === undefined || last === undefined) return;
    try {
      await base.catchUp();
      const there = await Promise.all(
        base.missing.map(async (name) => ((await this.#listener.isThere(name)) ? [name] : [])),
      );
      if (version !== this.#version) return;
      const end = this.#pace.begin();
      const changes = base.differs ? this.#lint.compare(base, new Set(there.flat()), last) : noChanges;
      end();
      if (changes !== undefined) this.#listener.compared(changes, base);
    } catch (error) {
      if (version !== this.#version) return;
      this.#listener.failed(error);
      this.#pace.changed(untilNextTry);
    }
  }
}
