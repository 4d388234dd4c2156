import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { allRules, createProject, SourceFile } from "../../src/index.ts";
import { readResources } from "../../src/kube/read-resources.ts";
import type { YamlNode } from "../../src/yaml/node.ts";
import { parseDocuments } from "../../src/yaml/parse.ts";

const database = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
  labels: { tier: data }
spec:
  serviceName: orders-db-headless
  replicas: 1
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      terminationGracePeriodSeconds: 10
      containers:
        - name: postgres
          image: postgres:16.2
          args: [-c, max_connections=100]
          env:
            - { name: POSTGRES_DB, value: orders }
            - { name: PGDATA, value: /data/pg }
          ports: [{ containerPort: 5432, name: sql }, { containerPort: 9187 }]
          volumeMounts: [{ name: data, mountPath: /data }, { name: conf, mountPath: /conf }]
        - name: exporter
          image: registry.local:5000/exporter@sha256:${"0".repeat(64)}
      volumes:
        - name: data
          emptyDir: {}
        - name: conf
          configMap: { name: conf }
`;
const service = `apiVersion: v1
kind: Service
metadata: { name: orders-db }
spec:
  selector: { app: orders-db }
  ports: [{ port: 5432, name: sql }, { port: 9187, name: metrics }]
`;
const cluster = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: carts }
spec:
  instances: 3
  storage: { size: 1Gi }
  postgresql:
    pg_hba: [host all all all scram-sha-256]
    parameters: { max_connections: "100" }
`;
const base = {
  "base/kustomization.yaml": "resources: [db.yaml, svc.yaml, cluster.yaml]\n",
  "base/db.yaml": database,
  "base/svc.yaml": service,
  "base/cluster.yaml": cluster,
};
const head = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: orders-db }\n";
const merge = (spec: string): Record<string, string> => ({
  ...base,
  "top/kustomization.yaml": "resources: [../base]\npatches: [{ path: patch.yaml }]\n",
  "top/patch.yaml": `${head}${spec}`,
});
const operations = (text: string, target = "{ kind: StatefulSet }"): Record<string, string> => ({
  ...base,
  "top/kustomization.yaml": `resources: [../base]\npatches:\n  - target: ${target}\n    patch: |-\n${text.replace(/^/gm, "      ")}\n`,
});
const kustomization = (text: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  ...base,
  ...more,
  "top/kustomization.yaml": text,
});

