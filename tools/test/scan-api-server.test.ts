import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  allRules,
  createProject,
  kindsInClusters,
  type LiveObject,
  lint,
  liveFile,
  SourceFile,
  type View,
} from "@dbops/core";
import { openCluster } from "../../packages/kubectl-dbops/src/cluster/client.ts";
import { Interrupted } from "../../packages/kubectl-dbops/src/io.ts";
import { folderWith } from "../../packages/kubectl-dbops/test/support/folder.ts";
import { askCluster, type Outcome } from "../../packages/kubectl-dbops/test/support/run.ts";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";
import { firstCases } from "./support/first-cases.ts";
import { skipWithout } from "./support/folders.ts";
import { kindKey, listUrl, type Served, servedBy } from "./support/served-urls.ts";

const storageClass = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: example.com/disk
allowVolumeExpansion: true
`;

/** A StatefulSet of PostgreSQL with its Service. */
function database(namespace: string, { name = "db", replicas = 2, spec = "" } = {}): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { clusterIP: None, selector: { app: ${name} }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  serviceName: ${name}
  replicas: ${replicas}
${spec}  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          env: [{ name: PGDATA, value: /var/lib/postgresql/data/pg }]
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 1Gi } } }
`;
}

interface Stored {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec?: { readonly volumeName?: string };
  readonly status?: { readonly phase?: string };
}

