import type { ConnectionBudget, ConnectionRow, FittingSetting, Moments, WhatIf } from "../model/connections.ts";

/** The budget with other numbers. */
type Recount = (whatIf: WhatIf) => ConnectionBudget;

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
  const pool = [...budget.rows]
    .sort((a, b) => b[moment] - a[moment])
    .map((row) => fittingPool(row, limit, moment, recount))
    .find((each) => each !== undefined);
  const most = budget[moment] + budget.reserved;
  const raised: FittingSetting = {
    owner: { role: "database", name: budget.database.resource.name },
    setting: "max_connections",
    value: most,
    text: `max_connections ${most} fits: ${budget[moment]}${budget.reserved === 0 ? "" : ` + ${budget.reserved} reserved`} = ${most}`,
  };
  return pool === undefined ? [raised] : [pool, raised];
}

function fittingPool(
  row: ConnectionRow,
  limit: number,
  moment: keyof Moments,
  recount: Recount,
): FittingSetting | undefined {
  const name = row.label.replace(/^.*\//, "");
  const owner = { role: row.role, name };
  const setting = row.role === "pooler" ? "default_pool_size" : "pool";
  const withPool = (size: number): ConnectionBudget =>
    recount((asked, what) => (asked.role === row.role && asked.name === name && what === setting ? size : undefined));
  // Sums only grow with the pool: halve the interval between one that fits and one that does not.
  let fits = 0;
  let exceeds = Math.ceil(limit) + 1;
  if (withPool(1)[moment] > limit || withPool(exceeds)[moment] <= limit) return undefined;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (withPool(middle)[moment] <= limit) fits = middle;
    else exceeds = middle;
  }
  const budget = withPool(fits);
  const changed = budget.rows.find((each) => each.role === row.role && each.label === row.label);
  if (changed === undefined) return undefined;
  const others = budget[moment] - changed[moment];
  const product = changed.pods[moment] === 1 ? changed.numbers : `${changed.pods[moment]} x ${changed.numbers}`;
  const sum = `${product}${others === 0 ? "" : ` + ${others} of others`}`;
  const what = row.role === "pooler" ? `${setting} ${fits}` : `a pool of ${fits} in ${name}`;
  return { owner, setting, value: fits, text: `${what} fits: ${sum} = ${budget[moment]}` };
}
