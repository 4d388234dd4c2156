/** A unified diff of two texts that differ in few places. https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html */
export function unifiedDiff(before: string, after: string, path: string): string {
  const a = before.split("\n");
  const b = after.split("\n");
  const hunks: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
      continue;
    }
    const [endA, endB] = nextCommon(a, b, i, j);
    const lead = Math.min(3, i);
    const trail = Math.min(3, a.length - endA, b.length - endB);
    const lines = [
      ...a.slice(i - lead, i).map((line) => ` ${line}`),
      ...a.slice(i, endA).map((line) => `-${line}`),
      ...b.slice(j, endB).map((line) => `+${line}`),
      ...a.slice(endA, endA + trail).map((line) => ` ${line}`),
    ];
    hunks.push(
      `@@ -${i - lead + 1},${endA - i + lead + trail} +${j - lead + 1},${endB - j + lead + trail} @@\n${lines.join("\n")}\n`,
    );
    i = endA;
    j = endB;
  }
  return hunks.length === 0 ? "" : `--- a/${path}\n+++ b/${path}\n${hunks.join("")}`;
}

/** The nearest pair of positions from which both texts agree for two lines (or to the end). */
function nextCommon(a: readonly string[], b: readonly string[], i: number, j: number): readonly [number, number] {
  for (let distance = 1; distance <= a.length - i + (b.length - j); distance++) {
    for (let skipA = Math.max(0, distance - (b.length - j)); skipA <= Math.min(distance, a.length - i); skipA++) {
      const at = i + skipA;
      const bt = j + distance - skipA;
      if (at === a.length && bt === b.length) return [at, bt];
      if (at < a.length && bt < b.length && a[at] === b[bt] && (a[at + 1] === b[bt + 1] || at + 1 === a.length))
        return [at, bt];
    }
  }
  return [a.length, b.length];
}
