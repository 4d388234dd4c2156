import assert from "node:assert/strict";
import fc from "fast-check";
import {
  allRules,
  categoryOf,
  createProject,
  fieldOf,
  type LiveObject,
  lint,
  liveFile,
  liveNameOf,
  readDump,
} from "../../src/index.ts";
import { parseDocuments } from "../../src/yaml/parse.ts";

function pod(more: object): LiveObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "db-0", namespace: "shop" }, ...more };
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }).filter((each) => !/\p{Surrogate}/u.test(each)),
  fc.constantFrom(
    "yes",
    "No",
    "~",
    "null",
    "1e3",
    "0x1f",
    "12:30:45",
    "2026-11-24",
    "50Gi",
    "500m",
    "1_000",
    "-c",
    "--",
    "---",
    "- a",
    "a: b",
    "a #b",
    "*a",
    "&a",
    "",
    " ",
  ),
  fc
    .array(
      fc.constantFrom("set -e", "", "  indented", "- item", "key: value", "tab\there", "# comment", "---", "trailing "),
      { maxLength: 6 },
    )
    .map((lines) => lines.join("\n")),
);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== "__proto__" && key.length < 100),
      tie("any"),
      { maxKeys: 4 },
    ),
  ),
})).any;

describe("a live object as a text", () => {
  it("holds what the object holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("env", "data", "spec", "status"), value, { maxKeys: 3 }), (fields) => {
        const object = pod(fields);
        const [document, ...rest] = parseDocuments(liveFile(object));
        assert.equal(rest.length, 0);
        assert.deepEqual(
          JSON.parse(JSON.stringify(document?.root?.value ?? document?.errors)),
          JSON.parse(JSON.stringify(object)),
        );
      }),
      { numRuns: 400 },
    );
  });

  it("leaves out what the API server keeps for itself, and the copy that kubectl apply leaves", () => {
    const metadata = {
      name: "db-0",
      resourceVersion: "17",
      managedFields: [{ manager: "kubectl" }],
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"password":"hunter2"}' },
    };
    assert.equal(liveFile(pod({ metadata })).text, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: db-0\n");
  });

  it("has a name and a field that people know", () => {
    const { uri } = liveFile({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "kustomization.yaml", namespace: "shop" },
    });
    assert.equal(liveNameOf(uri), "StatefulSet shop/kustomization.yaml");
    assert.equal(
      liveNameOf(liveFile({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "pv-1" } }).uri),
      "PersistentVolume pv-1",
    );
    assert.equal(liveNameOf("/shop/db.yaml"), undefined);
    assert.equal(fieldOf(["spec", "containers", 0, "image"]), ".spec.containers[0].image");
    assert.equal(fieldOf(["data", "pgbouncer.ini"]), ".data['pgbouncer.ini']");
  });
});

