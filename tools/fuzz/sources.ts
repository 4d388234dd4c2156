import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { readFixture } from "../../packages/core/test/support/fixture.ts";
import { root } from "../release/plan.ts";

/** Texts that are linted together, by their names. */
export type Files = ReadonlyMap<string, string>;

/** Files above this size are left out: mutants are many. */
const largest = 64 * 1024;

/** What mutants are made of: each case of the rules' fixtures, each folder of the examples, each file of a corpus. */
export function readSources(corpus: string | undefined): readonly Files[] {
  return [...fixtures(), ...examples(), ...odd(), ...(corpus === undefined ? [] : filesOf(corpus))];
}

function fixtures(): readonly Files[] {
  const folder = path.join(root, "packages/core/test/rules");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml") && !name.endsWith(".fixed.yaml"))
    .sort()
    .flatMap((name) => readFixture(readFileSync(path.join(folder, name), "utf8"), name))
    .map(({ files }) => new Map(files.map(({ uri, text }) => [uri.replace("/case/", ""), text])));
}

function examples(): readonly Files[] {
  const names = manifestsUnder(path.join(root, "examples"));
  const folders = [...new Set(names.map((name) => path.dirname(name)))].sort();
  return folders.map(
    (folder) =>
      new Map(
        names
          .filter((name) => path.dirname(name) === folder)
          .map((name) => [path.basename(name), readFileSync(name, "utf8")]),
      ),
  );
}

/** What kubectl makes of odd YAML is written down in a test of the core; these are its inputs. */
function odd(): readonly Files[] {
  const file = path.join(root, "packages/core/test/yaml/kubectl-cases.json");
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly { readonly yaml: string }[] };
  return cases.map(({ yaml }) => new Map([["odd.yaml", yaml.replace("kind: Thing", "kind: ConfigMap")]]));
}

function filesOf(corpus: string): readonly Files[] {
  return manifestsUnder(corpus).map((name) => new Map([["corpus.yaml", readFileSync(name, "utf8")]]));
}

function manifestsUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((name) => statSync(name).size <= largest)
    .sort();
}
