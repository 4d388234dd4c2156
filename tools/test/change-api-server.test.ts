import assert from "node:assert/strict";
import { createProject, lint, SourceFile } from "@dbops/core";
import { type Acceptance, acceptanceOf } from "../../packages/core/src/change/refusals.ts";
import { restartOf } from "../../packages/core/src/change/restarts.ts";
import type { Resource } from "../../packages/core/src/kube/resource.ts";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";
import { changed, some, type Tried } from "./support/changes.ts";

interface Kind extends Tried {
  readonly url: string;
  /** How a change is tried: apply keeps what the server itself adds to a Job, and a budget is replaced only by its version. Default: both. */
  readonly by?: "apply";
}

const labels = { app: "orders-db" };
const pod = {
  metadata: { labels },
  spec: {
    containers: [{ name: "postgres", image: "postgres:16.4-bookworm", env: [{ name: "PGDATA", value: "/data" }] }],
  },
};
const storage = (size: string): unknown => ({ requests: { storage: size } });
const template = (name: string, spec: Readonly<Record<string, unknown>> = {}, metadata = {}): unknown => ({
  metadata: { name, ...metadata },
  spec: { accessModes: ["ReadWriteOnce"], resources: storage("10Gi"), ...spec },
});

/** Changes to a Pod's spec and metadata, from the template on. */
const templateChanges: Kind["changes"] = [
  ...some("spec.containers.0.image", "postgres:17", "postgres:16.4", "mariadb:11", "postgres"),
  ...some("spec.containers.0.env.0.value", "/data/pg", "/var", ""),
  ...some("spec.containers.0.env.1", { name: "TZ", value: "UTC" }, { name: "EMPTY" }),
  ...some("spec.containers.0.imagePullPolicy", "IfNotPresent", "Always"),
  ...some("spec.containers.0.terminationMessagePath", "/dev/termination-log", "/tmp/log"),
  ...some("spec.containers.0.terminationMessagePolicy", "File", "FallbackToLogsOnError"),
  ...some("spec.containers.0.ports", [{ containerPort: 5432 }], [{ containerPort: 5432, protocol: "TCP" }], []),
  ...some(
    "spec.containers.0.readinessProbe",
    { tcpSocket: { port: 5432 } },
    { tcpSocket: { port: 5432 }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
    { httpGet: { port: 80 } },
    { httpGet: { port: 80, path: "/", scheme: "HTTP" } },
  ),
  ...some("spec.containers.0.stdin", false, true),
  ...some("spec.containers.0.securityContext", {}, { privileged: false }, { runAsUser: 70 }),
  ...some("spec.terminationGracePeriodSeconds", 0, 1, 30, 60, 600),
  ...some("spec.priorityClassName", "system-node-critical", ""),
  ...some("spec.nodeSelector", { disk: "fast" }, {}),
  ...some("spec.dnsPolicy", "ClusterFirst", "Default"),
  ...some("spec.schedulerName", "default-scheduler", "other"),
  ...some("spec.hostNetwork", false),
  ...some("spec.serviceAccountName", "default", "db", ""),
  ...some("spec.enableServiceLinks", true, false),
  ...some("spec.automountServiceAccountToken", true, false),
  ...some("spec.securityContext", { fsGroup: 999 }, { runAsUser: 70 }, {}),
  ...some("spec.tolerations", [], [{ key: "db", operator: "Exists" }]),
  ...some(
    "spec.volumes",
    [{ name: "tmp", emptyDir: {} }],
    [{ name: "conf", configMap: { name: "conf" } }],
    [{ name: "conf", configMap: { name: "conf", defaultMode: 420 } }],
    [{ name: "conf", secret: { secretName: "s", defaultMode: 384 } }],
  ),
  ...some("metadata.annotations", { team: "shop" }, {}),
  ...some("metadata.labels", { ...labels, tier: "db" }),
  ...some("spec.containers.0.command", ["postgres"], ["sleep", "1"], []),
  ...some(
    "spec.containers.0.resources",
    { limits: { memory: "1Gi" } },
    { limits: { memory: "1024Mi" } },
    { requests: { cpu: "1" } },
    { requests: { cpu: "1000m" } },
    {},
  ),
];

/** Changes to a Pod template: nothing in them is refused. */
const podChanges: Kind["changes"] = [
  ...templateChanges.map(([path, value]) => [`spec.template.${path}`, value] as const),
  ...some("spec.revisionHistoryLimit", 0, 1, 10, 99),
  ...some("spec.minReadySeconds", 0, 1, 30),
  ...some("spec.replicas", 0, 1, 2, 3, 5, 7),
  ...some("metadata.labels", labels, { tier: "db" }),
  ...some("metadata.annotations", { team: "shop" }),
];

const kinds: Readonly<Record<string, Kind>> = {
  StatefulSet: {
    url: "/apis/apps/v1/namespaces/default/statefulsets",
    object: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "orders-db" },
      spec: {
        replicas: 3,
        serviceName: "orders-db",
        selector: { matchLabels: labels },
        template: pod,
        volumeClaimTemplates: [template("data"), template("wal")],
      },
    },
    changes: [
      ...podChanges,
      ...some("spec.serviceName", "orders", "", undefined, "orders-db"),
      ...some("spec.podManagementPolicy", "Parallel", "OrderedReady"),
      ...some("spec.selector", { matchLabels: labels, matchExpressions: [] }, { matchLabels: labels }),
      ...some("spec.selector.matchExpressions", [{ key: "app", operator: "Exists" }], []),
      ...some("spec.volumeClaimTemplates", undefined, [], [template("data")], [template("wal"), template("data")]),
      ...["1Gi", "9Gi", "10Gi", "10240Mi", "10737418240", "11Gi", "20Gi", "10G", "1Ti", "10.0Gi", "10000M"].flatMap(
        (size) => some("spec.volumeClaimTemplates.0.spec.resources", storage(size)),
      ),
      ...some("spec.volumeClaimTemplates.1.spec.resources", {
        ...(storage("10Gi") as object),
        limits: { storage: "20Gi" },
      }),
      ...some("spec.volumeClaimTemplates.0.spec.storageClassName", "fast", "slow", ""),
      ...some("spec.volumeClaimTemplates.0.spec.volumeMode", "Filesystem", "Block"),
      ...some(
        "spec.volumeClaimTemplates.0.spec.accessModes",
        ["ReadWriteMany"],
        ["ReadWriteOncePod"],
        ["ReadWriteOnce"],
      ),
      ...some("spec.volumeClaimTemplates.0.spec.volumeAttributesClassName", "gold"),
      ...some("spec.volumeClaimTemplates.0.spec.selector", { matchLabels: { disk: "a" } }, {}),
      ...some("spec.volumeClaimTemplates.0.metadata.labels", { app: "x" }, {}),
      ...some(
        "spec.volumeClaimTemplates.0.metadata.annotations",
        { "argocd.argoproj.io/sync-options": "Delete=false" },
        {},
      ),
      ...some("spec.volumeClaimTemplates.0.metadata.name", "pgdata", "data-0"),
      ...some("spec.volumeClaimTemplates.0.metadata.namespace", "default"),
      ...some("spec.volumeClaimTemplates.0.kind", "PersistentVolumeClaim"),
      ...some("spec.volumeClaimTemplates.0.apiVersion", "v1"),
      ...some("spec.ordinals", { start: 1 }, { start: 5 }),
      ...some(
        "spec.updateStrategy",
        { type: "RollingUpdate" },
        { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
      ),
      ...some("spec.persistentVolumeClaimRetentionPolicy", { whenDeleted: "Delete" }, { whenScaled: "Delete" }),
    ],
  },
  Deployment: {
    url: "/apis/apps/v1/namespaces/default/deployments",
    object: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "orders" },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: pod },
    },
    changes: [
      ...podChanges,
      ...some("spec.selector.matchExpressions", [{ key: "app", operator: "Exists" }], []),
      ...some("spec.paused", true, false),
      ...some("spec.progressDeadlineSeconds", 100, 900),
    ],
  },
  PersistentVolumeClaim: {
    url: "/api/v1/namespaces/default/persistentvolumeclaims",
    object: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "dumps" },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: storage("10Gi") },
    },
    changes: [
      ...some("spec.accessModes", ["ReadWriteMany"], ["ReadWriteOnce"], ["ReadWriteOncePod"]),
      ...some("spec.storageClassName", "slow", "fast", "gold"),
      ...some("spec.volumeMode", "Block", "Filesystem"),
      ...some("spec.selector", { matchLabels: { disk: "a" } }, {}),
      ...some("spec.dataSourceRef", { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "nightly" }),
      ...some("spec.dataSource", { kind: "PersistentVolumeClaim", name: "other" }, undefined),
      ...some("metadata.labels", labels, { tier: "db" }),
      ...some("metadata.annotations", { team: "shop" }),
    ],
  },
  StorageClass: {
    url: "/apis/storage.k8s.io/v1/storageclasses",
    object: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "fast" },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3" },
    },
    changes: [
      ...some("provisioner", "pd.csi.storage.gke.io", "ebs.csi.aws.com"),
      ...some("parameters", { type: "io2" }, { type: "gp3" }, { type: "gp3", iops: "6000" }, {}, undefined),
      ...some("reclaimPolicy", "Retain", "Delete"),
      ...some("volumeBindingMode", "WaitForFirstConsumer", "Immediate"),
      ...some("allowVolumeExpansion", true, false),
      ...some("mountOptions", ["noatime"]),
      ...some("metadata.annotations", { "storageclass.kubernetes.io/is-default-class": "true" }),
    ],
  },
  Job: {
    url: "/apis/batch/v1/namespaces/default/jobs",
    by: "apply",
    object: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "migrate" },
      spec: {
        backoffLimit: 2,
        template: { metadata: { labels }, spec: { ...pod.spec, restartPolicy: "Never" } },
      },
    },
    changes: [
      ...templateChanges.map(([path, value]) => [`spec.template.${path}`, value] as const),
      ...some("spec.template.spec.restartPolicy", "Never", "OnFailure"),
      ...some("spec.completionMode", "NonIndexed", "Indexed"),
      ...some("spec.parallelism", 1, 0, 2),
      ...some("spec.suspend", true, false),
      ...some("spec.activeDeadlineSeconds", 60, 600),
      ...some("spec.backoffLimit", 0, 2, 6),
      ...some("spec.managedBy", "kueue.x-k8s.io/multikueue"),
      ...some("spec.podFailurePolicy", {
        rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
      }),
      ...some("metadata.labels", labels, { tier: "db" }),
    ],
  },
  CronJob: {
    url: "/apis/batch/v1/namespaces/default/cronjobs",
    object: {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "dump" },
      spec: {
        schedule: "0 2 * * *",
        jobTemplate: { spec: { template: { spec: { ...pod.spec, restartPolicy: "Never" } } } },
      },
    },
    changes: [
      ...templateChanges
        .filter(([path]) => path.startsWith("spec"))
        .map(([path, value]) => [`spec.jobTemplate.spec.template.${path}`, value] as const),
      ...some("spec.schedule", "0 3 * * *", "@daily", "0 2 * * *"),
      ...some("spec.suspend", true, false),
      ...some("spec.concurrencyPolicy", "Allow", "Forbid", "Replace"),
      ...some("spec.timeZone", "Etc/UTC"),
      ...some("spec.successfulJobsHistoryLimit", 0, 3, 5),
      ...some("spec.jobTemplate.spec.backoffLimit", 0, 6),
    ],
  },
  Service: {
    url: "/api/v1/namespaces/default/services",
    object: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "orders-db" },
      spec: { clusterIP: "None", selector: labels, ports: [{ name: "pg", port: 5432 }] },
    },
    changes: [
      ...some("spec.clusterIP", "None", "10.0.0.99", "10.0.0.98"),
      ...some("spec.selector", { app: "other" }, labels),
      ...some("spec.ports", [{ name: "pg", port: 5433 }], [{ name: "pg", port: 5432, protocol: "TCP" }]),
      ...some("spec.publishNotReadyAddresses", true, false),
      ...some("spec.sessionAffinity", "None", "ClientIP"),
      ...some("spec.internalTrafficPolicy", "Cluster", "Local"),
      ...some("spec.type", "ClusterIP"),
      ...some("metadata.labels", labels, { tier: "db" }),
      ...some("metadata.annotations", { team: "shop" }),
    ],
  },
  PersistentVolume: {
    url: "/api/v1/persistentvolumes",
    object: {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "orders-0" },
      spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "nfs",
        nfs: { server: "nas.example.com", path: "/orders" },
      },
    },
    changes: [
      ...some("spec.nfs.path", "/orders", "/other", "/orders/0"),
      ...some("spec.nfs.server", "nas.example.com", "nas2.example.com"),
      ...some("spec.nfs", undefined),
      ...some("spec.persistentVolumeReclaimPolicy", "Retain", "Delete"),
      ...some("spec.capacity", { storage: "20Gi" }, { storage: "5Gi" }, { storage: "10240Mi" }),
      ...some("spec.accessModes", ["ReadWriteMany"], ["ReadWriteOnce"]),
      ...some("spec.storageClassName", "nfs", "other", ""),
      ...some("spec.volumeMode", "Filesystem", "Block"),
      ...some("spec.mountOptions", ["noatime"], []),
      ...some("metadata.labels", labels, { tier: "db" }),
    ],
  },
  PodDisruptionBudget: {
    url: "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
    by: "apply",
    object: {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "orders-db" },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    changes: [
      ...some("spec.maxUnavailable", 0, 1, 2, "50%"),
      ...some("spec.selector", { matchLabels: { app: "x" } }, { matchLabels: labels }),
      ...some("spec.unhealthyPodEvictionPolicy", "AlwaysAllow", "IfHealthyBudget"),
      ...some("metadata.labels", labels),
    ],
  },
  DaemonSet: {
    url: "/apis/apps/v1/namespaces/default/daemonsets",
    object: {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent" },
      spec: { selector: { matchLabels: labels }, template: pod },
    },
    changes: [
      ...templateChanges.map(([path, value]) => [`spec.template.${path}`, value] as const),
      ...some("spec.selector.matchExpressions", [{ key: "app", operator: "Exists" }], []),
      ...some("spec.updateStrategy", { type: "OnDelete" }, { type: "RollingUpdate" }),
    ],
  },
  Secret: {
    url: "/api/v1/namespaces/default/secrets",
    object: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "orders-db" },
      immutable: true,
      data: { password: "eA==", user: "eQ==" },
    },
    changes: [
      ...some("data.password", "eA==", "eQ==", undefined),
      ...some("data.more", "eA=="),
      ...some("immutable", false, true, undefined),
      ...some("type", "Opaque", "kubernetes.io/basic-auth", "example.com/db"),
      ...some("metadata.labels", labels),
    ],
  },
  ConfigMap: {
    url: "/api/v1/namespaces/default/configmaps",
    object: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "orders-db" },
      immutable: true,
      data: { kind: "postgres", "postgresql.conf": "max_connections = 100\n" },
    },
    changes: [
      ...some("data.kind", "mariadb", "postgres", undefined, ""),
      ...some("data.more", "x"),
      ...some("binaryData", { key: "eA==" }),
      ...some("immutable", false, true, undefined),
      ...some("metadata.labels", labels),
    ],
  },
};

