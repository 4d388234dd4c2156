// Lints mutants in a process of its own, so that one that never ends can be stopped. Told a part of the seeds, it answers with
// each seed before it begins, each find, and the end.
import { differencesOf } from "./built.ts";
import { type Find, findsOf } from "./checks.ts";
import { areInPlaces } from "./markers.ts";
import { type Mutant, mutantOf } from "./mutant.ts";
import { shrink } from "./shrink.ts";
import { type Files, readSources } from "./sources.ts";

export interface Settings {
  readonly checks: readonly string[];
  /** What was built; undefined: it is not compared. */
  readonly program: string | undefined;
  readonly corpus: string | undefined;
}

export interface Part {
  readonly first: number;
  readonly count: number;
}

/** What the worker says. */
export type Answer =
  | { readonly say: "begin" | "compare"; readonly seed: number }
  | {
      readonly say: "find";
      readonly seed: number;
      readonly find: Find;
      readonly files: readonly (readonly [string, string])[];
    }
  | { readonly say: "end" };

const settings = JSON.parse(process.argv[2] ?? "{}") as Settings;
const sources = readSources(settings.corpus);
const answer = (message: Answer): void => {
  process.send?.(message);
};
/** One of each fault is made small; its brothers are only counted. */
const seen = new Set<string>();

process.on("message", ({ first, count }: Part) => {
  const quiet: Mutant[] = [];
  for (let seed = first; seed < first + count; seed++) {
    answer({ say: "begin", seed });
    const mutant = mutantOf(seed, sources);
    const finds = findsOf(mutant, settings.checks);
    for (const find of finds)
      tell(mutant, find, (files) => holds(find, findsOf({ ...mutant, files }, settings.checks)));
    if (!finds.some(({ kind }) => kind === "slow" || kind === "crash")) quiet.push(mutant);
  }
  const { program } = settings;
  if (program !== undefined) {
    answer({ say: "compare", seed: first });
    for (const { mutant, find } of differencesOf(program, quiet))
      tell(mutant, find, (files) => differencesOf(program, [{ ...mutant, files }]).length > 0);
  }
  answer({ say: "end" });
});

const holds = (find: Find, finds: readonly Find[]): boolean =>
  finds.some(({ kind, place }) => kind === find.kind && place === find.place);

function tell(mutant: Mutant, find: Find, isStill: (files: Files) => boolean): void {
  const key = `${find.kind} ${find.place}`;
  const isAlike = (files: Files): boolean => isStill(files) && [...files.values()].every(areInPlaces);
  const files = seen.has(key) || find.kind === "slow" ? mutant.files : shrink(mutant.files, isAlike);
  seen.add(key);
  answer({ say: "find", seed: mutant.seed, find, files: [...files] });
}
