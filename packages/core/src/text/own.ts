/** What a table holds under a name of a stranger's: `constructor` and `__proto__` are names like any other. */
export function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
