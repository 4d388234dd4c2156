import assert from "node:assert/strict";
import { expandVariables } from "../../src/kube/environment.ts";
import { type Fact, known, unknown } from "../../src/yaml/fact.ts";
import { containerOf, indexOf, resourcesOf } from "../support/workload.ts";
import { rootOf } from "../support/yaml.ts";

const settings = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  HOST: orders-db
  PORT: "5432"
  LATER: "\${HOST}"
  pgbouncer.ini: |
    [databases]
    orders = host=orders-db
---
apiVersion: v1
kind: Secret
metadata: { name: credentials }
stringData: { PASSWORD: plain }
data: { USER: YXBw, BINARY: /w== }
`;

describe("a container's environment", () => {
  const cases: readonly (readonly [
    name: string,
    container: string,
    variable: string,
    expected: string | undefined | "unknown",
  ])[] = [
    ["a literal", "env: [{ name: A, value: x }]", "A", "x"],
    ["a number, as text", "env: [{ name: A, value: 5432 }]", "A", "5432"],
    ["nothing written", "env: [{ name: A }]", "A", ""],
    ["another name", "env: [{ name: A, value: x }]", "a", undefined],
    [
      "from a ConfigMap",
      "env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: HOST } } }]",
      "A",
      "orders-db",
    ],
    [
      "from a Secret, decoded",
      "env: [{ name: A, valueFrom: { secretKeyRef: { name: credentials, key: USER } } }]",
      "A",
      "app",
    ],
    [
      "from a Secret, plain",
      "env: [{ name: A, valueFrom: { secretKeyRef: { name: credentials, key: PASSWORD } } }]",
      "A",
      "plain",
    ],
    ["binary", "env: [{ name: A, valueFrom: { secretKeyRef: { name: credentials, key: BINARY } } }]", "A", "unknown"],
    [
      "a key that is not there",
      "env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: NONE } } }]",
      "A",
      "unknown",
    ],
    [
      "an object that is not in view",
      "env: [{ name: A, valueFrom: { secretKeyRef: { name: elsewhere, key: X } } }]",
      "A",
      "unknown",
    ],
    ["from the Pod itself", "env: [{ name: A, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]", "A", "unknown"],
    ["filled in later", "env: [{ name: A, value: '__HOST__' }]", "A", "unknown"],
    [
      "filled in later, in the ConfigMap",
      "env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: LATER } } }]",
      "A",
      "unknown",
    ],
    ["all of a ConfigMap", "envFrom: [{ configMapRef: { name: settings } }]", "PORT", "5432"],
    [
      "all of a Secret, with a prefix",
      "envFrom: [{ prefix: DB_, secretRef: { name: credentials } }]",
      "DB_USER",
      "app",
    ],
    [
      "env wins over envFrom",
      "env: [{ name: HOST, value: x }], envFrom: [{ configMapRef: { name: settings } }]",
      "HOST",
      "x",
    ],
    [
      "the later source wins",
      "envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: credentials } }]",
      "USER",
      "app",
    ],
    ["the later of two equal names", "env: [{ name: A, value: x }, { name: A, value: 'y' }]", "A", "y"],
    ["made of an earlier one", "env: [{ name: A, value: x }, { name: B, value: '$(A)-$(A)' }]", "B", "x-x"],
    [
      "made of one from envFrom",
      "env: [{ name: B, value: 'tcp://$(HOST):$(PORT)' }], envFrom: [{ configMapRef: { name: settings } }]",
      "B",
      "tcp://orders-db:5432",
    ],
    ["made of a later one: stays as written", "env: [{ name: B, value: $(A) }, { name: A, value: x }]", "B", "$(A)"],
    [
      "made of an unknown one",
      "env: [{ name: A, valueFrom: { secretKeyRef: { name: elsewhere, key: X } } }, { name: B, value: '$(A)!' }]",
      "B",
      "unknown",
    ],
  ];
  for (const [name, container, variable, expected] of cases)
    it(`${name}: ${expected}`, () => {
      const fact = containerOf(container, "[]", settings).environment.get(variable);
      assert.equal(fact !== undefined && fact.value === undefined ? "unknown" : fact?.value, expected);
    });

  it("is complete only when all it is made of is in view", () => {
    const isComplete = (container: string): boolean => containerOf(container, "[]", settings).environment.isComplete;
    assert.equal(isComplete("envFrom: [{ configMapRef: { name: settings } }]"), true);
    assert.equal(isComplete("envFrom: [{ secretRef: { name: elsewhere } }]"), false);
    assert.equal(isComplete("env: [{ name: __NAME__, value: x }]"), false);
  });

  it("a value's place is where it is written, in the ConfigMap too", () => {
    const fact = containerOf("envFrom: [{ configMapRef: { name: settings } }]", "[]", settings).environment.get("HOST");
    assert.equal(fact?.at.file.slice(fact.at.span), "orders-db");
  });

  const node = rootOf("a: b\n");
  const values = new Map<string, Fact<string>>([
    ["HOST", known("db", node)],
    ["KEY", unknown(node, "it is not in view")],
  ]);
  const expansions: readonly (readonly [string, string | undefined])[] = [
    ["$(HOST)", "db"],
    ["$(HOST):$(HOST)", "db:db"],
    ["$(NONE)", "$(NONE)"],
    ["$$(HOST)", "$(HOST)"],
    ["$$$(HOST)", "$db"],
    ["pa$$word", "pa$word"],
    ["$HOST", "$HOST"],
    ["$(HOST", "$(HOST"],
    ["$(date +%F)", "$(date +%F)"],
    ["$", "$"],
    ["x$(KEY)", undefined],
  ];
  for (const [text, expected] of expansions)
    it(`${text} becomes ${expected ?? "unknown"}`, () =>
      assert.equal(expandVariables(known(text, node), values).value, expected));
});

describe("files that a container sees", () => {
  const volumes =
    "[{ name: c, configMap: { name: settings } }, { name: i, configMap: { name: settings, items: [{ key: HOST, path: conf/host }] } }, { name: p, projected: { sources: [{ configMap: { name: settings } }, { secret: { name: credentials, items: [{ key: USER, path: user }] } }] } }, { name: s, secret: { secretName: elsewhere } }, { name: d, emptyDir: {} }]";
  const cases: readonly (readonly [
    name: string,
    mount: string,
    path: string,
    expected: string | undefined | "unknown",
  ])[] = [
    ["a key is a file", "{ name: c, mountPath: /etc/pgbouncer }", "/etc/pgbouncer/HOST", "orders-db"],
    ["a trailing slash is none", "{ name: c, mountPath: /etc/pgbouncer/ }", "/etc/pgbouncer/HOST", "orders-db"],
    [
      "one key by subPath, at the mount itself",
      "{ name: c, mountPath: /etc/host, subPath: HOST }",
      "/etc/host",
      "orders-db",
    ],
    ["another key is not there", "{ name: c, mountPath: /etc/host, subPath: HOST }", "/etc/host/PORT", "unknown"],
    ["items choose and name", "{ name: i, mountPath: /etc }", "/etc/conf/host", "orders-db"],
    ["a folder of items by subPath", "{ name: i, mountPath: /srv, subPath: conf }", "/srv/host", "orders-db"],
    ["sources of a projected volume", "{ name: p, mountPath: /etc }", "/etc/user", "app"],
    ["a Secret that is not in view", "{ name: s, mountPath: /etc }", "/etc/x", "unknown"],
    ["no configuration", "{ name: d, mountPath: /etc }", "/etc/x", undefined],
    ["below no mount", "{ name: c, mountPath: /etc/pgbouncer }", "/etc/pgbouncer2/HOST", undefined],
    ["no such volume", "{ name: none, mountPath: /etc }", "/etc/x", undefined],
  ];
  for (const [name, mount, path, expected] of cases)
    it(`${name}: ${expected}`, () => {
      const fact = containerOf(`volumeMounts: [${mount}]`, volumes, settings).fileAt(path);
      assert.equal(fact !== undefined && fact.value === undefined ? "unknown" : fact?.value, expected);
    });

  it("the deepest mount holds a path", () => {
    const container = containerOf(
      "volumeMounts: [{ name: d, mountPath: /var/lib }, { name: c, mountPath: /var/lib/postgresql }, { name: i, mountPath: / }]",
      volumes,
    );
    assert.deepEqual(
      ["/var/lib/postgresql/data", "/var/lib/mysql", "/var/library", "/var/lib/postgresql"].map(
        (path) => container.mountAt(path)?.name,
      ),
      ["c", "d", "i", "c"],
    );
  });

  it("a claim template hides a volume of its name", () => {
    const [set] = resourcesOf(`apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  template:
    spec:
      containers: [{ name: db, image: postgres:16.4, volumeMounts: [{ name: data, mountPath: /data }] }]
      volumes: [{ name: data, emptyDir: {} }]
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: fast } }]
`);
    assert.equal(set?.workload?.containers[0]?.mountAt("/data/pg")?.volume?.source, "claim-template");
  });
});

describe("who selects whom", () => {
  const index = indexOf(`apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: everything }
