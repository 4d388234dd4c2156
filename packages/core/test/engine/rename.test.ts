import assert from "node:assert/strict";
import { applyEdits, renameAt, renameEdits } from "../../src/index.ts";
import { type Files, lintFiles } from "../support/lint.ts";

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  selector: { app: orders-db }\n  ports: [{ port: 5432 }]\n`;
const files: Files = {
  "db.yaml": `${service("orders-db")}---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders, namespace: shop }
spec:
  serviceName: orders-pods
  replicas: 3
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: orders-db
          image: postgres:16.4-bookworm
          env:
            - { name: POSTGRES_DB, value: orders-db }
            - name: POSTGRES_PASSWORD
              valueFrom: { secretKeyRef: { name: orders-login, key: password } }
          volumeMounts:
            - { name: data, mountPath: /var/lib/postgresql/data }
            - { name: scratch, mountPath: /scratch }
      volumes: [{ name: scratch, emptyDir: {} }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`,
  "pods.yaml": service("orders-pods").replace("ports:", "clusterIP: None\n  ports:"),
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
metadata:
  name: orders-login
  namespace: shop
stringData:
  password: hunter2
`,
};

/** The files after a rename at the first place of a text, or why there is none. */
function renamedAt(tree: Files, file: string, text: string, name: string): Files | string {
  const result = lintFiles(tree);
  const at = tree[file]!.indexOf(text);
  assert.ok(at >= 0, text);
  const edits = renameEdits(result, `/shop/${file}`, at + 1, name);
  if ("refused" in edits) return edits.refused;
  return Object.fromEntries(
    Object.entries(tree).map(([each, written]) => [
      each,
      applyEdits(
        written,
        edits.filter(({ uri }) => uri === `/shop/${each}`),
      ),
    ]),
  );
}

function after(tree: Files, file: string, text: string, name: string): Files {
  const renamed = renamedAt(tree, file, text, name);
  assert.ok(typeof renamed !== "string", String(renamed));
  return renamed;
}

const occurrences = (tree: Files, text: string): number => Object.values(tree).join("").split(text).length - 1;
const withApp = (more: string): Files => ({ ...files, "more.yaml": more });
const cluster = (spec: string): string =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: cart, namespace: shop }\nspec:\n  instances: 3\n  storage: { size: 20Gi }\n${spec}`;
const job = (container: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: { name: job, namespace: shop }\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - { name: job, image: busybox:1.36, ${container} }\n`;

