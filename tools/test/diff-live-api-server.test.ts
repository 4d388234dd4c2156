import assert from "node:assert/strict";
import {
  allRules,
  createProject,
  type DiffResult,
  diff,
  type LiveObject,
  liveBefore,
  manifestText,
  type Project,
  SourceFile,
} from "@dbops/core";
import { openCluster } from "../../packages/kubectl-dbops/src/cluster/client.ts";
import { folderWith } from "../../packages/kubectl-dbops/test/support/folder.ts";
import { askCluster, dbops, type Outcome } from "../../packages/kubectl-dbops/test/support/run.ts";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";
import { firstCases } from "./support/first-cases.ts";
import { listUrl, servedBy } from "./support/served-urls.ts";

interface Report {
  readonly changedObjects: number;
  readonly verdicts: readonly {
    readonly verdict: string;
    readonly subject: { readonly kind: string; readonly name: string };
    readonly text: string;
  }[];
  readonly findings: readonly { readonly rule: string; readonly message: string }[];
}

/** Spellings that the server rewrites, defaults that somebody writes out, and lists in an order of their own. */
const shop = `apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }], type: ClusterIP, publishNotReadyAddresses: false }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, labels: { app: db, tier: data }, annotations: {} }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db }, creationTimestamp: null }
    spec:
      hostNetwork: false
      nodeSelector: {}
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          args: ["-c", "max_connections=200"]
          env:
            - { name: PGDATA, value: /var/lib/postgresql/data/pg }
            - { name: EMPTY, value: "" }
            - { name: MEMORY, valueFrom: { resourceFieldRef: { resource: limits.memory, divisor: "1" } } }
          ports: [{ containerPort: 5432 }]
          resources: { requests: { cpu: 0.5, memory: 1024Mi }, limits: { memory: 2048Mi } }
          readinessProbe: { exec: { command: [pg_isready] }, initialDelaySeconds: 0 }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }, { name: shm, mountPath: /dev/shm }]
      volumes: [{ name: shm, emptyDir: { medium: Memory, sizeLimit: 1024Mi } }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1024Mi } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: db }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: db } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { postgresql.conf: "max_connections = 200\\n" }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: dump }
spec:
  schedule: "0 2 * * *"
  suspend: false
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: dump, image: "postgres:16.4", command: [sh, -c, "pg_dump -h db shop"], env: [{ name: PGHOST, value: db }] }
`;

