/** What an operator's published code says of one field, or of finalizers, that decide about claims and backups. */
export interface DeletionRecord {
  readonly operator: string;
  readonly kind: string;
  /** The field, as dots; undefined: finalizers decide, or nothing that the resource holds. */
  readonly field?: string;
  /** All values that the CRD allows; undefined: any boolean or text. */
  readonly values?: readonly string[];
  /** What the operator takes where none is written. */
  readonly standard?: string;
  /** Values with which the claims are deleted. */
  readonly deletes?: readonly string[];
  /** Finalizers with which claims or backups go. */
  readonly finalizers?: readonly string[];
  /** The claims go whatever the resource says. */
  readonly always?: true;
  /** The file that was read, its commit, and when. */
  readonly read: string;
}

/** Written down from the operators' repositories, not from our tables. */
export const deletionRecords: readonly DeletionRecord[] = [
  {
    operator: "cass-operator",
    kind: "CassandraDatacenter",
    field: "metadata.annotations.cassandra.datastax.com/delete-pvc",
    standard: "true",
    deletes: ["true"],
    read: "pkg/reconciliation/reconcile_datacenter.go, d5697290 of 2026-08-21",
  },
  {
    operator: "eck",
    kind: "Elasticsearch",
    field: "spec.volumeClaimDeletePolicy",
    values: ["DeleteOnScaledownOnly", "DeleteOnScaledownAndClusterDeletion"],
    standard: "DeleteOnScaledownAndClusterDeletion",
    deletes: ["DeleteOnScaledownAndClusterDeletion"],
    read: "pkg/apis/elasticsearch/v1/elasticsearch_types.go, 7b93383d8 of 2026-08-21",
  },
  ...["Postgres", "MySQL", "MariaDB", "MongoDB", "Redis"].map((kind) => ({
    operator: "kubedb",
    kind,
    field: "spec.deletionPolicy",
    values: ["Halt", "Delete", "WipeOut", "DoNotTerminate"],
    standard: "Delete",
    deletes: ["Delete", "WipeOut"],
    read: "apis/kubedb/v1/types.go and its helpers, 104ef5739 of 2026-07-24",
  })),
  {
    operator: "mariadb-operator",
    kind: "MariaDB",
    field: "spec.storage.pvcRetentionPolicy.whenDeleted",
    values: ["Delete", "Retain"],
    deletes: ["Delete"],
    read: "pkg/builder/statefulset_builder.go, 8970edf8 of 2026-07-21; below Kubernetes 1.32 it leaves the field out",
  },
  ...["Redis", "RedisCluster", "RedisReplication"].map((kind) => ({
    operator: "opstree-redis",
    kind,
    field: "spec.storage.keepAfterDelete",
    standard: "false",
    deletes: ["false"],
    read: "internal/k8sutils/finalizer.go, 5dd04e17 of 2026-08-22",
  })),
  {
    operator: "spotahome-redis",
    kind: "RedisFailover",
    field: "spec.redis.storage.keepAfterDeletion",
    standard: "false",
    deletes: ["false"],
    read: "operator/redisfailover/service/generator.go, 632aa3da of 2023-08-21",
  },
  {
    operator: "percona-pg",
    kind: "PerconaPGCluster",
    finalizers: ["percona.com/delete-pvc", "percona.com/delete-backups"],
    read: "percona/naming/finalizers.go, adafb34ff of 2026-08-21",
  },
  {
    operator: "percona-ps",
    kind: "PerconaServerMySQL",
    finalizers: ["percona.com/delete-mysql-pvc"],
    read: "pkg/controller/ps/controller.go, 9adfefaa of 2026-08-21",
  },
  {
    operator: "percona-psmdb",
    kind: "PerconaServerMongoDB",
    finalizers: ["percona.com/delete-psmdb-pvc", "delete-psmdb-pvc"],
    read: "pkg/controller/perconaservermongodb/psmdb_controller.go, b15af5003 of 2026-07-02",
  },
  {
    operator: "percona-pxc",
    kind: "PerconaXtraDBCluster",
    finalizers: ["percona.com/delete-pxc-pvc"],
    read: "pkg/naming/naming.go, b3b0b10a7 of 2026-03-24",
  },
  {
    operator: "zalando",
    kind: "postgresql",
    always: true,
    read: "pkg/controller/operator_config.go, a7aaad0a of 2026-07-30: enable_persistent_volume_claim_deletion, true by default",
  },
  {
    operator: "crunchy-pgo",
    kind: "PostgresCluster",
    always: true,
    read: "internal/controller/postgrescluster/pgbackrest.go, 0fbac3062 of 2026-08-20",
  },
];
