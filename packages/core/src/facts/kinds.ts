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
  // Snapshots and backups
  VolumeSnapshot: ["snapshot.storage.k8s.io"],
  VolumeSnapshotClass: ["snapshot.storage.k8s.io"],
  Schedule: ["velero.io", "k8up.io", "backup.appuio.ch"],
  Backup: ["velero.io", "k8up.io"],
  PreBackupPod: ["k8up.io", "backup.appuio.ch"],
  ReplicationSource: ["volsync.backube"],
  RecurringJob: ["longhorn.io"],
  BackupConfiguration: ["core.kubestash.com", "stash.appscode.com"],
  BackupBatch: ["stash.appscode.com"],
  BackupStorage: ["storage.kubestash.com"],
  RetentionPolicy: ["storage.kubestash.com"],
  // GitOps and kustomize
  Application: ["argoproj.io"],
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

/** The API group of `apps/v1` is `apps`, of `v1` the empty string. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** Whether an object of this kind and group is the one that dbops knows by the name (`Cluster` has ten meanings). */
export function isKnownKind(kind: string, apiVersion: string): kind is Kind {
  return groups.get(kind)?.includes(groupOf(apiVersion)) === true;
}
