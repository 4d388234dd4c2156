import assert from "node:assert/strict";
import { folderWith } from "./support/folder.ts";
import { askCluster, type Outcome } from "./support/run.ts";

const set = (spec = "", metadata = ""): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop${metadata} }
spec:
  serviceName: db
  replicas: 1
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
${spec}      containers:
        - name: postgres
          image: postgres:17.6
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

const nothing = "No object that dbops reads changes.\n";

function compare(files: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Outcome> {
  return askCluster(folderWith(files), ["diff", "--from", "dump.yaml", ...words]);
}

describe("diff with a cluster as the old side", () => {
  const graceful = "      terminationGracePeriodSeconds: 120\n";

  it("takes a field that only the cluster has for nobody's, whoever wrote it", async () => {
    const { code, out, err } = await compare({ "dump.yaml": set(graceful), "new.yaml": set() }, "new.yaml");
    assert.deepEqual([code, out, err], [0, nothing, ""]);
  });

  it("takes a field for removed that kubectl apply wrote", async () => {
    const applied = { spec: { template: { spec: { terminationGracePeriodSeconds: 120 } } } };
    const note = `, annotations: { kubectl.kubernetes.io/last-applied-configuration: '${JSON.stringify(applied)}' }`;
    const { out } = await compare({ "dump.yaml": set(graceful, note), "new.yaml": set() }, "new.yaml");
    assert.match(out, /^StatefulSet shop\/db +restarts/m);
  });

  it("takes a field for removed that the only manager who applies manages", async () => {
    const managed = (managers: readonly string[]): string => {
      const fieldsV1 = {
        "f:spec": { "f:template": { "f:spec": { "f:terminationGracePeriodSeconds": {} } } },
      };
      const entries = managers.map((manager) => ({ manager, operation: "Apply", fieldsType: "FieldsV1", fieldsV1 }));
      return set(graceful, `, managedFields: ${JSON.stringify(entries)}`);
    };
    const one = await compare({ "dump.yaml": managed(["kubectl"]), "new.yaml": set() }, "new.yaml");
    assert.match(one.out, /^StatefulSet shop\/db +restarts/m);
    // Nobody knows whose manifests these are.
    const two = await compare({ "dump.yaml": managed(["kubectl", "flux"]), "new.yaml": set() }, "new.yaml");
    assert.equal(two.out, nothing);
  });

  it("survives notes that are no JSON, and names no value of them", async () => {
    const note = ", annotations: { kubectl.kubernetes.io/last-applied-configuration: '{hunter2' }";
    const { out, err } = await compare({ "dump.yaml": set(graceful, note), "new.yaml": set() }, "new.yaml");
    assert.deepEqual([out, err], [nothing, ""]);
  });

  it("names the object and field of the cluster beside the line of the file", async () => {
    const { code, out } = await compare(
      { "dump.yaml": set().replace("17.6", "16.4"), "new.yaml": set() },
      "new.yaml",
      "-o",
      "json",
    );
    assert.equal(code, 1);
    const [finding] = JSON.parse(out).findings;
    assert.equal(finding.path, "new.yaml");
    assert.deepEqual(finding.related[0].path, "StatefulSet shop/db");
    assert.equal(finding.related[0].field, ".spec.template.spec.containers[0].image");
  });

  it("is no deletion where only the cluster has an object, unless --prune names it and kubectl apply made it", async () => {
    const other = (metadata: string): string => set("", metadata).replaceAll("name: db,", "name: old,");
    const note = ", labels: { app: old }, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{}' }";
    const files = { "dump.yaml": `${set()}---\n${other(note)}`, "new.yaml": set() };
    assert.equal((await compare(files, "new.yaml")).out, nothing);
    assert.match((await compare(files, "new.yaml", "--prune", "app=old")).out, /^StatefulSet shop\/old +removed/m);
    assert.equal((await compare(files, "new.yaml", "--prune", "app=other")).out, nothing);
    const created = { ...files, "dump.yaml": `${set()}---\n${other(", labels: { app: old }")}` };
    assert.equal((await compare(created, "new.yaml", "--prune", "app=old")).out, nothing);
  });

  it("finds an object that writes no namespace, and asks which where several have one", async () => {
    const written = set().replace(", namespace: shop", "").replace("17.6", "18.1");
    const files = { "dump.yaml": set(), "new.yaml": written };
    assert.match((await compare(files, "new.yaml")).out, /^StatefulSet db +does not start/m);
    const both = { ...files, "dump.yaml": `${set()}---\n${set().replace("namespace: shop", "namespace: test")}` };
    const { code, err } = await compare(both, "new.yaml");
    assert.equal(code, 2);
    assert.equal(err, "error: dump.yaml: several namespaces have StatefulSet db; -n says which is meant\n");
    assert.match((await compare(both, "new.yaml", "-n", "test")).out, /^StatefulSet db +does not start/m);
  });

  it("does not call new what nobody took from the cluster", async () => {
    const service = "apiVersion: v1\nkind: Service\nmetadata: { name: x, namespace: shop }\n";
    const { out } = await compare({ "dump.yaml": service, "new.yaml": set() }, "new.yaml");
    assert.match(out, /^StatefulSet shop\/db +not known: it may be in the cluster, where its kind could not be read/m);
    const list = ["StatefulSet", "PersistentVolumeClaim"]
      .map((kind) => `{"apiVersion":"v1","kind":"${kind}List","items":[]}\n`)
      .join("");
    const { code, out: known } = await compare({ "dump.yaml": list, "new.yaml": set() }, "new.yaml");
    assert.equal(code, 0);
    assert.doesNotMatch(known, /not known/);
  });

  it("knows the claims that a set left in the cluster, and those that could not be read", async () => {
    const claim = (name: string): string =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: ${name}, namespace: shop }\nspec: {}\n`;
    const files = {
      "dump.yaml": [set(), claim("data-db-0"), claim("data-db-1")].join("---\n"),
      "new.yaml": set().replace("replicas: 1", "replicas: 3"),
    };
    const { out } = await compare(files, "new.yaml");
    assert.match(out, /^ {2}data-db-1 +used again, with what is on it/m);
    assert.match(out, /^ {2}data-db-2 +new and empty/m);
    assert.match(out, /the 2 new Pods start with what data-db-1 kept from an earlier time, or empty \(data-db-2\)/);
    const unread = await compare({ ...files, "dump.yaml": set() }, "new.yaml");
    assert.doesNotMatch(unread.out, /new and empty/);
  });

  it("says what it does not compare", async () => {
    const scaler = (version: string, spec: string): string => `apiVersion: autoscaling/${version}
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 3${spec} }
`;
    const secret =
      "apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: shop }\nstringData: { password: hunter2 }\n";
    const files = {
      "dump.yaml": scaler("v2", ", metrics: []"),
      "new.yaml": `${scaler("v1", ", targetCPUUtilizationPercentage: 80")}---\n${secret}`,
    };
    const { code, out, err } = await compare(files, "new.yaml");
    assert.equal(code, 0);
    assert.match(err, /^note: no Secret is read from a cluster/m);
    assert.match(
      err,
      /^note: HorizontalPodAutoscaler shop\/web is written as autoscaling\/v1, and the cluster gives it as autoscaling\/v2/m,
    );
    assert.doesNotMatch(out + err, /hunter2/);
  });

  it("says which words it needs", async () => {
    const refusal = async (...words: readonly string[]): Promise<string> => {
      const { code, err } = await askCluster(folderWith({ "new.yaml": set(), "dump.yaml": set() }), [...words]);
      assert.equal(code, 2, words.join(" "));
      return err;
    };
    assert.match(await refusal("diff", "--live"), /diff of a cluster needs one file or folder, or -k FOLDER/);
    assert.match(await refusal("plan", "--live", "a", "b"), /plan of a cluster needs one file or folder/);
    assert.match(
      await refusal("diff", "--live", "new.yaml", "--since", "main"),
      /--live and --since are two different old sides/,
    );
    assert.match(await refusal("diff", "new.yaml", "new.yaml", "--prune", "a=b"), /--prune requires --live/);
    assert.match(await refusal("diff", "new.yaml", "new.yaml", "-n", "shop"), /--namespace requires --live/);
    assert.match(await refusal("diff", "--from", "dump.yaml", "new.yaml", "--prune", ""), /--prune needs labels/);
    assert.match(await refusal("diff", "--from", "none.yaml", "new.yaml"), /none\.yaml: no such file or folder/);
    assert.match(await refusal("diff", "--from", "dump.yaml", "none.yaml"), /none\.yaml: no such file or folder/);
  });

  it("plans the way there, and says where its commands go", async () => {
    const files = { "dump.yaml": set().replace("17.6", "16.4"), "new.yaml": set() };
    const { code, out, err } = await askCluster(folderWith(files), [
      "plan",
      "--from",
      "dump.yaml",
      "new.yaml",
      "-n",
      "shop",
    ]);
    assert.equal(code, 0);
    assert.match(out, /Move StatefulSet shop\/db from PostgreSQL 16\.4 to PostgreSQL 17\.6/);
    assert.match(err, /^note: the commands go to the current context and namespace: make --namespace shop current/);
  });
});
