import { listed } from "../text/listed.ts";
import type { ClaimFate } from "./claims.ts";

/** `data-orders-db-0 … 2, wal-orders-db-0 … 2`: claims in one line; of many kinds the first, and how many follow. */
export function claimNames(claims: readonly Pick<ClaimFate, "name">[]): string {
  const families = new Map<string, number[]>();
  const single: string[] = [];
  for (const { name } of claims) {
    const dash = name.lastIndexOf("-");
    const ordinal = name.slice(dash + 1);
    if (dash > 0 && /^\d{1,4}$/.test(ordinal))
      families.set(name.slice(0, dash), [...(families.get(name.slice(0, dash)) ?? []), Number(ordinal)]);
    else single.push(name);
  }
  const groups = [...families].map(([family, ordinals]) => {
    const [first = 0] = ordinals;
    const last = ordinals.at(-1) ?? 0;
    if (ordinals.length === 1) return `${family}-${first}`;
    return last - first === ordinals.length - 1
      ? `${family}-${first} … ${last}`
      : listed(ordinals.map((ordinal) => `${family}-${ordinal}`));
  });
  const all = [...groups, ...single];
  return all.length > 3 ? `${all.slice(0, 3).join(", ")} and ${all.length - 3} more` : listed(all);
}

/** Those that end in one way. */
export function withFate(claims: readonly ClaimFate[], ...fates: readonly ClaimFate["fate"][]): readonly ClaimFate[] {
  return claims.filter(({ fate }) => fates.includes(fate));
}
