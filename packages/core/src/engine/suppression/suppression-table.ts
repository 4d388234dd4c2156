import type { PlacedSuppression } from "./read-suppressions.ts";

/**
 * Which of a file's suppressions holds at an offset: the first one written that covers it. The offsets are cut where one begins or
 * ends, once for each rule, so that a file with thousands of suppressed places is read in its own time.
 */
export class SuppressionTable {
  readonly #suppressions: readonly PlacedSuppression[];
  readonly #byRule = new Map<
    string,
    { readonly starts: readonly number[]; readonly holds: readonly (PlacedSuppression | undefined)[] }
  >();

  constructor(suppressions: readonly PlacedSuppression[]) {
    this.#suppressions = suppressions;
  }

  at(ruleId: string, offset: number): PlacedSuppression | undefined {
    let table = this.#byRule.get(ruleId);
    if (table === undefined) {
      table = cut(this.#suppressions.filter(({ rules }) => rules.includes(ruleId)));
      this.#byRule.set(ruleId, table);
    }
    return table.holds[countUpTo(table.starts, offset) - 1];
  }
}

function cut(suppressions: readonly PlacedSuppression[]) {
  const ends = suppressions.flatMap(({ covers }) => [covers.start, covers.end + 1]);
  const starts = [...new Set(ends)].sort((a, b) => a - b);
  const holds: (PlacedSuppression | undefined)[] = starts.map(() => undefined);
  // Behind each part that is taken, the next that may be free: no part is looked at twice for long.
  const free = [...starts.keys(), starts.length];
  const nextFree = (from: number): number => {
    let at = from;
    while (free[at] !== at) {
      free[at] = free[free[at] ?? at] ?? at;
      at = free[at] ?? at;
    }
    return at;
  };
  for (const placed of suppressions) {
    const end = countUpTo(starts, placed.covers.end);
    for (let at = nextFree(countUpTo(starts, placed.covers.start) - 1); at < end; at = nextFree(at)) {
      holds[at] = placed;
      free[at] = at + 1;
    }
  }
  return { starts, holds };
}

/** How many of ascending numbers are no greater. */
function countUpTo(numbers: readonly number[], most: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
