import assert from "node:assert/strict";
import { type Files, lintFiles } from "../support/lint.ts";

/** A Kustomization of Flux that applies the folder apps/NAME with the component db. */
const flux = (name: string, more = ""): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name} }
spec:
  path: ./apps/${name}
  components: [../../components/db]
  postBuild: { substitute: { APP: ${name}, INSTANCES: "3", TAG: "16" } }
${more}`;
const app: Files = {
  "components/db/kustomization.yaml": "kind: Component\nresources: [db.yaml, backup.yaml]\n",
  "components/db/db.yaml": `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: "\${APP}-db" }
spec:
  instances: \${INSTANCES:-1}
  imageName: ghcr.io/cloudnative-pg/postgresql:\${TAG}
  storage:
    size: \${SIZE:=5Gi}
`,
  "components/db/backup.yaml": `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: { name: "\${APP}-db" }
spec:
  schedule: "0 3 * * *"
  cluster: { name: "\${APP}-db" }
`,
  "apps/cart/kustomization.yaml": "resources: []\n",
  "apps/shop/kustomization.yaml": "resources: []\n",
};
const messages = (files: Files, rule: string): readonly string[] =>
  lintFiles({ ...app, ...files })
    .findings.filter(({ ruleId }) => ruleId === rule)
    .map(({ message, location, related }) => `${location.uri} ${message} ${related.map(({ uri }) => uri).join(" ")}`);

describe("Kustomizations of Flux", () => {
  it("a component is judged as Flux applies it, once, with the Kustomizations that include it", () => {
    const [found, ...more] = messages(
      { "flux/cart.yaml": flux("cart"), "flux/shop.yaml": flux("shop") },
      "cnpg-schedule-has-five-fields",
    );
    assert.match(found ?? "", /^\/shop\/components\/db\/backup\.yaml .*ScheduledBackup cart-db/);
    assert.match(found ?? "", /\/shop\/flux\/cart\.yaml \/shop\/flux\/shop\.yaml$/);
    assert.deepEqual(more, []);
  });

  it("the variables that it gives itself are filled in; others, and their defaults, are not known", () => {
    const single = "cnpg-single-instance";
    assert.deepEqual(messages({ "flux/cart.yaml": flux("cart") }, single), [], "3 instances");
    assert.match(
      messages({ "flux/cart.yaml": flux("cart").replace('INSTANCES: "3"', 'INSTANCES: "1"') }, single)[0] ?? "",
      /Cluster cart-db .*one instance/,
    );
    assert.deepEqual(messages({ "flux/cart.yaml": flux("cart").replace('INSTANCES: "3", ', "") }, single), []);
  });

  it("an object that asks for it keeps its variables", () => {
    const kept = '-db", annotations: { kustomize.toolkit.fluxcd.io/substitute: disabled } }';
    const found = messages(
      {
        "components/db/db.yaml": (app["components/db/db.yaml"] ?? "").replace('-db" }', kept),
        "flux/cart.yaml": flux("cart").replace('INSTANCES: "3"', 'INSTANCES: "1"'),
      },
      "cnpg-single-instance",
    );
    assert.deepEqual(found, []);
  });

  it("its patches, images and namespace change what it applies, at its lines", () => {
    const patch = `  targetNamespace: prod
  patches:
    - target: { kind: Cluster }
      patch: |
        - op: replace
          path: /spec/instances
          value: 1
`;
    const [found] = messages({ "flux/cart.yaml": flux("cart", patch) }, "cnpg-single-instance");
    assert.match(found ?? "", /^\/shop\/flux\/cart\.yaml The node of Cluster cart-db cannot be drained/);
  });

  it("a value that it gives is found where it is written, and a secret among them is shown nowhere", () => {
    const files: Files = {
      ...app,
      "flux/cart.yaml": flux("cart").replace('INSTANCES: "3"', 'INSTANCES: "1", DB_PASSWORD: Sup3rS3cret-99x'),
      "components/db/db.yaml": `${app["components/db/db.yaml"]}  superuserSecret: { name: "\${DB_PASSWORD}" }\n`,
      "components/db/login.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: cache }
spec:
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec:
      containers:
        - { name: pg, image: "postgres:16", volumeMounts: [{ name: "v-\${DB_PASSWORD}", mountPath: /var/lib/postgresql/data }] }
      volumes: [{ name: "v-\${DB_PASSWORD}", emptyDir: {} }]
`,
      "components/db/kustomization.yaml": "kind: Component\nresources: [db.yaml, backup.yaml, login.yaml]\n",
    };
    const { findings } = lintFiles(files);
    assert.ok(findings.some(({ message }) => message.includes("on emptyDir v-")));
    assert.doesNotMatch(JSON.stringify(findings), /Sup3rS3cret/);
    const [single] = findings.filter(({ ruleId }) => ruleId === "cnpg-single-instance");
    assert.equal(single?.location.uri, "/shop/flux/cart.yaml");
    assert.match(single?.message ?? "", /Cluster cart-db/);
  });

  it("a component that nothing includes stays a part", () => {
    assert.deepEqual(messages({}, "cnpg-schedule-has-five-fields"), []);
    const elsewhere = flux("cart").replace("./apps/cart", "./other/cart");
    assert.deepEqual(messages({ "flux/cart.yaml": elsewhere }, "cnpg-schedule-has-five-fields"), []);
  });
});
