import assert from "node:assert/strict";
import { allRules, createProject, type Origin, SourceFile } from "../../src/index.ts";

type Tree = Readonly<Record<string, string>>;

const object = (kind: string, name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace === undefined ? "" : `  namespace: ${namespace}\n`}`;
const service = (name: string, namespace?: string): string => object("Service", name, namespace);
const kustomization = (...resources: readonly string[]): string =>
  `resources:\n${resources.map((resource) => `  - ${resource}\n`).join("")}`;

const flux = (name: string, path: string, more = ""): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: ${name}\nspec:\n  path: ${path}\n  ${more}\n`;

/** The units as `kind folder: file, file`, below /shop. */
function unitsOf(tree: Tree, origin: Origin = "file", root = "/shop"): readonly string[] {
  const files = Object.entries(tree).map(([path, text]) => new SourceFile(`${root}/${path}`, text, origin));
  const { units } = createProject({ files, configs: [], root, view: "folder", today: "2026-11-24", rules: allRules });
  const short = (uri: string): string => (uri === root ? "." : uri.replace(`${root}/`, ""));
  return units.map(
    (unit) =>
      `${unit.kind} ${short(unit.name)}: ${unit.files
        .map((file) => short(file.uri))
        .sort()
        .join(", ")}`,
  );
}

const cases: readonly (readonly [name: string, tree: Tree, units: readonly string[]])[] = [
  [
    "one folder with its sub-folders",
    { "db/postgres.yaml": service("db"), "api.yaml": service("api") },
    ["folder .: api.yaml, db/postgres.yaml"],
  ],
  [
    "sibling folders db and backup are applied together",
    { "db/postgres.yaml": service("db"), "backup/dump.yaml": object("CronJob", "dump") },
    ["folder .: backup/dump.yaml, db/postgres.yaml"],
  ],
  [
    "dev and prod with the same names are two",
    {
      "dev/db.yaml": service("db"),
      "dev/api.yaml": service("api"),
      "prod/db.yaml": service("db"),
      "prod/api.yaml": service("api"),
    },
    ["folder dev: dev/api.yaml, dev/db.yaml", "folder prod: prod/api.yaml, prod/db.yaml"],
  ],
  [
    "dev and prod with the same names and other namespaces are one",
    { "dev/db.yaml": service("db", "dev"), "prod/db.yaml": service("db", "prod") },
    ["folder .: dev/db.yaml, prod/db.yaml"],
  ],
  [
    "the same Namespace object in two folders parts nothing",
    {
      "db/ns.yaml": object("Namespace", "shop"),
      "db/db.yaml": service("db"),
      "api/ns.yaml": object("Namespace", "shop"),
      "api/api.yaml": service("api"),
    },
    ["folder .: api/api.yaml, api/ns.yaml, db/db.yaml, db/ns.yaml"],
  ],
  [
    "a clash deep below parts only the folders that clash",
    { "api.yaml": service("api"), "env/dev/db.yaml": service("db"), "env/prod/db.yaml": service("db") },
    ["folder .: api.yaml", "folder env/dev: env/dev/db.yaml", "folder env/prod: env/prod/db.yaml"],
  ],
  [
    "a base and two overlays: the base belongs to each, and is none itself",
    {
      "base/kustomization.yaml": kustomization("db.yaml"),
      "base/db.yaml": service("db"),
      "overlays/dev/kustomization.yaml": kustomization("../../base"),
      "overlays/prod/kustomization.yaml": `${kustomization("../../base", "budget.yaml")}patches:\n  - path: replicas.yaml\n`,
      "overlays/prod/budget.yaml": object("PodDisruptionBudget", "db"),
      "overlays/prod/replicas.yaml": object("StatefulSet", "db"),
    },
    [
      "kustomization overlays/dev: base/db.yaml",
      "kustomization overlays/prod: base/db.yaml, overlays/prod/budget.yaml, overlays/prod/replicas.yaml",
    ],
  ],
  [
    "a base that no overlay reaches stands alone",
    { "base/kustomization.yml": kustomization("db.yaml"), "base/db.yaml": service("db"), "loose.yaml": service("x") },
    ["kustomization base: base/db.yaml", "folder .: loose.yaml"],
  ],
  [
    "components and nested bases are reached",
    {
      "app/kustomization.yaml": `resources: [../db]\ncomponents: [../backup]\n`,
      "db/kustomization.yaml": kustomization("db.yaml"),
      "db/db.yaml": service("db"),
      "backup/kustomization.yaml": `kind: Component\nresources: [dump.yaml]\n`,
      "backup/dump.yaml": object("CronJob", "dump"),
    },
    ["kustomization app: backup/dump.yaml, db/db.yaml"],
  ],
  [
    "two kustomizations that reach each other end",
    {
      "a/kustomization.yaml": kustomization("../b", "a.yaml"),
      "a/a.yaml": service("a"),
      "b/kustomization.yaml": kustomization("../a"),
    },
    [],
  ],
  [
    "a Kustomization of Flux is an object, not a unit",
    {
      "flux/kustomization.yaml":
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop}\n",
      "db.yaml": service("db"),
    },
    ["folder .: db.yaml"],
  ],
  [
    "what a Kustomization of Flux applies is a unit with the components that it adds, once per Kustomization",
    {
      "clusters/home/cart.yaml": flux("home", "./apps/cart", "components: [../../components/db]"),
      "clusters/test/cart.yaml": flux("test", "apps/cart/"),
      "clusters/test/none.yaml": flux("none", "./apps/none"),
      "apps/cart/kustomization.yaml": kustomization("api.yaml"),
      "apps/cart/api.yaml": service("api"),
      "components/db/kustomization.yaml": "kind: Component\nresources: [db.yaml]\n",
      "components/db/db.yaml": service("db"),
    },
    [
      "folder clusters: clusters/home/cart.yaml, clusters/test/cart.yaml, clusters/test/none.yaml",
      "kustomization apps/cart: apps/cart/api.yaml",
      "kustomization apps/cart: apps/cart/api.yaml, components/db/db.yaml",
    ],
  ],
  [
    "a broken kustomization leaves its files to their folder",
    { "base/kustomization.yaml": "resources: [db.yaml\n", "base/db.yaml": service("db") },
    ["folder base: base/db.yaml"],
  ],
  [
    "a chart, with its sub-chart as another; values are no manifests",
    {
      "chart/Chart.yaml": "name: shop\n",
      "chart/values.yaml": "image: postgres\n",
      "chart/values-prod.yaml": "image: postgres\n",
      "chart/templates/db.yaml": service("{{ .Release.Name }}"),
      "chart/charts/redis/Chart.yaml": "name: redis\n",
      "chart/charts/redis/templates/redis.yaml": service("redis"),
      "api.yaml": service("api"),
    },
    [
      "chart chart: chart/templates/db.yaml",
      "chart chart/charts/redis: chart/charts/redis/templates/redis.yaml",
      "folder .: api.yaml",
    ],
  ],
  ["nothing", {}, []],
];

