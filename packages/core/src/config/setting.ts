import type { AnyRule } from "../rule/rule.ts";
import { closest } from "../text/closest.ts";
import { readDate } from "../text/date.ts";
import { listed } from "../text/listed.ts";
import { own } from "../text/own.ts";
import { keyOf, type Place, type YamlNode } from "../yaml/node.ts";

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

/** A mistake in a configuration file; the rest of the file holds. */
export interface ConfigMistake {
  readonly rule: "configuration-unknown-key" | "configuration-unknown-rule" | "configuration-invalid-value";
  readonly message: string;
  readonly at: Place;
}

/** What reading a configuration needs, and gathers. */
export interface Reading {
  readonly rules: ReadonlyMap<string, AnyRule>;
  readonly mistakes: ConfigMistake[];
}

/** One setting: its schema and its reader from one declaration. */
export interface Setting<T> {
  /** Made when it is asked for: reading needs none. */
  schema(): Schema;
  /**
   * What the node says; undefined: it cannot be read, which is among the mistakes now.
   * @param name what people call the setting in a sentence
   */
  read(node: YamlNode, name: string, reading: Reading): T | undefined;
}

/** The value of a setting. */
export type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** A setting with what it means, for editors and for the table in the docs. */
export const described = <T>(description: string, setting: Setting<T>, more: Schema = {}): Setting<T> => ({
  read: setting.read,
  schema: () => ({ description, ...setting.schema(), ...more }),
});

export const text: Setting<string> = {
  schema: () => ({ type: "string" }),
  read(node, name, reading) {
    const value = node.text();
    if (value === undefined) reportInvalid(reading, node, `${name} must be a string, not ${kindOf(node)}.`);
    return value;
  },
};

/** A day until which something holds, itself included. */
export const date: Setting<string> = {
  schema: () => ({ type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
  read(node, name, reading) {
    const value = readDate(node.text() ?? "");
    if (value === undefined) {
      const written = node.text() === undefined ? kindOf(node) : `"${node.text()}"`;
      reportInvalid(reading, node, `${name} needs a date like 2027-01-31, not ${written}.`);
    }
    return value;
  },
};

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): Setting<T> {
  return {
    schema: () => ({ enum: words }),
    read(node, name, reading) {
      // `off` is a boolean in YAML 1.1: who writes it plainly means the word.
      const written = node.value === false ? "off" : (node.text() ?? kindOf(node));
      const found = words.find((word) => word === written);
      if (found === undefined)
        reportInvalid(
          reading,
          node,
          `${name} must be ${listed(words, "or")}, not ${node.kind === "scalar" ? `"${written}"` : written}${didYouMean(written, words)}`,
        );
      return found;
    },
  };
}

/** A list; an item that cannot be read is left out. */
export function list<T>(item: Setting<T>): Setting<readonly T[]> {
  return {
    schema: () => ({ type: "array", items: item.schema() }),
    read(node, name, reading) {
      if (node.kind === "sequence")
        return node.items().flatMap((each) => item.read(each, `an item of ${name}`, reading) ?? []);
      reportInvalid(reading, node, `${name} must be a list, not ${kindOf(node)}.`);
      return undefined;
    },
  };
}

/** Names with texts, as labels are. */
export const texts: Setting<Readonly<Record<string, string>>> = {
  schema: () => ({ type: "object", additionalProperties: { type: "string" } }),
  read(node, name, reading) {
    if (node.kind === "map")
      return Object.fromEntries(node.entries().map(([key, value]) => [key, value.text() ?? ""] as const));
    reportInvalid(reading, node, `${name} must be a map of names to strings, not ${kindOf(node)}.`);
    return undefined;
  },
};

/** What a record of settings says: undefined for each that is not written or cannot be read. */
export type RecordOf<Fields> = { readonly [Name in keyof Fields]: ValueOf<Fields[Name]> | undefined };

/**
 * A map of settings that have names.
 * @param required without these, the whole cannot be read
 * @param isWhole one that cannot be read makes the whole unreadable: a condition that is lost would reach further than was meant
 */
export function record<Fields extends Readonly<Record<string, Setting<unknown>>>>(
  fields: Fields,
  { required = [], isWhole = false }: { readonly required?: readonly string[]; readonly isWhole?: boolean } = {},
): Setting<RecordOf<Fields> & { readonly at: YamlNode }> {
  const names = Object.keys(fields);
  return {
    schema: () => ({
      type: "object",
      additionalProperties: false,
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.schema()])),
    }),
    read(node, where, reading) {
      if (node.kind !== "map") {
        reportInvalid(reading, node, `${where} must be a map of ${names.join(", ")}, not ${kindOf(node)}.`);
        return undefined;
      }
      const missing = required.filter((name) => node.at(name) === undefined);
      if (missing.length > 0) reportInvalid(reading, node, `${where} has no ${missing.join(" and no ")}.`);
      let isReadable = missing.length === 0;
      const values: Record<string, unknown> = {};
      for (const [key, value] of node.entries()) {
        const field = own(fields, key);
        if (field === undefined) reportUnknownKey(reading, value, key, names, where);
        else {
          values[key] = field.read(value, key, reading);
          if (isWhole && values[key] === undefined) isReadable = false;
        }
      }
      return isReadable ? ({ ...values, at: node } as RecordOf<Fields> & { readonly at: YamlNode }) : undefined;
    },
  };
}

/** @param where what the setting is missing in; empty at the top of the file */
export function reportUnknownKey(
  { mistakes }: Reading,
  value: YamlNode,
  key: string,
  known: readonly string[],
  where: string,
): void {
  const message = `There is no setting "${key}"${where === "" ? "" : ` of ${where}`}${didYouMean(key, known)}`;
  mistakes.push({ rule: "configuration-unknown-key", message, at: keyOf(value) });
}

export function reportInvalid({ mistakes }: Reading, at: Place, message: string): void {
  mistakes.push({ rule: "configuration-invalid-value", message: message.replace(/^an /, "An "), at });
}

/** The end of a sentence that names a word nobody knows. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = closest(word, candidates);
  return found === undefined ? "." : `; did you mean "${found}"?`;
}

function kindOf(node: YamlNode): string {
  if (node.kind === "sequence") return "a list";
  if (node.kind === "map") return "a map";
  return node.value === null ? "nothing" : typeof node.value === "string" ? "a string" : `a ${typeof node.value}`;
}
