import assert from "node:assert/strict";
import { diffFiles } from "../../packages/core/test/support/diff.ts";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";
import { changed, some, type Tried } from "./support/changes.ts";
import { type Cnpg, findCnpg } from "./support/cnpg.ts";

interface Kind extends Tried {
  readonly plural: string;
}

const apiVersion = "postgresql.cnpg.io/v1";
const cluster = { name: "shop-db" };

const kinds: Readonly<Record<string, Kind>> = {
  Cluster: {
    plural: "clusters",
    object: {
      apiVersion,
      kind: "Cluster",
      metadata: { name: "shop-db" },
      spec: {
        instances: 3,
        imageName: "ghcr.io/cloudnative-pg/postgresql:17.4",
        storage: { size: "20Gi" },
        walStorage: { size: "5Gi" },
        tablespaces: [
          { name: "fast", storage: { size: "5Gi" } },
          { name: "slow", storage: { pvcTemplate: { resources: { requests: { storage: "50Gi" } } } } },
        ],
        postgresql: { parameters: { max_connections: "200" } },
      },
    },
    changes: [
      ...some("spec.instances", 1, 2, 3, 5),
      ...["10Gi", "19Gi", "20Gi", "20480Mi", "21474836480", "21Gi", "1Ti", "20G", "40.0Gi"].flatMap((size) => [
        ...some("spec.storage.size", size),
        ...some("spec.tablespaces.1.storage.pvcTemplate.resources.requests.storage", size),
      ]),
      ...some(
        "spec.storage",
        { pvcTemplate: { resources: { requests: { storage: "10Gi" } } } },
        { size: "30Gi", resizeInUseVolumes: false },
      ),
      ...some("spec.storage.storageClass", "fast", "slow"),
      ...some("spec.walStorage", undefined, { size: "4Gi" }, { size: "5Gi" }, { size: "6Gi", storageClass: "fast" }),
      ...some("spec.tablespaces", undefined, []),
      ...some("spec.tablespaces.0.storage.size", "4Gi", "5120Mi", "6Gi"),
      ...some("spec.tablespaces.0.name", "quick"),
      ...some("spec.tablespaces.2", { name: "cold", storage: { size: "1Gi" } }),
      ...some("spec.postgresUID", 26, 999, 1000, undefined),
      ...some("spec.postgresGID", 26, 999, undefined),
      ...some(
        "spec.imageName",
        "ghcr.io/cloudnative-pg/postgresql:17.6",
        "ghcr.io/cloudnative-pg/postgresql:18.0",
        "ghcr.io/cloudnative-pg/postgresql:16.9",
        "ghcr.io/cloudnative-pg/postgresql:15.1",
        "ghcr.io/cloudnative-pg/postgresql:latest",
        "ghcr.io/cloudnative-pg/postgresql",
      ),
      ...some("spec.postgresql.parameters.wal_level", "minimal", "replica", "logical"),
      ...some("spec.postgresql.parameters.max_connections", "50", "400"),
      ...some(
        "spec.replicationSlots",
        undefined,
        {},
        { highAvailability: { enabled: true } },
        { highAvailability: { slotPrefix: "_cnpg_" } },
        { highAvailability: { slotPrefix: "_shop_" } },
        { highAvailability: { enabled: false } },
      ),
      ...some("spec.primaryUpdateMethod", "switchover", "restart"),
      ...some("spec.primaryUpdateStrategy", "supervised", "unsupervised"),
      ...some("spec.serviceAccountName", "shop", undefined),
      ...some("spec.enableSuperuserAccess", true, false),
      ...some("spec.affinity", { podAntiAffinityType: "required" }, { podAntiAffinityType: "never" }),
      ...some(
        "spec.resources",
        { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } },
        { requests: { memory: "1Gi" }, limits: { memory: "1Gi" } },
      ),
      ...some("spec.backup", { retentionPolicy: "30d" }, { retentionPolicy: "0d" }),
      ...some(
        "metadata.annotations",
        { "cnpg.io/hibernation": "on" },
        { "cnpg.io/hibernation": "yes" },
        { team: "shop" },
      ),
      ...some("metadata.labels", { team: "shop" }),
    ],
  },
  Pooler: {
    plural: "poolers",
    object: {
      apiVersion,
      kind: "Pooler",
      metadata: { name: "shop-pool" },
      spec: { cluster, instances: 2, type: "rw", pgbouncer: { poolMode: "session" } },
    },
    changes: [
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.instances", 1, 2, 4),
      ...some("spec.type", "ro", "rw"),
      ...some("spec.pgbouncer.poolMode", "transaction", "session"),
      ...some("spec.pgbouncer.parameters", { max_client_conn: "500" }, {}),
      ...some("spec.pgbouncer.authQuery", "SELECT 1"),
      ...some("spec.pgbouncer.authQuerySecret", { name: "auth" }),
      ...some("spec.pgbouncer.paused", true, false),
      ...some("spec.serviceAccountName", "pool", undefined),
      ...some("metadata.labels", { team: "shop" }),
    ],
  },
  Database: {
    plural: "databases",
    object: {
      apiVersion,
      kind: "Database",
      metadata: { name: "orders" },
      spec: {
        cluster,
        name: "orders",
        owner: "app",
        encoding: "UTF8",
        template: "template0",
        localeProvider: "icu",
        icuLocale: "en",
      },
    },
    changes: [
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.name", "orders", "orders2"),
      ...some("spec.owner", "app", "admin"),
      ...some("spec.encoding", "UTF8", "LATIN1", undefined),
      ...some("spec.template", "template0", "template1", undefined),
      ...some("spec.localeProvider", "icu", "libc"),
      ...some("spec.icuLocale", "en", "de"),
      ...["locale", "localeCollate", "localeCType", "icuRules", "collationVersion"].flatMap((field) =>
        some(`spec.${field}`, "C", undefined),
      ),
      ...some("spec.databaseReclaimPolicy", "delete", "retain"),
      ...some("spec.ensure", "absent", "present"),
      ...some("spec.connectionLimit", -1, 10),
      ...some("spec.allowConnections", true, false),
      ...some("spec.extensions", [{ name: "pg_trgm" }], []),
      ...some("metadata.labels", { team: "shop" }),
    ],
  },
  Publication: {
    plural: "publications",
    object: {
      apiVersion,
      kind: "Publication",
      metadata: { name: "orders" },
      spec: { cluster, dbname: "orders", name: "orders", target: { allTables: true } },
    },
    changes: [
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.dbname", "orders", "other"),
      ...some("spec.name", "orders", "other"),
      ...some("spec.target.allTables", true, false),
      ...some("spec.publicationReclaimPolicy", "delete", "retain"),
      ...some("spec.parameters", { publish: "insert" }),
    ],
  },
  Subscription: {
    plural: "subscriptions",
    object: {
      apiVersion,
      kind: "Subscription",
      metadata: { name: "orders" },
      spec: { cluster, dbname: "orders", name: "orders", publicationName: "orders", externalClusterName: "old" },
    },
    changes: [
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.dbname", "orders", "other"),
      ...some("spec.name", "orders", "other"),
      ...some("spec.publicationName", "orders", "other"),
      ...some("spec.externalClusterName", "old", "older"),
      ...some("spec.subscriptionReclaimPolicy", "delete", "retain"),
    ],
  },
  DatabaseRole: {
    plural: "databaseroles",
    object: {
      apiVersion,
      kind: "DatabaseRole",
      metadata: { name: "app" },
      spec: { cluster, name: "app", login: true },
    },
    changes: [
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.name", "app", "other"),
      ...some("spec.login", true, false),
      ...some("spec.connectionLimit", -1, 5),
    ],
  },
  ScheduledBackup: {
    plural: "scheduledbackups",
    object: {
      apiVersion,
      kind: "ScheduledBackup",
      metadata: { name: "nightly" },
      spec: { cluster, schedule: "0 0 3 * * *", method: "barmanObjectStore" },
    },
    changes: [
      ...some("spec.schedule", "0 0 4 * * *", "0 0 3 * * *"),
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.suspend", true, false),
      ...some("spec.immediate", true),
      ...some("spec.backupOwnerReference", "cluster", "none"),
    ],
  },
  Backup: {
    plural: "backups",
    object: {
      apiVersion,
      kind: "Backup",
      metadata: { name: "before-upgrade" },
      spec: { cluster, method: "barmanObjectStore" },
    },
    changes: [
      ...some("spec.cluster", cluster, { name: "other-db" }),
      ...some("spec.method", "barmanObjectStore", "plugin"),
      ...some("spec.target", "primary"),
      ...some("metadata.labels", { team: "shop" }),
    ],
  },
};

