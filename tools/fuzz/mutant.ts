import { plantMarkers, secretDocuments } from "./markers.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateStructure, parsedOnce } from "./mutate-structure.ts";
import { Random } from "./random.ts";
import type { Files } from "./sources.ts";

/** Changed texts; the seed makes the same ones again. */
export interface Mutant {
  readonly seed: number;
  readonly files: Files;
}

export function mutantOf(seed: number, sources: readonly Files[]): Mutant {
  const random = new Random(seed);
  const files = new Map(random.pick(sources));
  if (random.chance(0.25)) files.set("secrets.yaml", random.pick(secretDocuments));
  const names = [...files.keys()];
  for (let count = random.chance(0.2) ? 2 : 1; count > 0; count--) {
    const name = random.pick(names);
    files.set(name, mutate(files.get(name) ?? "", sources, random));
  }
  for (const [name, text] of files) files.set(name, plantMarkers(text, random));
  return { seed, files };
}

function mutate(text: string, sources: readonly Files[], random: Random): string {
  let changed = random.chance(0.7) ? mutateStructure(parsedOnce(text), random) : text;
  const other = (): string => random.pick([...random.pick(sources).values()]);
  for (let count = changed === text ? 1 + random.below(3) : random.below(2); count > 0; count--)
    changed = mutateBytes(changed, other(), random);
  return changed;
}
