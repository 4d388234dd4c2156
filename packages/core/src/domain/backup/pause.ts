import { groupOf } from "../../facts/kinds.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";

/**
 * Switches with names of their own. `spec.paused` of other kinds stops the operator, not the backups.
 * https://github.com/vmware-tanzu/velero/issues/2363,
 * https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/api_reference.md#schedule
 */
const switches: ReadonlyMap<string, readonly string[]> = new Map([
  ["velero.io/Schedule", ["spec", "paused"]],
  ["k8s.mariadb.com/Backup", ["spec", "schedule", "suspend"]],
  ["k8s.mariadb.com/PhysicalBackup", ["spec", "schedule", "suspend"]],
]);

interface Pause {
  /** `suspend` */
  readonly key: string;
  readonly at: YamlNode;
}

/** The switch that keeps a schedule of backups from running; undefined: it runs, or whether it does is not known. */
export function pauseOf({ apiVersion, kind, node }: Resource): Pause | undefined {
  const path = switches.get(`${groupOf(apiVersion)}/${kind}`) ?? ["spec", "suspend"];
  const at = node.at(...path);
  return at?.boolean() === true ? { key: path.at(-1) ?? "", at } : undefined;
}
