import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith } from "../../packages/kubectl-dbops/test/support/folder.ts";
import { dbops } from "../../packages/kubectl-dbops/test/support/run.ts";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";
import { skipWithout } from "./support/folders.ts";

interface SetOptions {
  readonly name?: string;
  readonly replicas?: number;
  readonly size?: string;
  /** Fields of the spec. */
  readonly spec?: string;
  readonly templates?: readonly string[];
  readonly service?: string;
}

/** A StatefulSet of PostgreSQL as someone writes it. */
function set(namespace: string, options: SetOptions = {}): string {
  const { name = "orders-db", replicas = 3, size = "1Gi", spec = "", templates = ["data"], service = name } = options;
  const claims = templates.map(
    (template) => `    - metadata: { name: ${template} }
      spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: ${size} } } }
`,
  );
  const mounts = templates.map((template) => `{ name: ${template}, mountPath: /var/lib/postgresql/${template} }`);
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  serviceName: ${service}
  replicas: ${replicas}
${spec}  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          env: [{ name: PGDATA, value: /var/lib/postgresql/${templates[0]}/pg }]
          volumeMounts: [${mounts.join(", ")}]
  volumeClaimTemplates:
${claims.join("")}`;
}

interface Claim {
  readonly name: string;
  readonly volume: string;
  readonly size: string;
}

describe("procedures of plan, carried out on a real API server with its controllers", function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let number = 0;
  let script: ChildProcessWithoutNullStreams | undefined;
  afterEach(() => script?.kill());
  before(async function () {
    cluster = await startCluster(this, { fakeNodes: true });
    if (!cluster.hasControllers) skipWithout(this, "kube-controller-manager", "tools/kubernetes/build.sh builds it");
    await apply(
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast }\nprovisioner: example.com/disk\nreclaimPolicy: Delete\n",
    );
  });
  after(() => cluster?.stop());

  const apply = (text: string): Promise<unknown> => cluster.kubectl(["apply", "-f", "-"], { input: text });
  const items = async (url: string): Promise<readonly Stored[]> =>
    ((await cluster.api("GET", url)).body as { readonly items?: readonly Stored[] }).items ?? [];
  const claimsIn = async (namespace: string): Promise<readonly Claim[]> =>
    (await items(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`))
      .map(({ metadata, spec, status }) => ({
        name: metadata.name,
        volume: spec?.volumeName ?? "",
        size: status?.capacity?.storage ?? "",
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  const podsIn = async (namespace: string): Promise<readonly string[]> =>
    (await items(`/api/v1/namespaces/${namespace}/pods`))
      .map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
      .sort();
  const namespaceMade = async (): Promise<string> => {
    const namespace = `shop-${++number}`;
    await cluster.kubectl(["create", "namespace", namespace]);
    return namespace;
  };

  /** Applies the old text, then runs the script of `plan` for the new one: yes to everything, but for steps that are skipped. */
  async function carriedOut(old: string, young: string, namespace: string, skipped?: RegExp): Promise<Outcome> {
    await apply(old);
    const [, kind = "", name = ""] = /kind: (\w+)\nmetadata: \{ name: ([\w-]+)/.exec(old) ?? [];
    await cluster.kubectl(["-n", namespace, "rollout", "status", `${kind.toLowerCase()}/${name}`, "--timeout=60s"]);
    const before = { claims: await claimsIn(namespace), pods: await podsIn(namespace) };
    const folder = folderWith({ "old.yaml": old, "new.yaml": young });
    const ledger = JSON.parse(dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", "json"]).out) as Ledger;
    const plan = dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "script"]);
    assert.deepEqual([plan.code, plan.err], [0, ""]);
    writeFileSync(path.join(folder, "plan.sh"), plan.out);
    const { plans } = JSON.parse(dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "json"]).out) as Plans;
    const steps = plans.flatMap(({ procedure }) => procedure?.steps ?? []);
    const answers = steps.flatMap(({ title, check }) => [
      skipped?.test(title) === true ? "s" : "y",
      ...(check === null ? [] : ["y"]),
    ]);
    script = spawn("sh", ["plan.sh"], { cwd: folder, env: cluster.env });
    let said = "";
    for (const stream of [script.stdout, script.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    script.stdin.on("error", () => {}).end(["y", ...answers, ""].join("\n"));
    const [code] = (await once(script, "close")) as [number];
    return {
      code,
      said,
      ledger: ledger.claims,
      before,
      after: { claims: await claimsIn(namespace), pods: await podsIn(namespace) },
    };
  }

  const namesOf = (claims: readonly { readonly name: string }[]): readonly string[] => claims.map(({ name }) => name);
  const volumesOf = (claims: readonly Claim[]): readonly string[] => claims.map(({ volume }) => volume).sort();
  const assertDone = ({ code, said }: Outcome): void => {
    assert.equal(code, 0, said);
    assert.match(said, /All steps are done\.\s*$/);
  };

  it("recreate: the Pods go on, and each claim is kept as the ledger says", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(
      set(namespace, { spec: "  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }\n" }),
      set(namespace, { spec: "  podManagementPolicy: Parallel\n" }),
      namespace,
    );
    assertDone(done);
    assert.ok(done.ledger.every(({ fate }) => fate === "kept"));
    assert.deepEqual(namesOf(done.after.claims), namesOf(done.ledger));
    assert.deepEqual(done.after, done.before, "no Pod and no claim was replaced");
    const { body } = await cluster.api("GET", `/apis/apps/v1/namespaces/${namespace}/statefulsets/orders-db`);
    assert.equal((body as { spec: { podManagementPolicy: string } }).spec.podManagementPolicy, "Parallel");
  });

  it("recreate with another Service: the Pods restart once, on their claims", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(set(namespace), set(namespace, { service: "orders" }), namespace);
    assertDone(done);
    assert.deepEqual(done.after.claims, done.before.claims);
    const pods = await items(`/api/v1/namespaces/${namespace}/pods`);
    assert.deepEqual(
      pods.map(({ spec }) => spec?.subdomain),
      ["orders", "orders", "orders"],
    );
  });

  it("grow: the claims have their new size, and no Pod restarts", async () => {
    const namespace = await namespaceMade();
    const shut =
      "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast }\nprovisioner: example.com/disk\nreclaimPolicy: Delete\n";
    const done = await carriedOut(
      set(namespace) + shut,
      `${set(namespace, { size: "2Gi" })}${shut}allowVolumeExpansion: true\n`,
      namespace,
    );
    assertDone(done);
    assert.deepEqual(
      done.after.claims.map(({ size }) => size),
      ["2Gi", "2Gi", "2Gi"],
    );
    assert.deepEqual(volumesOf(done.after.claims), volumesOf(done.before.claims));
    assert.deepEqual(done.after.pods, done.before.pods);
  });

  it("a claim template more: each Pod is replaced once, and the data stays where it is", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(set(namespace), set(namespace, { templates: ["data", "wal"] }), namespace);
    assertDone(done);
    const kept = done.after.claims.filter(({ name }) => name.startsWith("data-"));
    assert.deepEqual(kept, done.before.claims);
    assert.equal(done.after.claims.length, 6);
    assert.equal(done.after.pods.filter((pod) => done.before.pods.includes(pod)).length, 0);
  });

  it("rename: the new claims have the old volumes, where applying alone makes new ones", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(set(namespace), set(namespace, { name: "billing-db" }), namespace);
    assertDone(done);
    const fateOf = (fate: string): readonly string[] => namesOf(done.ledger.filter((each) => each.fate === fate));
    assert.deepEqual(fateOf("left-behind"), namesOf(done.before.claims));
    assert.deepEqual(fateOf("new"), namesOf(done.after.claims));
    assert.deepEqual(
      done.after.claims.map(({ volume }) => volume),
      done.before.claims.map(({ volume }) => volume),
      "ordinal by ordinal",
    );
    assert.equal(done.after.pods.length, 3);
  });

  it("rename without the procedure: the ledger is what happens", async () => {
    const namespace = await namespaceMade();
    const [old, young] = [set(namespace), set(namespace, { name: "billing-db" })];
    await apply(old);
    await cluster.kubectl(["-n", namespace, "rollout", "status", "statefulset/orders-db", "--timeout=60s"]);
    const before = await claimsIn(namespace);
    await apply(young);
    await cluster.kubectl(["-n", namespace, "delete", "statefulset/orders-db"]);
    await cluster.kubectl(["-n", namespace, "rollout", "status", "statefulset/billing-db", "--timeout=60s"]);
    const claims = await claimsIn(namespace);
    const old3 = claims.filter(({ name }) => name.includes("orders"));
    assert.deepEqual(old3, before, "they stay behind");
    const empty = claims.filter(({ name }) => name.includes("billing"));
    assert.ok(empty.length === 3 && empty.every(({ volume }) => !volumesOf(before).includes(volume)));
  });

  it("a renamed claim template: the same volumes under their new claims", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(set(namespace), set(namespace, { templates: ["pgdata"] }), namespace);
    assertDone(done);
    assert.deepEqual(namesOf(done.after.claims), ["pgdata-orders-db-0", "pgdata-orders-db-1", "pgdata-orders-db-2"]);
    assert.deepEqual(volumesOf(done.after.claims), volumesOf(done.before.claims));
  });

  it("another namespace: the same volumes there", async () => {
    const [from, to] = [await namespaceMade(), await namespaceMade()];
    const done = await carriedOut(set(from), set(to), from);
    assertDone(done);
    assert.deepEqual(done.after, { claims: [], pods: [] });
    assert.deepEqual(volumesOf(await claimsIn(to)), volumesOf(done.before.claims));
  });

  it("scale down: whenScaled Delete takes no claim along", async () => {
    const namespace = await namespaceMade();
    const deletes = "  persistentVolumeClaimRetentionPolicy: { whenScaled: Delete }\n";
    const done = await carriedOut(set(namespace, { spec: deletes }), set(namespace, { replicas: 1 }), namespace);
    assertDone(done);
    const fates = new Map(done.ledger.map(({ name, fate }) => [name, fate]));
    assert.deepEqual(
      done.after.claims.map(({ name }) => fates.get(name)),
      ["kept", "left-behind", "left-behind"],
    );
    assert.deepEqual(done.after.claims, done.before.claims);
    assert.equal(done.after.pods.length, 1);
  });

  it("scale down without the procedure: the ledger names the claims that go", async () => {
    const namespace = await namespaceMade();
    const spec = "  persistentVolumeClaimRetentionPolicy: { whenScaled: Delete }\n";
    const [old, young] = [set(namespace, { spec }), set(namespace, { spec, replicas: 1 })];
    await apply(old);
    await cluster.kubectl(["-n", namespace, "rollout", "status", "statefulset/orders-db", "--timeout=60s"]);
    await apply(young);
    await cluster.kubectl([
      "-n",
      namespace,
      "wait",
      "pvc/data-orders-db-1",
      "pvc/data-orders-db-2",
      "--for=delete",
      "--timeout=60s",
    ]);
    const folder = folderWith({ "old.yaml": old, "new.yaml": young });
    const { claims } = JSON.parse(dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", "json"]).out) as Ledger;
    const left = namesOf(claims.filter(({ fate }) => fate !== "deleted"));
    assert.deepEqual(namesOf(await claimsIn(namespace)), left);
  });

  it("a Deployment that becomes a StatefulSet: the set runs on the Deployment's volume", async () => {
    const namespace = await namespaceMade();
    const claim = `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders-data, namespace: ${namespace} }
spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 1Gi } } }
`;
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-db, namespace: ${namespace} }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: orders-data } }]
`;
    const young = set(namespace, { replicas: 1 }).replace("data/pg", "data");
    const done = await carriedOut(deployment + claim, young, namespace);
    assertDone(done);
    assert.deepEqual(namesOf(done.after.claims), ["data-orders-db-0"]);
    assert.deepEqual(volumesOf(done.after.claims), volumesOf(done.before.claims));
  });

  it("another class: new volumes take over the names, and the old ones stay beside them", async () => {
    const namespace = await namespaceMade();
    await apply(
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: faster }\nprovisioner: example.com/disk\n",
    );
    const old = set(namespace, { replicas: 1 });
    const done = await carriedOut(old, old.replace("storageClassName: fast", "storageClassName: faster"), namespace);
    assertDone(done);
    const [now, aside] = done.after.claims;
    assert.deepEqual(namesOf(done.after.claims), ["data-orders-db-0", "data-orders-db-0-old"]);
    assert.equal(aside?.volume, done.before.claims[0]?.volume);
    const volumes = await items("/api/v1/persistentvolumes");
    const [made] = volumes.filter(({ metadata }) => metadata.name === now?.volume);
    assert.equal(made?.spec?.storageClassName, "faster");
  });

  it("another directory: a Job works on the volume while nothing runs", async () => {
    const namespace = await namespaceMade();
    const old = set(namespace, { replicas: 1 });
    const done = await carriedOut(old, old.replace("data/pg }", "data/files }"), namespace);
    assertDone(done);
    assert.deepEqual(done.after.claims, done.before.claims);
  });

  it("a major version: the old volume stays aside, and the new server starts on a new one", async () => {
    const namespace = await namespaceMade();
    const old = set(namespace, { replicas: 1 });
    // Nothing runs in the fake node's Pods: the dump and its restore are skipped.
    const done = await carriedOut(old, old.replace("postgres:16.4", "postgres:17.2"), namespace, /^(Dump|Restore) /);
    assertDone(done);
    assert.deepEqual(namesOf(done.after.claims), ["data-orders-db-0", "data-orders-db-0-pg16"]);
    assert.equal(done.after.claims[1]?.volume, done.before.claims[0]?.volume);
  });

  it("delete: the volumes outlive the set and its claims", async () => {
    const namespace = await namespaceMade();
    const spec = "  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }\n";
    const old = set(namespace, { spec, replicas: 1 });
    // Nothing runs in the fake node's Pods: the look into the volume is skipped.
    const done = await carriedOut(old, "", namespace, /^Look into/);
    assertDone(done);
    assert.deepEqual(done.after, { claims: [], pods: [] });
    const volumes = await items("/api/v1/persistentvolumes");
    const [kept] = volumes.filter(({ metadata }) => metadata.name === done.before.claims[0]?.volume);
    assert.equal(kept?.spec?.persistentVolumeReclaimPolicy, "Retain", done.said);
  });

  it("refuses to delete a claim that a Pod uses, and one whose volume would go too", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(
      set(namespace, { replicas: 1 }),
      set(namespace, { name: "billing-db", replicas: 1 }),
      namespace,
      /^(Keep the volume|Stop) /,
    );
    assert.equal(done.code, 1, done.said);
    assert.match(done.said, /goes with its claim \(reclaim policy Delete\)\. Nothing was deleted\./);
    assert.match(done.said, /Stopped at step \d of \d\. What was done before stays done\./);
    assert.deepEqual(done.after, done.before);
    await cluster.kubectl([
      "patch",
      "pv",
      done.before.claims[0]?.volume ?? "",
      "-p",
      '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}',
    ]);
    const again = await carriedOut(
      set(namespace, { replicas: 1 }),
      set(namespace, { name: "billing-db", replicas: 1 }),
      namespace,
      /^(Keep the volume|Stop) /,
    );
    assert.match(again.said, /Claim shop-\d+\/data-orders-db-0 is in use by orders-db-0\. Nothing was deleted\./);
    assert.deepEqual(again.after, done.before);
  });
});

interface Stored {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec?: {
    readonly volumeName?: string;
    readonly subdomain?: string;
    readonly persistentVolumeReclaimPolicy?: string;
    readonly storageClassName?: string;
  };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

interface Ledger {
  readonly claims: readonly { readonly name: string; readonly fate: string }[];
}

interface Plans {
  readonly plans: readonly {
    readonly procedure: { readonly steps: readonly { readonly title: string; readonly check: object | null }[] } | null;
  }[];
}

interface State {
  readonly claims: readonly Claim[];
  readonly pods: readonly string[];
}

interface Outcome {
  readonly code: number;
  readonly said: string;
  readonly ledger: Ledger["claims"];
  readonly before: State;
  readonly after: State;
}
