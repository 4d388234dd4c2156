import { operatorKinds } from "./operator-kinds.generated.ts";

/**
 * Every kind that dbops reads, beside those of operators, with the API groups in which it means what we think. The YAML prefilter and
 * `ResourceIndex.ofKind` share it: a rule cannot ask for a kind that was never read.
 */
const ownKinds = {
  // Workloads
  Deployment: ["apps", "extensions"],
  StatefulSet: ["apps"],
  DaemonSet: ["apps", "extensions"],
  ReplicaSet: ["apps", "extensions"],
  ReplicationController: [""],
  Pod: [""],
  Job: ["batch"],
  CronJob: ["batch"],
  DeploymentConfig: ["apps.openshift.io", ""],
  Rollout: ["argoproj.io"],
  // What workloads use
  Service: [""],
  ConfigMap: [""],
  Secret: [""],
  PersistentVolumeClaim: [""],
  PersistentVolume: [""],
  StorageClass: ["storage.k8s.io"],
  PodDisruptionBudget: ["policy"],
  HorizontalPodAutoscaler: ["autoscaling"],
  VerticalPodAutoscaler: ["autoscaling.k8s.io"],
  ScaledObject: ["keda.sh"],
  LimitRange: [""],
  Namespace: [""],
  PriorityClass: ["scheduling.k8s.io"],
  Node: [""],
  Endpoints: [""],
  // Says that the cluster is OpenShift
  Route: ["route.openshift.io"],
  EndpointSlice: ["discovery.k8s.io"],
  NetworkPolicy: ["networking.k8s.io", "crd.projectcalico.org", "projectcalico.org"],
  // What these and Calico's admit adds to what a NetworkPolicy of Kubernetes does
  CiliumNetworkPolicy: ["cilium.io"],
  CiliumClusterwideNetworkPolicy: ["cilium.io"],
  GlobalNetworkPolicy: ["crd.projectcalico.org", "projectcalico.org"],
  PeerAuthentication: ["security.istio.io"],
  ExternalSecret: ["external-secrets.io", "kubernetes-client.io"],
  SealedSecret: ["bitnami.com"],
  Certificate: ["cert-manager.io"],
  Issuer: ["cert-manager.io"],
  ClusterIssuer: ["cert-manager.io"],
  // Snapshots and backups
  VolumeSnapshot: ["snapshot.storage.k8s.io"],
  VolumeSnapshotClass: ["snapshot.storage.k8s.io"],
  VolumeSnapshotContent: ["snapshot.storage.k8s.io"],
  Schedule: ["velero.io", "k8up.io", "backup.appuio.ch"],
  Backup: ["velero.io", "k8up.io"],
  PreBackupPod: ["k8up.io", "backup.appuio.ch"],
  ReplicationSource: ["volsync.backube"],
  RecurringJob: ["longhorn.io"],
  SnapshotSchedule: ["kopiur.home-operations.com"],
  SnapshotPolicy: ["kopiur.home-operations.com"],
  BackupConfiguration: ["core.kubestash.com", "stash.appscode.com"],
  BackupBatch: ["stash.appscode.com"],
  BackupStorage: ["storage.kubestash.com"],
  RetentionPolicy: ["storage.kubestash.com"],
  // Single runs of an operator's schedule, of which only a cluster knows anything
  PerconaPGBackup: ["pgv2.percona.com"],
  MySQLBackup: ["mysql.oracle.com"],
  // Buckets that operators of the clouds make: what deletes old objects in them
  Bucket: ["s3.aws.upbound.io", "s3.aws.m.upbound.io", "s3.aws.crossplane.io", "s3.services.k8s.aws"],
  BucketLifecycleConfiguration: ["s3.aws.upbound.io", "s3.aws.m.upbound.io"],
  StorageBucket: ["storage.cnrm.cloud.google.com"],
  // GitOps and kustomize
  Application: ["argoproj.io"],
  ApplicationSet: ["argoproj.io"],
  Kustomization: ["kustomize.config.k8s.io", "kustomize.toolkit.fluxcd.io"],
  Component: ["kustomize.config.k8s.io"],
  HelmRelease: ["helm.toolkit.fluxcd.io", "helm.fluxcd.io"],
  HelmChart: ["helm.cattle.io"],
  // Migrations by an operator
  AtlasSchema: ["db.atlasgo.io"],
  // Containers of objects
  List: [""],
  Template: ["template.openshift.io", ""],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Kind = keyof typeof ownKinds | keyof typeof operatorKinds;

/** Whose Pods Services and budgets select. */
export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "Pod"] as const satisfies readonly Kind[];

/** Custom resources that operators make databases of, and what belongs to those. */
export const operatedKinds: readonly Kind[] = Object.keys(operatorKinds) as (keyof typeof operatorKinds)[];

/** What takes backups: most may do so from another namespace than the database's. */
export const backupKinds: readonly Kind[] = [
  "CronJob",
  "VolumeSnapshot",
  "Schedule",
  "RecurringJob",
  "ReplicationSource",
  "SnapshotSchedule",
  "BackupConfiguration",
  "BackupBatch",
  ...operatedKinds,
];

const groups: ReadonlyMap<string, readonly string[]> = new Map(
  [...Object.keys(ownKinds), ...Object.keys(operatorKinds)].map((kind) => [
    kind,
    [ownKinds, operatorKinds].flatMap((table: Readonly<Record<string, readonly string[]>>) =>
      Object.hasOwn(table, kind) ? (table[kind] ?? []) : [],
    ),
  ]),
);

/** Whether objects of this kind are read at all, in one API group or another. */
export function isReadKind(kind: string): boolean {
  return groups.has(kind);
}

/** Files of tools, what holds or makes other objects, and what an EndpointSlice says better: a cluster is not asked for them. */
const notInClusters: ReadonlySet<string> = new Set(["Component", "List", "Template", "Endpoints", "ApplicationSet"]);

/** The kinds that are read in a cluster, with their API groups. Never Secrets: their values are nobody's business. */
export function kindsInClusters(): readonly { readonly kind: Kind; readonly group: string }[] {
  return [...groups].flatMap(([kind, all]) =>
    kind === "Secret" || notInClusters.has(kind)
      ? []
      : all.filter((group) => group !== "kustomize.config.k8s.io").map((group) => ({ kind: kind as Kind, group })),
  );
}

/** The same of what says why a claim is there: who uses it, who made it, and what is behind it. */
export function kindsAroundClaims(): ReturnType<typeof kindsInClusters> {
  return those([
    ...workloadKinds,
    "ReplicaSet",
    "Job",
    "CronJob",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "VolumeSnapshot",
    ...operatedKinds,
  ]);
}

/** The same of who connects to a database, and what says how often. */
export function kindsThatConnect(): ReturnType<typeof kindsInClusters> {
  return those([
    ...workloadKinds,
    "ReplicaSet",
    "ReplicationController",
    "DeploymentConfig",
    "Rollout",
    "Job",
    "CronJob",
    "Service",
    "ConfigMap",
    "HorizontalPodAutoscaler",
    "ScaledObject",
    "Namespace",
    ...operatedKinds,
  ]);
}

function those(kinds: readonly Kind[]): ReturnType<typeof kindsInClusters> {
  return kindsInClusters().filter(({ kind }) => kinds.includes(kind));
}

/** The API group of `apps/v1` is `apps`, of `v1` the empty string. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** Whether an object of this kind and group is the one that dbops knows by the name (`Cluster` has ten meanings). */
export function isKnownKind(kind: string, apiVersion: string): kind is Kind {
  return groups.get(kind)?.includes(groupOf(apiVersion)) === true;
}
