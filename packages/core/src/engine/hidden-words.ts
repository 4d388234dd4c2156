import type { Span } from "../text/span.ts";

interface Holder {
  readonly text: string;
  readonly spans: readonly Span[];
  readonly values: readonly string[];
}

/** Shorter values stand in any sentence by chance: `a`, `123`. */
const shortest = 4;
/** A value of this length is found inside of other words too. */
const unmistakable = 8;

/**
 * Hides the secrets of files in texts about them, also where a rule took only a part of a password for a word of its own. What stands
 * openly in the same files is no secret: the database `orders` whose password is `orders` keeps its name.
 */
export class HiddenWords {
  readonly #holders: readonly Holder[];
  /** By their first letters. */
  readonly #long = new Map<string, string[]>();
  readonly #short = new Set<string>();
  readonly #isOurs: (word: string) => boolean;
  readonly #isOpen = new Map<string, boolean>();

  /** @param isOurs whether a word is one of the language that messages are written in */
  constructor(holders: readonly Holder[], isOurs: (word: string) => boolean) {
    this.#holders = holders;
    this.#isOurs = isOurs;
    for (const value of new Set(holders.flatMap(({ values }) => values.flatMap(withParts)))) this.#add(value);
    for (const same of this.#long.values()) same.sort((a, b) => b.length - a.length);
  }

  /** `mark` stands where one was. */
  hide(text: string, mark = "…"): string {
    if (this.#long.size === 0 && this.#short.size === 0) return text;
    let result = "";
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const length = this.#lengthAt(text, at);
      if (length === 0) continue;
      result += text.slice(from, at) + mark;
      from = at + length;
      at = from - 1;
    }
    return result + text.slice(from);
  }

  #add(value: string): void {
    if (value.length < shortest || value.startsWith("…")) return;
    if (value.length < unmistakable) {
      this.#short.add(value);
      return;
    }
    const start = value.slice(0, unmistakable);
    const same = this.#long.get(start);
    if (same === undefined) this.#long.set(start, [value]);
    else same.push(value);
  }

  /** Of the longest secret that begins here; 0: none does. */
  #lengthAt(text: string, at: number): number {
    const long = this.#long.get(text.slice(at, at + unmistakable));
    const value = long?.find((each) => text.startsWith(each, at));
    if (value !== undefined && !this.#standsOpenly(value)) return value.length;
    if (isWord(text[at - 1]) && isWord(text[at])) return 0;
    for (let length = unmistakable - 1; length >= shortest; length--) {
      const short = text.slice(at, at + length);
      if (this.#short.has(short) && !isWord(text[at + length]) && !this.#standsOpenly(short)) return length;
    }
    return 0;
  }

  #standsOpenly(value: string): boolean {
    let isOpen = this.#isOpen.get(value);
    if (isOpen === undefined) {
      isOpen = this.#isOurs(value) || this.#holders.some((holder) => standsOutside(value, holder));
      this.#isOpen.set(value, isOpen);
    }
    return isOpen;
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}

/** A password whose blank, comma or quote ended it for somebody. */
function withParts(value: string): readonly string[] {
  if (value.length > 256) return [value];
  const parts = value.split(/[\s,;:'"@/\\?&=#|()[\]{}<>]+/).filter((part) => part.length >= shortest);
  return parts.length > 1 || parts[0] !== value ? [value, ...parts] : [value];
}

function standsOutside(value: string, { text, spans }: Holder): boolean {
  let next = 0;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const end = at + value.length;
    while (next < spans.length && (spans[next]?.end ?? 0) <= at) next++;
    const isInside = (spans[next]?.start ?? text.length) < end;
    if (!isInside && !(isWord(text[at - 1]) && isWord(value[0])) && !(isWord(text[end]) && isWord(value.at(-1))))
      return true;
  }
  return false;
}
