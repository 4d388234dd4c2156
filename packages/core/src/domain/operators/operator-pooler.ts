import { pgbouncerDefaults } from "../../facts/pgbouncer.ts";
import { textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact } from "../../yaml/fact.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";
import { type Setting, settingsOf } from "../../yaml/settings.ts";
import type { OperatedPooler, Pooler, PoolerRoute } from "../model/pooler.ts";

interface OperatorPooler {
  readonly resource: Resource;
  readonly instances: Fact<number>;
  readonly written: readonly Setting[];
  /** What the operator writes where the resource does not, beside PgBouncer's own defaults. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Where a default is shown. */
  readonly at: Place;
  readonly routes: readonly PoolerRoute[];
  readonly operated: OperatedPooler;
  /** false: the operator writes settings that are not known here. */
  readonly isComplete?: boolean;
}

/** A PgBouncer that an operator configures and runs. */
export function operatorPooler({
  resource,
  instances,
  written,
  defaults,
  at,
  routes,
  operated,
  isComplete = true,
}: OperatorPooler): Pooler {
  return {
    software: "pgbouncer",
    resource,
    workload: undefined,
    container: undefined,
    operated,
    dialect: undefined,
    isSidecar: false,
    instances,
    configuration: undefined,
    settings: settingsOf(
      written,
      isComplete
        ? {
            isComplete,
            defaults: (name) => {
              const value = Object.hasOwn(defaults, name) ? defaults[name] : pgbouncerDefaults.get(name);
              return value === undefined ? undefined : byDefault(value, at);
            },
          }
        : { isComplete },
    ),
    routes,
  };
}

/** The settings that a map of parameters writes. */
export function settingsIn(parameters: YamlNode | undefined): readonly Setting[] {
  return (parameters?.entries() ?? []).map(([name, value]) => ({ name, value: textFact(value), nameAt: keyOf(value) }));
}
