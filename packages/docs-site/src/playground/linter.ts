import type { Shown } from "./lint-text.ts";
import type { Question } from "./worker.ts";

/** How long a text stays as it is before it is linted, in milliseconds. */
const pause = 150;

/** Asks the worker one question at a time; while it thinks only the newest is kept. */
export class Linter {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;
  #next: Question | undefined;

  constructor(show: (shown: Shown) => void, fail: (why: string) => void) {
    const answered = (tell: () => void): void => {
      this.#isBusy = false;
      if (this.#next === undefined) tell();
      else this.#ask();
    };
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Shown>) => answered(() => show(data)));
    this.#worker.addEventListener("error", ({ message }) => answered(() => fail(message)));
  }

  lint(question: Question): void {
    this.#next = question;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#isBusy) this.#ask();
    }, pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#worker.terminate();
  }

  #ask(): void {
    if (this.#next === undefined) return;
    this.#worker.postMessage(this.#next);
    this.#next = undefined;
    this.#isBusy = true;
  }
}