describe("diff and plan against a real API server", function () {
  this.timeout(240_000);
  let cluster: Cluster;
  before(async function () {
    cluster = await startCluster(this);
  });
  after(() => cluster?.stop());

  const surroundings = (): { readonly env: Readonly<Record<string, string>> } => ({
    env: { KUBECONFIG: cluster.kubeconfig },
  });
  const live = (text: string, namespace: string, ...words: readonly string[]): Promise<Outcome> =>
    askCluster(
      folderWith({ "new.yaml": text }),
      ["diff", "--live", "new.yaml", "-n", namespace, ...words],
      surroundings(),
    );
  async function liveReport(text: string, namespace: string, ...words: readonly string[]): Promise<Report> {
    const { out, err } = await live(text, namespace, ...words, "-o", "json");
    assert.doesNotMatch(err, /error/);
    return JSON.parse(out) as Report;
  }
  const filesReport = (before: string, after: string): Report =>
    JSON.parse(
      dbops(folderWith({ "old.yaml": before, "new.yaml": after }), ["diff", "old.yaml", "new.yaml", "-o", "json"]).out,
    );
  async function applied(namespace: string, text: string, ...how: readonly string[]): Promise<void> {
    await cluster.kubectl(["create", "namespace", namespace]);
    await cluster.kubectl(["apply", "-n", namespace, ...how, "-f", "-"], { input: text });
  }

  for (const [name, how] of [
    ["kubectl apply", []],
    ["server-side apply", ["--server-side"]],
  ] as const) {
    const namespace = how.length === 0 ? "client" : "server";
    it(`says nothing of what ${name} has just applied`, async () => {
      await applied(namespace, shop, ...how);
      const { code, out, err } = await live(shop, namespace);
      assert.deepEqual([code, out, err], [0, "No object that dbops reads changes.\n", ""]);
      const planned = await askCluster(
        folderWith({ "new.yaml": shop }),
        ["plan", "--live", "new.yaml", "-n", namespace, "-o", "json"],
        surroundings(),
      );
      assert.equal(planned.code, 0);
      assert.deepEqual((JSON.parse(planned.out) as { readonly plans: readonly unknown[] }).plans, []);
    });

    it(`gives the verdicts of two texts for each change after ${name}`, async () => {
      const changes: readonly (readonly [string, (text: string) => string])[] = [
        ["the version", (text) => text.replace("postgres:16.4-bookworm", "postgres:17.6-bookworm")],
        ["the service name", (text) => text.replace("serviceName: db", "serviceName: db-headless")],
        ["the size of claims", (text) => text.replace("storage: 1024Mi", "storage: 2Gi")],
        [
          "the claim template",
          (text) => text.replaceAll("name: data,", "name: files,").replace("{ name: data }", "{ name: files }"),
        ],
        ["the instances", (text) => text.replace("replicas: 2", "replicas: 1")],
        ["the memory", (text) => text.replace("memory: 2048Mi", "memory: 3Gi")],
        ["the data directory", (text) => text.replace("/data/pg }", "/data/other }")],
        ["an argument", (text) => text.replace('"max_connections=200"', '"max_connections=300"')],
        ["a label that is gone", (text) => text.replace(", tier: data", "")],
        ["a variable that is gone", (text) => text.replace('            - { name: EMPTY, value: "" }\n', "")],
        ["a probe that is gone", (text) => text.replace(/ +readinessProbe.*\n/, "")],
        [
          "a container beside it",
          (text) =>
            text.replace(
              "      volumes: [{ name: shm",
              "        - { name: exporter, image: prometheuscommunity/postgres-exporter }\n      volumes: [{ name: shm",
            ),
        ],
        ["the budget", (text) => text.replace("maxUnavailable: 1", "maxUnavailable: 2")],
        ["the backup", (text) => text.replace("suspend: false", "suspend: true")],
        ["another database", (text) => `${text}---\n${text.split("---\n")[1]?.replaceAll("name: db", "name: other")}`],
      ];
      const differences: unknown[] = [];
      for (const [what, change] of changes) {
        const after = change(shop);
        assert.notEqual(after, shop, what);
        const [one, other] = [await liveReport(after, namespace), filesReport(shop, after)];
        const facts = ({ changedObjects, verdicts, findings }: Report): unknown => [
          changedObjects,
          verdicts.map(({ verdict, subject }) => `${verdict} ${subject.kind}/${subject.name}`),
          findings.map(({ rule }) => rule),
        ];
        if (JSON.stringify(facts(one)) !== JSON.stringify(facts(other)))
          differences.push({ what, live: facts(one), files: facts(other) });
      }
      assert.deepEqual(differences, []);
    });
  }

  it("takes what others wrote for nobody's change", async () => {
    await applied("others", shop, "--server-side");
    const patch = (...words: readonly string[]): Promise<unknown> =>
      cluster.kubectl(["patch", "-n", "others", ...words]);
    await patch(
      "statefulset",
      "db",
      "--field-manager=reloader",
      "-p",
      '{"spec":{"template":{"metadata":{"annotations":{"reloaded":"1"}}}}}',
    );
    await patch(
      "statefulset",
      "db",
      "--field-manager=injector",
      "-p",
      '{"spec":{"template":{"spec":{"containers":[{"name":"agent","image":"agent:1"}]}}}}',
    );
    assert.equal((await live(shop, "others")).out, "No object that dbops reads changes.\n");
    // What somebody else changed of a field that is written here is taken back.
    await cluster.kubectl(["scale", "statefulset", "db", "-n", "others", "--replicas", "5"]);
    const { verdicts } = await liveReport(shop, "others");
    assert.equal(verdicts.length, 1);
  });

  it("takes objects of other sources for theirs, and with --prune for deleted", async () => {
    const [service = "", set = "", ...rest] = shop.split("---\n");
    await applied("pruned", shop);
    const withoutSet = [service, ...rest].join("---\n");
    assert.equal((await live(withoutSet, "pruned")).out, "No object that dbops reads changes.\n");
    const { verdicts } = await liveReport(withoutSet, "pruned", "--prune", "app=db");
    assert.deepEqual(
      verdicts.map(({ verdict, subject }) => [verdict, subject.name]),
      [["removed", "db"]],
    );
    // Without the annotation of kubectl apply, its own --prune leaves it alone too.
    await cluster.kubectl(["create", "namespace", "created"]);
    await cluster.kubectl(["create", "-n", "created", "-f", "-"], { input: `${service}---\n${set}` });
    assert.equal((await liveReport(service, "created", "--prune", "app=db")).changedObjects, 0);
  });

  it("knows the claim that scaling down left behind", async function () {
    if (!cluster.hasControllers) this.skip();
    await applied("scaled", shop);
    const claims = async (): Promise<number> => {
      const { body } = await cluster.api("GET", "/api/v1/namespaces/scaled/persistentvolumeclaims");
      return (body as { readonly items: readonly unknown[] }).items.length;
    };
    const deadline = Date.now() + 60_000;
    // The controller makes the second claim once the first Pod is ready, which no kubelet says here.
    while ((await claims()) < 1) {
      assert.ok(Date.now() < deadline, "no claim in a minute");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await cluster.kubectl(["scale", "statefulset", "db", "-n", "scaled", "--replicas", "0"]);
    const { out } = await live(shop, "scaled");
    assert.match(out, /^ {2}data-db-0 +used again, with what is on it/m);
    assert.match(out, /^ {2}data-db-1 +new and empty/m);
  });

  it("does not say of what may not be listed that it is new", async () => {
    await applied("denied", shop);
    await cluster.kubectl(["apply", "-f", "-"], {
      input: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: looker, namespace: denied }
rules: [{ apiGroups: [""], resources: [services, configmaps], verbs: [list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: looker, namespace: denied }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: looker }
subjects: [{ kind: User, name: looker }]
`,
    });
    const { out, err } = await live(shop, "denied", "--as", "looker");
    assert.match(err, /^Not allowed to list CronJob, PersistentVolumeClaim, PodDisruptionBudget, StatefulSet: /);
    assert.match(out, /^StatefulSet db +not known: it may be in the cluster, where its kind could not be read/m);
  });

  it("says nothing of any manifest that was applied, the first case of every rule", async () => {
    const served = await servedBy(cluster);
    const applied: { readonly name: string; readonly namespace: string; readonly objects: readonly LiveObject[] }[] =
      [];
    let number = 0;
    for (const [name, objects] of firstCases()) {
      const namespace = `case-${number++}`;
      const placed = objects.map((each): LiveObject => ({ ...each, metadata: { ...each.metadata, namespace } }));
      if (!placed.every((each) => listUrl(each, served) !== undefined)) continue;
      await cluster.api("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespace },
      });
      const results = await Promise.all(placed.map((each) => put(each, number % 2 === 0)));
      if (results.every((status) => status < 300)) applied.push({ name, namespace, objects: placed });
    }
    assert.ok(applied.length >= 80, `only ${applied.length} cases could be applied`);
    const source = await openCluster(
      { kubeconfig: cluster.kubeconfig, context: undefined, as: undefined, timeout: 30_000 },
      { cwd: "/", env: {}, signal: new AbortController().signal },
    );
    const { objects } = await source.read({ namespace: undefined, keepsManagers: true, progress: () => {} });
    assert.deepEqual(
      applied.flatMap(({ name, namespace, objects: manifests }) => {
        const own = objects.filter(({ metadata }) => metadata.namespace === namespace);
        const { changedObjects, verdicts } = difference(manifests, own);
        return changedObjects === 0 && verdicts.length === 0 ? [] : [`${name}: ${changedObjects} changed`];
      }),
      // The server drops a field that it does not know, or whose feature is off: applying it again is tried each time.
      ["job-field-misplaced.yaml: 1 changed", "update-takes-quorum.yaml: 1 changed"],
    );

    /** As `kubectl apply` makes an object, from the client or on the server. */
    async function put(object: LiveObject, isOnServer: boolean): Promise<number> {
      const url = listUrl(object, served) ?? "";
      const { annotations, ...metadata } = object.metadata;
      const noted = { ...(annotations as object), [lastApplied]: `${JSON.stringify(object)}\n` };
      const answer = isOnServer
        ? await cluster.api(
            "PATCH",
            `${url}/${object.metadata.name}?fieldManager=kubectl`,
            object,
            "application/apply-patch+yaml",
          )
        : await cluster.api("POST", url, { ...object, metadata: { ...metadata, annotations: noted } });
      return answer.status;
    }
  });
});

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** What applying manifests again would change. */
function difference(manifests: readonly LiveObject[], objects: readonly LiveObject[]): DiffResult {
  const projectOf = (files: readonly SourceFile[], root: string): Project =>
    createProject({ files, configs: [], root, view: "folder", today: "2026-11-24", rules: allRules });
  const files = manifests.map(
    (each) => new SourceFile(`/w/${each.kind}-${each.metadata.name}.yaml`, manifestText(each)),
  );
  const project = projectOf(files, "/w");
  const old = liveBefore(project, objects, { namespace: undefined, isPruned: () => false });
  const requested = new Set([...files, ...old.files].map(({ uri }) => uri));
  return diff({ project, before: projectOf(old.files, "cluster:"), requested, hidden: new Set(["Secret"]) });
}
