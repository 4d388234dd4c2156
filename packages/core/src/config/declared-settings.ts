import type { Option } from "../rule/option.ts";
import type { AnyRule } from "../rule/rule.ts";
import { keyOf, type Place, type YamlNode } from "../yaml/node.ts";
import { type Level, type ObjectName, objectNamed, type PresetName, type RuleSetting } from "./config.ts";
import { matchesGlob } from "./glob.ts";
import {
  choice,
  date,
  described,
  didYouMean,
  list,
  type Reading,
  record,
  reportInvalid,
  reportUnknownKey,
  type Schema,
  type Setting,
  text,
  texts,
} from "./setting.ts";

/** Sets of levels that come with dbops. */
export const presetNames: readonly PresetName[] = ["recommended", "all", "ephemeral"];

const level = choice<Level>(["off", "info", "warning", "error"]);

/** Every setting of a .dbops.yaml: its reader, schema, completion and table in the docs come from here. */
export function settingsFor(rules: readonly AnyRule[]) {
  const levels = ruleLevels(rules);
  return record({
    $schema: described("Where editors find the schema of this file", text),
    extends: described(`${presetNames.join(", ")}, or a local file whose settings apply before these`, text, {
      anyOf: [{ enum: presetNames }, { type: "string" }],
      default: "recommended",
    }),
    rules: described("Levels and options by rule", levels),
    overrides: described(
      "Other levels for some files, namespaces or labels: every given condition must match, later entries win",
      list(
        record(
          {
            files: described("Globs of files, relative to this one", list(text)),
            namespaces: described("Globs of namespaces", list(text)),
            labels: described("Labels of the object", texts),
            rules: described("Levels and options by rule", levels),
          },
          { isWhole: true },
        ),
      ),
    ),
    exclude: described("Globs of files that are not read, not even as context", list(text)),
    ignore: described(
      "Findings that someone has reviewed",
      list(
        record(
          {
            rule: described("The rule whose findings are hidden", ruleId(rules)),
            path: described("A glob of files, relative to this one", text),
            object: described("`Kind/name` or a name", text),
            reason: described("Why they are hidden", text),
            until: described("The last day on which they are hidden", date),
          },
          { required: ["rule"], isWhole: true },
        ),
      ),
    ),
    moved: described(
      "Databases that got another name or namespace, for diff: their data was brought along",
      list(
        record(
          {
            from: described(
              "The old `Kind/namespace/name`, without the namespace where the manifest writes none",
              objectName,
            ),
            to: described("The new one", objectName),
            reason: described("How the data was moved", text),
            until: described("The last day on which it is accepted", date),
          },
          { required: ["from", "to"], isWhole: true },
        ),
      ),
    ),
    backups: described(
      "here: this repository defines the backups of its databases, so a missing one is a warning; elsewhere: another does, so none is missed. Without it a missing one is an info until a backup of another database is in view",
      choice(["here", "elsewhere"]),
    ),
  });
}

/** JSON Schema (draft-07) of .dbops.yaml. */
export function configurationSchema(rules: readonly AnyRule[]): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "dbops configuration",
    ...settingsFor(rules).schema(),
  };
}

/** `StatefulSet/shop/orders-db`, read. */
const objectName: Setting<ObjectName> = {
  schema: () => ({ type: "string" }),
  read(node, name, reading) {
    const found = objectNamed(node.text() ?? "");
    if (found === undefined) reportInvalid(reading, node, `${name} must be Kind/namespace/name or Kind/name.`);
    return found;
  },
};

/** A rule by its id, or by one that it had. */
function ruleId(rules: readonly AnyRule[]): Setting<string> {
  return {
    schema: () => ({ enum: rules.map(({ id }) => id) }),
    read: (node, _name, reading) => findRule(node.text() ?? "", node, reading)?.id,
  };
}

function findRule(id: string, at: Place, { rules, mistakes }: Reading): AnyRule | undefined {
  const found = rules.get(id) ?? [...rules.values()].find(({ meta }) => meta.replaces?.includes(id));
  if (found === undefined)
    mistakes.push({
      rule: "configuration-unknown-rule",
      message: `There is no rule "${id}"${didYouMean(id, rules.keys())}`,
      at,
    });
  return found;
}

/** Rules with a level each, or with a level and their options; a glob of ids has a level, which a rule's own entry goes before. */
function ruleLevels(rules: readonly AnyRule[]): Setting<ReadonlyMap<string, RuleSetting>> {
  return {
    schema: () => ({
      type: "object",
      additionalProperties: false,
      properties: Object.fromEntries(
        rules.map((rule) => [
          rule.id,
          { description: rule.meta.summary, oneOf: [level.schema(), optionsSchema(rule)] },
        ]),
      ),
      patternProperties: { "\\*": level.schema() },
    }),
    read(node, name, reading) {
      const settings = new Map<string, RuleSetting>();
      if (node.kind !== "map") reportInvalid(reading, node, `${name} must be a map of rules to levels.`);
      const isGlob = ([id]: readonly [string, YamlNode]): boolean => id.includes("*");
      for (const [glob, value] of node.entries().filter(isGlob)) {
        const found = level.read(value, `The level of ${glob}`, reading);
        const matching = [...reading.rules.values()].filter(({ id }) => matchesGlob(glob, id));
        if (matching.length === 0) findRule(glob, keyOf(value), reading);
        if (found !== undefined) for (const rule of matching) settings.set(rule.id, { level: found, options: {} });
      }
      for (const [id, value] of node.entries().filter((entry) => !isGlob(entry))) {
        const rule = findRule(id, keyOf(value), reading);
        if (rule === undefined) continue;
        const own = readRule(rule, value, reading);
        settings.set(rule.id, { ...own, level: own.level ?? settings.get(rule.id)?.level });
      }
      return settings;
    },
  };
}

const optionsOf = ({ meta }: AnyRule): readonly (readonly [string, Option<unknown>])[] =>
  Object.entries((meta.options ?? {}) as Readonly<Record<string, Option<unknown>>>);

const optionsSchema = (rule: AnyRule): Schema => ({
  type: "object",
  additionalProperties: false,
  properties: {
    severity: level.schema(),
    ...Object.fromEntries(
      optionsOf(rule).map(([name, { description, default: value, schema }]) => [
        name,
        { description, default: value, ...schema },
      ]),
    ),
  },
});

function readRule(rule: AnyRule, node: YamlNode, reading: Reading): RuleSetting {
  if (node.kind !== "map") return { level: level.read(node, `The level of ${rule.id}`, reading), options: {} };
  const known = new Map(optionsOf(rule));
  const options: Record<string, unknown> = {};
  for (const [key, value] of node.entries()) {
    const option = known.get(key);
    if (option !== undefined) {
      options[key] = option.parse(value);
      if (options[key] === undefined)
        reportInvalid(
          reading,
          value,
          `${key} of ${rule.id} does not accept this value (${JSON.stringify(option.schema)}).`,
        );
    } else if (key !== "severity") reportUnknownKey(reading, value, key, ["severity", ...known.keys()], rule.id);
  }
  const severity = node.at("severity");
  return {
    level: severity === undefined ? undefined : level.read(severity, `The level of ${rule.id}`, reading),
    options,
  };
}