describe("scan of a real API server with its controllers", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  before(async function () {
    cluster = await startCluster(this, { fakeNodes: true });
    if (!cluster.hasControllers) skipWithout(this, "kube-controller-manager", "tools/kubernetes/build.sh builds it");
    await apply(storageClass);
  });
  after(() => cluster?.stop());

  const apply = (text: string): Promise<unknown> => cluster.kubectl(["apply", "-f", "-"], { input: text });
  const scan = (...words: readonly string[]): Promise<Outcome> =>
    askCluster(folderWith({}), ["scan", ...words], { env: { KUBECONFIG: cluster.kubeconfig } });
  const itemsAt = async (url: string): Promise<readonly Stored[]> =>
    ((await cluster.api("GET", url)).body as { readonly items?: readonly Stored[] }).items ?? [];

  async function until(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await check())) {
      if (Date.now() > deadline) throw new Error(`not in a minute: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function namespaceWith(name: string, manifests: string, running = 2): Promise<void> {
    await cluster.kubectl(["create", "namespace", name]);
    await apply(manifests);
    await until(`the Pods of ${name} run`, async () => {
      const pods = await itemsAt(`/api/v1/namespaces/${name}/pods`);
      return pods.length === running && pods.every(({ status }) => status?.phase === "Running");
    });
  }

  it("judges Pods, claims and volumes that controllers made through the StatefulSet", async () => {
    await namespaceWith("made", database("made"));
    const { code, out, err } = await scan("-n", "made", "-o", "concise");
    assert.equal(err, "");
    assert.equal(code, 1);
    assert.match(
      out,
      /^StatefulSet made\/db \.spec\.replicas: error: 2 Pods of postgres:16\.4-bookworm are 2 separate/m,
    );
    assert.match(out, /^StorageClass fast \.reclaimPolicy: .*deletes the disk of made\/db/m);
    assert.doesNotMatch(out, /^(?:Pod|PersistentVolume|ControllerRevision)/m);
  });

  it("says nothing of a class whose volumes were all told to stay", async () => {
    await namespaceWith("kept", database("kept"));
    for (const { spec } of await itemsAt("/api/v1/namespaces/kept/persistentvolumeclaims"))
      await cluster.kubectl([
        "patch",
        "pv",
        spec?.volumeName ?? "",
        "-p",
        '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}',
      ]);
    const { out } = await scan("-n", "kept", "-o", "concise", "--select", "storage-class-deletes-volumes");
    assert.equal(out, "");
  });

  it("sees a claim that waits for its Pod to be deleted", async () => {
    await namespaceWith("going", database("going"));
    await cluster.kubectl(["delete", "pvc", "data-db-0", "-n", "going", "--wait=false"]);
    const { out } = await scan("-n", "going", "-o", "concise", "--select", "live");
    assert.match(
      out,
      /^PersistentVolumeClaim going\/data-db-0 \.metadata\.deletionTimestamp: error: .* only Pod db-0, which uses it, still keeps it: once that Pod is gone, the claim and its disk are deleted\./m,
    );
  });

  it("names what a user may not list, and what it then does not say", async () => {
    await namespaceWith("partly", database("partly"));
    await apply(`apiVersion: v1
kind: ServiceAccount
metadata: { name: looker, namespace: partly }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: looker, namespace: partly }
rules: [{ apiGroups: [apps], resources: [statefulsets], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: looker, namespace: partly }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: looker }
subjects: [{ kind: ServiceAccount, name: looker, namespace: partly }]
`);
    const as = ["-n", "partly", "--as", "system:serviceaccount:partly:looker", "-o", "concise"];
    const { out, err } = await scan(...as);
    assert.match(
      err,
      /^Not allowed to list .*\bService\b.*: nothing is said about them or about what is missing there\.\n$/,
    );
    assert.match(out, /^StatefulSet partly\/db .*database-without-memory-limit/m);
    assert.doesNotMatch(out, /without-backup|governing-service-missing|without-disruption-budget/);
    const nobody = await scan("-n", "partly", "--as", "system:serviceaccount:partly:default");
    assert.equal(nobody.code, 2);
    assert.match(nobody.err, /nothing may be read/);
  });

  it("reads everything with exactly the role that rbac prints", async () => {
    await namespaceWith("ruled", database("ruled"));
    const user = ["--as", "reader"];
    for (const [verb, words] of [
      ["scan", ["scan", "-A", "-o", "json"]],
      ["backups", ["backups", "--live", "-A", "-o", "markdown"]],
      ["pool", ["pool", "--live", "-A", "-o", "markdown"]],
      ["pvc", ["pvc", "list", "-A", "-o", "json"]],
    ] as const) {
      const run = (...more: readonly string[]): Promise<Outcome> =>
        askCluster(folderWith({}), [...words, ...more], { env: { KUBECONFIG: cluster.kubeconfig } });
      const role = await askCluster(folderWith({}), ["rbac", verb], { env: { KUBECONFIG: cluster.kubeconfig } });
      await apply(role.out);
      await cluster.kubectl(["create", "clusterrolebinding", verb, `--clusterrole=dbops-${verb}`, "--user=reader"]);
      let ruled = await run(...user);
      await until("the role counts", async () => {
        ruled = await run(...user);
        return ruled.err === "";
      });
      assert.equal(ruled.out, (await run()).out);
      assert.doesNotMatch(role.out, /secrets|\*|\bget\b|watch/);
      await cluster.kubectl(["delete", "clusterrolebinding", verb]);
      await until("the role is gone", async () => (await run(...user)).code === 2);
    }
  });

  it("says when a CronJob last succeeded, by what the server stores of it", async () => {
    await namespaceWith("kept-jobs", database("kept-jobs"));
    await apply(`apiVersion: batch/v1
kind: CronJob
metadata: { name: dump, namespace: kept-jobs }
spec:
  schedule: "0 2 1 1 *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres:16.4
              command: [bash, -ec, "pg_dump -h db shop -f /b/x"]
              volumeMounts: [{ name: b, mountPath: /b }]
          volumes: [{ name: b, persistentVolumeClaim: { claimName: backups } }]
`);
    const backups = (...words: readonly string[]): Promise<Outcome> =>
      askCluster(folderWith({}), ["backups", "--live", "-n", "kept-jobs", ...words], {
        env: { KUBECONFIG: cluster.kubeconfig },
      });
    assert.match((await backups("--require", "rpo=24h")).out, /none of its backups has ever succeeded/);
    const lastSuccessfulTime = new Date(Date.now() - 3_600_000 * 3).toISOString().replace(/\.\d+/, "");
    await cluster.api(
      "PATCH",
      "/apis/batch/v1/namespaces/kept-jobs/cronjobs/dump/status",
      { status: { lastSuccessfulTime } },
      "application/merge-patch+json",
    );
    const { code, out } = await backups("--require", "rpo=24h");
    assert.equal(code, 0, out);
    assert.match(out, /logical .* +3 hours ago/);
    assert.equal((await backups("--require", "rpo=2h")).code, 1);
  });

  it("counts the Pods that run, while a set is told to have more", async () => {
    await namespaceWith(
      "pools",
      `${database("pools")}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: pools }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          image: example.com/app:1
          env:
            - { name: SPRING_DATASOURCE_URL, value: "jdbc:postgresql://db:5432/shop" }
            - { name: SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE, value: "10" }
