/** A field that the API server takes once, when the object is created. */
export interface ImmutableField {
  /** Below the object's root. */
  readonly path: readonly string[];
  /** What the server fills in where the field is not written; undefined: nothing. */
  readonly byDefault?: unknown;
  /** A rule of the CRD compares two values: the field may be added and taken out. */
  readonly mayComeAndGo?: true;
  /** Something else fills it in (a default class, the binding of a claim): only two written values can be compared. */
  readonly isFilledIn?: true;
  /** Whether the server takes the change depends on the cluster: the class and state of a claim, the way it is applied. */
  readonly isOpen?: true;
  /** An empty map is not the same as none: another value, or one that depends on how the object was stored. Else it is the same. */
  readonly emptyIs?: "another" | "open";
  /** Only of an object whose `immutable` is true. */
  readonly whenSealed?: true;
  /** A Pod template: what the server fills in is no change. */
  readonly isTemplate?: true;
  /** The server fills in one of two fields from the other: while that is written on a side, nothing follows from this one. */
  readonly isOpenBeside?: readonly string[];
  /** While this field of the old object holds this value, whether the server takes a change depends on more. */
  readonly isOpenWhile?: readonly [path: readonly string[], value: unknown];
  /** The refusal without the value, which each release prints in its own way: it begins and ends like this. */
  readonly message: readonly [place: string, words: string];
}

const once = (words: string, ...path: readonly string[]): ImmutableField => ({
  path,
  message: [path.join("."), words],
});
const immutable = "field is immutable";
/** A field of a custom resource whose CRD compares it with its old value, in the words of that CRD. */
const byCrd = (words: string, ...path: readonly string[]): ImmutableField => ({
  ...once(words, ...path),
  mayComeAndGo: true,
});
const ofCluster = byCrd("cluster reference is immutable after creation", "spec", "cluster");
const kept = (name: string): ImmutableField => byCrd(`${name} is immutable`, "spec", name);
const statefulSet = [
  "spec",
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
] as const;
const claim = [
  "spec",
  "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
] as const;
const sealed = "field is immutable when `immutable` is set";
/** A suspended Job that never ran may get another template. */
const whileSuspended = { isOpenWhile: [["spec", "suspend"], true] } as const;
/** Where the bytes of a PersistentVolume are: one of these. */
const volumeSources = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "rbd",
  "vsphereVolume",
];

/**
 * By `group/Kind`, with the messages of Kubernetes 1.36 (StatefulSet: 1.34 to 1.36; 1.37 names one field a message). As of 2026-11, from
 * the Validate…Update functions of https://github.com/kubernetes/kubernetes/tree/v1.36.3/pkg/apis; a test asks a real API server.
 */
