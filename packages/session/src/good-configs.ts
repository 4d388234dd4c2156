import { isYaml, type SourceFile } from "@dbops/core";

/** The last text of each configuration that could be read: a key half typed in .dbops.yaml does not switch every rule. */
export class GoodConfigs {
  readonly #good = new Map<string, SourceFile>();
  readonly #isGood = new WeakMap<SourceFile, boolean>();

  of(configs: readonly SourceFile[]): readonly SourceFile[] {
    return configs.map((file) => {
      const isGood = this.#isGood.get(file) ?? isYaml(file.text);
      this.#isGood.set(file, isGood);
      if (isGood) this.#good.set(file.uri, file);
      return this.#good.get(file.uri) ?? file;
    });
  }
}
