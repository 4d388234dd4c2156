/**
 * Adds values to a list. `push(...values)` puts each on the stack, which ends with a RangeError above some 100,000 of them: no
 * length comes from us.
 */
export function append<T>(list: T[], ...more: readonly Iterable<T>[]): void {
  for (const values of more) for (const value of values) list.push(value);
}