describe("a dump", () => {
  const objects = [pod({}), pod({ metadata: { name: "db-1", namespace: "shop" } })];
  const names = (dump: string): readonly string[] => readDump(dump).objects.map(({ metadata }) => metadata.name);

  it("is read in each form that kubectl writes", () => {
    const list = { apiVersion: "v1", kind: "List", items: objects, metadata: { resourceVersion: "" } };
    const typed = {
      apiVersion: "v1",
      kind: "PodList",
      items: objects.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest),
    };
    const item = (name: string): string =>
      `- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: ${name}\n  spec:\n    args:\n    - |\n      a\n\n      b\n`;
    const yaml = `apiVersion: v1\nitems:\n${item("db-0")}${item("db-1")}kind: List\nmetadata:\n  resourceVersion: ""\n`;
    for (const dump of [
      JSON.stringify(list),
      JSON.stringify(list, null, 2),
      JSON.stringify(typed, null, 4),
      yaml,
      objects.map((each) => liveFile(each).text).join("---\n"),
    ])
      assert.deepEqual(names(dump), ["db-0", "db-1"]);
    const streamed = `${JSON.stringify(typed, null, 4)}\n==== START logs for container c of pod shop/db-0 ====\n{not json\n==== END logs ====\n${JSON.stringify({ kind: "EventList", apiVersion: "v1", items: [] }, null, 4)}\n`;
    assert.deepEqual(names(streamed), ["db-0", "db-1"]);
    assert.equal(JSON.stringify(readDump(yaml).objects[0]?.spec), JSON.stringify({ args: ["a\n\nb\n"] }));
  });

  it("says which kinds there were none of", () => {
    assert.deepEqual(readDump('{"kind":"PodDisruptionBudgetList","items":[]}').emptyKinds, ["PodDisruptionBudget"]);
    assert.deepEqual(readDump('{"kind":"PodDisruptionBudgetList","items":null}').emptyKinds, ["PodDisruptionBudget"]);
    assert.deepEqual(readDump('{"kind":"List","items":[]}').emptyKinds, []);
  });

  const pretty = (value: unknown): string => JSON.stringify(value, null, 4);
  const compact = (value: unknown): string => JSON.stringify(value);
  const [first, second] = objects;
  const third = pod({ metadata: { name: "db-2", namespace: "shop" } });
  const listOf = (...items: readonly unknown[]): object => ({ apiVersion: "v1", items, kind: "List" });
  const typed = { kind: "PodList", apiVersion: "v1", metadata: {}, items: [{ metadata: { name: "db-9" } }] };
  const yamlOf = (object: unknown): string => liveFile(object as LiveObject).text;

  for (const [what, dump, expected] of [
    ["compact JSON after pretty JSON", `${pretty(first)}\n${compact(second)}\n`, ["db-0", "db-1"]],
    ["values without a line break between them", `${compact(first)}${compact(second)}`, ["db-0", "db-1"]],
    ["an array", pretty([first, second]), ["db-0", "db-1"]],
    ["an array with an object a line", `[\n${compact(first)},\n${compact(second)}\n]\n`, ["db-0", "db-1"]],
    ["lists in lists and arrays", compact([listOf(first, listOf(second, typed))]), ["db-0", "db-1", "db-9"]],
    [
      "JSON after YAML after JSON",
      `${pretty(first)}\n---\n${yamlOf(second)}---\n${compact(third)}`,
      ["db-0", "db-1", "db-2"],
    ],
    [
      "YAML lists one after the other",
      `${[first, second].map((each) => `apiVersion: v1\nitems:\n- ${yamlOf(each).trimEnd().replaceAll("\n", "\n  ")}\nkind: List\n`).join("---\n")}`,
      ["db-0", "db-1"],
    ],
    [
      "YAML and JSON appended to each other without a separator",
      `${[first, second].map((each) => `apiVersion: v1\nitems:\n- ${yamlOf(each).trimEnd().replaceAll("\n", "\n  ")}\nkind: List\nmetadata:\n  resourceVersion: ""\n`).join("")}${pretty(listOf(third))}\n${yamlOf(pod({ metadata: { name: "db-3" } }))}${yamlOf(pod({ metadata: { name: "db-4" } }))}`,
      ["db-0", "db-1", "db-2", "db-3", "db-4"],
    ],
    [
      "a YAML list that says what it holds",
      "apiVersion: v1\nitems:\n- metadata:\n    name: db-9\nkind: PodList\nmetadata: {}\n",
      ["db-9"],
    ],
    [
      "a YAML list whose kind is first",
      "kind: PodList\napiVersion: v1\nitems:\n- metadata:\n    name: db-9\n",
      ["db-9"],
    ],
    [
      "a YAML list as yq indents it",
      'apiVersion: v1\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: db-0\n  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: db-1\nkind: List\nmetadata:\n  resourceVersion: ""\n',
      ["db-0", "db-1"],
    ],
    [
      "a YAML list with comments of people",
      "apiVersion: v1\nkind: PodList\n# of the shop\nitems:\n    # the first\n\n    - metadata:\n        name: db-0\n  # the second\n    - metadata:\n        name: db-1\n",
      ["db-0", "db-1"],
    ],
    [
      "a YAML list whose items begin with lines of their own",
      "apiVersion: v1\nkind: PodList\nitems:\n  -\n    metadata:\n      name: db-0\n",
      ["db-0"],
    ],
    ["a YAML sequence", `- ${yamlOf(first).trimEnd().replaceAll("\n", "\n  ")}\n`, ["db-0"]],
    [
      "line ends of Windows, behind a byte order mark",
      `\ufeff${yamlOf(first)}---\n${yamlOf(second)}`.replaceAll("\n", "\r\n"),
      ["db-0", "db-1"],
    ],
  ] as const)
    it(`is read as ${what}`, () => {
      assert.deepEqual(names(dump), expected);
      assert.deepEqual(readDump(dump).problems, []);
    });

  const cut = pretty(listOf(first, second, third));
  for (const [what, dump, expected, problems] of [
    [
      "a list that ends too early",
      cut.slice(0, cut.indexOf("db-2")),
      ["db-0", "db-1"],
      ["it is not JSON from line 20 on; 2 objects of what begins at line 1 were read"],
    ],
    [
      "a broken item of a list",
      cut.replace('"db-1"', "db-1"),
      ["db-0", "db-2"],
      ["it is not JSON from line 12 on; 2 objects of what begins at line 1 were read"],
    ],
    [
      "a typed list that ends too early",
      compact({ ...typed, items: [...typed.items, { metadata: { name: "db-8" } }] }).slice(0, -6),
      ["db-9"],
      ["it is not JSON from line 1 on; one object of what begins at line 1 was read"],
    ],
    [
      "a broken value before others",
      `{"kind": hunter2}\n${pretty(first)}\n{"kind": "Po\n---\n${yamlOf(second)}`,
      ["db-0", "db-1"],
      [
        "it is not JSON from line 1 on; nothing of what begins at line 1 was read",
        "it is not JSON from line 10 on; nothing of what begins at line 10 was read",
      ],
    ],
    [
      "a broken item of a YAML list",
      "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: *hunter2}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: db-1}\nkind: List\n",
      ["db-1"],
      ["line 5: this is not YAML"],
    ],
    [
      "a YAML list that ends too early",
      "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: db-0\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: db-1\n",
      ["db-0"],
      ["the list ends at line 11 without its kind: it was cut off, and its last item (line 7) was not read"],
    ],
    [
      "a broken document among others",
      `${yamlOf(first)}---\na: [\n---\n${yamlOf(second)}`,
      ["db-0", "db-1"],
      ["line 7: this is not YAML"],
    ],
  ] as const)
    it(`loses nothing else to ${what}, and says where it is`, () => {
      assert.deepEqual(names(dump), expected);
      assert.deepEqual(readDump(dump).problems, problems);
    });

  it("reads what nothing but beginnings is in a time that grows with the text", () => {
    for (const line of ["{\n", '{"\n', "[\n", "- a: [\n", '{"items":[{\n'])
      assert.ok(readDump(line.repeat(20_000)).objects.length === 0);
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    assert.equal(readDump(deep).problems.length, 1);
  }).timeout(20_000);

  it("keeps objects whose labels, annotations or namespace are none", () => {
    const odd = pod({ metadata: { name: "db-0", namespace: null, labels: null, annotations: ["a"] } });
    const mixed = pod({ metadata: { name: "db-1", labels: { app: "db", n: 1 } } });
    assert.deepEqual(
      readDump(compact([odd, mixed])).objects.map(({ metadata }) => metadata),
      [{ name: "db-0" }, { name: "db-1", labels: { app: "db" } }],
    );
  });

  it("has no Secrets, no names that no API server lets in, and says what cannot be read", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
    const strange = pod({ metadata: { name: "x\n  hostNetwork: true" } });
    assert.deepEqual(names(JSON.stringify({ kind: "List", items: [secret, strange, ...objects] })), ["db-0", "db-1"]);
    assert.equal(readDump('{"kind": "List", ').problems.length, 1);
    assert.equal(readDump("a: [\n").problems.length, 1);
  });
});

