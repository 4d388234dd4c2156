import { admitsSome, namesPrivateBalancer } from "../../kube/balancer.ts";
import { hasPlaceholder, integerFact, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { byDefault, type Fact, known } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Setting } from "../../yaml/settings.ts";
import type { Database } from "../model/database.ts";
import type { Opening, Operator, OperatorBackup, Refusal } from "../model/operator.ts";
import { emptyRoute } from "../model/pooler.ts";
import { annotationsAt } from "./openings.ts";
import { operatorPooler } from "./operator-pooler.ts";
import { isOn, refusal } from "./refusals.ts";
import { archivesForAll } from "./spilo-archive.ts";
import { archiveTimeout } from "./wal-terms.ts";

/** https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/ */
export const zalando: Operator = {
  name: "zalando",
  title: "the Zalando operator",
  onDelete: {
    claims:
      "go, unless the operator's configuration has `enable_persistent_volume_claim_deletion: false`; `persistent_volume_claim_retention_policy` changes nothing",
    backups: "the WAL archive and logical backups in the bucket stay; the CronJob of logical backups goes",
    secrets: "go, unless `enable_secrets_deletion: false`",
    source: "https://github.com/zalando/postgres-operator/blob/master/pkg/cluster/cluster.go",
    read: "2026-07",
  },
  // https://opensource.zalando.com/postgres-operator/docs/administrator.html
  majorUpgrade:
    "the operator upgrades the files in place, unless its `major_version_upgrade_mode` is `off` (the default before 1.13)",
  kinds: { postgresql: ["acid.zalan.do"], OperatorConfiguration: ["acid.zalan.do"] },
  databases: {
    postgresql: {
      engine: "postgresql",
      ownsClaims: "enable_persistent_volume_claim_deletion is on by default",
      instances: (node) => integerFact(node, ["spec", "numberOfInstances"], 1),
      version: [["spec", "postgresql", "version"]],
      image: ["spec", "dockerImage"],
      parameters: [["spec", "postgresql", "parameters"]],
      hasOwnDefaults: true, // Spilo derives max_connections and shared_buffers from the memory
      storage: ["spec", "volume", "size"],
      resources: ["spec", "resources"],
      followsAnother: (node) => node.at("spec", "standby") !== undefined,
      hasDefaultResources: true, // default_memory_request and default_memory_limit
      loginRules: [["spec", "patroni", "pg_hba"]],
    },
  },
  openings: { postgresql: openingsOfZalando },
  services: (name) => [
    [name, "primary"],
    [`${name}-repl`, "replicas"],
    [`${name}-pooler`, "pooler"],
    [`${name}-pooler-repl`, "pooler"],
  ],
  nameLabels: ["cluster-name"],
  refusals: { postgresql: refusalsOfZalando },

  readPooler(resource, clusterReach) {
    const { node, kind } = resource;
    if (kind !== "postgresql" || !hasPooler(node)) return undefined;
    const at = keyOf(node.nearest("spec", "connectionPooler"));
    const instances = integerFact(node, ["spec", "connectionPooler", "numberOfInstances"], 2);
    const most = integerFact(node, ["spec", "connectionPooler", "maxDBConnections"], 60);
    // Per instance: max_db = maxDBConnections / n, pool = max_db / 2, reserve = max_db / 4 (pkg/cluster/connection_pooler.go)
    const share =
      most.value === undefined || instances.value === undefined
        ? undefined
        : Math.floor(most.value / Math.max(1, instances.value));
    const sizes: readonly (readonly [string, number])[] =
      share === undefined
        ? []
        : [
            ["default_pool_size", share / 2],
            ["reserve_pool_size", share / 4],
            ["max_db_connections", share],
          ];
    const written = sizes.map(
      ([name, value]): Setting => ({
        name,
        value: { ...most, value: String(Math.floor(value)) } as Fact<string>,
        nameAt: most.at,
      }),
    );
    const mode = known(node.string("spec", "connectionPooler", "mode") ?? "transaction", at);
    return operatorPooler({
      resource,
      instances,
      written: [...written, { name: "pool_mode", value: mode, nameAt: at }],
      defaults: { listen_port: "5432", ignore_startup_parameters: "extra_float_digits,options" },
      at,
      routes: [{ ...emptyRoute(at, known("*", at)), reaches: clusterReach(resource.name) }],
      // generateConnectionPoolerDeployment leaves maxSurge to Kubernetes.
      operated: {
        operator: "zalando",
        parameters: undefined,
        strategy: undefined,
        isForStandbys: false,
        hasOwnService: false,
      },
    });
  },

  backupsIn(resource, { own, ofKind, object }) {
    const { kind, node } = resource;
    const engine = "postgresql";
    const archive = (databases: readonly Database[]): OperatorBackup => ({
      method: "wal-archive",
      engine,
      schedule: undefined,
      databases,
      terms: { recoveryPoint: archiveTimeout(databases[0], spiloTimeout, node) },
    });
    if (kind === "OperatorConfiguration")
      return archivesForAll(resource, (name) => object("ConfigMap", name)) ? [archive(ofKind("postgresql"))] : [];
    if (kind !== "postgresql") return [];
    const schedule = node.at("spec", "logicalBackupSchedule");
    const isArchived = (node.at("spec", "env")?.items() ?? []).some((item) =>
      /WAL|BACKUP|S3|GS_BUCKET/.test(item.string("name") ?? ""),
    );
    const dump: OperatorBackup = {
      method: "dump",
      engine,
      // https://postgres-operator.readthedocs.io/en/latest/reference/operator_parameters/#logical-backup
      schedule: schedule === undefined ? byDefault("30 00 * * *", keyOf(node.nearest("spec"))) : textFact(schedule),
      databases: own(),
    };
    return [
      ...(node.boolean("spec", "enableLogicalBackup") === true ? [dump] : []),
      ...(isArchived ? [archive(own())] : []),
    ];
  },
};

