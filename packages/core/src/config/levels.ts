import type { Resource } from "../kube/resource.ts";
import type { Severity } from "../rule/finding.ts";
import type { AnyRule, Preset } from "../rule/rule.ts";
import type { Config, Override, RuleSetting } from "./config.ts";
import { matchesGlob } from "./glob.ts";

/** What a rule may say about one file and object. */
export interface RuleLevel {
  /** undefined: as the rule says; else what the configuration says. */
  readonly severity: Severity | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** A level was written for the rule: it speaks in all its cases. */
  readonly isForced: boolean;
}

/** The level of a rule for a place; undefined: off. Later overrides win over earlier ones, and all over `rules`. */
export function levelFor(
  rule: AnyRule,
  config: Config,
  uri: string,
  subject: Resource | undefined,
): RuleLevel | undefined {
  const settings: RuleSetting[] = [];
  const base = config.rules.get(rule.id);
  if (base !== undefined) settings.push(base);
  for (const override of config.overrides) {
    const setting = override.rules.get(rule.id);
    if (setting !== undefined && holds(override, config, uri, subject)) settings.push(setting);
  }
  const level = settings
    .map((setting) => setting.level)
    .filter((each) => each !== undefined)
    .at(-1);
  if (level === "off") return undefined;
  return {
    severity: level,
    options: Object.assign({}, ...settings.map((setting) => setting.options)) as Record<string, unknown>,
    isForced: level !== undefined,
  };
}

/** Whether a case of a rule speaks under a preset. */
export function isInPreset(presets: readonly Preset[], config: Config): boolean {
  return config.preset === "all" || presets.includes(config.preset);
}

function holds(override: Override, config: Config, uri: string, subject: Resource | undefined): boolean {
  const path = uri.startsWith(config.base) ? uri.slice(config.base.length) : uri;
  if (override.files !== undefined && !override.files.some((glob) => matchesGlob(glob, path))) return false;
  if (
    override.namespaces !== undefined &&
    !override.namespaces.some((glob) => matchesGlob(glob, subject?.namespace ?? ""))
  )
    return false;
  return Object.entries(override.labels ?? {}).every(([key, value]) => subject?.labels[key] === value);
}