spec: { ports: [{ port: 1 }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: by-expression }
spec: { maxUnavailable: 1, selector: { matchExpressions: [{ key: app, operator: In, values: [db, x] }] } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: other, namespace: other }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: db } } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: db, namespace: shop }
spec: { scaleTargetRef: { kind: StatefulSet, name: db } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec: { template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: postgres:16.4 }] } } }
`);
  const [set] = index.ofKind("StatefulSet");
  const names = (found: Iterable<{ readonly name: string }>): readonly string[] => [...found].map(({ name }) => name);
  it("a Service selects by labels in its namespace, one without a selector nothing", () => {
    const [db, everything] = index.ofKind("Service");
    assert.ok(db && everything);
    assert.deepEqual(names(index.selectedBy(db).map(({ resource }) => resource)), ["db"]);
    assert.deepEqual(index.selectedBy(everything), []);
  });
  it("budgets match by expressions too, and not from another namespace", () => {
    assert.ok(set?.workload);
    assert.deepEqual(names(index.selecting("PodDisruptionBudget", set.workload)), ["by-expression"]);
    assert.deepEqual(names(index.selecting("Service", set.workload)), ["db"]);
  });
  it("an autoscaler targets by kind and name", () => {
    assert.ok(set);
    assert.deepEqual(names(index.targeting("HorizontalPodAutoscaler", set)), ["db"]);
  });
});
