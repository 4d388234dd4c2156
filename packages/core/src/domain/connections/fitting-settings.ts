import type {
  ConnectionBudget,
  ConnectionRow,
  FittingSetting,
  Moments,
  SettingOwner,
  WhatIf,
} from "../model/connections.ts";

/** The rows of one owner alone, with other numbers: those of all others stay as they are. */
type Recount = (owner: SettingOwner, whatIf: WhatIf) => ConnectionBudget;

/**
 * Settings with which the sum fits at the moment, the gentlest first: the largest pool that fits of the one who opens most, and
 * the max_connections it would take instead. Empty where it fits already or the limit is not known.
 */
export function fittingSettings(
  budget: ConnectionBudget,
  moment: keyof Moments,
  recount: Recount,
): readonly FittingSetting[] {
  const limit = budget.limit.value;
  if (limit === undefined || budget[moment] <= limit) return [];
  let pool: FittingSetting | undefined;
  for (const row of [...budget.rows].sort((a, b) => b[moment] - a[moment])) {
    pool = fittingPool(row, budget, limit, moment, recount);
    if (pool !== undefined) break;
  }
  const most = budget[moment] + budget.reserved;
  const raised: FittingSetting = {
    owner: { role: "database", name: budget.database.resource.name },
    setting: "max_connections",
    value: most,
    text: `max_connections ${most} fits${budget.reserved === 0 ? "" : `: ${budget[moment]} + ${budget.reserved} reserved = ${most}`}`,
  };
  return pool === undefined ? [raised] : [pool, raised];
}

function fittingPool(
  row: ConnectionRow,
  all: ConnectionBudget,
  limit: number,
  moment: keyof Moments,
  recount: Recount,
): FittingSetting | undefined {
  const name = row.label.replace(/^.*\//, "");
  const owner = { role: row.role, name };
  const setting = row.role === "pooler" ? "default_pool_size" : "pool";
  const rest = all[moment] - recount(owner, () => undefined)[moment];
  const withPool = (size: number): ConnectionBudget =>
    recount(owner, (requested, what) =>
      requested.role === row.role && requested.name === name && what === setting ? size : undefined,
    );
  const sumWith = (size: number): number => rest + withPool(size)[moment];
  // Sums only grow with the pool: halve the interval between one that fits and one that does not.
  let fits = 0;
  let exceeds = Math.ceil(limit) + 1;
  if (sumWith(1) > limit || sumWith(exceeds) <= limit) return undefined;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (sumWith(middle) <= limit) fits = middle;
    else exceeds = middle;
  }
  const changed = withPool(fits).rows.find((each) => each.role === row.role && each.label === row.label);
  if (changed === undefined) return undefined;
  const total = sumWith(fits);
  const others = total - changed[moment];
  const product = changed.pods[moment] === 1 ? changed.numbers : `${changed.pods[moment]} x ${changed.numbers}`;
  const sum = `${product}${others === 0 ? "" : ` + ${others} of others`}`;
  // Several processes, or an overflow beside the pool, share what a Pod may open.
  const isOnePool = /^pool \d+( \([^()]*\))?$/.test(row.perPod);
  const isOnePooler = all.rows.filter(({ role }) => role === "pooler").length === 1;
  const what =
    row.role === "pooler"
      ? `${setting} ${fits}${isOnePooler ? "" : ` in ${name}`}`
      : isOnePool
        ? `a pool of ${fits} in ${name}`
        : `a Pod of ${name} that opens ${fits} in all`;
  return { owner, setting, value: fits, text: `${what} fits${sum === `${total}` ? "" : `: ${sum} = ${total}`}` };
}
