import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { startFakeCluster } from "./support/fake-cluster.ts";
import { folderWith } from "./support/folder.ts";
import { askCluster, dbops, type Outcome } from "./support/run.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An object as `kubectl get -o json` prints it. */
function object(kind: string, name: string, fields: Fields, metadata: Fields = {}): Fields {
  return { apiVersion: versions[kind] ?? "v1", kind, metadata: { name, namespace: "shop", ...metadata }, ...fields };
}

const versions: Readonly<Record<string, string>> = {
  Cluster: "postgresql.cnpg.io/v1",
  ScheduledBackup: "postgresql.cnpg.io/v1",
  Backup: "postgresql.cnpg.io/v1",
  ObjectStore: "barmancloud.cnpg.io/v1",
  StatefulSet: "apps/v1",
  CronJob: "batch/v1",
  Job: "batch/v1",
  VolumeSnapshot: "snapshot.storage.k8s.io/v1",
  PerconaXtraDBCluster: "pxc.percona.com/v1",
  PerconaXtraDBClusterBackup: "pxc.percona.com/v1",
  PostgresCluster: "postgres-operator.crunchydata.com/v1beta1",
};

/** The newest time in a dump is when it was taken. */
const taken = object("Namespace", "shop", {}, { namespace: undefined, creationTimestamp: "2026-05-20T12:00:00Z" });