`,
      4,
    );
    const pool = async (): Promise<{ readonly atRest: number; readonly peak: number }> => {
      const { out } = await askCluster(folderWith({}), ["pool", "--live", "-n", "pools", "-o", "json"], {
        env: { KUBECONFIG: cluster.kubeconfig },
      });
      return JSON.parse(out).databases[0].rows[0].pods;
    };
    assert.deepEqual(await pool(), { atRest: 2, peak: 2, rollout: 3 });
  });

  it("finds in a dump of the cluster exactly what it finds in the cluster", async () => {
    await namespaceWith("dumped", database("dumped"));
    const folder = folderWith({});
    for (const { kind, group } of kindsInClusters()) {
      const file = path.join(folder, `${kind}.${group}.json`);
      const of = served.get(`${kind}.${group}`);
      const list =
        of === undefined
          ? { kind: `${kind}List`, items: [] }
          : (await cluster.api("GET", `${of.version}/${of.plural}`)).body;
      writeFileSync(file, JSON.stringify(list, null, 2));
    }
    const words = ["-n", "dumped", "-o", "json"];
    const live = JSON.parse((await scan(...words)).out);
    const dumped = JSON.parse((await askCluster(folder, ["scan", "--from", ".", ...words])).out);
    assert.deepEqual(dumped.findings, live.findings);
    assert.ok(live.findings.length > 3);
    // What `kubectl get` prints has the same objects in another form.
    const { stdout } = await cluster.kubectl([
      "get",
      "statefulsets,services,pods,pvc,pv,storageclasses",
      "-A",
      "-o",
      "yaml",
    ]);
    const yaml = folderWith({ "all.yaml": stdout });
    const present = (all: readonly { readonly rule: string }[]): readonly unknown[] =>
      all.filter(({ rule }) => allRules.find(({ id }) => id === rule)?.meta.misses === undefined);
    const read = JSON.parse((await askCluster(yaml, ["scan", "--from", "all.yaml", ...words])).out);
    assert.deepEqual(read.findings, present(live.findings));
  });

  it("shows why claims are there that the controllers left, and keeps a disk", async () => {
    const retention = "  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete, whenScaled: Retain }\n";
    await namespaceWith(
      "claims",
      `${database("claims", { spec: retention })}---\n${database("claims", { name: "gone" })}`,
      4,
    );
    await cluster.kubectl(["scale", "statefulset", "db", "-n", "claims", "--replicas", "1"]);
    await cluster.kubectl(["delete", "statefulset", "gone", "-n", "claims"]);
    await until("three Pods are gone", async () => (await itemsAt("/api/v1/namespaces/claims/pods")).length === 1);
    const pvc = (...words: readonly string[]): Promise<Outcome> =>
      askCluster(folderWith({}), ["pvc", ...words, "-n", "claims"], { env: { KUBECONFIG: cluster.kubeconfig } });
    const list = async (): Promise<
      readonly { readonly name: string; readonly verdict: string; readonly reclaimPolicy: string }[]
    > => JSON.parse((await pvc("list", "-o", "json")).out).claims;
    assert.deepEqual(
      (await list()).map(({ name, verdict }) => [name, verdict]),
      [
        ["data-db-0", "in use by db-0; goes when StatefulSet db is deleted"],
        ["data-db-1", "kept for ordinal 1 of db (scaled to 1); goes when StatefulSet db is deleted"],
        ["data-gone-0", "kept: its StatefulSet was deleted"],
        ["data-gone-1", "kept: its StatefulSet was deleted"],
      ],
    );
    const policy = async (): Promise<string | undefined> =>
      (await list()).find(({ name }) => name === "data-db-1")?.reclaimPolicy;
    assert.match(
      (await pvc("protect", "data-db-1", "--dry-run=client")).out,
      /^Would set volume \S+ of claim claims\/data-db-1 from Delete to Retain in https:\S+ \(context admin\)\. Nothing was changed/,
    );
    assert.match((await pvc("protect", "data-db-1", "--dry-run=server")).out, /^The cluster would set/);
    const unasked = await pvc("protect", "data-db-1");
    assert.equal(unasked.code, 2);
    assert.match(unasked.err, /Nobody can be asked here; --yes says so/);
    assert.equal(await policy(), "Delete");
    assert.match((await pvc("protect", "data-db-1", "--yes")).out, /the disk stays when the claim is deleted\.\n$/);
    assert.equal(await policy(), "Retain");
    assert.match((await pvc("protect", "data-db-1", "--yes")).out, /is kept already/);
  });

  it("prints an inspection Pod that Pod Security restricted admits", async () => {
    await namespaceWith("inspected", database("inspected"));
    await cluster.kubectl(["label", "namespace", "inspected", "pod-security.kubernetes.io/enforce=restricted"]);
    await cluster.kubectl(["scale", "statefulset", "db", "-n", "inspected", "--replicas", "1"]);
    const { out } = await askCluster(folderWith({}), ["pvc", "inspect", "data-db-1", "-n", "inspected"], {
      env: { KUBECONFIG: cluster.kubeconfig },
    });
    const { stdout, stderr } = await cluster.kubectl(["create", "-f", "-"], { input: out });
    assert.match(stdout, /^pod\/dbops-inspect-\S+ created\n$/);
    assert.equal(stderr, "");
  });

  it("removes the Pod of an interrupted inspection, with exactly the role that rbac prints", async () => {
    await namespaceWith("interrupted", database("interrupted"));
    await cluster.kubectl(["label", "namespace", "interrupted", "pod-security.kubernetes.io/enforce=restricted"]);
    const env = { KUBECONFIG: cluster.kubeconfig };
    await apply((await askCluster(folderWith({}), ["rbac", "pvc-inspect"], { env })).out);
    await cluster.kubectl([
      "create",
      "clusterrolebinding",
      "inspector",
      "--clusterrole=dbops-pvc-inspect",
      "--user=inspector",
    ]);
    const names = async (): Promise<readonly string[]> =>
      (await itemsAt("/api/v1/namespaces/interrupted/pods"))
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.startsWith("dbops-inspect-"));
    const controller = new AbortController();
    const run = askCluster(
      folderWith({}),
      ["pvc", "inspect", "data-db-1", "-n", "interrupted", "--run", "--yes", "--as", "inspector"],
      { env, signal: controller.signal },
    );
    await until("the Pod is there", async () => (await names()).length === 1);
    const [name] = await names();
    controller.abort(new Interrupted(143));
    const { code, err } = await run;
    assert.equal(code, 143);
    assert.ok(err.includes(`kubectl delete pod -n interrupted ${name} --as inspector\n`), err);
    assert.match(err, /^Pod db-1 uses it now on node fake-0, where this Pod has to run, too \(ReadWriteOnce\)/m);
    await until("the Pod is gone", async () => (await names()).length === 0);
  });

  it("knows that the claim of an ephemeral volume goes with its Pod, which it does", async () => {
    await cluster.kubectl(["create", "namespace", "ephemeral"]);
    await apply(`apiVersion: v1