describe("a cluster's objects", () => {
  it("are judged through what they were made of", () => {
    const owner = (kind: string, name: string): object => ({
      ownerReferences: [{ apiVersion: "apps/v1", kind, name, controller: true }],
    });
    const set = (name: string, ...templates: readonly string[]): LiveObject => ({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name, namespace: "shop" },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", image: "postgres:17" }] } },
        volumeClaimTemplates: templates.map((template) => ({ metadata: { name: template } })),
      },
    });
    const claim = (name: string): LiveObject => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, namespace: "shop" },
      spec: { accessModes: [] },
    });
    const all = [
      set("db", "data", "data-orders"),
      set("orders-db", "data"),
      claim("data-orders-db-0"),
      claim("data-other-0"),
      pod({
        metadata: { name: "db-0", namespace: "shop", ...owner("StatefulSet", "db") },
        spec: { containers: [{ name: "c", image: "postgres:17" }] },
      }),
      pod({
        metadata: { name: "alone", namespace: "shop", ...owner("Widget", "w") },
        spec: { containers: [{ name: "c", image: "postgres:17" }] },
      }),
    ];
    const files = all.map(liveFile);
    const project = createProject({ files, configs: [], root: "/", view: "cluster", today: "2026-11-24", rules: [] });
    const [workspace] = lint({ project, requested: new Set(files.map(({ uri }) => uri)), onCrash: "throw" }).workspaces;
    assert.deepEqual(
      [...(workspace?.resources ?? [])].map(({ name }) => name),
      ["db", "orders-db", "data-other-0", "alone"],
    );
    const live = workspace?.live;
    const db = live?.find("StatefulSet", "db", "shop");
    assert.ok(live !== undefined && db !== undefined);
    assert.deepEqual(
      live.podsOf(db).map(({ name }) => name),
      ["db-0"],
    );
    const made = live.find("PersistentVolumeClaim", "data-orders-db-0", "shop");
    assert.equal(made === undefined ? undefined : live.templateOf(made)?.ordinal, 0);
  });
});

describe("rules about something absent", () => {
  it("say of which kinds, so that a cluster that may not list them is not accused", () => {
    // What these miss is in a field of the object itself, or in a manifest that only files show.
    const ofFiles = [
      "backup-overwrites-last-one",
      "backup-stays-in-cluster",
      "bucket-expires-backups",
      "certificate-outlives-its-ca",
      "cnpg-clusters-share-archive",
      "cnpg-recovery-left-in-place",
      "gitops-force-recreates-databases",
      "gitops-prunes-database",
    ];
    const silent = allRules.filter(
      ({ id, meta }) => meta.needs === "folder" && meta.misses === undefined && categoryOf(id) !== "change",
    );
    assert.deepEqual(silent.map(({ id }) => id).sort(), ofFiles);
  });
});
