import { oddCharacters } from "./odd.ts";
import type { Random } from "./random.ts";

/** One change of the characters of a text, as a bad merge, an editor or a cosmic ray makes it. `other`: a text to take from. */
export function mutateBytes(text: string, other: string, random: Random): string {
  const at = random.below(text.length + 1);
  const insert = (piece: string): string => text.slice(0, at) + piece + text.slice(at);
  const change = random.pick(changes);
  return change({ text, other, at, random, insert });
}

interface Site {
  readonly text: string;
  readonly other: string;
  readonly at: number;
  readonly random: Random;
  insert(piece: string): string;
}

const someLength = (random: Random): number => 1 + random.below(random.chance(0.2) ? 200 : 12);

const changes: readonly ((site: Site) => string)[] = [
  ({ insert, random }) => insert(random.pick(oddCharacters)),
  ({ insert, random }) => insert(random.pick(oddCharacters)),
  ({ text, at, random }) => text.slice(0, at) + random.pick(oddCharacters) + text.slice(at + 1),
  function flip({ text, at, random }) {
    const code = (text.charCodeAt(at) || 0) ^ (1 << random.below(7));
    return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
  },
  ({ text, at, random }) => text.slice(0, at) + text.slice(at + someLength(random)),
  ({ text, at, random, insert }) => insert(text.slice(at, at + someLength(random))),
  function splice({ other, random, insert }) {
    const from = random.below(other.length + 1);
    return insert(other.slice(from, from + someLength(random)));
  },
  ({ text, other, at, random }) => text.slice(0, at) + other.slice(random.below(other.length + 1)),
  ({ text, at }) => text.slice(0, at),
  ({ text }) => text.replaceAll("\n", "\r\n"),
  ({ text }) => text.replaceAll("\n", "\r"),
  ({ text }) => `\ufeff${text}`,
  ({ text }) => text.replaceAll("  ", "\t"),
  ({ text, at }) => text.slice(0, at) + text.slice(at).replace(/\n +/, "\n"),
  ({ text, at, random }) => text.slice(0, at) + text.slice(at).replace("\n", `\n${" ".repeat(1 + random.below(4))}`),
  ({ text, at, random }) =>
    text.slice(0, at) + random.pick(oddCharacters).repeat(2 + random.below(400)) + text.slice(at),
];
