import assert from "node:assert/strict";
import { definitionAt, objectsIn, referencesAt, type Spot } from "../../src/index.ts";
import { type Files, lintFiles } from "../support/lint.ts";

const files: Files = {
  "db.yaml": `apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec:
  selector: { app: orders-db }
  ports: [{ port: 5432 }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders, namespace: shop }
spec:
  serviceName: orders-db
  replicas: 3
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          env:
            - name: POSTGRES_PASSWORD
              valueFrom: { secretKeyRef: { name: orders-login, key: password } }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`,
  "app.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: api
          image: registry.example.com/shop/api:2026.11.3
          env:
            - { name: DATABASE_URL, value: "postgres://app@orders-db.shop.svc:5432/orders" }
            - { name: LOGIN, valueFrom: { secretKeyRef: { name: orders-login, key: password } } }
`,
  "login.yaml": `apiVersion: v1
kind: Secret
metadata: { name: orders-login, namespace: shop }
stringData:
  password: hunter2
`,
};
const result = lintFiles(files);
const offset = (file: string, text: string, nth = 0): number => {
  let at = -1;
  for (let count = 0; count <= nth; count++) at = files[file]!.indexOf(text, at + 1);
  assert.ok(at >= 0, text);
  return at + 1;
};
const shown = ({ uri, span }: Spot): string => {
  const file = uri.replace("/shop/", "");
  const line = files[file]!.slice(0, span.start).split("\n").length;
  return `${file}:${line} ${files[file]!.slice(span.start, span.end)}`;
};
const targets = (file: string, text: string, nth = 0): readonly string[] =>
  (definitionAt(result, `/shop/${file}`, offset(file, text, nth))?.targets ?? []).map(shown);

describe("going to what a name leads to", () => {
  it("a host in a URL leads to its Service and the database behind it", () => {
    assert.deepEqual(targets("app.yaml", "orders-db.shop"), ["db.yaml:3 orders-db", "db.yaml:10 orders"]);
    assert.deepEqual(targets("app.yaml", "5432"), []);
  });

  it("names of Services, Secrets and volumes lead to them, keys to their values, selectors to workloads", () => {
    assert.deepEqual(targets("db.yaml", "orders-db", 2), ["db.yaml:3 orders-db"], "serviceName");
    assert.deepEqual(targets("db.yaml", "orders-db", 1), ["db.yaml:10 orders"], "selector");
    assert.deepEqual(targets("db.yaml", "orders-login"), ["login.yaml:3 orders-login"]);
    assert.deepEqual(targets("app.yaml", "password"), ["login.yaml:5 password"]);
    assert.deepEqual(targets("db.yaml", "data, mountPath"), ["db.yaml:26 data"]);
  });

  it("every place that names an object is one of its references, its own name the first", () => {
    const places = referencesAt(result, "/shop/login.yaml", offset("login.yaml", "orders-login")).map(shown);
    assert.deepEqual(places, ["login.yaml:3 orders-login", "db.yaml:23 orders-login", "app.yaml:14 orders-login"]);
    const hosts = referencesAt(result, "/shop/db.yaml", offset("db.yaml", "orders-db")).map(shown);
    assert.deepEqual(hosts, ["db.yaml:3 orders-db", "db.yaml:12 orders-db", "app.yaml:13 orders-db.shop.svc"]);
    assert.deepEqual(referencesAt(result, "/shop/app.yaml", offset("app.yaml", "image")), []);
  });

  it("objects are listed by kind and name, each once", () => {
    assert.deepEqual(
      objectsIn(result, "/shop/db.yaml").map(({ label }) => label),
      ["Service shop/orders-db", "StatefulSet shop/orders"],
    );
    assert.equal(objectsIn(result).length, 4);
  });
});
