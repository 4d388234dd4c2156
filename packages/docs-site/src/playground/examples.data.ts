// What the playground offers to begin with: the manifests that the README is about.
import { readFileSync } from "node:fs";
import path from "node:path";

export interface Example {
  readonly name: string;
  readonly text: string;
}

declare const data: readonly Example[];

export { data };

const names: Readonly<Record<string, readonly string[]>> = {
  "PostgreSQL with three replicas": ["postgres.yaml"],
  "A database and its clients": ["postgres.yaml", "api.yaml"],
  "A nightly dump": ["backup.yaml"],
  "A migration": ["migrate.yaml"],
};

export default {
  watch: ["../../../../examples/shop/*.yaml"],
  load: (files: readonly string[]): readonly Example[] => {
    const texts = new Map(files.map((file) => [path.basename(file), readFileSync(file, "utf8")]));
    const textOf = (file: string): string => {
      const text = texts.get(file);
      if (text === undefined) throw new Error(`examples/shop/${file} is not there`);
      return text;
    };
    return Object.entries(names).map(([name, parts]) => ({ name, text: parts.map(textOf).join("---\n") }));
  },
};