describe("what is applied together", () => {
  for (const [name, tree, units] of cases) it(name, () => assert.deepEqual(unitsOf(tree).toSorted(), units.toSorted()));

  it("a single file outside a repository is its folder's only one", () => {
    assert.deepEqual(unitsOf({ "db.yaml": service("db") }, "file", "/home/ada"), ["folder .: db.yaml"]);
  });

  it("files that share only the file system's root, and a project whose root it is", () => {
    const tree = { "srv/shop/db.yaml": service("db"), "home/ada/db.yaml": service("db"), "pool.yaml": service("pool") };
    const apart = ["folder .: pool.yaml", "folder home: home/ada/db.yaml", "folder srv: srv/shop/db.yaml"];
    assert.deepEqual(unitsOf(tree, "file", "").toSorted(), apart);
    const { "pool.yaml": _, ...deep } = tree;
    assert.deepEqual(unitsOf(deep, "file", "").toSorted(), apart.slice(1));
    const files = Object.entries(tree).map(([path, text]) => new SourceFile(`/${path}`, text));
    const project = { configs: [], view: "folder", today: "2026-11-24", rules: allRules, exclude: ["srv/**"] } as const;
    const { units } = createProject({ ...project, files, root: "/" });
    assert.deepEqual(
      units.flatMap((unit) => unit.files.map(({ uri }) => uri)),
      ["/home/ada/db.yaml", "/pool.yaml"],
    );
  });

  it("standard input is one unit, whatever it holds twice", () => {
    assert.deepEqual(unitsOf({ "-": `${service("db")}---\n${service("db")}` }, "stdin"), ["stdin -: -"]);
  });
});
