/** Settings that start a new cluster, meant for one start and harmful at every later one. */
export const bootstrapVariables: readonly { readonly name: RegExp; readonly value: RegExp }[] = [
  { name: /_FORCE_SAFETOBOOTSTRAP$/, value: /^(yes|true|1)$/i },
  { name: /^(MARIADB|MYSQL)_GALERA_CLUSTER_BOOTSTRAP$/, value: /^(yes|true|1)$/i },
  { name: /^ETCD_FORCE_NEW_CLUSTER$/, value: /^(yes|true|1)$/i },
];

/** The same as arguments. https://galeracluster.com/library/documentation/crash-recovery.html, https://etcd.io/docs/v3.5/op-guide/recovery/ */
export const bootstrapArguments =
  /^--(wsrep[-_]new[-_]cluster|(loose-)?group[-_]replication[-_]bootstrap[-_]group(=(on|1|true))?|force-new-cluster(=true)?)$/i;