export const immutableFields: Readonly<Record<string, readonly ImmutableField[]>> = {
  "apps/StatefulSet": [
    { path: ["spec", "selector"], message: statefulSet },
    { path: ["spec", "serviceName"], byDefault: "", message: statefulSet },
    { path: ["spec", "podManagementPolicy"], byDefault: "OrderedReady", message: statefulSet },
    { path: ["spec", "volumeClaimTemplates"], message: statefulSet },
    // OnDelete is refused by a server-side apply while the default rollingUpdate is stored.
    {
      path: ["spec", "updateStrategy", "type"],
      byDefault: "RollingUpdate",
      isOpen: true,
      message: ["spec.updateStrategy.rollingUpdate", "only allowed for updateStrategy 'RollingUpdate'"],
    },
  ],
  "apps/Deployment": [
    once(immutable, "spec", "selector"),
    // Recreate is refused by a server-side apply while the default rollingUpdate is stored.
    { ...once("may not be specified when strategy `type` is 'Recreate'", "spec", "strategy"), isOpen: true },
  ],
  "/PersistentVolumeClaim": [
    { path: ["spec", "accessModes"], message: claim },
    { path: ["spec", "storageClassName"], isFilledIn: true, message: claim },
    { path: ["spec", "volumeMode"], byDefault: "Filesystem", message: claim },
    { path: ["spec", "selector"], emptyIs: "another", message: claim },
    { path: ["spec", "volumeName"], isFilledIn: true, message: claim },
    { path: ["spec", "resources"], isOpen: true, message: claim },
    { path: ["spec", "volumeAttributesClassName"], isOpen: true, message: claim },
    { path: ["spec", "dataSource"], isOpenBeside: ["spec", "dataSourceRef"], message: claim },
    { path: ["spec", "dataSourceRef"], isOpenBeside: ["spec", "dataSource"], message: claim },
  ],
  "storage.k8s.io/StorageClass": [
    once(immutable, "provisioner"),
    once(immutable, "parameters"),
    { ...once(immutable, "reclaimPolicy"), byDefault: "Delete" },
    { ...once(immutable, "volumeBindingMode"), byDefault: "Immediate" },
  ],
  "/PersistentVolume": [
    ...volumeSources.map(
      (source): ImmutableField => ({
        path: ["spec", source],
        message: ["spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"],
      }),
    ),
    { path: ["spec", "volumeMode"], byDefault: "Filesystem", message: ["volumeMode", immutable] },
    { ...once(immutable, "spec", "nodeAffinity"), isOpenWhile: [["spec", "nodeAffinity"], undefined] },
  ],
  "batch/Job": [
    { ...once(immutable, "spec", "template"), isTemplate: true, ...whileSuspended },
    { ...once(immutable, "spec", "completionMode"), byDefault: "NonIndexed" },
    // An Indexed Job may be scaled together with its parallelism.
    {
      ...once(immutable, "spec", "completions"),
      isFilledIn: true,
      isOpenWhile: [["spec", "completionMode"], "Indexed"],
    },
    once(immutable, "spec", "podFailurePolicy"),
    once(immutable, "spec", "successPolicy"),
    once(immutable, "spec", "backoffLimitPerIndex"),
    once(immutable, "spec", "managedBy"),
  ],
  "batch/CronJob": [],
  "policy/PodDisruptionBudget": [],
  "apps/DaemonSet": [once(immutable, "spec", "selector")],
  // CloudNativePG 1.30; a test asks its CRDs. Its webhook refuses more of a Cluster (domain/operators).
  "postgresql.cnpg.io/Cluster": [kept("serviceAccountName")],
  "postgresql.cnpg.io/Pooler": [ofCluster, kept("serviceAccountName")],
  "postgresql.cnpg.io/Database": [
    ofCluster,
    ...[
      "name",
      "template",
      "encoding",
      "locale",
      "localeProvider",
      "localeCollate",
      "localeCType",
      "icuLocale",
      "icuRules",
      "builtinLocale",
      "collationVersion",
    ].map(kept),
  ],
  "postgresql.cnpg.io/Publication": [
    ofCluster,
    kept("name"),
    kept("dbname"),
    byCrd("allTables is immutable", "spec", "target", "allTables"),
  ],
  "postgresql.cnpg.io/Subscription": [ofCluster, kept("name"), kept("dbname")],
  "postgresql.cnpg.io/DatabaseRole": [ofCluster, kept("name")],
  "postgresql.cnpg.io/ScheduledBackup": [ofCluster],
  "postgresql.cnpg.io/Backup": [once("BackupSpec is immutable once set", "spec")],
  "/Secret": [
    { ...once(immutable, "type"), byDefault: "Opaque" },
    { ...once(sealed, "immutable"), byDefault: false, whenSealed: true },
    { ...once(sealed, "data"), emptyIs: "open", whenSealed: true },
    // The server adds it to data, where the same may be written already.
    { ...once(sealed, "stringData"), isOpen: true, whenSealed: true },
  ],
  "/ConfigMap": [
    { ...once(sealed, "immutable"), byDefault: false, whenSealed: true },
    { ...once(sealed, "data"), emptyIs: "open", whenSealed: true },
    { ...once(sealed, "binaryData"), emptyIs: "open", whenSealed: true },
  ],
};
