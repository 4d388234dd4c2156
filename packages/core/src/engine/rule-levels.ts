import type { Config } from "../config/config.ts";
import { levelFor, type RuleLevel } from "../config/levels.ts";
import type { Resource } from "../kube/resource.ts";
import type { Project } from "../project/project.ts";
import type { AnyRule } from "../rule/rule.ts";

/** The level of a rule for a place, its options with the rule's defaults filled in; undefined: off. */
export type LevelOf = (rule: AnyRule, uri: string, owner: Resource | undefined) => RuleLevel | undefined;

/** Levels of one run. Without overrides a level is the same for all objects under a configuration, and is found once. */
export function ruleLevels(project: Project): LevelOf {
  const known = new Map<Config, Map<AnyRule, RuleLevel | undefined>>();
  const compute = (rule: AnyRule, config: Config, uri: string, owner: Resource | undefined): RuleLevel | undefined => {
    const level = levelFor(rule, config, uri, owner);
    return level === undefined ? undefined : { ...level, options: { ...defaultsOf(rule), ...level.options } };
  };
  return (rule, uri, owner) => {
    const config = project.configFor(uri);
    if (config.overrides.length > 0) return compute(rule, config, uri, owner);
    let levels = known.get(config);
    if (levels === undefined) {
      levels = new Map();
      known.set(config, levels);
    }
    if (!levels.has(rule)) levels.set(rule, compute(rule, config, uri, owner));
    return levels.get(rule);
  };
}

/** The options of a rule where nothing is configured. */
export function defaultsOf(rule: AnyRule): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rule.meta.options ?? {}).map(([name, option]) => [
      name,
      (option as { readonly default: unknown }).default,
    ]),
  );
}
