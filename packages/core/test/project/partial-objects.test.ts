import assert from "node:assert/strict";
import type { LintResult } from "../../src/index.ts";
import { lintFiles, places } from "../support/lint.ts";

const database = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  serviceName: orders-db
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      terminationGracePeriodSeconds: 10
      containers:
        - name: mysql
          image: mysql:8.4.2
          resources: { limits: { memory: 1Gi } }
          volumeMounts: [{ name: data, mountPath: /var/lib/mysql }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;
const patch = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  template:
    spec:
      containers:
        - name: mysql
          image: mysql:latest
`;

const notLinted = (files: Readonly<Record<string, string>>): readonly string[] =>
  lintFiles({ ".dbops.yaml": "extends: all\n", ...files }).notLinted.map(
    (each) => `${each.uri.replace("/shop/", "")} ${each.document} ${each.reason}`,
  );

describe("partial objects", () => {
  it("judges no object that a test of Kyverno hands to a policy", () => {
    const test =
      "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: { name: limits }\nresources: [resources.yaml]\n";
    const all = { "tests/resources.yaml": database, ".dbops.yaml": "extends: all\n" };
    assert.ok(lintFiles(all).findings.length > 0);
    const result = lintFiles({ ...all, "tests/kyverno-test.yaml": test });
    assert.deepEqual(places(result), []);
    assert.deepEqual(
      result.notLinted.map(({ reason }) => reason),
      ["partial"],
    );
  });

  const missingLimit = database.replace("          resources: { limits: { memory: 1Gi } }\n", "");
  const patched = (kustomization: string, files: Readonly<Record<string, string>> = {}): LintResult =>
    lintFiles({
      "kustomization.yaml": `resources: [db.yaml]\n${kustomization}`,
      "db.yaml": missingLimit,
      ...files,
      ".dbops.yaml": "extends: all\n",
    });
  const found = (result: LintResult, rule: string): readonly string[] =>
    places(result).filter((place) => place.startsWith(`${rule} `));

  it("a kustomize patch is applied: what it writes is judged at its line, what it leaves alone at the base's", () => {
    for (const [kustomization, line] of [
      ["patches:\n  - path: patch.yaml\n", "patch.yaml:9"],
      ["patchesStrategicMerge: [patch.yaml]\n", "patch.yaml:9"],
      [
        "patches:\n  - target: { kind: StatefulSet }\n    patch: |\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: mysql:latest\n",
        "kustomization.yaml:7",
      ],
      ["images: [{ name: mysql, newTag: latest }]\n", "kustomization.yaml:2"],
    ] as const) {
      const result = patched(kustomization, kustomization.includes("patch.yaml") ? { "patch.yaml": patch } : {});
      assert.deepEqual(found(result, "database-image-unpinned"), [`database-image-unpinned ${line}`]);
      assert.deepEqual(found(result, "database-without-memory-limit"), ["database-without-memory-limit db.yaml:13"]);
      assert.deepEqual(found(result, "claims-deleted-with-statefulset"), ["claims-deleted-with-statefulset db.yaml:6"]);
      assert.equal(result.counts.databases, 1, "the patch is no second database");
    }
  });

  it("an image that kustomize would refuse is unknown", () => {
    const result = patched("images: [{ name: mysql, newTag: { name: latest } }]\n");
    assert.deepEqual(found(result, "database-image-unpinned"), []);
    assert.ok(!JSON.stringify(result.findings).includes("mysql:"));
  });

  it("a base that its overlay repairs is quiet", () => {
    const limits =
      "spec:\n  template:\n    spec:\n      containers: [{ name: mysql, resources: { limits: { memory: 1Gi } } }]\n";
    const result = patched("patches: [{ path: patch.yaml }]\n", {
      "patch.yaml": `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: orders-db }\n${limits}`,
    });
    assert.deepEqual(found(result, "database-without-memory-limit"), []);
    assert.deepEqual(result.notLinted, []);
  });

  for (const [what, kustomization] of [
    [
      "a target by an expression",
      "patches:\n  - target: { kind: Stateful(Set)? }\n    patch: |\n      - op: remove\n        path: /spec/replicas\n",
    ],
    ["a patch that is not there", "patches:\n  - { path: none.yaml, target: { kind: StatefulSet } }\n"],
    [
      "a replacement",
      "replacements:\n  - source: { kind: Service, name: web, fieldPath: metadata.name }\n    targets:\n      - { select: { kind: StatefulSet }, fieldPaths: [spec.serviceName] }\n",
    ],
  ] as const)
    it(`an object that only kustomize can build is counted, explained and not judged: ${what}`, () => {
      const result = patched(kustomization);
      assert.deepEqual(
        result.findings.filter((finding) => finding.location.uri.endsWith("db.yaml")),
        [],
      );
      assert.deepEqual(
        result.notLinted.map(({ uri, reason }) => `${uri} ${reason}`),
        ["/shop/db.yaml patched"],
      );
      assert.match(result.notLinted[0]?.message ?? "", /kubectl dbops lint -k/);
    });

  it("an object that another one owns is left to its owner", () => {
    const owned = database.replace(
      "{ name: orders-db }",
      "{ name: orders-db, ownerReferences: [{ apiVersion: db.example.com/v1, kind: Orders, name: o, uid: u }] }",
    );
    assert.deepEqual(
      lintFiles({ "db.yaml": owned, ".dbops.yaml": "extends: all\n" }).findings.filter(
        ({ ruleId }) => !/^(exported-from-cluster|database-without-backup)$/.test(ruleId),
      ),
      [],
    );
  });

  it("a component that nothing includes is a part", () => {
    const result = patched("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n");
    assert.deepEqual(result.findings, []);
    assert.deepEqual(
      result.notLinted.map(({ reason }) => reason),
      ["partial"],
    );
  });

  const fragments: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "a workload without an image",
      patch.replace("          image: mysql:latest\n", "          env: []\n"),
      ["x.yaml 1 partial"],
    ],
    [
      "a workload with a container that has no name, as a test asserts it",
      database.replace("name: mysql\n          image", "image"),
      ["x.yaml 1 partial"],
    ],
    [
      "a workload without a template",
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: orders-db }\nspec:\n  replicas: 3\n",
      ["x.yaml 1 partial"],
    ],
    [
      "an object without a name",
      "apiVersion: v1\nkind: Service\nspec:\n  ports: [{ port: 5432 }]\n",
      ["x.yaml 1 partial"],
    ],
    [
      "a deletion",
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: orders-db }\n$patch: delete\n",
      ["x.yaml 1 partial"],
    ],
    [
      "a Service's type alone",
      "apiVersion: v1\nkind: Service\nmetadata: { name: orders-db }\nspec:\n  type: LoadBalancer\n",
      ["x.yaml 1 partial"],
    ],
    ["a template", `${database}{{- if .Values.more }}\nx: 1\n{{- end }}\n`, ["x.yaml 1 template"]],
    ["a broken document", `${database}x: [\n`, ["x.yaml 1 not-yaml"]],
    [
      "an encrypted Secret",
      "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nsops: { mac: x }\n",
      ["x.yaml 1 encrypted"],
    ],
    ["a whole object beside them", database, []],
  ];
  for (const [name, text, expected] of fragments)
    it(`${name}: ${expected.length === 0 ? "linted" : "not linted"}`, () => {
      assert.deepEqual(notLinted({ "x.yaml": text }), expected);
      if (expected.length > 0) {
        const { findings } = lintFiles({ "x.yaml": text });
        assert.deepEqual(
          findings.filter((finding) => finding.ruleId !== "document-not-yaml"),
          [],
        );
      }
    });

  it("a chart's template is named with the way to render it", () => {
    const files = { "chart/Chart.yaml": "name: shop\n", "chart/templates/db.yaml": database };
    assert.deepEqual(notLinted(files), ["chart/templates/db.yaml 1 template"]);
    assert.match(lintFiles(files).notLinted[0]?.message ?? "", /kubectl dbops lint --helm/);
  });

  it("values that are named as a manifest's templates would be, are no objects", () => {
    assert.deepEqual(notLinted({ "chart/Chart.yaml": "name: shop\n", "chart/values.yaml": database }), []);
  });
});

describe("a base that several overlays render", () => {
  const files = {
    "base/kustomization.yaml": "resources: [db.yaml]\n",
    "base/db.yaml": database,
    "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
  };
  it("has each fault once, at the base's line, with the overlays as related places", () => {
    const result = lintFiles(files);
    const graces = result.findings.filter((finding) => finding.ruleId === "grace-period-too-short");
    assert.equal(graces.length, 1);
    const [grace] = graces;
    assert.deepEqual(places({ findings: graces, files: result.files }), ["grace-period-too-short base/db.yaml:11"]);
    assert.deepEqual(grace?.related.map((related) => related.uri).sort(), [
      "/shop/overlays/dev/kustomization.yaml",
      "/shop/overlays/prod/kustomization.yaml",
    ]);
    for (const { uri } of grace?.related ?? []) assert.ok(result.files.has(uri), "a reporter can show the place");
    assert.equal(result.counts.databases, 1);
    assert.equal(result.counts.objects, 1);
  });
  it("one overlay alone adds no places", () => {
    const { "overlays/prod/kustomization.yaml": _, ...one } = files;
    const [grace] = lintFiles(one).findings.filter((finding) => finding.ruleId === "grace-period-too-short");
    assert.deepEqual(grace?.related, []);
  });
  it("what one overlay patches is not called absent there, and is judged for the other", () => {
    const prod = {
      ...files,
      "overlays/prod/kustomization.yaml": "resources: [../../base]\npatches:\n  - path: p.yaml\n",
      "overlays/prod/p.yaml": patch,
    };
    const { findings } = lintFiles(prod, { requested: ["base/db.yaml"] });
    assert.ok(findings.every((finding) => finding.location.uri === "/shop/base/db.yaml"));
  });
});
