import type { Files } from "./sources.ts";

/** Takes away files and lines while what is looked for stays; gives up after some seconds. */
export function shrink(files: Files, isStill: (files: Files) => boolean, milliseconds = 4000): Files {
  const end = Date.now() + milliseconds;
  let smallest = new Map(files);
  const tryWith = (candidate: Map<string, string>): boolean => {
    if (Date.now() > end || !isStill(candidate)) return false;
    smallest = candidate;
    return true;
  };
  for (const name of files.keys()) {
    const without = new Map(smallest);
    without.delete(name);
    if (without.size > 0) tryWith(without);
  }
  for (const name of [...smallest.keys()]) {
    for (let size = 64; size >= 1; size = Math.floor(size / 2)) {
      for (let start = 0; ; ) {
        const lines = (smallest.get(name) ?? "").split("\n");
        if (start >= lines.length) break;
        const fewer = [...lines.slice(0, start), ...lines.slice(start + size)].join("\n");
        if (!tryWith(new Map([...smallest, [name, fewer]]))) start += size;
      }
    }
  }
  return smallest;
}
