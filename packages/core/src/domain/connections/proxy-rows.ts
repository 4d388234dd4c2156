import type { Fact } from "../../yaml/fact.ts";
import type { SettingOwner } from "../model/connections.ts";
import { count, shortName } from "../model/names.ts";
import type { Pooler } from "../model/pooler.ts";
import {
  type Counted,
  defaulted,
  leadsToPrimary,
  momentsOf,
  podsOfPooler,
  type RowContext,
  supposedPods,
} from "./row-parts.ts";

/**
 * The server connections of Pgpool-II and ProxySQL. Each of Pgpool's children keeps up to max_pool connections to every backend
 * (https://www.pgpool.net/docs/latest/en/html/runtime-config-connection-pooling.html); ProxySQL opens up to max_connections to each
 * line of mysql_servers (https://proxysql.com/documentation/main-runtime/#mysql_servers).
 */
export function rowOfProxy(pooler: Pooler, context: RowContext): Counted {
  const owner: SettingOwner = { role: "pooler", name: pooler.resource.name };
  const label = shortName(pooler.resource);
  const pods = supposedPods(podsOfPooler(pooler, context), owner, context, pooler);
  const uncounted = (because: string, at = pooler.instances.at): Counted => ({ role: "pooler", label, because, at });
  if (pods === undefined) return uncounted("its number of Pods is not in view");
  const perPod = pooler.software === "pgpool" ? ofPgpool(pooler) : ofServers(pooler, context);
  if (perPod === undefined) return uncounted(`dbops does not count ${pooler.software}`);
  if (perPod.most.value === undefined) return uncounted(perPod.most.because, perPod.most.at);
  return {
    role: "pooler",
    label,
    pods: pods.counts,
    perPod: perPod.words,
    formula: `${count(pods.counts.peak, "pooler")} x ${perPod.words}`,
    numbers: perPod.numbers,
    ...momentsOf(pods.counts, perPod.most.value, perPod.most.value),
    at: perPod.most.at,
    terms: [{ message: perPod.words, at: perPod.most.at }, pods.term],
    more: [],
    isByDefault: perPod.most.origin === "default",
    isAutoscaled: pods.isAutoscaled,
  };
}

interface PerPod {
  readonly most: Fact<number>;
  readonly words: string;
  readonly numbers: string;
}

function ofPgpool({ settings, instances }: Pooler): PerPod {
  const children = settings.number("num_init_children");
  const cached = settings.number("max_pool");
  if (children?.value === undefined || cached?.value === undefined) {
    const at = children?.at ?? cached?.at ?? instances.at;
    return {
      most: { value: undefined, at, because: "num_init_children or max_pool is not in view" },
      words: "",
      numbers: "",
    };
  }
  const isWritten = children.origin === "written" || cached.origin === "written";
  const at = children.origin === "written" ? children.at : cached.at;
  return {
    most: { value: children.value * cached.value, at, origin: isWritten ? "written" : "default" },
    words: `${count(children.value, "child", "children")}${defaulted(children)} x ${cached.value}${defaulted(cached)}`,
    numbers: `${children.value} x ${cached.value}`,
  };
}

function ofServers({ routes, software, instances }: Pooler, { database }: RowContext): PerPod | undefined {
  if (software !== "proxysql") return undefined;
  const sizes = routes.flatMap(({ reaches, poolSize }) =>
    leadsToPrimary(reaches, database) && poolSize !== undefined ? [poolSize] : [],
  );
  const missing = sizes.find(({ value }) => value === undefined);
  const [first] = sizes;
  if (first === undefined || missing !== undefined)
    return {
      most: missing ?? { value: undefined, at: instances.at, because: "it does not name a server" },
      words: "",
      numbers: "",
    };
  const numbers = sizes.map(({ value }) => value ?? 0);
  const sum = numbers.reduce((total, each) => total + each, 0);
  const written = numbers.length === 1 ? `${sum}` : `(${numbers.join(" + ")})`;
  return {
    most: { ...first, value: sum } as Fact<number>,
    words: `${written} (max_connections of mysql_servers${defaulted(first)})`,
    numbers: written,
  };
}
