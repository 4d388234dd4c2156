import assert from "node:assert/strict";
import { allRules, createProject, diff, type ObjectVerdict, type Project, SourceFile } from "@dbops/core";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";

interface Kind {
  readonly url: string;
  readonly object: Readonly<Record<string, unknown>>;
  /** A path and what is written there; undefined: it is taken out. */
  readonly changes: readonly (readonly [path: string, value: unknown])[];
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
const some = (path: string, ...values: readonly unknown[]): Kind["changes"] => values.map((value) => [path, value]);

/** Changes to a Pod template: nothing in them is refused. */
const podChanges: Kind["changes"] = [
  ...some("spec.template.spec.containers.0.image", "postgres:17", "postgres:16.4", "mariadb:11", "postgres"),
  ...some("spec.template.spec.containers.0.env.0.value", "/data/pg", "/var", ""),
  ...some("spec.template.spec.terminationGracePeriodSeconds", 0, 1, 60, 600),
  ...some("spec.template.spec.priorityClassName", "system-node-critical"),
  ...some("spec.template.spec.nodeSelector", { disk: "fast" }, {}),
  ...some("spec.template.spec.securityContext", { fsGroup: 999 }, { runAsUser: 70 }),
  ...some("spec.template.metadata.annotations", { team: "shop" }, {}),
  ...some("spec.template.metadata.labels", { ...labels, tier: "db" }),
  ...some("spec.template.spec.containers.0.command", ["postgres"], ["sleep", "1"]),
  ...some("spec.template.spec.containers.0.resources", { limits: { memory: "1Gi" } }, { requests: { cpu: "1" } }),
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
      ...some("spec.updateStrategy", { type: "OnDelete" }, { type: "RollingUpdate", rollingUpdate: { partition: 2 } }),
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

  for (const [name, { url, object, changes }] of Object.entries(kinds))
    it(`${name}: ${changes.length} changes of one field`, async function () {
      this.timeout(120_000);
      if (cluster === undefined) throw new Error("not started");
      const created = await cluster.api("POST", url, object);
      assert.equal(created.status, 201, JSON.stringify(created.body));
      const names = object.metadata as { readonly name: string };
      const wrong: string[] = [];
      for (const [path, value] of changes) {
        const after = withValue(object, path.split("."), value);
        const { status, body } = await cluster.api("PUT", `${url}/${names.name}?dryRun=All`, after);
        const said = (body as { readonly message?: string }).message ?? "";
        const verdict = verdictOn(object, after);
        const refused = verdict?.refused ?? [];
        const where = `${path}: ${JSON.stringify(value)}: server ${status} ${said}`;
        if (verdict?.verdict === "unknown") wrong.push(`${where}, dbops ${verdict.because}`);
        else if (refused.length > 0 !== status >= 400) wrong.push(`${where}, dbops ${JSON.stringify(refused)}`);
        for (const { message } of refused)
          if (!said.includes(`${message.place}: `) || !said.includes(message.words))
            wrong.push(`${where}: not ${message.words}`);
      }
      assert.deepEqual(wrong, []);
    });
});

function withValue(object: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(object) ? [...object] : { ...(object as object) };
  const slot = copy as Record<string, unknown>;
  slot[key] = rest.length === 0 ? value : withValue(slot[key], rest, value);
  return copy;
}

function verdictOn(before: unknown, after: unknown): ObjectVerdict | undefined {
  const [old, young] = [before, after].map((object, index): Project => {
    const root = index === 0 ? "/before" : "/after";
    return createProject({
      files: [new SourceFile(`${root}/db.json`, JSON.stringify(object))],
      configs: [],
      root,
      view: "folder",
      today: "2026-11-29",
      rules: allRules,
    });
  });
  if (old === undefined || young === undefined) throw new Error("two sides");
  return diff({ project: young, before: old, requested: new Set(["/before/db.json", "/after/db.json"]) }).verdicts[0];
}