const statefulSet = object("StatefulSet", "db", {
  spec: {
    serviceName: "db",
    replicas: 1,
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: {
        containers: [
          {
            name: "postgres",
            image: "postgres:17.6",
            volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
  },
});

function cronJob(name: string, status: Fields = {}, metadata: Fields = {}): Fields {
  const containers = [
    {
      name: "dump",
      image: "postgres:17.6",
      command: ["bash", "-ec", "pg_dump -h db shop -f /backups/x"],
      volumeMounts: [{ name: "backups", mountPath: "/backups" }],
    },
  ];
  const volumes = [{ name: "backups", persistentVolumeClaim: { claimName: "backups" } }];
  const template = { spec: { restartPolicy: "Never", containers, volumes } };
  return object(
    "CronJob",
    name,
    { spec: { schedule: "0 2 * * *", jobTemplate: { spec: { template } } }, status },
    metadata,
  );
}

const service = object("Service", "db", {
  spec: { clusterIP: "None", selector: { app: "db" }, ports: [{ port: 5432 }] },
});

interface Success {
  readonly value: string | null;
  readonly state?: string;
  readonly because: string | null;
  readonly at: { readonly path: string; readonly field: string };
}

interface Report {
  readonly databases: readonly {
    readonly name: string;
    readonly backups: readonly { readonly by: string; readonly method: string; readonly lastSuccess: Success }[];
    readonly restoreTest: { readonly text: string } | null;
    readonly firstRecoveryPoint: Success | null;
    readonly shortfalls: readonly { readonly text: string }[];
  }[];
  readonly cluster: { readonly readAt: string; readonly unread: readonly string[] } | null;
}

const isValid = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(path.join(import.meta.dirname, "../schema/backups.schema.json"), "utf8")),
);

/** Runs `backups` over a dump with lists of every kind, so that a kind without objects is one of which there is none. */
function dumped(objects: readonly Fields[], words: readonly string[] = []): Promise<Outcome> {
  const kinds = [...Object.keys(versions), "Pod", "Schedule", "ReplicationSource", "RecurringJob"];
  const lists = [...kinds, ...others].map((kind) => ({ apiVersion: "v1", kind: `${kind}List`, items: [] }));
  const text = [...lists, ...objects, taken].map((each) => JSON.stringify(each)).join("\n");
  return askCluster(folderWith({ "dump.json": text }), ["backups", "--from", "dump.json", ...words]);
}

/** What may hold backups too. */
const others = [
  ...[
    "SnapshotSchedule",
    "BackupConfiguration",
    "BackupBatch",
    "CassandraDatacenter",
    "ClusterImageCatalog",
    "Database",
  ],
  ...[
    "DatabaseRole",
    "Elasticsearch",
    "ImageCatalog",
    "InnoDBCluster",
    "K8ssandraCluster",
    "MariaDB",
    "MedusaBackupJob",
  ],
  ...["MedusaBackupSchedule", "MongoDB", "MongoDBCommunity", "MySQL", "OperatorConfiguration", "PerconaPGCluster"],
  ...[
    "PerconaServerMongoDB",
    "PerconaServerMongoDBBackup",
    "PerconaServerMySQL",
    "PerconaServerMySQLBackup",
    "PgBouncer",
  ],
  ...["PhysicalBackup", "Pooler", "Postgres", "Publication", "Redis", "RedisCluster", "RedisFailover"],
  ...[
    "RedisReplication",
    "SGBackup",
    "SGCluster",
    "SGObjectStorage",
    "StackConfigPolicy",
    "Subscription",
    "postgresql",
  ],
];

async function report(objects: readonly Fields[], ...words: readonly string[]): Promise<Report & { code: number }> {
  const { code, out, err } = await dumped(objects, ["-o", "json", ...words]);
  assert.equal(err, "");
  const parsed = JSON.parse(out);
  assert.ok(isValid(parsed), JSON.stringify(isValid.errors));
  return { ...(parsed as Report), code };
}

/** `by: state time` of each row. */
function successes({ databases }: Report): readonly string[] {
  return databases.flatMap(({ backups }) =>
    backups.map(
      ({ by, method, lastSuccess: { state, value, because } }) =>
        `${method} ${by}: ${state === undefined ? `? ${because}` : [state, value].filter((each) => each !== null).join(" ")}`,
    ),
  );
}

describe("backups of a cluster", () => {
  it("says when a CronJob last succeeded, and names the field", async () => {
    const good = cronJob("dump", { lastSuccessfulTime: "2026-05-19T02:04:00Z" });
    const { databases } = await report([statefulSet, service, good]);
    const [row] = databases[0]?.backups ?? [];
    assert.deepEqual(row?.lastSuccess, {
      value: "2026-05-19T02:04:00Z",
      state: "ended",
      because: null,
      isDefault: false,
      at: { path: "CronJob shop/dump", field: ".status.lastSuccessfulTime" },
    });
    assert.deepEqual(successes(await report([statefulSet, service, cronJob("dump")])), [
      "dump CronJob shop/dump: never",
    ]);
    const { out } = await dumped([statefulSet, service, good]);
    assert.match(out, /^ {2}method +may lose +last success +keeps +where +taken by$/m);
    assert.match(out, /^ {2}logical +24 h +33 hours ago +1 copy /m);
  });

  it("measures rpo by the last success and not by the schedule", async () => {
    const last = (time: string | undefined): readonly Fields[] => [
      statefulSet,
      service,
      cronJob("dump", time === undefined ? {} : { lastSuccessfulTime: time }),
    ];
    const run = async (time: string | undefined): Promise<readonly [number, string | undefined]> => {
      const { code, databases } = await report(last(time), "--require", "rpo=24h");
      return [code, databases[0]?.shortfalls[0]?.text];
    };
    assert.deepEqual(await run("2026-05-20T02:04:00Z"), [0, undefined]);
    assert.deepEqual(await run("2026-05-17T02:04:00Z"), [1, "its last good backup is 3 days old"]);
    assert.deepEqual(await run(undefined), [1, "none of its backups has ever succeeded"]);
    assert.deepEqual(await run("yesterday"), [
      1,
      "when a backup last succeeded is not known: the time of its last success cannot be read",
    ]);
  });

  it("shows the recovery window of CloudNativePG, and takes an archive for one only with a base backup", async () => {
    const cluster = (status: Fields): Fields =>
      object("Cluster", "orders", {
        spec: {
          instances: 3,
          storage: { size: "10Gi" },
          backup: { barmanObjectStore: { destinationPath: "s3://b/x" }, retentionPolicy: "30d" },
        },
        status,
      });
    const archives = { conditions: [{ type: "ContinuousArchiving", status: "True" }] };
    const schedule = object("ScheduledBackup", "nightly", {
      spec: { cluster: { name: "orders" }, schedule: "0 0 2 * * *" },
    });
    const backup = (name: string, phase: string, stoppedAt?: string): Fields =>
      object(
        "Backup",
        name,
        { spec: { cluster: { name: "orders" } }, status: { phase, stoppedAt } },
        { labels: { "cnpg.io/scheduled-backup": "nightly" } },
      );
    const runs = [
      backup("nightly-1", "completed", "2026-05-18T02:05:00Z"),
      backup("nightly-2", "completed", "2026-05-19T02:05:00Z"),
      backup("nightly-3", "failed"),
    ];
    const whole = [cluster({ ...archives, firstRecoverabilityPoint: "2026-04-20T02:00:00Z" }), schedule, ...runs];
    const seen = await report(whole, "--require", "rpo=10min");
    assert.deepEqual(successes(seen), [
      "wal-archive Cluster shop/orders: continuous",
      "physical ScheduledBackup shop/nightly: ended 2026-05-19T02:05:00Z",
    ]);
    assert.equal(seen.databases[0]?.firstRecoveryPoint?.value, "2026-04-20T02:00:00Z");
    assert.equal(seen.code, 0);
    assert.match(
      (await dumped(whole)).out,
      /Can be restored to any point since 2026-04-20 02:00 UTC \(Cluster shop\/orders/,
    );

    const never = await report([cluster(archives), schedule], "--require", "rpo=10min");
    assert.deepEqual(successes(never), [
      "wal-archive Cluster shop/orders: never",
      "physical ScheduledBackup shop/nightly: never",
    ]);
    assert.equal(never.databases[0]?.firstRecoveryPoint, null);
    assert.equal(never.code, 1);

    const stuck = {
      conditions: [{ type: "ContinuousArchiving", status: "False", lastTransitionTime: "2026-05-19T12:00:00Z" }],
    };
    assert.equal(
      successes(await report([cluster(stuck), schedule, ...runs]))[0],
      "wal-archive Cluster shop/orders: ended 2026-05-19T12:00:00Z",
    );
  });

  it("reads the window of the Barman Cloud plugin from its ObjectStore", async () => {
    const plugin = {
      name: "barman-cloud.cloudnative-pg.io",
      isWALArchiver: true,
      parameters: { barmanObjectName: "s" },
    };
    const cluster = object("Cluster", "orders", {
      spec: { instances: 1, storage: { size: "1Gi" }, plugins: [plugin] },
      status: {
        firstRecoverabilityPoint: "2020-01-01T00:00:00Z",
        conditions: [{ type: "ContinuousArchiving", status: "True" }],
      },
    });
    const window = {
      firstRecoverabilityPoint: "2026-05-01T00:00:00Z",
      lastSuccessfulBackupTime: "2026-05-20T01:00:00Z",
    };
    const store = object("ObjectStore", "s", {
      spec: { configuration: { destinationPath: "s3://b/y" } },
      status: { serverRecoveryWindow: { orders: window } },
    });
    const { databases } = await report([cluster, store]);
    assert.deepEqual(databases[0]?.firstRecoveryPoint?.at, {
      path: "ObjectStore shop/s",
      field: ".status.serverRecoveryWindow.orders.firstRecoverabilityPoint",
    });
  });

  it("lets the newest of many snapshots stand for all, and only one that is ready", async () => {
    const snapshot = (name: string, day: number, readyToUse = true): Fields =>
      object("VolumeSnapshot", name, {
        spec: { source: { persistentVolumeClaimName: "data-db-0" } },
        status: { readyToUse, creationTime: `2026-05-${day}T02:00:00Z` },
      });
    const seen = await report([statefulSet, service, snapshot("a", 17), snapshot("b", 19), snapshot("c", 20, false)]);
    assert.deepEqual(successes(seen), [
      "volume-snapshot VolumeSnapshot shop/b, the newest of 3: ended 2026-05-19T02:00:00Z",
    ]);
  });

  it("reads single backups of operators by their cluster and storage", async () => {
    const cluster = object("PerconaXtraDBCluster", "pxc", {
      spec: {
        pxc: { size: 3, volumeSpec: { persistentVolumeClaim: { resources: { requests: { storage: "6Gi" } } } } },
        backup: {
          storages: { s3: { type: "s3", s3: { bucket: "b" } }, other: { type: "s3", s3: { bucket: "c" } } },
          schedule: [{ name: "daily", schedule: "0 0 * * *", storageName: "s3" }],
        },
      },
    });
    const run = (name: string, storageName: string, state: string, completed: string): Fields =>
      object("PerconaXtraDBClusterBackup", name, {
        spec: { pxcCluster: "pxc", storageName },
        status: { state, completed },
      });
    const runs = [
      run("one", "s3", "Succeeded", "2026-05-18T00:10:00Z"),
      run("two", "s3", "Failed", "2026-05-19T00:10:00Z"),
      run("three", "other", "Succeeded", "2026-05-19T12:10:00Z"),
    ];
    assert.deepEqual(successes(await report([cluster, ...runs])), [
      "physical PerconaXtraDBCluster shop/pxc, s3: ended 2026-05-18T00:10:00Z",
      "physical PerconaXtraDBClusterBackup shop/three, other: ended 2026-05-19T12:10:00Z",
    ]);
    const pgo = object("PostgresCluster", "hippo", {
      spec: {
        postgresVersion: 17,
        instances: [{ dataVolumeClaimSpec: { resources: { requests: { storage: "1Gi" } } } }],
        backups: { pgbackrest: { repos: [{ name: "repo1", schedules: { full: "0 1 * * 0" }, s3: { bucket: "b" } }] } },
      },
      status: {
        pgbackrest: {
          scheduledBackups: [
            { repo: "repo1", completionTime: "2026-05-17T01:10:00Z" },
            { repo: "repo2", completionTime: "2026-05-18T01:10:00Z" },
          ],
        },
      },
    });
    assert.deepEqual(successes(await report([pgo])), [
      "wal-archive PostgresCluster shop/hippo, repo1: ? PostgresCluster shop/hippo does not say when it last archived",
      "physical PostgresCluster shop/hippo, repo1: ended 2026-05-17T01:10:00Z",
    ]);
  });

  it("reads the backups of Velero by their schedule, and does not say never where they could not be read", async () => {
    const schedule = {
      ...object("Schedule", "daily", { spec: { schedule: "0 1 * * *", template: {} } }, { namespace: "velero" }),
      apiVersion: "velero.io/v1",
    };
    const backup = (name: string, phase: string, completionTimestamp: string): Fields => ({
      ...object(
        "Backup",
        name,
        { spec: {}, status: { phase, completionTimestamp } },
        { namespace: "velero", labels: { "velero.io/schedule-name": "daily" } },
      ),
      apiVersion: "velero.io/v1",
    });
    const runs = [
      backup("daily-1", "Completed", "2026-05-18T01:10:00Z"),
      backup("daily-2", "PartiallyFailed", "2026-05-19T01:10:00Z"),
    ];
    assert.deepEqual(successes(await report([statefulSet, service, schedule, ...runs], "-n", "shop")), [
      "cluster-backup Schedule velero/daily: ended 2026-05-18T01:10:00Z",
    ]);
    const text = [statefulSet, service, schedule].map((each) => JSON.stringify(each)).join("\n");
    const { out } = await askCluster(folderWith({ "dump.json": text }), ["backups", "--from", "dump.json"]);
    assert.match(out, /Last success unknown: Backup could not be read \(Schedule velero\/daily\)/);
  });

  it("takes what nobody took from the cluster for unknown", async () => {
    const text = [statefulSet, service, taken].map((each) => JSON.stringify(each)).join("\n");
    const folder = folderWith({ "dump.json": text });
    const { code, out } = await askCluster(folder, ["backups", "--from", "dump.json", "--require", "rpo=24h"]);
    assert.equal(code, 1);
    assert.match(
      out,
      /Whether a backup runs is not known: CronJob, VolumeSnapshot, Schedule and \d+\s+more kinds could not be read\./,
    );
    assert.match(out, /falls short of rpo=24h: whether a backup of it runs is not known/);
    assert.doesNotMatch(out, /No backup in view/);
  });

  it("takes what may not be listed for unknown", async () => {
    const fake = await startFakeCluster([statefulSet, service] as never, ({ path: asked }, response) => {
      if (!asked.includes("/cronjobs")) return false;
      response.writeHead(403).end(JSON.stringify({ kind: "Status", status: "Failure", message: "no" }));
      return true;
    });
    try {
      const folder = folderWith({ "kube.config": fake.kubeconfig() });
      const surroundings = { env: { KUBECONFIG: path.join(folder, "kube.config") } };
      const { out, err } = await askCluster(folder, ["backups", "--live", "-n", "shop"], surroundings);
      assert.match(err, /^Not allowed to list CronJob: /);
      assert.match(out, /Whether a backup runs is not known: CronJob could not be read\./);
      assert.match(out, /Restore test: unknown: CronJob could not be read\./);
    } finally {
      await fake.stop();
    }
  });

  it("reads a cluster or files, and says which flags belong together", async () => {
    const folder = folderWith({});
    const refusal = async (...words: readonly string[]): Promise<string> => {
      const { code, err } = await Promise.resolve(askCluster(folder, ["backups", ...words]));
      assert.equal(code, 2);
      return err;
    };
    assert.match(await refusal("--live", "shop/"), /leave out shop\//);
    assert.match(await refusal("--live", "--from", "x"), /--live asks the cluster and --from reads files/);
    assert.match(await refusal("--live", "-k", "x"), /it cannot be combined with --kustomize/);
    assert.match(await refusal("-n", "shop"), /--namespace requires --live/);
    assert.match(await refusal("--from", "x", "--context", "y"), /it cannot be combined with --context/);
    const files = dbops(folderWith({ "db.json": JSON.stringify(statefulSet) }), ["backups", "-o", "json"]);
    assert.equal((JSON.parse(files.out) as Report).cluster, null);
  });
});
