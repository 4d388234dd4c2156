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

/** A Deployment of the same server, and its claim. */
const deployment = (namespace: string, storageClass = "fast"): string => `apiVersion: apps/v1
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
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders-data, namespace: ${namespace} }
spec: { accessModes: [ReadWriteOnce], storageClassName: ${storageClass}, resources: { requests: { storage: 1Gi } } }
`;

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
    for (const name of ["fast", "faster"])
      await apply(
        `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: ${name} }\nprovisioner: example.com/disk\nreclaimPolicy: Delete\n`,
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

  /** Runs a script with these answers; without a code it was killed. */
  async function ran(folder: string, file: string, answers = ""): Promise<Pick<Outcome, "code" | "said">> {
    script = spawn("sh", [file], { cwd: folder, env: cluster.env });
    let said = "";
    for (const stream of [script.stdout, script.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    script.stdin.on("error", () => {}).end(answers);
    const [code] = (await once(script, "close")) as [number | null];
    return { code, said };
  }

  /** A folder with the shell functions that the steps from one text to another use. */
  function functionsFor(old: string, young: string): { readonly folder: string; readonly setup: string } {
    const folder = folderWith({ "old.yaml": old, "new.yaml": young });
    const { plans } = JSON.parse(dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "json"]).out) as Plans;
    return { folder, setup: plans[0]?.procedure?.setup.join("\n") ?? "" };
  }

  const claimOf = (namespace: string, name: string, storageClass: string): string =>
    `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { accessModes: [ReadWriteOnce], storageClassName: ${storageClass}, resources: { requests: { storage: 1Gi } } }\n`;
  const bound = (namespace: string, name: string): Promise<unknown> =>
    cluster.kubectl([
      ...["-n", namespace, "wait", `pvc/${name}`, "--for=jsonpath={.status.phase}=Bound", "--timeout=30s"],
    ]);

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
    return {
      ...(await ran(folder, "plan.sh", ["y", ...answers, ""].join("\n"))),
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
      // The driver writes 2Gi.
      `${set(namespace, { size: "2048Mi" })}${shut}allowVolumeExpansion: true\n`,
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
    const young = set(namespace, { replicas: 1 }).replace("data/pg", "data");
    const done = await carriedOut(deployment(namespace), young, namespace);
    assertDone(done);
    assert.deepEqual(namesOf(done.after.claims), ["data-orders-db-0"]);
    assert.deepEqual(volumesOf(done.after.claims), volumesOf(done.before.claims));
  });

  it("a StatefulSet that becomes a Deployment: the Deployment runs on the set's volume, under the claim of the new text", async () => {
    const namespace = await namespaceMade();
    const old = set(namespace, { replicas: 1 }).replace("data/pg", "data");
    const done = await carriedOut(old, deployment(namespace), namespace);
    assertDone(done);
    assert.deepEqual(namesOf(done.after.claims), ["orders-data"]);
    assert.deepEqual(volumesOf(done.after.claims), volumesOf(done.before.claims));
  });

  it("a Deployment's claim of another class: the new text is applied to the claim that took over its name", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(deployment(namespace), deployment(namespace, "faster"), namespace);
    assertDone(done);
    const [now, aside] = done.after.claims;
    assert.deepEqual(namesOf(done.after.claims), ["orders-data", "orders-data-old"]);
    assert.equal(aside?.volume, done.before.claims[0]?.volume);
    assert.notEqual(now?.volume, aside?.volume);
    assert.equal(done.after.pods.length, 1);
  });

  it("another class: new volumes take over the names, and the old ones stay beside them", async () => {
    const namespace = await namespaceMade();
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
    const old = set(namespace).replace("  replicas: 3\n", "");
    const done = await carriedOut(old, old.replace("data/pg }", "data/files }"), namespace);
    assertDone(done);
    assert.equal(done.after.pods.filter((pod) => pod.startsWith("orders-db-0 ")).length, 1);
    assert.deepEqual(done.after.claims, done.before.claims);
  });

  it("a claim that a CronJob and Jobs that ended use: it is stopped, they hold nothing up, and it is on again", async () => {
    const namespace = await namespaceMade();
    const pods = `{ spec: { restartPolicy: Never, containers: [{ name: copy, image: "shop/copy:1", volumeMounts: [{ name: files, mountPath: /files }] }], volumes: [{ name: files, persistentVolumeClaim: { claimName: orders-data } }] } }`;
    const jobs = `---
apiVersion: batch/v1
kind: CronJob
metadata: { name: copies, namespace: ${namespace} }
spec: { schedule: "0 2 1 1 *", jobTemplate: { spec: { template: ${pods} } } }
`;
    const old = deployment(namespace);
    await apply(old + jobs);
    await cluster.kubectl(["-n", namespace, "create", "job", "copies-1", "--from=cronjob/copies"]);
    await cluster.kubectl(["-n", namespace, "wait", "job/copies-1", "--for=condition=Complete", "--timeout=60s"]);
    const done = await carriedOut(old + jobs, deployment(namespace, "faster") + jobs, namespace);
    assertDone(done);
    assert.match(done.said, /Pod shop-\d+\/copies-1-\w+ has ended and holds claim shop-\d+\/orders-data/);
    assert.deepEqual(namesOf(done.after.claims), ["orders-data", "orders-data-old"]);
    const { body } = await cluster.api("GET", `/apis/batch/v1/namespaces/${namespace}/cronjobs/copies`);
    assert.equal((body as { spec: { suspend: boolean } }).spec.suspend, false);
  });

  it("a Pod that does not start: the wait ends after 5 minutes, and one that runs is waited for", async () => {
    const namespace = await namespaceMade();
    const old = set("shop", { replicas: 1 });
    const { folder, setup } = functionsFor(old, old.replace("storageClassName: fast", "storageClassName: faster"));
    const job = (name: string, annotations: string): string =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { template: { metadata: { annotations: { ${annotations} } }, spec: { restartPolicy: Never, containers: [{ name: copy, image: "shop/copy:1" }] } } }\n`;
    await apply(`${job("stuck", '"fake-nodes/state": waiting')}---\n${job("well", "")}`);
    // Time passes at once.
    writeFileSync(path.join(folder, "wait.sh"), `set -eu\n${setup}\nsleep() { :; }\nended ${namespace} "job/$1" 400\n`);
    const run = async (name: string): ReturnType<typeof ran> => {
      writeFileSync(path.join(folder, "one.sh"), `set -- ${name}\n. ./wait.sh\n`);
      return ran(folder, "one.sh");
    };
    assert.equal((await run("well")).code, 0);
    const stuck = await run("stuck");
    assert.equal(stuck.code, 1);
    assert.match(stuck.said, /job\/stuck has not started after 300 s\. What its Pod waits for:/);
  });

  it("a namespace that refuses root: nothing is stopped, and as the server's own user the copy runs", async () => {
    const namespace = await namespaceMade();
    await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
    const allowed = (text: string, isOwn: boolean): string =>
      text.replace(
        "        - name: postgres\n",
        `        - name: postgres
          securityContext: { runAsNonRoot: ${isOwn}, runAsUser: 999, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }, seccompProfile: { type: RuntimeDefault } }
`,
      );
    const faster = (text: string): string => text.replace("storageClassName: fast", "storageClassName: faster");
    const own = allowed(set(namespace, { replicas: 1 }), true);
    await apply(own);
    const texts = [own, faster(own)] as const;
    // The old text says nothing of root; what runs may not be root all the same.
    const { folder, setup } = functionsFor(allowed(texts[0], false).replace(/runAsNonRoot: true, /, ""), texts[1]);
    writeFileSync(path.join(folder, "try.sh"), `set -eu\n${setup}\ncopy_pod a b | trial ${namespace} copy-a\n`);
    const refused = await ran(folder, "try.sh");
    assert.notEqual(refused.code, 0);
    assert.match(refused.said, /violates PodSecurity "restricted/);
    const done = await carriedOut(...texts, namespace);
    assertDone(done);
    assert.deepEqual(namesOf(done.after.claims), ["data-orders-db-0", "data-orders-db-0-old"]);
  });

  it("an evicted Pod, which no ReplicaSet deletes, holds up neither the stop nor the claim", async () => {
    const namespace = await namespaceMade();
    const old = deployment(namespace);
    await apply(old);
    await cluster.kubectl(["-n", namespace, "rollout", "status", "deployment/orders-db", "--timeout=60s"]);
    const [pod = ""] = (await podsIn(namespace)).map((each) => each.split(" ")[0]);
    await cluster.kubectl([
      ...["-n", namespace, "patch", `pod/${pod}`, "--subresource=status", "--type=merge"],
      ...["-p", '{"status":{"phase":"Failed","reason":"Evicted"}}'],
    ]);
    const done = await carriedOut(old, deployment(namespace, "faster"), namespace);
    assertDone(done);
    assert.match(done.said, new RegExp(`Pod ${namespace}/${pod} has ended and holds claim`));
    assert.deepEqual(namesOf(done.after.claims), ["orders-data", "orders-data-old"]);
  });

  it("a DaemonSet that goes: its Pods stop with it, and its claim is given up after them", async () => {
    const namespace = await namespaceMade();
    const old = deployment(namespace)
      .replace("kind: Deployment", "kind: DaemonSet")
      .replace("  strategy: { type: Recreate }\n", "");
    const done = await carriedOut(old, "", namespace, /^Look into/);
    assertDone(done);
    assert.deepEqual(done.after, { claims: [], pods: [] });
  });

  it("a Deployment that goes leaves no ReplicaSet", async () => {
    const namespace = await namespaceMade();
    const done = await carriedOut(deployment(namespace), "", namespace, /^Look into/);
    assertDone(done);
    assert.deepEqual(await items(`/apis/apps/v1/namespaces/${namespace}/replicasets`), []);
    assert.deepEqual(done.after.pods, []);
  });

  it("another selector of a Deployment: the old Pods are gone before the new ones are made", async () => {
    const namespace = await namespaceMade();
    const old = deployment(namespace);
    const done = await carriedOut(old, old.replaceAll("app: orders }", "app: orders, tier: db }"), namespace);
    assertDone(done);
    assert.equal((await items(`/apis/apps/v1/namespaces/${namespace}/replicasets`)).length, 1);
    assert.equal(done.after.pods.length, 1);
    assert.deepEqual(done.after.claims, done.before.claims);
  });

  it("a Job that fails: the script stops at once, names its log, and nothing after it is done", async () => {
    const namespace = await namespaceMade();
    const old = set(namespace, { replicas: 1 }).replace("image: ", "image: registry.example/fails/");
    for (const [young, job] of [
      [old.replace("data/pg }", "data/files }"), "move-data-orders-db-0"],
      [old.replace("storageClassName: fast", "storageClassName: faster"), "copy-data-orders-db-0"],
    ] as const) {
      const done = await carriedOut(old, young, namespace);
      assert.equal(done.code, 1, done.said);
      assert.match(
        done.said,
        new RegExp(`^job/${job} failed\\. Its log: kubectl -n ${namespace} logs job/${job}$`, "m"),
      );
      assert.match(done.said, /Stopped at step \d+ of \d+\. What was done before stays done\.\s*$/);
      const kept = done.after.claims.filter(({ name }) => !name.endsWith("-new"));
      assert.deepEqual(kept, done.before.claims);
    }
  });

  it("another class, interrupted after any command: the next run ends it", async function () {
    this.timeout(600_000);
    const old = set("shop", { replicas: 1 });
    const { folder, setup } = functionsFor(old, old.replace("storageClassName: fast", "storageClassName: faster"));
    // A kubectl that counts what it changes, and takes the shell with it after that many.
    const counting = `kubectl() {
  command kubectl "$@" || return
  case " $* " in *" delete "* | *" patch "* | *" apply "* | *" create "*) ;; *) return 0 ;; esac
  left=$(($(cat left) - 1))
  echo "$left" >left
  [ "$left" -ne 0 ] || kill -9 $$
}
`;
    const run = (words: string, left: number): ReturnType<typeof ran> => {
      writeFileSync(path.join(folder, "left"), `${left}\n`);
      writeFileSync(path.join(folder, "swap.sh"), `set -eu\n${setup}\n${counting}${words}\n`);
      return ran(folder, "swap.sh");
    };
    let isWhole = false;
    for (let left = 1; !isWhole; left++) {
      const namespace = await namespaceMade();
      const names = ["data-db-0", "data-db-0-new"];
      await apply(
        names.map((name) => claimOf(namespace, name, name.endsWith("-new") ? "faster" : "fast")).join("---\n"),
      );
      for (const name of names) await bound(namespace, name);
      const [was, fresh] = await claimsIn(namespace);
      await cluster.kubectl([
        "patch",
        "pv",
        was?.volume ?? "",
        "-p",
        '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}',
      ]);
      isWhole = (await run(`swap ${namespace} data-db-0`, left)).code === 0;
      const { code, said } = await run(`swap ${namespace} data-db-0`, -1);
      assert.equal(code, 0, `after ${left} commands: ${said}`);
      assert.deepEqual(
        (await claimsIn(namespace)).map(({ name, volume }) => [name, volume]),
        [
          ["data-db-0", fresh?.volume],
          ["data-db-0-old", was?.volume],
        ],
        `after ${left} commands`,
      );
      assert.ok(left < 20);
    }
  });

  it("carries nothing to a claim that is there, and takes no volume of an earlier life", async () => {
    const namespace = await namespaceMade();
    const { folder, setup } = functionsFor(set("shop"), set("shop", { name: "billing-db" }));
    const run = (words: string): ReturnType<typeof ran> => {
      writeFileSync(path.join(folder, "carry.sh"), `set -eu\n${setup}\n${words}\n`);
      return ran(folder, "carry.sh");
    };
    // A volume that once was of the target, and was kept when its claim went.
    await apply(claimOf(namespace, "target", "fast"));
    await bound(namespace, "target");
    assert.equal((await run(`keep ${namespace} target`)).code, 0);
    await cluster.kubectl(["-n", namespace, "delete", "pvc/target"]);
    // A source that has no volume: its class makes none.
    await apply(claimOf(namespace, "source", "none"));
    const without = await run(`carry ${namespace} source ${namespace} target`);
    assert.equal(without.code, 1, without.said);
    assert.match(without.said, /There is not exactly one volume of claim \S+\/source: none/);
    assert.deepEqual(namesOf(await claimsIn(namespace)), ["source"]);
    await apply(claimOf(namespace, "other", "fast"));
    await bound(namespace, "other");
    const both = await run(`keep ${namespace} other; carry ${namespace} other ${namespace} source`);
    assert.equal(both.code, 1, both.said);
    assert.match(both.said, /both exist\. Nothing was changed\./);
    assert.deepEqual(namesOf(await claimsIn(namespace)), ["other", "source"]);
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

  it("delete: a claim that the new text has stays, and its volume too", async () => {
    const namespace = await namespaceMade();
    const backups = `---\n${claimOf(namespace, "backups", "fast")}`;
    const old = deployment(namespace)
      .replace("volumeMounts: [", "volumeMounts: [{ name: backups, mountPath: /backups }, ")
      .replace("volumes: [", "volumes: [{ name: backups, persistentVolumeClaim: { claimName: backups } }, ");
    const done = await carriedOut(old + backups, backups, namespace, /^Look into/);
    assertDone(done);
    assert.deepEqual(
      done.after.claims,
      done.before.claims.filter(({ name }) => name === "backups"),
    );
    assert.deepEqual(done.after.pods, []);
  });

  it("a major version: what writes is stopped before the dump, and is as before at the end", async () => {
    const namespace = await namespaceMade();
    const pods = (restart: string): string =>
      `{ metadata: { labels: { app: web } }, spec: { restartPolicy: ${restart}, containers: [{ name: web, image: "shop/web:1", env: [{ name: DATABASE_URL, value: "postgresql://app@orders-db:5432/orders" }] }] } }`;
    const clients = `---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: ${namespace} }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: ${pods("Always")} }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: ${namespace} }
