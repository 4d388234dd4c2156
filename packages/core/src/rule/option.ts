import type { YamlNode } from "../yaml/node.ts";

/** One option of a rule: its type, default and schema from one declaration. */
export interface Option<T> {
  readonly description: string;
  readonly default: T;
  /** JSON Schema of the value. */
  readonly schema: object;
  /** undefined: the node holds something else. */
  parse(node: YamlNode): T | undefined;
}
export type OptionSpec = Readonly<Record<string, Option<unknown>>>;
export type OptionValues<Spec extends OptionSpec> = {
  readonly [K in keyof Spec]: Spec[K] extends Option<infer T> ? T : never;
};

interface IntegerOption {
  readonly description: string;
  readonly default: number;
  readonly minimum?: number;
}

export const option = {
  integer({ description, default: value, minimum }: IntegerOption): Option<number> {
    return {
      description,
      default: value,
      schema: { type: "integer", ...(minimum === undefined ? {} : { minimum }) },
      parse: (node) => {
        const number = node.integer();
        return number !== undefined && number >= (minimum ?? Number.NEGATIVE_INFINITY) ? number : undefined;
      },
    };
  },
  boolean({
    description,
    default: value,
  }: {
    readonly description: string;
    readonly default: boolean;
  }): Option<boolean> {
    return { description, default: value, schema: { type: "boolean" }, parse: (node) => node.boolean() };
  },
  strings({
    description,
    default: value,
  }: {
    readonly description: string;
    readonly default: readonly string[];
  }): Option<readonly string[]> {
    return {
      description,
      default: value,
      schema: { type: "array", items: { type: "string" } },
      parse: (node) => {
        if (node.kind !== "sequence") return undefined;
        const items = node.items().map((item) => item.string());
        return items.every((item) => item !== undefined) ? (items as string[]) : undefined;
      },
    };
  },
} as const;
