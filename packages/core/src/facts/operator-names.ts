/** How people write the name of an operator, by the one that dbops gives it. */
const names: Readonly<Record<string, string>> = {
  "cloudnative-pg": "CloudNativePG",
  "crunchy-pgo": "PGO",
  kubedb: "KubeDB",
  "mariadb-operator": "mariadb-operator",
  "mysql-operator": "the MySQL Operator",
  zalando: "the Zalando operator",
  "percona-pg": "the Percona operator",
  "percona-psmdb": "the Percona operator",
  "percona-pxc": "the Percona operator",
};

/** `CloudNativePG`; in the middle of a sentence. */
export function operatorNamed(name: string | undefined): string {
  return names[name ?? ""] ?? "the operator";
}