/**
 * The patterns of manifests/postgresql.crd.yaml and pkg/apis/acid.zalan.do/v1/util.go of https://github.com/zalando/postgres-operator
 * (2.0.1, 2026).
 */
function refusalsOfZalando({ name, node }: Resource, resources: ResourceIndex): readonly Refusal[] {
  const found: Refusal[] = [];
  const check = (path: readonly string[], pattern: RegExp, what: (text: string) => string): void => {
    const at = node.at(...path);
    const text = at?.text();
    if (at !== undefined && text !== undefined && !hasPlaceholder(text) && !pattern.test(text))
      found.push(refusal(at, what(text)));
  };
  check(
    ["spec", "logicalBackupSchedule"],
    /^(?:\d+|\*)(?:\/\d+)?(?:\s+(?:\d+|\*)(?:\/\d+)?){4}$/,
    (text) => `its CRD takes no list, range or name in logicalBackupSchedule "${text}"`,
  );
  check(
    ["spec", "volume", "size"],
    /^(?:\d+(?:e\d+)?|\d+(?:\.\d+)?(?:e\d+)?[EPTGMK]i?)$/,
    (text) => `volume.size "${text}" is not a quantity`,
  );
  check(
    ["spec", "postgresql", "version"],
    /^\d+$/,
    (text) => `its CRD takes a major version only, and postgresql.version is "${text}"`,
  );
  const team = node.text("spec", "teamId") ?? "";
  const wantsTeam = resources
    .ofKind("OperatorConfiguration")
    .some((each) => isOn(each.node, "configuration", "enable_team_id_clustername_prefix"));
  if (wantsTeam && team !== "" && !hasPlaceholder(`${team}${name}`) && !name.startsWith(`${team}-`))
    found.push(
      refusal(
        node.nearest("metadata", "name"),
        `its name does not begin with "${team}-", its team (enable_team_id_clustername_prefix)`,
      ),
    );
  return found;
}

/** `archive_timeout` of Spilo. https://github.com/zalando/spilo/blob/master/postgres-appliance/scripts/configure_spilo.py */
const spiloTimeout = 1800;

/** A section alone makes a pooler, unless it is switched off (needMasterConnectionPoolerWorker in connection_pooler.go). */
function hasPooler(node: YamlNode): boolean {
  if (hasPlaceholder(node.text("spec", "enableConnectionPooler") ?? "")) return false;
  return node.boolean("spec", "enableConnectionPooler") ?? node.at("spec", "connectionPooler") !== undefined;
}

const balancers = [
  ["enableMasterLoadBalancer", "masterServiceAnnotations"],
  ["enableReplicaLoadBalancer", "replicaServiceAnnotations"],
  ["enableMasterPoolerLoadBalancer", "masterServiceAnnotations"],
  ["enableReplicaPoolerLoadBalancer", "replicaServiceAnnotations"],
] as const;

/** Without ranges the operator admits 127.0.0.1 only (generateServiceSpec in k8sres.go). */
function openingsOfZalando({ node }: Resource): readonly Opening[] {
  const ranges = node.at("spec", "allowedSourceRanges");
  if (ranges === undefined || ranges.items().length === 0 || admitsSome(ranges)) return [];
  // A pooler that is not made has no Service.
  const isMade = (name: string): boolean =>
    !name.includes("Pooler") ||
    (name.includes("Master") ? hasPooler(node) : isOn(node, "spec", "enableReplicaConnectionPooler"));
  const common = annotationsAt(node, ["spec", "serviceAnnotations"]);
  return balancers.flatMap(([name, annotations]) => {
    const at = node.at("spec", name);
    const own = annotationsAt(node, ["spec", annotations]);
    return at?.boolean() === true && isMade(name) && !namesPrivateBalancer([...common, ...own])
      ? [{ type: "LoadBalancer" as const, at }]
      : [];
  });
}
