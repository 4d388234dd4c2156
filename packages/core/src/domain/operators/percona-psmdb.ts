import type { Resource } from "../../kube/resource.ts";
import type { Operator, Refusal } from "../model/operator.ts";
import { sumOf } from "./count-instances.ts";
import { openingsOf } from "./openings.ts";
import { backupsOfPercona, demandedOfPercona, spanOf } from "./percona-backups.ts";
import { checksSizes, isOff, isOn, refusal } from "./refusals.ts";

/** https://docs.percona.com/percona-operator-for-mongodb/operator.html */
export const perconaPsmdb: Operator = {
  name: "percona-psmdb",
  title: "the Percona operator",
  onDelete: {
    claims: "stay, unless finalizer `percona.com/delete-psmdb-pvc` is there",
    backups: "stay in the storage; oplog chunks go with finalizer `percona.com/delete-pitr-chunks`",
    secrets:
      "with `delete-psmdb-pvc` users' passwords go, and the encryption key without which a copy of the data cannot be read",
    source:
      "https://github.com/percona/percona-server-mongodb-operator/blob/main/pkg/controller/perconaservermongodb/finalizers.go",
    read: "2026-07",
  },
  // https://docs.percona.com/percona-operator-for-mongodb/update-major.html
  majorUpgrade: "the operator takes one major version at a time",
  kinds: { PerconaServerMongoDB: ["psmdb.percona.com"], PerconaServerMongoDBBackup: ["psmdb.percona.com"] },
  databases: {
    PerconaServerMongoDB: {
      engine: "mongodb",
      instances: (node) => sumOf(node, ["spec", "replsets"], "size", 3),
      version: [],
      image: ["spec", "image"],
      parameters: [],
      backups: { path: ["spec", "backup"], enabled: "enabled", missing: "spec.backup.enabled is not true" },
      singleMemberFlag: "replsetSize",
    },
  },
  services: (name) => [
    [`${name}-mongos`, "any"],
    [`${name}-rs0`, "any"],
  ],
  openings: {
    PerconaServerMongoDB: openingsOf(
      { at: ["spec", "replsets", "*", "expose"], isSwitched: true },
      { at: ["spec", "sharding", "mongos", "expose"] },
    ),
  },
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn: (resource, { own, named }) => {
    const { kind, node } = resource;
    if (kind === "PerconaServerMongoDBBackup") {
      const cluster = named(node.string("spec", "clusterName"), ["PerconaServerMongoDB"]);
      const method = node.at("spec", "volumeSnapshotClass") === undefined ? "dump" : "volume-snapshot";
      return [demandedOfPercona(resource, { engine: "mongodb", method }, "clusterName", cluster)];
    }
    const section = node.at("spec", "backup");
    if (section?.boolean("enabled") !== true) return [];
    const span = spanOf(section, ["pitr", "oplogSpanMin"], 60, 600);
    return backupsOfPercona({
      engine: "mongodb",
      method: "dump",
      node: section,
      list: "tasks",
      span,
      databases: own(),
    });
  },
  pauses: { PerconaServerMongoDB: [{ path: ["spec", "pause"], value: "true", effect: "runs no server" }] },
  refusals: { PerconaServerMongoDB: refusalsOfPsmdb },
};

/** pkg/apis/psmdb/v1/psmdb_defaults.go of https://github.com/percona/percona-server-mongodb-operator (1.22, 2026): checkSafeDefaults. */
function refusalsOfPsmdb({ node }: Resource): readonly Refusal[] {
  if (!checksSizes(node, 116) || !isOff(node, "spec", "unsafeFlags", "replsetSize")) return [];
  return (node.at("spec", "replsets")?.items() ?? []).flatMap((set): readonly Refusal[] => {
    const size = set.integer("size");
    const at = set.at("size");
    const arbiter = set.at("arbiter", "enabled");
    if (size === undefined || at === undefined || size < 2) return [];
    const name = `replset ${set.text("name") ?? "rs0"}`;
    if (isOn(set, "arbiter", "enabled"))
      return size % 2 === 0 && size >= 4
        ? []
        : [refusal(at, `${name} has ${size} members and an arbiter, which takes an even number of at least 4 members`)];
    if (arbiter !== undefined && arbiter.boolean() !== false) return [];
    return size % 2 === 0 ? [refusal(at, `${name} has ${size} members, an even number`)] : [];
  });
}