describe("changes that the API server refuses, beside what dbops says", () => {
  let cluster: Cluster | undefined;
  before(async function () {
    cluster = await startCluster(this, { controllers: false });
  });
  after(() => cluster?.stop());

  for (const [name, { url, object, changes, by }] of Object.entries(kinds))
    it(`${name}: ${changes.length} changes of one field`, async function () {
      this.timeout(240_000);
      if (cluster === undefined) throw new Error("not started");
      const place = `${url}/${(object.metadata as { readonly name: string }).name}`;
      const tries: Readonly<Record<string, (after: unknown, more?: string) => Promise<Answer>>> = {
        ...(by === "apply"
          ? {}
          : { replace: (after: unknown) => ask(cluster?.api("PUT", `${place}?dryRun=All`, after)) }),
        apply: (after: unknown, more = "&dryRun=All") =>
          ask(
            cluster?.api(
              "PATCH",
              `${place}?fieldManager=dbops&force=true${more}`,
              JSON.stringify(after),
              "application/apply-patch+yaml",
            ),
          ),
      };
      const created = await tries.apply?.(object, "");
      assert.equal(created?.status, 201, JSON.stringify(created?.said));
      const wrong: string[] = [];
      for (const [path, value] of changes) {
        const after = changed(object, path, value);
        const { acceptance, restarts } = judgementOn(object, after);
        const { refusals, unjudged } = acceptance;
        for (const [how, attempt] of Object.entries(tries)) {
          const { status, said, template } = await attempt(after);
          const where = `${how} ${path}: ${JSON.stringify(value)}: server ${status} ${said}`;
          if (unjudged.length > 0) wrong.push(`${where}, dbops ${unjudged.join()}`);
          else if (refusals.length > 0 !== status >= 400) wrong.push(`${where}, dbops ${refusals.length} refusals`);
          for (const { place: field, words } of refusals)
            if (!said.includes(field) || !said.includes(words)) wrong.push(`${where}: not ${words}`);
          if (
            /^(StatefulSet|Deployment|DaemonSet)$/.test(name) &&
            status < 400 &&
            restarts !== (template !== created?.template)
          )
            if (object.spec !== undefined && (after as { spec?: { replicas?: number } }).spec?.replicas !== 0)
              wrong.push(`${where}, dbops says ${restarts ? "restart" : "no restart"}`);
        }
      }
      assert.deepEqual(wrong, []);
    });

  it("depend on the way they are applied where a stored default contradicts them", async () => {
    const { url, object } = kinds.StatefulSet ?? assert.fail();
    const after = changed(object, "spec.updateStrategy", { type: "OnDelete" });
    const place = `${url}/orders-db?dryRun=All`;
    const replaced = await cluster?.api("PUT", place, after);
    const text = JSON.stringify(after);
    const applied = await cluster?.api(
      "PATCH",
      `${place}&fieldManager=dbops&force=true`,
      text,
      "application/apply-patch+yaml",
    );
    const { unjudged } = judgementOn(object, after).acceptance;
    assert.deepEqual([replaced?.status, applied?.status, unjudged], [200, 422, ["spec.updateStrategy.type"]]);
  });

  it("are at least 500, over nine kinds", () => {
    const all = Object.values(kinds);
    assert.ok(all.length >= 9 && all.reduce((sum, { changes }) => sum + changes.length, 0) >= 500);
  });
});

