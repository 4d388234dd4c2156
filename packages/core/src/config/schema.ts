import type { AnyRule } from "../rule/rule.ts";

/** As much of JSON Schema as the configuration's has. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly [other: string]: unknown;
}

/** JSON Schema (draft-07) of .dbops.yaml, from the rules' own option declarations. */
export function configurationSchema(rules: readonly AnyRule[]): Schema {
  const level = { enum: ["off", "info", "warning", "error"] };
  const ruleSchema = (rule: AnyRule): Schema => ({
    description: rule.meta.summary,
    oneOf: [
      level,
      {
        type: "object",
        additionalProperties: false,
        properties: {
          severity: level,
          ...Object.fromEntries(
            Object.entries(
              (rule.meta.options ?? {}) as Record<string, { description: string; default: unknown; schema: Schema }>,
            ).map(([name, option]) => [
              name,
              { description: option.description, default: option.default, ...option.schema },
            ]),
          ),
        },
      },
    ],
  });
  const ruleMap = {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule)])),
  };
  const texts = { type: "array", items: { type: "string" } };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "dbops configuration",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      extends: {
        description: "recommended, all, ephemeral, or a local file",
        anyOf: [{ enum: ["recommended", "all", "ephemeral"] }, { type: "string" }],
        default: "recommended",
      },
      rules: { description: "Levels and options by rule id", ...ruleMap },
      overrides: {
        description: "Other levels for some files, namespaces or labels; all given conditions must match",
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          properties: {
            files: texts,
            namespaces: texts,
            labels: { type: "object", additionalProperties: { type: "string" } },
            rules: ruleMap,
          },
        },
      },
      exclude: { description: "Globs of files that are not read", ...texts },
      ignore: {
        description: "Findings that someone has reviewed",
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["rule"],
          properties: {
            rule: { enum: rules.map((rule) => rule.id) },
            path: { type: "string" },
            object: { type: "string" },
            reason: { type: "string" },
            until: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
          },
        },
      },
      backups: {
        description: "here: this repository defines the backups of its databases, so a missing one is a warning",
        enum: ["here", "elsewhere"],
        default: "elsewhere",
      },
    },
  };
}
