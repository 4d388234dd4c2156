import type { Fact } from "../../yaml/fact.ts";
import type { Client } from "../model/client.ts";
import { type OwnedNumber, type SettingOwner, whatIfSettings } from "../model/connections.ts";
import type { Pooler } from "../model/pooler.ts";
import { podsOf } from "./pods.ts";
import { podsOfPooler, type RowContext } from "./row-parts.ts";

/** What the manifests say of each number that a `WhatIf` may replace. */
export function ownedNumbers(
  poolers: readonly Pooler[],
  clients: readonly Client[],
  context: RowContext,
): readonly OwnedNumber[] {
  const { database, resources, running } = context;
  return [
    ...numbersOf({ role: "database", name: database.resource.name }, (setting) => database.settings.number(setting)),
    ...poolers.flatMap((pooler) =>
      numbersOf({ role: "pooler", name: pooler.resource.name }, (setting) => {
        if (setting === "replicas") return podsOfPooler(pooler, context).peak;
        return pooler.software === "pgbouncer" ? pooler.settings.number(setting) : undefined;
      }),
    ),
    ...clients.flatMap(({ container: { workload }, pool }) =>
      numbersOf({ role: "client", name: workload.resource.name }, (setting) =>
        setting === "replicas" ? podsOf(workload, resources, running).peak : pool,
      ),
    ),
  ];
}

function numbersOf(owner: SettingOwner, factOf: (setting: string) => Fact<number> | undefined): readonly OwnedNumber[] {
  return whatIfSettings[owner.role].flatMap((setting) => {
    const fact = factOf(setting);
    return fact === undefined ? [] : [{ owner, setting, fact }];
  });
}
