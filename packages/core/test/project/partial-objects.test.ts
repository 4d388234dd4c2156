import assert from "node:assert/strict";
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
  it("a kustomize patch is counted, explained and not judged", () => {
    const files = {
      "kustomization.yaml": "resources: [db.yaml]\npatches:\n  - path: patch.yaml\n",
      "db.yaml": database,
      "patch.yaml": patch,
    };
    assert.deepEqual(notLinted(files), ["patch.yaml 1 partial"]);
    const result = lintFiles({ ...files, ".dbops.yaml": "extends: all\n" });
    assert.deepEqual(
      result.findings.filter((finding) => finding.location.uri.endsWith("patch.yaml")),
      [],
    );
    assert.match(result.notLinted[0]?.message ?? "", /a part of StatefulSet orders-db/);
    assert.equal(result.counts.databases, 1, "the patch is no second database");
  });

  it("nothing is called absent in an object that a patch touches", () => {
    const missingLimit = database.replace("          resources: { limits: { memory: 1Gi } }\n", "");
    const alone = lintFiles({ "db.yaml": missingLimit, ".dbops.yaml": "extends: all\n" });
    assert.ok(places(alone).some((place) => place.startsWith("database-without-memory-limit")));
    for (const kustomization of [
      "resources: [db.yaml]\npatches:\n  - path: patch.yaml\n",
      "resources: [db.yaml]\npatchesStrategicMerge: [patch.yaml]\n",
      "resources: [db.yaml]\npatches:\n  - target: { kind: StatefulSet }\n    patch: |\n      - op: add\n        path: /spec/template\n        value: {}\n",
      "resources: [db.yaml]\npatches:\n  - patch: |\n      kind: StatefulSet\n      metadata:\n        name: orders-db\n",
    ]) {
      const result = lintFiles({
        "kustomization.yaml": kustomization,
        "db.yaml": missingLimit,
        ...(kustomization.includes("patch.yaml") ? { "patch.yaml": patch } : {}),
        ".dbops.yaml": "extends: all\n",
      });
      assert.deepEqual(
        places(result).filter((place) => place.startsWith("database-without-memory-limit")),
        [],
        kustomization,
      );
      assert.ok(
        places(result).some((place) => place.startsWith("claims-deleted-with-statefulset")),
        "what is written is judged",
      );
    }
  });

  const fragments: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "a workload without an image",
      patch.replace("          image: mysql:latest\n", "          env: []\n"),
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
    assert.match(lintFiles(files).notLinted[0]?.message ?? "", /helm template/);
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
    const { findings } = lintFiles(prod, { asked: ["base/db.yaml"] });
    assert.ok(findings.every((finding) => finding.location.uri === "/shop/base/db.yaml"));
  });
});