describe("changes that CloudNativePG's CRDs and webhooks refuse, beside what dbops says", () => {
  let server: Cluster | undefined;
  let cnpg: Cnpg | undefined;
  before(async function () {
    server = await startCluster(this, { controllers: false });
    cnpg = findCnpg(this);
    await cnpg.install(server);
  });
  after(() => server?.stop());

  for (const [name, { plural, object, changes }] of Object.entries(kinds))
    it(`${name}: ${changes.length} changes of one field`, async function () {
      this.timeout(240_000);
      if (server === undefined || cnpg === undefined) throw new Error("not started");
      const collection = `/apis/postgresql.cnpg.io/v1/namespaces/default/${plural}`;
      const created = await server.api("POST", collection, object);
      assert.equal(created.status, 201, JSON.stringify(created.body));
      const wrong: string[] = [];
      for (const [path, value] of changes) {
        const after = changed(object, path, value);
        const said = await answerTo(after, created.body, `${collection}/${(object.metadata as { name: string }).name}`);
        const { findings, verdicts } = diffFiles(
          { "db.json": JSON.stringify(object) },
          { "db.json": JSON.stringify(after) },
        );
        const refused = verdicts.some(({ verdict }) => verdict === "refused");
        if (refused !== (said !== ""))
          wrong.push(
            `${path}: ${JSON.stringify(value)}: ${said === "" ? "accepted" : said}; dbops: ${findings.map(({ message }) => message).join(" ")}`,
          );
      }
      assert.deepEqual(wrong, []);

      /** "": both the server and the webhook take it. The webhook sees objects with the defaults of the CRD. */
      async function answerTo(after: unknown, stored: unknown, url: string): Promise<string> {
        const { resourceVersion } = (stored as { metadata: { resourceVersion: string } }).metadata;
        const put = changed(after, "metadata.resourceVersion", resourceVersion);
        const { status, body } = (await server?.api("PUT", `${url}?dryRun=All`, put)) ?? {};
        if (status !== 200) return (body as { readonly message?: string }).message ?? String(status);
        if (!webhooks.has(name)) return "";
        const inUse = changed(stored, "status", { pgDataImageInfo: { image: "postgresql:17.4", majorVersion: 17 } });
        return cnpg?.admit([{ old: name === "Cluster" ? inUse : stored, new: body }])[0] ?? "";
      }
    });

  it("are more than 150, over eight kinds", () => {
    const all = Object.values(kinds);
    assert.ok(all.length === 8 && all.reduce((sum, { changes }) => sum + changes.length, 0) > 150);
  });
});

/** The kinds for which the operator has one. */
const webhooks: ReadonlySet<string> = new Set(["Cluster", "Pooler", "Database", "ScheduledBackup", "Backup"]);