interface Answer {
  readonly status: number;
  readonly said: string;
  /** The Pod template as the server has it, with all that it filled in. */
  readonly template: string;
}

async function ask(answer: Promise<{ readonly status: number; readonly body: unknown }> | undefined): Promise<Answer> {
  const { status = 0, body } = (await answer) ?? {};
  const { message = "", spec } = body as { readonly message?: string; readonly spec?: { readonly template?: unknown } };
  return { status, said: message, template: JSON.stringify(spec?.template ?? null) };
}

interface Judgement {
  readonly acceptance: Acceptance;
  readonly restarts: boolean;
}

/** What dbops says of a change, whether or not the object has to do with a database. */
function judgementOn(before: unknown, after: unknown): Judgement {
  const [old, young] = [before, after].map((object): Resource => {
    const project = createProject({
      files: [new SourceFile("/shop/db.json", JSON.stringify(object))],
      configs: [],
      root: "/shop",
      view: "folder",
      today: "2026-11-29",
      rules: [],
    });
    const [workspace] = lint({ project, requested: new Set(["/shop/db.json"]) }).workspaces;
    const [resource] = workspace === undefined ? [] : [...workspace.resources];
    return resource ?? assert.fail(JSON.stringify(object));
  });
  if (old === undefined || young === undefined) throw new Error("two sides");
  return { acceptance: acceptanceOf(old, young), restarts: restartOf(old, young) !== undefined };
}