kind: Pod
metadata: { name: job, namespace: ephemeral }
spec:
  containers: [{ name: c, image: wiki:1, volumeMounts: [{ name: scratch, mountPath: /scratch }] }]
  volumes:
    - name: scratch
      ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 1Gi } } } } }
`);
    const claims = (): Promise<readonly Stored[]> => itemsAt("/api/v1/namespaces/ephemeral/persistentvolumeclaims");
    await until("the claim is bound", async () => (await claims())[0]?.status?.phase === "Bound");
    const { out } = await askCluster(folderWith({}), ["pvc", "list", "-n", "ephemeral", "-o", "json"], {
      env: { KUBECONFIG: cluster.kubeconfig },
    });
    const [claim] = (
      JSON.parse(out) as { readonly claims: readonly { readonly name: string; readonly verdict: string }[] }
    ).claims;
    assert.deepEqual(
      [claim?.name, claim?.verdict],
      ["job-scratch", "in use by job: its ephemeral volume, goes with that Pod"],
    );
    await cluster.kubectl(["delete", "pod", "job", "-n", "ephemeral"]);
    await until("the claim is gone", async () => (await claims()).length === 0);
  });

  let served: ReadonlyMap<string, Served>;
  before(async () => {
    served = await servedBy(cluster);
  });

  it("finds in what was applied what lint finds in the manifests", async () => {
    const isServed = (object: LiveObject): boolean => served.get(kindKey(object))?.isNamespaced === true;
    const applied: { readonly namespace: string; readonly name: string; readonly objects: readonly LiveObject[] }[] =
      [];
    let number = 0;
    for (const [name, objects] of firstCases()) {
      if (!objects.every(isServed)) continue;
      const namespace = `case-${number++}`;
      await cluster.api("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespace },
      });
      const placed = objects.map((each): LiveObject => ({ ...each, metadata: { ...each.metadata, namespace } }));
      if (await createAll(placed)) applied.push({ namespace, name, objects: placed });
    }
    assert.ok(applied.length >= 80, `only ${applied.length} cases could be applied`);
    const source = await openCluster(
      { kubeconfig: cluster.kubeconfig, context: undefined, as: undefined, timeout: 30_000 },
      { cwd: "/", env: {}, signal: new AbortController().signal },
    );
    const { objects } = await source.read({ namespace: undefined, progress: () => {} });
    const differences = applied.flatMap(({ namespace, name, objects: manifests }) => {
      const written = manifests.map(
        (each) => new SourceFile(`/w/${each.kind}-${each.metadata.name}.yaml`, liveFile(each).text),
      );
      const own = objects.filter(({ metadata }) => metadata.namespace === namespace);
      const inFiles = findings(written, "folder");
      const inCluster = findings(own.map(liveFile), "cluster");
      return [
        ...[...inFiles].filter((each) => !inCluster.has(each)).map((each) => `${name}: only in files: ${each}`),
        ...[...inCluster].filter((each) => !inFiles.has(each)).map((each) => `${name}: only in the cluster: ${each}`),
      ];
    });
    assert.deepEqual(
      differences.filter((each) => !isExplained(each)),
      [],
    );

    async function createAll(placed: readonly LiveObject[]): Promise<boolean> {
      for (const each of placed) {
        const { status } = await cluster.api("POST", listUrl(each, served) ?? "", each);
        if (status > 299) return false;
      }
      return true;
    }
  });
});

/** What the API server makes of a manifest before anyone can see it, and so what one side cannot find. */
function isExplained(difference: string): boolean {
  return [
    /only in files: (?:job-field-misplaced|memory-unit-slip|storage-size-unit-slip|update-takes-quorum) /, // dropped or rewritten
    /only in files: replicas-fight-autoscaler /, // every live object has a number of replicas
    /only in files: exported-from-cluster /, // an object of a cluster always is
    /hook-job-deleted-too-soon\.yaml: only in files: /, // deleted by now
    /only in the cluster: \S+ (?:Pod|PersistentVolumeClaim)\//, // what only their state shows
    /only in the cluster: (?:service-reaches-no-member|rollout-stuck) /,
  ].some((each) => each.test(difference));
}

/** `rule Kind/name` of everything that is found. */
function findings(files: readonly SourceFile[], view: View): ReadonlySet<string> {
  const project = createProject({
    files,
    configs: [],
    root: "/w",
    view,
    today: new Date().toISOString().slice(0, 10),
    rules: allRules,
    preset: "all",
    ...(view === "cluster" ? { cluster: { readAt: new Date().toISOString(), unread: new Set(["Secret"]) } } : {}),
  });
  const result = lint({ project, requested: new Set(files.map(({ uri }) => uri)), onCrash: "throw" });
  return new Set(result.findings.map(({ ruleId, subject }) => `${ruleId} ${subject?.kind}/${subject?.name}`));
}
