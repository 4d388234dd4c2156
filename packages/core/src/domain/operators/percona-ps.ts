import { parseGoDuration } from "../../kube/duration.ts";
import { integerFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Operator, Refusal } from "../model/operator.ts";
import { openingsOf } from "./openings.ts";
import { backupsOfPercona, demandedOfPercona } from "./percona-backups.ts";
import { isOff, isOn, refusal } from "./refusals.ts";

const group = ["ps.percona.com"];

/** https://docs.percona.com/percona-operator-for-mysql/ps/operator.html */
export const perconaPs: Operator = {
  name: "percona-ps",
  title: "the Percona operator",
  onDelete: {
    claims: "stay, unless finalizer `percona.com/delete-mysql-pvc` is there",
    backups:
      "stay in the storage; each backup object deletes its own data where it has finalizer `percona.com/delete-backup`",
    secrets: "users' passwords go with `delete-mysql-pvc`, certificates with `delete-ssl`",
    source: "https://github.com/percona/percona-server-mysql-operator/blob/main/pkg/controller/ps/controller.go",
    read: "2026-08",
  },
  kinds: { PerconaServerMySQL: group, PerconaServerMySQLBackup: group },
  databases: {
    PerconaServerMySQL: {
      engine: "mysql",
      instances: (node) => integerFact(node, ["spec", "mysql", "size"], 3),
      version: [],
      image: ["spec", "mysql", "image"],
      parameters: [["spec", "mysql", "configuration"]],
      hasOwnDefaults: true, // the operator tunes the buffer pool and max_connections
      storage: ["spec", "mysql", "volumeSpec", "persistentVolumeClaim", "resources", "requests", "storage"],
      resources: ["spec", "mysql", "resources"],
      backups: { path: ["spec", "backup"], list: "storages", missing: "spec.backup names no storage" },
    },
  },
  services: (name) => [
    [`${name}-haproxy`, "primary"],
    [`${name}-router`, "primary"],
    [`${name}-mysql-primary`, "primary"],
    [`${name}-mysql`, "any"],
  ],
  openings: {
    PerconaServerMySQL: openingsOf(
      { at: ["spec", "mysql", "expose"], isSwitched: true },
      { at: ["spec", "mysql", "exposePrimary"], isSwitched: true },
      { at: ["spec", "proxy", "haproxy", "expose"] },
      { at: ["spec", "proxy", "router", "expose"] },
    ),
  },
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn: (resource, { own, named }) => {
    const { kind, node } = resource;
    if (kind === "PerconaServerMySQLBackup") {
      const cluster = named(node.string("spec", "clusterName"), ["PerconaServerMySQL"]);
      return [demandedOfPercona(resource, { engine: "mysql", method: "physical" }, "clusterName", cluster)];
    }
    const section = node.at("spec", "backup");
    if (section?.boolean("enabled") === false || section?.at("storages") === undefined) return [];
    return backupsOfPercona({
      engine: "mysql",
      method: "physical",
      node: section,
      list: "schedule",
      span: uploadInterval(section),
      databases: own(),
    });
  },
  pauses: { PerconaServerMySQL: [{ path: ["spec", "pause"], value: "true", effect: "runs no server" }] },
  refusals: { PerconaServerMySQL: refusalsOfPs },
};

/** The rules in the CRD, api/v1/perconaservermysql_types.go of https://github.com/percona/percona-server-mysql-operator (1.2, 2026-08). */
function refusalsOfPs({ node }: Resource): readonly Refusal[] {
  const found: Refusal[] = [];
  const add = (path: readonly string[], because: string): void => {
    found.push(refusal(node.nearest(...path), because));
  };
  const allows = (flag: string): boolean => !isOff(node, "spec", "unsafeFlags", flag);
  const type = node.text("spec", "mysql", "clusterType") ?? "group-replication";
  const size = node.integer("spec", "mysql", "size");
  if (size !== undefined && size > 1 && !allows("mysqlSize")) {
    if (size < 3) add(["spec", "mysql", "size"], `spec.mysql.size ${size} is less than 3`);
    else if (type === "group-replication" && size % 2 === 0)
      add(["spec", "mysql", "size"], `spec.mysql.size ${size} is even, and group replication needs a majority`);
    else if (type === "group-replication" && size >= 9)
      add(["spec", "mysql", "size"], `spec.mysql.size ${size} is too many for group replication`);
  }
  const isOffAt = (...path: readonly string[]): boolean => isOff(node, "spec", ...path, "enabled");
  if (type === "async" && isOffAt("orchestrator") && !allows("orchestrator"))
    add(["spec", "mysql", "clusterType"], "clusterType async needs orchestrator, which is not enabled");
  if (type === "async" && isOffAt("proxy", "haproxy") && !allows("proxy"))
    add(["spec", "mysql", "clusterType"], "clusterType async needs proxy.haproxy, which is not enabled");
  if (type === "group-replication" && isOffAt("proxy", "haproxy") && isOffAt("proxy", "router") && !allows("proxy"))
    add(["spec", "proxy"], "neither proxy.haproxy nor proxy.router is enabled");
  if (isOn(node, "spec", "proxy", "haproxy", "enabled") && isOn(node, "spec", "proxy", "router", "enabled"))
    add(["spec", "proxy"], "both proxy.haproxy and proxy.router are enabled");
  return found;
}

/** How often the binlog server uploads; its CRD fills in 30s. */
function uploadInterval(section: YamlNode): Fact<number> {
  const path = ["pitr", "binlogServer", "checkpointInterval"] as const;
  const node = section.at(...path);
  if (node === undefined) return byDefault(30, keyOf(section.nearest(...path)));
  const seconds = parseGoDuration(node.text() ?? "");
  return seconds === undefined ? unknown(node, "it is filled in later") : known(seconds, node);
}
