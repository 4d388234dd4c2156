import { hasPlaceholder, integerFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Operator, Refusal } from "../model/operator.ts";
import { openingsOf } from "./openings.ts";
import { backupsOfPercona, demandedOfPercona, spanOf } from "./percona-backups.ts";
import { checksSizes, isOff, isOn, refusal } from "./refusals.ts";

/** https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html */
export const perconaPxc: Operator = {
  name: "percona-pxc",
  title: "the Percona operator",
  onDelete: {
    claims: "stay, unless finalizer `percona.com/delete-pxc-pvc` is there",
    backups:
      "stay in the storage; each backup object deletes its own data where it has finalizer `percona.com/delete-backup`",
    secrets: "users' passwords go with `delete-pxc-pvc`, certificates with `delete-ssl`",
    source: "https://github.com/percona/percona-xtradb-cluster-operator/blob/main/pkg/controller/pxc/controller.go",
    read: "2026-03",
  },
  kinds: { PerconaXtraDBCluster: ["pxc.percona.com"], PerconaXtraDBClusterBackup: ["pxc.percona.com"] },
  databases: {
    PerconaXtraDBCluster: {
      engine: "mysql",
      instances: (node) => integerFact(node, ["spec", "pxc", "size"], 3),
      version: [],
      image: ["spec", "pxc", "image"],
      parameters: [["spec", "pxc", "configuration"]],
      hasOwnDefaults: true, // the operator tunes the buffer pool and max_connections
      resources: ["spec", "pxc", "resources"],
      backups: { path: ["spec", "backup"], list: "storages", missing: "spec.backup names no storage" },
      singleMemberFlag: "pxcSize",
    },
  },
  services: (name, node) => [
    [`${name}-haproxy`, "primary"],
    // Its writer too, unless told otherwise: https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html
    [
      `${name}-haproxy-replicas`,
      node.boolean("spec", "haproxy", "exposeReplicas", "onlyReaders") === true ? "replicas" : "any",
    ],
    [`${name}-proxysql`, "primary"],
    [`${name}-pxc`, "any"],
  ],
  openings: {
    PerconaXtraDBCluster: openingsOf(
      { at: ["spec", "pxc", "expose"], isSwitched: true },
      // Its switch is deprecated since 1.17: the Service is there wherever HAProxy is.
      { at: ["spec", "haproxy", "exposePrimary"] },
      { at: ["spec", "haproxy", "exposeReplicas"], isSwitched: true },
      { at: ["spec", "proxysql", "expose"], isSwitched: true },
      // Until 1.13 in the sections themselves.
      { at: ["spec", "haproxy"] },
      { at: ["spec", "proxysql"] },
    ),
  },
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn: (resource, { own, named }) => {
    const { kind, node } = resource;
    if (kind === "PerconaXtraDBClusterBackup") {
      const cluster = named(node.string("spec", "pxcCluster"), ["PerconaXtraDBCluster"]);
      return [demandedOfPercona(resource, { engine: "mysql", method: "physical" }, "pxcCluster", cluster)];
    }
    const section = node.at("spec", "backup");
    if (section === undefined || (section.at("storages") === undefined && section.at("schedule") === undefined))
      return [];
    const span = spanOf(section, ["pitr", "timeBetweenUploads"], 1, 60);
    return backupsOfPercona({
      engine: "mysql",
      method: "physical",
      node: section,
      list: "schedule",
      span,
      databases: own(),
    });
  },
  pauses: { PerconaXtraDBCluster: [{ path: ["spec", "pause"], value: "true", effect: "runs no server" }] },
  refusals: { PerconaXtraDBCluster: refusalsOfPxc },
};

/** pkg/apis/pxc/v1/pxc_types.go of https://github.com/percona/percona-xtradb-cluster-operator (1.19, 2026-03): Validate, checkSafeDefaults. */
function refusalsOfPxc({ name, node }: Resource): readonly Refusal[] {
  const found: Refusal[] = [];
  const add = (path: readonly string[], because: string): void => {
    found.push(refusal(node.nearest(...path), because));
  };
  if (name.length > 22 && !hasPlaceholder(name))
    add(["metadata", "name"], `its name has ${name.length} characters, and the operator accepts 22`);
  const size = node.integer("spec", "pxc", "size");
  const sizes = checksSizes(node, 115);
  if (sizes && isOff(node, "spec", "unsafeFlags", "pxcSize") && size !== undefined && size > 1) {
    if (size % 2 === 0)
      add(["spec", "pxc", "size"], `spec.pxc.size ${size} is even: half of the members are no majority`);
    else if (size > 5) add(["spec", "pxc", "size"], `spec.pxc.size ${size} is more than 5`);
  }
  const proxies = ["haproxy", "proxysql"].filter((proxy) => isOn(node, "spec", proxy, "enabled"));
  if (proxies.length === 2) add(["spec", "proxysql", "enabled"], "both haproxy and proxysql are enabled");
  for (const proxy of proxies) {
    const count = node.integer("spec", proxy, "size");
    if (sizes && count !== undefined && count < 2 && isOff(node, "spec", "unsafeFlags", "proxySize"))
      add(["spec", proxy, "size"], `spec.${proxy}.size ${count} is less than 2`);
  }
  const hasNoProxy = ["haproxy", "proxysql"].every((proxy) => isOff(node, "spec", proxy, "enabled"));
  if (hasNoProxy && node.text("spec", "updateStrategy") === "SmartUpdate")
    add(["spec", "updateStrategy"], "updateStrategy SmartUpdate needs haproxy or proxysql, and neither is enabled");
  if (isOn(node, "spec", "backup", "pitr", "enabled") && node.at("spec", "backup", "pitr", "storageName") === undefined)
    add(["spec", "backup", "pitr"], "spec.backup.pitr names no storageName");
  return found;
}
