/** Waits at least this long after a change, and longer where linting takes long. */
export const shortestPause = 150;

/** When a session lints: a while after the last change, and how long that takes. */
export class Pace {
  readonly #run: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;
  #duration = 0;
  #waiting: (() => void)[] = [];

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Something has changed since the last run. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Milliseconds of the last run. */
  get duration(): number {
    return this.#duration;
  }

  /** Milliseconds to wait after a key. */
  get afterKey(): number {
    return Math.max(shortestPause, 2 * this.#duration);
  }

  /** How bad it is that the last run took so long; undefined: it is not. */
  slowness({ warn, error }: { readonly warn: number; readonly error: number }): "warn" | "error" | undefined {
    if (error > 0 && this.#duration >= error) return "error";
    return warn > 0 && this.#duration >= warn ? "warn" : undefined;
  }

  /** @param pause undefined: nothing runs until somebody asks for it */
  changed(pause: number | undefined): void {
    this.#isStale = true;
    if (pause === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isStale) this.#run();
    }, pause);
  }

  /** What was to run does not, until something changes again. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  begin(): () => void {
    clearTimeout(this.#timer);
    this.#isStale = false;
    const begin = performance.now();
    return () => {
      this.#duration = performance.now() - begin;
      this.#tellWaiting();
    };
  }

  /** Waits for the run that is coming, `most` milliseconds at most; at once where none is. */
  async settled(most: number): Promise<void> {
    if (!this.#isStale) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, most);
      this.#waiting.push(() => {
        clearTimeout(timer);
        done();
      });
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }
}
