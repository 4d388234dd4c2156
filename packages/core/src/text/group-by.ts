/** Each value under each of its keys, in the order given; a missing key files it nowhere. */
export function groupBy<T, K>(
  values: readonly T[],
  keysOf: (value: T) => readonly (K | undefined)[],
): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    for (const key of keysOf(value)) {
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else group.push(value);
    }
  }
  return groups;
}