describe("renaming", () => {
  const refusal = (file: string, text: string): string => {
    const rename = renameAt(lintFiles(files), `/shop/${file}`, files[file]!.indexOf(text) + 1);
    return rename !== undefined && "refused" in rename ? rename.refused : `allowed: ${JSON.stringify(rename)}`;
  };

  it("is refused where data hangs on the name, with the names", () => {
    assert.equal(
      refusal("db.yaml", "orders, namespace"),
      "orders-0 … 2 would start empty: the data stays in data-orders-0 … 2. kubectl dbops plan writes the steps of such a rename.",
    );
    for (const text of ["data }\n      spec", "data, mountPath"])
      assert.match(refusal("db.yaml", text), /would start empty: the data stays in data-orders-0 … 2/);
    assert.match(refusal("db.yaml", "scratch, mountPath"), /but not volumes\.$/);
    assert.match(refusal("app.yaml", "api, namespace"), /but not a Deployment/);
    assert.match(refusal("app.yaml", "image"), /allowed: undefined/);
  });

  it("is refused for the Service that a StatefulSet names as its serviceName, which cannot change", () => {
    for (const [file, text] of [
      ["pods.yaml", "orders-pods"],
      ["db.yaml", "orders-pods"],
    ] as const)
      assert.equal(
        refusal(file, text),
        "Service orders-pods is the serviceName of StatefulSet orders, which the API server does not let change. kubectl dbops plan writes the steps.",
      );
  });

  it("changes the name and every place that repeats it, also at the beginning of a host; labels and other names stay", () => {
    const renamed = after(files, "app.yaml", "orders-db.shop", "orders-rw");
    assert.match(renamed["app.yaml"]!, /app@orders-rw\.shop\.svc:5432/);
    assert.match(renamed["db.yaml"]!, /kind: Service\nmetadata: \{ name: orders-rw, namespace/);
    assert.match(renamed["db.yaml"]!, /selector: \{ app: orders-db \}/);
    assert.match(renamed["db.yaml"]!, /name: orders-db\n[\s\S]*name: POSTGRES_DB, value: orders-db/);
    assert.equal(occurrences(after(files, "login.yaml", "orders-login", "login"), "name: login"), 3);
    const key = after(files, "app.yaml", "password", "secret");
    assert.match(key["login.yaml"]!, /\n {2}secret: hunter2\n/);
    assert.equal(occurrences(key, "key: secret "), 2);
  });

  it("follows what operators and volumes name", () => {
    const tree = withApp(
      `${cluster("  bootstrap: { initdb: { secret: { name: orders-login } } }\n  externalClusters:\n    - { name: old, password: { name: orders-login, key: password } }\n")}---\n${job(
        "volumeMounts: [{ name: l, mountPath: /l }]",
      )}      volumes:\n        - name: l\n          secret: { secretName: orders-login, items: [{ key: password, path: password }] }\n`,
    );
    const renamed = after(tree, "login.yaml", "orders-login", "login");
    assert.equal(occurrences(renamed, "orders-login"), 0);
    assert.equal(occurrences(renamed, "ame: login"), 6);
  });

  for (const [what, more, place] of [
    ["a script", job('command: [sh, -c, "kubectl get secret orders-login"]'), "more.yaml:9"],
    [
      "an annotation",
      job("").replace("namespace: shop", "namespace: shop, annotations: { reload: orders-login }"),
      "more.yaml:3",
    ],
    [
      "a field of an operator that is not known",
      cluster("  somethingNew: { credentials: orders-login }\n"),
      "more.yaml:7",
    ],
  ] as const)
    it(`is refused where the name is also in ${what}`, () => {
      assert.equal(
        renamedAt(withApp(more), "login.yaml", "orders-login", "login"),
        `orders-login is also in ${place}, and dbops cannot tell whether it means Secret orders-login: change that first.`,
      );
    });

  it("is refused where the name is in what dbops does not read, or behind another form of it", () => {
    const ingress =
      "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec: { defaultBackend: { service: { name: orders-db, port: { number: 5432 } } } }\n";
    const config = (data: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { ${data} }\n`;
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: shop }\ndata: { url: ${btoa("see orders-db")} }\n`;
    for (const more of [
      ingress,
      secret,
      "a: [orders-db\n",
      job('command: [sh, -c, "psql -h $ORDERS_DB_SERVICE_HOST"]'),
      job("env: [{ name: AUDIT_DATABASE, value: orders-db }]"),
      job('env: [{ name: POSTGRES_DB, value: "orders-db:5432" }]'),
      config("ORDERS_DB: orders-db"),
      config("selector: orders-db"),
    ])
      assert.match(
        String(renamedAt(withApp(more), "db.yaml", "orders-db", "orders-pg")),
        /is also in more\.yaml:\d+/,
        more,
      );
    for (const more of [job("env: [{ name: POSTGRES_DB, value: orders-db }]"), "# orders-db\na: [\n"])
      assert.equal(typeof renamedAt(withApp(more), "db.yaml", "orders-db", "orders-pg"), "object", more);
  });

  it("a key that something takes with all others keeps its name", () => {
    const all = withApp(job("envFrom: [{ secretRef: { name: orders-login } }]"));
    assert.match(
      String(renamedAt(all, "app.yaml", "password", "secret")),
      /^Job job takes more than this key from Secret orders-login \(more\.yaml:9\)/,
    );
    const immutable = { ...files, "login.yaml": `immutable: true\n${files["login.yaml"]}` };
    assert.equal(renamedAt(immutable, "app.yaml", "password", "secret"), "Secret orders-login is immutable.");
  });

  it("a name that is taken, or that the API server refuses, is refused", () => {
    const to = (file: string, text: string, name: string): string => String(renamedAt(files, file, text, name));
    assert.equal(to("app.yaml", "orders-db.shop", "orders-pods"), "There is a Service orders-pods already.");
    assert.match(
      to("app.yaml", "orders-db.shop", "Orders_DB"),
      /^The API server refuses "Orders_DB": the name of a Service is/,
    );
    assert.match(to("app.yaml", "orders-db.shop", "a: b"), /^The API server refuses "a: b"/);
    assert.match(to("login.yaml", "orders-login", "x".repeat(254)), /up to 253/);
    assert.match(to("app.yaml", "password", "pass word"), /^The API server refuses "pass word": a key is/);
    assert.equal(to("app.yaml", "password", "password"), "There is a key password already.");
  });

  it("a name that YAML would read as something else is quoted where it stands alone", () => {
    const renamed = after(files, "login.yaml", "orders-login", "1e3");
    assert.equal(occurrences(renamed, 'name: "1e3"'), 3);
    assert.match(after(files, "app.yaml", "orders-db.shop", "on")["app.yaml"]!, /app@on\.shop/);
  });

  it("a name that an alias repeats is written out first", () => {
    const tree = {
      ...files,
      "login.yaml": files["login.yaml"]!.replace(
        "name: orders-login",
        "name: &n orders-login\n  labels: { app: *n, at: x }\n  annotations: { a: *n }",
      ),
    };
    assert.match(
      String(renamedAt(tree, "login.yaml", "orders-login", "login")),
      /^login\.yaml:\d+ repeats orders-login as an alias/,
    );
  });
});