/** What overlays write, by what of it is easy to get wrong. Each is built by the real kustomize too. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a scalar, replaced and added": merge("spec:\n  replicas: 3\n  podManagementPolicy: Parallel\n"),
  "null deletes": merge("spec:\n  replicas: null\n  template: { spec: { terminationGracePeriodSeconds: null } }\n"),
  "a container by name, one more before the others": merge(
    "spec:\n  template:\n    spec:\n      containers:\n        - { name: backup, image: backup:1 }\n        - { name: postgres, image: postgres:17.1, args: [-c, fsync=off] }\n",
  ),
  "variables, mounts and ports by their keys": merge(
    "spec:\n  template:\n    spec:\n      containers:\n        - name: postgres\n          env: [{ name: PGDATA, value: /data/17 }, { name: TZ, value: UTC }]\n          volumeMounts: [{ mountPath: /conf, readOnly: true, name: conf }, { name: wal, mountPath: /wal }]\n          ports: [{ containerPort: 9187, name: metrics }]\n",
  ),
  "an emptyDir replaced by a claim": merge(
    "spec:\n  template:\n    spec:\n      volumes:\n        - { name: data, emptyDir: null, persistentVolumeClaim: { claimName: data } }\n",
  ),
  "an item deleted": merge(
    "spec:\n  template:\n    spec:\n      containers: [{ name: exporter, $patch: delete }]\n      volumes: [{ name: conf, $patch: delete }]\n",
  ),
  "a map replaced": merge(
    "spec:\n  template:\n    spec:\n      $patch: replace\n      containers: [{ name: mysql, image: mysql:8.4 }]\n",
  ),
  "lists that have no merge key are replaced": merge(
    "spec:\n  volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: fast } }]\n  template: { spec: { tolerations: [{ key: db, operator: Exists }] } }\n",
  ),
  "an object deleted": merge("$patch: delete\n"),
  "a custom resource's list is replaced, its maps are merged": kustomization(
    "resources: [../base]\npatchesStrategicMerge: [p.yaml]\n",
    {
      "top/p.yaml":
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: carts }\nspec:\n  postgresql:\n    pg_hba: [local all all peer]\n    parameters: { work_mem: 64MB }\n",
    },
  ),
  "a Service's ports": kustomization("resources: [../base]\npatchesStrategicMerge: [p.yaml]\n", {
    "top/p.yaml":
      "apiVersion: v1\nkind: Service\nmetadata: { name: orders-db }\nspec:\n  clusterIP: None\n  ports: [{ port: 5432, targetPort: sql }, { port: 80 }]\n",
  }),
  "operations: replace, add, remove": operations(
    "- { op: replace, path: /spec/replicas, value: 5 }\n- { op: add, path: /spec/template/spec/containers/0/env/-, value: { name: TZ, value: UTC } }\n- { op: add, path: /spec/template/spec/containers/0/env/0, value: { name: A, value: B } }\n- { op: remove, path: /spec/template/spec/containers/1 }\n- { op: add, path: /metadata/labels/example.com~1team, value: data }",
  ),
  "operations: move, copy, test": operations(
    "- { op: test, path: /spec/replicas, value: 1 }\n- { op: copy, from: /spec/replicas, path: /spec/minReadySeconds }\n- { op: move, from: /spec/template/spec/volumes/0, path: /spec/template/spec/volumes/1 }",
  ),
  "operations in JSON": operations('[{"op": "replace", "path": "/spec/replicas", "value": 7}]'),
  "a target by a part of its name": operations(
    "- { op: replace, path: /spec/replicas, value: 5 }",
    '{ kind: StatefulSet, name: "orders.*" }',
  ),
  "a target by alternatives": operations(
    "- { op: replace, path: /spec/replicas, value: 5 }",
    '{ kind: StatefulSet, name: "carts|orders-db" }',
  ),
  "a target by label": operations("- { op: replace, path: /spec/replicas, value: 5 }", "{ labelSelector: tier=data }"),
  "a target that is another group": operations(
    "- { op: add, path: /spec/instances, value: 5 }",
    "{ group: postgresql.cnpg.io }",
  ),
  "a merge over all of a kind": kustomization(
    "resources: [../base]\npatches:\n  - target: { kind: StatefulSet }\n    patch: |\n      apiVersion: apps/v1\n      kind: StatefulSet\n      metadata: { name: any }\n      spec: { replicas: 2 }\n",
  ),
  "a merge renames nothing": kustomization(
    "resources: [../base]\npatches:\n  - target: { kind: StatefulSet }\n    patch: |\n      apiVersion: apps/v9\n      kind: Deployment\n      metadata: { name: any, namespace: there }\n      spec: { replicas: 2 }\n",
  ),
  "a merge that may rename": kustomization(
    "resources: [../base]\npatches:\n  - target: { kind: StatefulSet }\n    options: { allowNameChange: true, allowKindChange: true }\n    patch: |\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: any, namespace: there }\n      spec: { replicas: 2 }\n",
  ),
  "operations rename": operations("- { op: replace, path: /metadata/name, value: any }"),
  "replicas and images": kustomization(
    `resources: [../base]\nreplicas: [{ name: orders-db, count: 4 }]\nimages:\n  - { name: postgres, newTag: "17.2" }\n  - { name: "registry.local:5000/exporter", newName: other/exporter }\n`,
  ),
  "an image by digest": kustomization(
    `resources: [../base]\nimages: [{ name: postgres, newName: mirror/postgres, digest: "sha256:${"a".repeat(64)}" }]\n`,
  ),
  "two overlays, the outer one wins": {
    ...base,
    "mid/kustomization.yaml": "resources: [../base]\nreplicas: [{ name: orders-db, count: 2 }]\n",
    "top/kustomization.yaml": "resources: [../mid]\npatches: [{ path: p.yaml }]\n",
    "top/p.yaml": `${head}spec: { replicas: 9 }\n`,
  },
  "a component changes what was gathered before it": {
    ...base,
    "part/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{ path: p.yaml }]\n",
    "part/p.yaml": `${head}spec: { replicas: 3, minReadySeconds: 5 }\n`,
    "top/kustomization.yaml":
      "resources: [../base]\ncomponents: [../part]\nreplicas: [{ name: orders-db, count: 6 }]\n",
  },
  "a patch by the name behind a prefix": {
    ...base,
    "mid/kustomization.yaml": "resources: [../base]\nnamePrefix: eu-\n",
    "top/kustomization.yaml": "resources: [../mid]\npatches: [{ path: p.yaml }]\n",
    "top/p.yaml": "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: eu-orders-db }\nspec: { replicas: 8 }\n",
  },
};

/** What names an object, without the prefix that dbops leaves to kustomize, and its spec. */
function identified(root: YamlNode): readonly [string, unknown] {
  const name = (root.text("metadata", "name") ?? "").replace(/^eu-/, "");
  const identity = [root.string("apiVersion"), root.string("kind"), root.text("metadata", "namespace"), name];
  return [identity.filter((each) => each !== undefined).join(" "), plain(root.at("spec")?.value)];
}

/** As kubectl builds a folder. */
function built(folder: string): Readonly<Record<string, unknown>> {
  const { stdout, stderr, status } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const roots = parseDocuments(new SourceFile("built", stdout), { skipPrefilter: true }).flatMap(
    ({ root }) => root ?? [],
  );
  return Object.fromEntries(roots.map(identified));
}

function applied(root: string, files: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const project = createProject({
    files: Object.entries(files).map(([name, text]) => new SourceFile(`${root}/${name}`, text)),
    configs: [],
    root,
    view: "folder",
    today: "2026-11-28",
    rules: allRules,
  });
  const unit = project.units.find(({ name }) => name === `${root}/top`);
  assert.ok(unit !== undefined);
  const { name, parts, apply, documents } = unit;
  const resources = readResources(documents, { unit: name, holdsParts: (uri) => parts.has(uri), apply });
  assert.deepEqual(
    resources.filter((resource) => resource.isUnsettled).map((resource) => resource.kind),
    [],
  );
  const whole = resources.filter((resource) => !resource.isPartial);
  return Object.fromEntries(whole.map(({ node }) => identified(node)));
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

describe("objects as their overlay makes them, beside kubectl kustomize", () => {
  before(function () {
    const { error } = spawnSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    if (error === undefined) return;
    if (process.env.CI === "true") throw new Error("kubectl is not installed, and in CI its tests may not be skipped");
    console.log("      SKIPPED: kubectl is not installed (Debian's package is kubernetes-client)");
    this.skip();
  });
  for (const [name, files] of Object.entries(cases))
    it(name, () => {
      const root = mkdtempSync(path.join(tmpdir(), "dbops-kustomize-"));
      try {
        for (const [file, text] of Object.entries(files)) {
          mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
          writeFileSync(path.join(root, file), text);
        }
        assert.deepEqual(applied(root, files), built(path.join(root, "top")));
      } finally {
        rmSync(root, { recursive: true });
      }
    });
});