spec: { schedule: "0 2 1 1 *", jobTemplate: { spec: { template: ${pods("Never")} } } }
`;
    const old = set(namespace, { replicas: 1 });
    const young = old.replace("postgres:16.4", "postgres:17.2");
    const stateOf = async (): Promise<readonly unknown[]> => {
      const found = await Promise.all(
        ["apps/v1/namespaces/NS/deployments/web", "batch/v1/namespaces/NS/cronjobs/report"].map((each) =>
          cluster.api("GET", `/apis/${each.replace("NS", namespace)}`),
        ),
      );
      return found.map(({ body }) => {
        const { replicas, suspend } = (body as { spec: { replicas?: number; suspend?: boolean } }).spec;
        return replicas ?? suspend;
      });
    };
    const stopped = await carriedOut(old + clients, young + clients, namespace, /^(Dump|Restore|Start) /);
    assertDone(stopped);
    assert.deepEqual(await stateOf(), [0, true], "although the new text is applied");
    const texts = folderWith({ "old.yaml": old + clients, "new.yaml": young + clients });
    const { plans } = JSON.parse(dbops(texts, ["plan", "old.yaml", "new.yaml", "-o", "json"]).out) as Plans;
    const start = plans[0]?.procedure?.steps.find(({ title }) => title === "Start the clients again");
    const folder = folderWith({ "start.sh": `set -eu\n${start?.commands.join("\n")}\n` });
    assert.equal((await ran(folder, "start.sh")).code, 0);
    assert.deepEqual(await stateOf(), [2, false]);
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
    readonly procedure: {
      readonly setup: readonly string[];
      readonly steps: readonly {
        readonly title: string;
        readonly commands: readonly string[];
        readonly check: object | null;
      }[];
    } | null;
  }[];
}

interface State {
  readonly claims: readonly Claim[];
  readonly pods: readonly string[];
}

interface Outcome {
  readonly code: number | null;
  readonly said: string;
  readonly ledger: Ledger["claims"];
  readonly before: State;
  readonly after: State;
}
