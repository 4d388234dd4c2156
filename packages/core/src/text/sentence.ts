/** A name as the beginning of a sentence: `The Percona operator`, but `mariadb-operator`. */
export function sentence(name: string): string {
  return name.startsWith("the ") ? `T${name.slice(1)}` : name;
}
