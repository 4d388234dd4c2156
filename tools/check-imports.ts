// The layers of docs/architecture.md: each folder imports only from folders before it, and some libraries have one home.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** packages/core/src, lowest first. Folders in one row do not see each other. */
const layers: readonly (readonly string[])[] = [
  ["text"],
  ["facts"],
  ["yaml"],
  ["embedded"],
  ["kube"],
  ["domain"],
  ["change"],
  ["rule"],
  ["rules", "config"],
  ["project"],
  ["engine"],
];

/** packages/core/src/domain, lowest first: types, then each subject by itself, then those that put subjects together. */
const subjects: readonly (readonly string[])[] = [
  ["model"],
  ["client", "connections", "database", "links", "migration", "storage", "workspace"],
  ["operators", "pooler"],
  ["backup", "hosts", "pgbouncer", "release"],
  ["live"],
];

/** Package -> the only folders that may import it. */
const homes: Readonly<Record<string, readonly string[]>> = {
  "js-yaml": ["packages/core/src/yaml/"],
  yaml: ["packages/core/src/yaml/"],
  "@kubernetes/client-node": ["packages/kubectl-dbops/src/cluster/"],
  vscode: ["packages/vscode-dbops/src/"],
  "vscode-languageserver": ["packages/language-server/src/"],
};

const core = "packages/core/src";

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

function sourcesUnder(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesUnder(root, name);
    return name.endsWith(".ts") ? [name] : [];
  });
}

function importsOf(root: string, file: string): readonly Import[] {
  return readFileSync(path.join(root, file), "utf8")
    .split("\n")
    .flatMap((text, index) => {
      const target = /(?:^import\s|^\} from|\bfrom|\bimport\()\s*\(?"([^"]+)"/.exec(text)?.[1];
      return target === undefined ? [] : [{ file, line: index + 1, target }];
    });
}

type Floors = readonly (readonly string[])[];
const rankIn = (floors: Floors, folder: string): number => floors.findIndex((row) => row.includes(folder));
const rankOf = (folder: string): number => rankIn(layers, folder);
const folderIn = (parent: string, file: string): string | undefined =>
  file.startsWith(`${parent}/`) ? (file.slice(parent.length + 1).split("/")[0] ?? "") : undefined;
const folderOf = (file: string): string | undefined => folderIn(core, file);

/** Inside domain/, only build-topology.ts sees every subject. */
function complaintAboutSubject(file: string, resolved: string): string | undefined {
  const from = folderIn(`${core}/domain`, file);
  const to = folderIn(`${core}/domain`, resolved);
  if (from === undefined || to === undefined || from === to || from.endsWith(".ts")) return undefined;
  if (rankIn(subjects, to) < rankIn(subjects, from)) return undefined;
  return `domain/${from} is not above domain/${to} and cannot import it`;
}

function complaintAbout({ file, target }: Import): string | undefined {
  const library = Object.keys(homes).find((name) => target === name || target.startsWith(`${name}/`));
  if (library !== undefined && file.startsWith("packages/") && file.includes("/src/")) {
    const allowed = homes[library] ?? [];
    if (!allowed.some((home) => file.startsWith(home))) return `${library} is imported only in ${allowed.join(", ")}`;
  }
  if (target.startsWith("@dbops/core/")) return "packages import @dbops/core by its name, not a path in it";
  if (!target.startsWith(".")) return undefined;
  const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
  const [, fromPackage] = file.split("/");
  const [area, toPackage] = resolved.split("/");
  if (file.startsWith("packages/") && area === "tools") return "nothing imports tools/";
  if (file.startsWith("packages/") && toPackage !== fromPackage) return "packages import each other by name";
  const from = folderOf(file);
  const to = folderOf(resolved);
  if (from === undefined || to === undefined || from.endsWith(".ts")) return undefined;
  if (to.endsWith(".ts")) return "only hosts import the public surface";
  if (from === "rules" && to === "rules") {
    const isIndex = path.posix.dirname(file) === `${core}/rules`;
    return isIndex ? undefined : "rules do not import rules: what two know moves down";
  }
  if (from !== to && rankOf(to) >= rankOf(from)) return `${from}/ is below ${to}/ and cannot import it`;
  return complaintAboutSubject(file, resolved);
}

/** Folders that the list has and the disk has not, and the other way around. */
function foldersBesides(root: string, parent: string, floors: Floors): readonly string[] {
  const missing = floors
    .flat()
    .filter((folder) => !existsSync(path.join(root, parent, folder)))
    .map((folder) => `${parent}/${folder}: the layer list names a folder that does not exist`);
  const unlisted = readdirSync(path.join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && rankIn(floors, entry.name) < 0)
    .map((entry) => `${parent}/${entry.name}: no layer of tools/check-imports.ts`);
  return [...missing, ...unlisted];
}

/** Every import that breaks the layers, as `file:line: why`. */
export function checkImports(root: string): readonly string[] {
  const unlisted = [...foldersBesides(root, core, layers), ...foldersBesides(root, `${core}/domain`, subjects)];
  const broken = sourcesUnder(root, "packages")
    .flatMap((file) => importsOf(root, file))
    .flatMap((each) => {
      const complaint = complaintAbout(each);
      return complaint === undefined ? [] : [`${each.file}:${each.line}: ${complaint}`];
    });
  return [...unlisted, ...broken];
}
