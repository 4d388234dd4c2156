/** The candidate within a third of the word's length in edits, or within `most`: what was probably meant. */
export function closest(word: string, candidates: Iterable<string>, most?: number): string | undefined {
  let best: string | undefined;
  let bestDistance = (most ?? Math.max(1, Math.floor(word.length / 3))) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue; // as many letters are missing
    const distance = editDistance(word, candidate, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Of mistakes that are as long, fingers that change the order of two letters are the likeliest. */
const swapCost = 0.9;

/**
 * Letters to insert, remove, replace or swap; `most` or more where it gets there. Three rows are enough, and are kept: the words of
 * a long file are compared with hundreds. https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance (optimal string alignment)
 */
function editDistance(a: string, b: string, most: number): number {
  let [beforeLast, last, current] = rows;
  for (let column = 0; column <= b.length; column++) last[column] = column;
  for (let row = 1; row <= a.length; row++) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && !isSame;
      const distance = Math.min(
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        isSwap ? (beforeLast[column - 2] ?? 0) + swapCost : Number.POSITIVE_INFINITY,
      );
      current[column] = distance;
      if (distance < least) least = distance;
    }
    // A swap looks back two rows, and may be cheaper than the row between by one letter.
    if (least >= most + 1) return most;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[b.length] ?? 0;
}

const rows: readonly [number[], number[], number[]] = [[], [], []];
