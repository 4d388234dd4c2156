import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { folderWith, shopFolder } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

interface Cell<T> {
  readonly value: T | null;
  readonly because: string | null;
  readonly isDefault: boolean;
}

interface BackupsJson {
  readonly notRead: readonly string[];
  readonly databases: readonly {
    readonly name: string;
    readonly at: { readonly path: string };
    readonly backups: readonly {
      readonly method: string;
      readonly by: string;
      readonly fault: { readonly because: string; readonly at: { readonly line: number } } | null;
      readonly part: string | null;
      readonly recoveryPoint: Cell<number>;
      readonly retention: Cell<{ readonly kind: string; readonly seconds?: number; readonly copies?: number }>;
      readonly where: Cell<string>;
      readonly deletions: readonly { readonly text: string }[];
      readonly hiddenBy: string | null;
    }[];
    readonly possible: readonly string[];
    readonly restoreTest: { readonly text: string; readonly everySeconds: number | null } | null;
    readonly onDelete: string | null;
    readonly shortfalls: readonly { readonly requirement: string; readonly text: string }[];
  }[];
}

function backupsJson(folder: string, ...words: readonly string[]): BackupsJson & { readonly code: number } {
  const { code, out, err } = dbops(folder, ["backups", "-o", "json", ...words]);
  assert.equal(err, "");
  return { ...(JSON.parse(out) as BackupsJson), code };
}

/** One line for each row: method, who takes it, seconds, retention, place, and why a cell is unknown or the row takes nothing. */
function rowsOf(folder: string): readonly string[] {
  return backupsJson(folder).databases.flatMap(({ name, backups, restoreTest }) => [
    `${name}: ${restoreTest?.text ?? "no restore test"}`,
    ...backups.map(({ method, by, fault, recoveryPoint, retention, where }) => {
      const kept = retention.value;
      const cells = [
        recoveryPoint.value ?? `? ${recoveryPoint.because}`,
        kept === null ? `? ${retention.because}` : (kept.seconds ?? kept.copies ?? kept.kind),
        where.value ?? `? ${where.because}`,
      ];
      return fault === null
        ? `${method} by ${by}: ${cells.join(", ")}`
        : `${method} by ${by} takes none: ${fault.because}`;
    }),
  ]);
}

const day = 86_400;

const dataOf = (image: string): string =>
  /^(?:mysql|mariadb)/.test(image)
    ? "/var/lib/mysql"
    : image.startsWith("mongo")
      ? "/data/db"
      : "/var/lib/postgresql/data";

const server = (name = "orders-db", image = "postgres:17.6"): string => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name} }
spec:
  serviceName: ${name}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: postgres
          image: ${image}
          volumeMounts: [{ name: data, mountPath: ${dataOf(image)} }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;

const cronJob = (name: string, script: string, more = "", schedule = "0 2 * * *"): string => `apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name} }
spec:
  schedule: "${schedule}"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres:17.6
              command: [bash, -ec, "${script}"]
              volumeMounts: [{ name: backups, mountPath: /backups }]
          volumes: [{ name: backups, persistentVolumeClaim: { claimName: backups } }]
${more}`;

const mongo = server("mongo", "percona/percona-server-mongodb:8.0.12-4").replace(
  "/var/lib/postgresql/data",
  "/data/db",
);

const pbm = (name: string, script: string): string =>
  withVariable(cronJob(name, script), "PBM_MONGODB_URI", "mongodb://mongo:27017/");

/** What runs on and on beside the server. */
const receiver = (script: string, more = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: wal }
spec:
  selector: { matchLabels: { app: wal } }
  template:
    metadata: { labels: { app: wal } }
    spec:
      containers:
        - name: wal
          image: postgres:17.6
          command: [bash, -ec, "${script}"]
          volumeMounts: [{ name: wal, mountPath: /wal }]
${more}      volumes: [{ name: wal, persistentVolumeClaim: { claimName: wal } }]
`;

const claim = (name: string, storageClass: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec: { storageClassName: ${storageClass}, accessModes: [ReadWriteOnce], resources: { requests: { storage: 50Gi } } }
`;

const withVariable = (job: string, name: string, value: string): string =>
  job.replace(
    "              command:",
    `              env: [{ name: ${name}, value: ${value} }]\n              command:`,
  );

const fromSecret = (job: string): string =>
  job
    .replace("claimName: backups", "claimName: bills")
    .replace(
      "              command:",
      "              env: [{ name: BUCKET, valueFrom: { secretKeyRef: { name: store, key: bucket } } }]\n              command:",
    );

const longhorn = (name: string, group: string, cron: string, task: string, retain: number): string =>
  `apiVersion: longhorn.io/v1beta2
kind: RecurringJob
metadata: { name: ${name} }
spec: { groups: [${group}], cron: "${cron}", task: ${task}, retain: ${retain}, concurrency: 2 }
`;

/** A server in whose Pods K8up runs a command. */
const hooked = (name: string, namespace: string): string =>
  server(name)
    .replaceAll(`metadata: { name: ${name} }`, `metadata: { name: ${name}, namespace: ${namespace} }`)
    .replace(
      `labels: { app: ${name} } }`,
      `labels: { app: ${name} }, annotations: { k8up.io/backupcommand: pg_dumpall } }`,
    );

const inShop = (object: string): string =>
  object.replace(/metadata: \{ name: ([^ ]+) \}/, "metadata: { name: $1, namespace: shop }");

const join = (...documents: readonly string[]): Readonly<Record<string, string>> => ({
  "all.yaml": documents.join("---\n"),
});

const dump = "pg_dump -Fc -h orders-db -f /backups/orders-$(date +%F).dump orders";

const cnpgCluster = (name: string, spec: string, tag = "17.5-system"): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: ${name} }
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:${tag}
  storage: { size: 20Gi }
${spec}
`;

const barmanPlugin = (store: string): string =>
  `  plugins: [{ name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: { barmanObjectName: ${store} } }]`;

const pluginMethod = ", method: plugin, pluginConfiguration: { name: barman-cloud.cloudnative-pg.io }";

const scheduledBackup = (name: string, method = ""): string => `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: { name: ${name} }
spec: { schedule: "0 0 2 * * *", cluster: { name: ${name} }${method} }
`;

const objectStore = (name: string): string => `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: { name: ${name} }
spec: { configuration: { destinationPath: "s3://${name}/" } }
`;

/** What a person reads from the same files. */
const ledgers: readonly (readonly [what: string, files: Readonly<Record<string, string>>, rows: readonly string[]])[] =
  [
    [
      "a nightly dump to a claim of the data's class, kept for two weeks",
      join(server(), cronJob("dump", `${dump}; find /backups -mtime +14 -delete`), claim("backups", "fast")),
      ["orders-db: no restore test", `dump by CronJob dump: ${day}, ${14 * day}, same-class`],
    ],
    [
      "weekdays only: Friday's dump is the last until Monday; the newest seven stay",
      join(
        server(),
        cronJob("dump", `${dump}; ls -t /backups/*.dump | tail -n +8 | xargs rm -f`, "", "0 2 * * 1-5"),
        claim("backups", "slow"),
      ),
      ["orders-db: no restore test", `dump by CronJob dump: ${3 * day}, 7, cluster`],
    ],
    [
      "one file that is overwritten each time",
      join(
        server(),
        cronJob("dump", "pg_dump -Fc -h orders-db -f /backups/orders.dump orders"),
        claim("backups", "slow"),
      ),
      ["orders-db: no restore test", `dump by CronJob dump: ${day}, 1, cluster`],
    ],
    [
      "an upload to S3, and to a store inside the cluster",
      join(
        server(),
        cronJob("dump", `${dump}; aws s3 cp /backups/orders.dump s3://shop-backups/orders-$(date +%F).dump`),
        cronJob(
          "copy",
          `${dump}; aws --endpoint-url http://minio.storage.svc:9000 s3 cp /backups/orders.dump s3://shop/orders-$(date +%F)`,
        ),
        claim("backups", "slow"),
      ),
      [
        "orders-db: no restore test",
        `dump by CronJob dump: ${day}, ? the bucket's own lifecycle is not in view, off-site`,
        `dump by CronJob copy: ${day}, ? the bucket's own lifecycle is not in view, cluster`,
      ],
    ],
    [
      "suspended, refused and never: none of them is a backup",
      join(
        server(),
        cronJob("paused", dump).replace("spec:\n", "spec:\n  suspend: true\n"),
        cronJob("refused", dump, "", "0 2 * *"),
        cronJob("never", dump, "", "0 2 30 2 *"),
        claim("backups", "slow"),
      ),
      [
        "orders-db: no restore test",
        "dump by CronJob paused takes none: it is suspended",
        'dump by CronJob refused takes none: its schedule "0 2 * *" is refused: it has 4 fields instead of 5',
        'dump by CronJob never takes none: no date matches its schedule "0 2 30 2 *"',
      ],
    ],
    [
      "a dump program for servers of another kind reads nothing",
      join(
        server("orders-db", "mysql:8.4.6").replace("/var/lib/postgresql/data", "/var/lib/mysql"),
        cronJob("wrong", dump),
        cronJob("right", "mysqldump --single-transaction -h orders-db orders > /backups/orders-$(date +%F).sql"),
        server("billing-db"),
        cronJob("also-wrong", "mysqldump -h billing-db billing > /backups/billing.sql"),
        cronJob(
          "both",
          "pg_dump -h billing-db -f /backups/billing.sql billing; mysqldump -h orders-db orders > /backups/o.sql",
        ),
        cronJob("other-host", "mysql -h orders-db -e 'select 1'; pg_dump -h billing-db -f /backups/b.sql billing"),
        claim("backups", "slow"),
      ),
      [
        "billing-db: no restore test",
        "dump by CronJob also-wrong takes none: mysqldump cannot read PostgreSQL",
        `dump by CronJob both: ${day}, 1, cluster`,
        `dump by CronJob other-host: ${day}, 1, cluster`,
        "orders-db: no restore test",
        "dump by CronJob wrong takes none: pg_dump cannot read MySQL",
        `dump by CronJob right: ${day}, all, cluster`,
        `dump by CronJob both: ${day}, 1, cluster`,
      ],
    ],
    [
      "the host on the command line overrides the variable; each dump of a script counts for its own",
      join(
        server(),
        server("billing-db"),
        server("stock-db"),
        withVariable(cronJob("dump", "pg_dump -Fc -h billing-db -f /backups/billing.dump shop"), "PGHOST", "orders-db"),
        cronJob("url", "pg_dump -Fc -f /backups/b postgresql://billing-db/b; pg_dump -h stock-db -Fc -f /backups/s s"),
        claim("backups", "slow"),
      ),
      [
        "billing-db: no restore test",
        `dump by CronJob dump: ${day}, 1, cluster`,
        `dump by CronJob url: ${day}, 1, cluster`,
        "orders-db: no restore test",
        "stock-db: no restore test",
        `dump by CronJob url: ${day}, 1, cluster`,
      ],
    ],
    [
      "a Service of the same name in another namespace",
      join(
        server().replaceAll("metadata: { name: orders-db }", "metadata: { name: orders-db, namespace: shop }"),
        inShop(cronJob("near", "pg_dump -Fc -h orders-db.shop.svc -f /backups/orders.dump orders")),
        inShop(cronJob("far", "pg_dump -Fc -h orders-db.other.svc.cluster.local -f /backups/orders.dump orders")),
        inShop(claim("backups", "slow")),
      ),
      ["shop/orders-db: no restore test", `dump by CronJob shop/near: ${day}, 1, cluster`],
    ],
    [
      "a time zone that the API server refuses",
      join(
        server(),
        cronJob("dump", dump).replace("spec:\n", "spec:\n  timeZone: Mars/Foo\n"),
        claim("backups", "slow"),
      ),
      [
        "orders-db: no restore test",
        'dump by CronJob dump takes none: the API server refuses timeZone "Mars/Foo": there is no such time zone',
      ],
    ],
    [
      "a restore test of the same claim, once a week",
      join(
        server(),
        cronJob("dump", `${dump}; find /backups -mtime +14 -delete`),
        cronJob("check", "pg_restore -h scratch -d check /backups/latest.dump", "", "0 5 * * 0"),
        claim("backups", "slow"),
      ),
      ["orders-db: CronJob check, every 7 d", `dump by CronJob dump: ${day}, ${14 * day}, cluster`],
    ],
    [
      "a restore test of the same bucket: through mc's alias, and through a variable of one Secret",
      join(
        server(),
        cronJob(
          "dump",
          `mc alias set store http://minio.minio.svc:9000 k s; ${dump}; mc cp /backups/orders.dump store/shop/orders/$(date +%F)`,
        ),
        cronJob(
          "check",
          "mc cp store/shop/orders/$LATEST /tmp/x.dump; pg_restore -h localhost -d check /tmp/x.dump",
          "",
          "0 5 * * 0",
        ),
        server("billing-db"),
        fromSecret(cronJob("bill", "pg_dump -h billing-db billing | aws s3 cp - s3://$BUCKET/billing/$(date +%F)")),
        fromSecret(
          cronJob(
            "bill-check",
            "aws s3 cp s3://$BUCKET/billing/$LATEST /tmp/b.sql; psql -h localhost -f /tmp/b.sql",
            "",
            "0 5 1 * *",
          ),
        ),
        claim("backups", "slow"),
      ),
      [
        "billing-db: CronJob bill-check, every 31 d",
        `dump by CronJob bill: ${day}, ? the bucket's own lifecycle is not in view, off-site`,
        "orders-db: CronJob check, every 7 d",
        `dump by CronJob dump: ${day}, ? the bucket's own lifecycle is not in view, cluster`,
      ],
    ],
    [
      "CloudNativePG with the Barman Cloud plugin: the retention is the store's; a second cluster was made from its archive",
      join(
        `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: orders }
spec:
  instances: 3
  storage: { size: 20Gi }
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: { barmanObjectName: store }
`,
        `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: { name: store }
spec:
  retentionPolicy: 4w
  configuration: { destinationPath: "s3://shop/", endpointURL: "https://s3.eu-central-1.amazonaws.com" }
`,
        `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: { name: nightly }
spec:
  schedule: "0 0 2 * * *"
  cluster: { name: orders }
  method: plugin
  pluginConfiguration: { name: barman-cloud.cloudnative-pg.io }
`,
        `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: orders-restored }
spec:
  instances: 1
  storage: { size: 20Gi }
  bootstrap: { recovery: { source: origin } }
  externalClusters:
    - name: origin
      plugin:
        name: barman-cloud.cloudnative-pg.io
        parameters: { barmanObjectName: store, serverName: orders }
`,
      ),
      [
        "orders: Cluster orders-restored, once",
        `wal-archive by Cluster orders: 300, ${28 * day}, off-site`,
        `physical by ScheduledBackup nightly: ${day}, ${28 * day}, off-site`,
        "orders-restored: no restore test",
      ],
    ],
    [
      "an image without barman-cloud archives nothing in-tree, and takes no base backup; the plugin brings its own programs",
      join(
        cnpgCluster("orders", "  backup: { barmanObjectStore: { destinationPath: 's3://orders/' } }", "17.5-minimal"),
        scheduledBackup("orders"),
        cnpgCluster("stock", barmanPlugin("stock"), "17.5-minimal"),
        objectStore("stock"),
        scheduledBackup("stock", pluginMethod),
      ),
      [
        "orders: no restore test",
        "wal-archive by Cluster orders takes none: postgresql:17.5-minimal has no barman-cloud programs",
        "physical by ScheduledBackup orders takes none: postgresql:17.5-minimal has no barman-cloud programs",
        "stock: no restore test",
        "wal-archive by Cluster stock: 300, all, off-site",
        `physical by ScheduledBackup stock: ${day}, all, off-site`,
      ],
    ],
    [
      "an archive that CloudNativePG refuses, and a store whose name is misspelt",
      join(
        cnpgCluster(
          "orders",
          `${barmanPlugin("store")}
  bootstrap: { recovery: { source: orders } }
  externalClusters: [{ name: orders, plugin: { name: barman-cloud.cloudnative-pg.io, parameters: { barmanObjectName: store } } }]`,
        ),
        scheduledBackup("orders", pluginMethod),
        cnpgCluster("stock", barmanPlugin("stor")),
        scheduledBackup("stock", pluginMethod),
        objectStore("store"),
      ),
      [
        "orders: no restore test",
        "wal-archive by Cluster orders takes none: Cluster orders is restored from archive orders and writes to the same one, which CloudNativePG refuses",
        "physical by ScheduledBackup orders takes none: Cluster orders is restored from archive orders and writes to the same one, which CloudNativePG refuses",
        "stock: no restore test",
        "wal-archive by Cluster stock takes none: no ObjectStore stor is in view (there is store)",
        "physical by ScheduledBackup stock takes none: no ObjectStore stor is in view (there is store)",
      ],
    ],
    [
      "two Clusters in one archive: the second one archives nothing",
      join(
        ...["billing", "orders"].map((name) =>
          cnpgCluster(name, "  backup: { barmanObjectStore: { destinationPath: 's3://shop/', serverName: shop } }"),
        ),
        scheduledBackup("billing"),
      ),
      [
        "billing: no restore test",
        "wal-archive by Cluster billing: 300, all, off-site",
        `physical by ScheduledBackup billing: ${day}, all, off-site`,
        "orders: no restore test",
        "wal-archive by Cluster orders takes none: no base backup in view that runs",
      ],
    ],
    [
      "a section that names no storage for its schedules",
      join(
        `apiVersion: pxc.percona.com/v1
kind: PerconaXtraDBCluster
metadata: { name: shop }
spec:
  pxc: { size: 3, image: "percona/percona-xtradb-cluster:8.0.36" }
  backup: { schedule: [{ name: daily, schedule: "0 2 * * *", storageName: s3 }] }
`,
      ),
      ["shop: no restore test", "physical by PerconaXtraDBCluster shop, s3 takes none: spec.backup names no storage"],
    ],
    [
      "WAL without a base backup cannot be restored",
      join(`apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: orders }
spec:
  instances: 3
  storage: { size: 20Gi }
  backup:
    retentionPolicy: 30d
    barmanObjectStore: { destinationPath: "s3://shop/", endpointURL: "http://minio:9000" }
`),
      ["orders: no restore test", "wal-archive by Cluster orders takes none: no base backup in view that runs"],
    ],
    [
      "Crunchy: a claim of the data's class, and a bucket with four weekly full backups",
      join(`apiVersion: postgres-operator.crunchydata.com/v1beta1
kind: PostgresCluster
metadata: { name: orders }
spec:
  postgresVersion: 17
  instances: [{ replicas: 2, dataVolumeClaimSpec: { storageClassName: fast } }]
  backups:
    pgbackrest:
      global: { repo2-retention-full: "4" }
      repos:
        - { name: repo1, volume: { volumeClaimSpec: { storageClassName: fast } } }
        - name: repo2
          schedules: { full: "0 1 * * 0", incremental: "0 1 * * 1-6" }
          s3: { bucket: shop, endpoint: s3.eu-central-1.amazonaws.com, region: eu-central-1 }
`),
      [
        "orders: no restore test",
        "wal-archive by PostgresCluster orders, repo1: 60, all, same-class",
        "wal-archive by PostgresCluster orders, repo2: 60, 4, off-site",
        `physical by PostgresCluster orders, repo2: ${2 * day}, 4, off-site`,
      ],
    ],
    [
      "Percona XtraDB: binary logs each minute, a schedule whose storage is not there",
      join(`apiVersion: pxc.percona.com/v1
kind: PerconaXtraDBCluster
metadata: { name: cart }
spec:
  pxc: { size: 3, image: "percona/percona-xtradb-cluster:8.0.36" }
  backup:
    storages: { s3: { type: s3, s3: { bucket: cart, endpointUrl: "https://s3.example.com" } } }
    pitr: { enabled: true, storageName: s3 }
    schedule:
      - { name: daily, schedule: "0 2 * * *", storageName: s3, retention: { type: count, count: 7 } }
      - { name: weekly, schedule: "0 3 * * 6", storageName: azure, keep: 4 }
`),
      [
        "cart: no restore test",
        `physical by PerconaXtraDBCluster cart, s3: ${day}, 7, off-site`,
        "physical by PerconaXtraDBCluster cart, azure takes none: spec.backup has no storage azure",
        "wal-archive by PerconaXtraDBCluster cart, s3: 60, all, off-site",
      ],
    ],
    [
      "mariadb-operator keeps thirty days where nothing is written",
      join(
        "apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: { name: shop }\nspec: { storage: { size: 20Gi } }\n",
        `apiVersion: k8s.mariadb.com/v1alpha1
kind: Backup
metadata: { name: hourly }
spec:
  mariaDbRef: { name: shop }
  schedule: { cron: "0 * * * *" }
  storage: { s3: { bucket: shop, endpoint: minio.minio.svc.cluster.local:9000 } }
`,
      ),
      ["shop: no restore test", `dump by Backup hourly: 3600, ${30 * day}, cluster`],
    ],
    [
      "Velero with its own time to live, and a snapshot taken once",
      join(
        server(),
        `apiVersion: velero.io/v1
kind: Schedule
metadata: { name: nightly, namespace: velero }
spec: { schedule: "0 3 * * *", template: { snapshotMoveData: true } }
`,
        `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: { name: before-upgrade }
spec: { source: { persistentVolumeClaimName: data-orders-db-0 } }
`,
      ),
      [
        "orders-db: no restore test",
        `cluster-backup by Schedule velero/nightly: ${day}, ${30 * day}, ? Velero's storage location is not in view`,
        "volume-snapshot by VolumeSnapshot before-upgrade: ? it is taken once, all, snapshot",
      ],
    ],
    [
      "two Clusters of one name: a schedule is for that of its namespace",
      join(
        ...["shop", "bills"].map((namespace) => cnpgCluster(`pg, namespace: ${namespace}`, barmanPlugin("store"))),
        scheduledBackup("pg, namespace: shop", pluginMethod).replace(
          "cluster: { name: pg, namespace: shop }",
          "cluster: { name: pg }",
        ),
      ),
      [
        "bills/pg: no restore test",
        "wal-archive by Cluster bills/pg takes none: no base backup in view that runs",
        "shop/pg: no restore test",
        "wal-archive by Cluster shop/pg: 300, ? ObjectStore store is not in view, ? ObjectStore store is not in view",
        `physical by ScheduledBackup shop/pg: ${day}, ? ObjectStore store is not in view, ? ObjectStore store is not in view`,
      ],
    ],
    [
      "an archive of another plugin of CloudNativePG, set up elsewhere",
      join(
        cnpgCluster(
          "orders",
          "  plugins: [{ name: pgbackrest.dalibo.com, isWALArchiver: true, parameters: { stanzaRef: orders } }]",
        ),
        scheduledBackup("orders", ", method: plugin, pluginConfiguration: { name: pgbackrest.dalibo.com }"),
      ),
      [
        "orders: no restore test",
        "wal-archive by Cluster orders: 300, ? plugin pgbackrest.dalibo.com is set up elsewhere, ? plugin pgbackrest.dalibo.com is set up elsewhere",
        `physical by ScheduledBackup orders: ${day}, ? plugin pgbackrest.dalibo.com is set up elsewhere, ? plugin pgbackrest.dalibo.com is set up elsewhere`,
      ],
    ],
    [
      "copies of single volumes: VolSync by claim, Longhorn by class or label, a script that makes snapshots",
      join(
        server(),
        server("billing-db").replace("storageClassName: fast", "storageClassName: longhorn"),
        server("stock-db")
          .replace("storageClassName: fast", "storageClassName: longhorn")
          .replace(
            "metadata: { name: data }",
            "metadata: { name: data, labels: { recurring-job-group.longhorn.io/hourly: enabled } }",
          ),
        server("ticket-db"),
        `apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: { name: orders }
spec:
  sourcePVC: data-orders-db-0
  trigger: { schedule: "0 */6 * * *" }
  restic: { repository: orders-restic, copyMethod: Snapshot, retain: { daily: 7, weekly: 4 } }
`,
        longhorn("nightly", "default", "0 2 * * *", "backup", 3),
        longhorn("often", "hourly", "0 * * * *", "snapshot", 24),
        longhorn("trim", "default", "0 3 * * *", "filesystem-trim", 1),
        `apiVersion: batch/v1
kind: CronJob
metadata: { name: snapshots }
spec:
  schedule: "0 1 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: kubectl
              image: alpine/k8s:1.35.2
              command:
                - bash
                - -ec
                - |
                  kubectl apply -f - <<EOF
                  apiVersion: snapshot.storage.k8s.io/v1
                  kind: VolumeSnapshot
                  metadata: { name: ticket-$(date +%F) }
                  spec:
                    source:
                      persistentVolumeClaimName: data-ticket-db-0
                  EOF
`,
      ),
      [
        "billing-db: no restore test",
        `cluster-backup by RecurringJob nightly: ${day}, 3, ? Longhorn's backup target is not in view`,
        "orders-db: no restore test",
        `cluster-backup by ReplicationSource orders: ${day / 4}, ${28 * day}, ? its repository is set up in a Secret`,
        "stock-db: no restore test",
        "volume-snapshot by RecurringJob often: 3600, 24, snapshot",
        "ticket-db: no restore test",
        `volume-snapshot by CronJob snapshots: ${day}, all, snapshot`,
      ],
    ],
    [
      "KubeStash and Stash, with their policy and storage in view or not",
      join(
        `apiVersion: kubedb.com/v1
kind: Postgres
metadata: { name: orders }
spec: { version: "16.4", replicas: 3, storage: { resources: { requests: { storage: 20Gi } } } }
`,
        `apiVersion: core.kubestash.com/v1alpha1
kind: BackupConfiguration
metadata: { name: orders }
spec:
  target: { apiGroup: kubedb.com, kind: Postgres, name: orders }
  backends: [{ name: s3, storageRef: { name: s3 }, retentionPolicy: { name: month } }]
  sessions:
    - name: nightly
      scheduler: { schedule: "0 2 * * *", jobTemplate: {} }
      repositories: [{ name: orders, backend: s3, directory: /orders }]
      addon: { name: postgres-addon, tasks: [{ name: logical-backup }] }
`,
        `apiVersion: storage.kubestash.com/v1alpha1
kind: BackupStorage
metadata: { name: s3, namespace: backup }
spec: { storage: { provider: s3, s3: { bucket: orders, endpoint: s3.eu-central-1.amazonaws.com } } }
`,
        `apiVersion: storage.kubestash.com/v1alpha1
kind: RetentionPolicy
metadata: { name: month, namespace: backup }
spec: { maxRetentionPeriod: 30d, successfulSnapshots: { last: 5 } }
`,
        `apiVersion: stash.appscode.com/v1beta1
kind: BackupConfiguration
metadata: { name: old }
spec:
  schedule: "0 3 * * *"
  paused: true
  repository: { name: repo }
  target: { ref: { apiVersion: appcatalog.appscode.com/v1alpha1, kind: AppBinding, name: orders } }
  retentionPolicy: { name: keep, keepLast: 5, prune: true }
`,
        `apiVersion: kubedb.com/v1
kind: MySQL
metadata: { name: billing, annotations: { blueprint.kubestash.com/name: nightly } }
spec: { version: 8.4.3, replicas: 3, storage: { resources: { requests: { storage: 20Gi } } } }
`,
      ),
      [
        "billing: no restore test",
        "dump by MySQL billing: ? BackupBlueprint nightly says it, ? BackupBlueprint nightly says it, ? BackupBlueprint nightly says it",
        "orders: no restore test",
        `dump by BackupConfiguration orders, nightly: ${day}, ${30 * day}, off-site`,
        "dump by BackupConfiguration old takes none: it is paused",
      ],
    ],
    [
      "snapshot policies of Elasticsearch, Medusa's schedule, and archive and base backup of StackGres",
      join(
        `apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
metadata: { name: search, labels: { tier: search } }
spec: { version: 8.15.3, nodeSets: [{ name: default, count: 3 }] }
`,
        `apiVersion: stackconfigpolicy.k8s.elastic.co/v1alpha1
kind: StackConfigPolicy
metadata: { name: snapshots }
spec:
  resourceSelector: { matchLabels: { tier: search } }
  elasticsearch:
    snapshotRepositories:
      store: { type: s3, settings: { bucket: search } }
      few: { type: s3, settings: { bucket: search-hourly } }
      rare: { type: gcs, settings: { bucket: search-weekly } }
    snapshotLifecyclePolicies:
      nightly: { schedule: "0 30 1 * * ?", repository: store, retention: { expire_after: 30d, min_count: 5 } }
      hourly: { schedule: "0 0 * * * ?", repository: few, retention: { expire_after: 30d, max_count: 12 } }
      weekly: { schedule: "0 0 3 ? * SUN", repository: rare, retention: { expire_after: 7d, min_count: 4 } }
`,
        `apiVersion: k8ssandra.io/v1alpha1
kind: K8ssandraCluster
metadata: { name: events }
spec:
  cassandra: { serverVersion: 4.1.2, datacenters: [{ metadata: { name: dc1 }, size: 3 }] }
  medusa: { storageProperties: { storageProvider: s3, bucketName: events, maxBackupCount: 14 } }
`,
        `apiVersion: medusa.k8ssandra.io/v1alpha1
kind: MedusaBackupSchedule
metadata: { name: nightly }
spec: { cronSchedule: "30 1 * * *", backupSpec: { cassandraDatacenter: dc1, backupType: differential } }
`,
        `apiVersion: stackgres.io/v1
kind: SGCluster
metadata: { name: ledger }
spec:
  instances: 3
  postgres: { version: "16.4" }
  pods: { persistentVolume: { size: 20Gi } }
  configurations: { backups: [{ sgObjectStorage: store, cronSchedule: "0 2 * * 0" }] }
`,
        `apiVersion: stackgres.io/v1beta1
kind: SGObjectStorage
metadata: { name: store }
spec: { type: s3Compatible, s3Compatible: { bucket: ledger, endpoint: "http://minio.minio.svc:9000" } }
`,
      ),
      [
        "events: no restore test",
        `physical by MedusaBackupSchedule nightly: ${day}, 14, off-site`,
        "ledger: no restore test",
        `physical by SGCluster ledger, store: ${7 * day}, 5, cluster`,
        "wal-archive by SGCluster ledger, store: ? archive_timeout is a setting of its SGPostgresConfig, 5, cluster",
        "search: no restore test",
        `physical by StackConfigPolicy snapshots, store: ${day}, ${30 * day}, off-site`,
        "physical by StackConfigPolicy snapshots, few: 3600, 12, off-site",
        `physical by StackConfigPolicy snapshots, rare: ${7 * day}, 4, off-site`,
      ],
    ],
    [
      "Percona: backups enabled without a task take none; one on demand is taken once, to the storage that it names",
      join(
        `apiVersion: psmdb.percona.com/v1
kind: PerconaServerMongoDB
metadata: { name: carts }
spec:
  replsets: [{ name: rs0, size: 3 }]
  backup: { enabled: true, storages: { s3: { type: s3, s3: { bucket: carts, region: eu-central-1 } } } }
`,
        `apiVersion: pxc.percona.com/v1
kind: PerconaXtraDBCluster
metadata: { name: orders }
spec:
  pxc: { size: 3 }
  backup: { storages: { s3: { type: s3, s3: { bucket: orders, region: eu-central-1 } } } }
`,
        `apiVersion: pxc.percona.com/v1
kind: PerconaXtraDBClusterBackup
metadata: { name: before-upgrade }
spec: { pxcCluster: orders, storageName: s3 }
`,
      ),
      [
        "carts: no restore test",
        "dump by PerconaServerMongoDB carts takes none: spec.backup has no tasks",
        "orders: no restore test",
        "physical by PerconaXtraDBCluster orders takes none: spec.backup has no schedule",
        "physical by PerconaXtraDBClusterBackup before-upgrade, s3: ? it is taken once, all, off-site",
      ],
    ],
    [
      "a backup command in annotations runs when a Schedule of its namespace does",
      join(
        hooked("orders-db", "shop"),
        hooked("billing-db", "billing"),
        `apiVersion: k8up.io/v1
kind: Schedule
metadata: { name: nightly, namespace: billing }
spec: { backend: { b2: { bucket: shop } }, backup: { schedule: "0 3 * * *" }, prune: { retention: { keepDaily: 14 } } }
`,
      ),
      [
        "billing/billing-db: no restore test",
        `cluster-backup by Schedule billing/nightly: ${day}, ${14 * day}, off-site`,
        "shop/orders-db: no restore test",
        "cluster-backup by StatefulSet shop/orders-db takes none: no Schedule in view backs up its namespace",
      ],
    ],
    [
      "a schedule that may take the base backup of an archive leaves the recovery point unknown",
      join(
        cnpgCluster("orders", barmanPlugin("store")),
        objectStore("store"),
        scheduledBackup(`"\${APP}"`, pluginMethod),
      ),
      [
        "orders: no restore test",
        `wal-archive by Cluster orders: ? whether ScheduledBackup \${APP} takes its base backup is not known, all, off-site`,
      ],
    ],
    [
      "what the bucket deletes earlier is not kept, and a rule of it is the retention of dumps",
      join(
        server(),
        cronJob("dump", `${dump}; aws s3 cp /backups/orders.dump s3://shop-backups/orders-$(date +%F).dump`),
        `apiVersion: s3.services.k8s.aws/v1alpha1
kind: Bucket
metadata: { name: shop-backups }
spec:
  name: shop-backups
  lifecycle: { rules: [{ id: old, status: Enabled, filter: { prefix: "" }, expiration: { days: 21 } }] }
`,
      ),
      ["orders-db: no restore test", `dump by CronJob dump: ${day}, ${21 * day}, off-site`],
    ],
    [
      "WAL-G in the server's Pod: WAL by archive_timeout, seven full backups, to a store of the cluster",
      join(
        server()
          .replace(
            "          volumeMounts:",
            `          args: [postgres, -c, archive_mode=on, -c, "archive_command=wal-g wal-push %p", -c, archive_timeout=60]
          env: [{ name: WALG_S3_PREFIX, value: "s3://orders/pg" }, { name: AWS_ENDPOINT, value: "http://minio:9000" }]
          volumeMounts:`,
          )
          .replace(
            "  volumeClaimTemplates:",
            `        - name: backup
          image: registry.example.com/wal-g:3
          command: [bash, -ec, "while true; do wal-g backup-push /data; wal-g delete retain FULL 7 --confirm; sleep 86400; done"]
          env: [{ name: WALG_S3_PREFIX, value: "s3://orders/pg" }, { name: AWS_ENDPOINT, value: "http://minio:9000" }]
  volumeClaimTemplates:`,
          ),
      ),
      [
        "orders-db: no restore test",
        "wal-archive by StatefulSet orders-db: 60, 7, cluster",
        `physical by StatefulSet orders-db: ${day}, 7, cluster`,
      ],
    ],
    [
      "an archive_command alone restores nothing; without archive_timeout a quiet server archives when a segment is full",
      join(
        server().replace(
          "          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]",
          `          args: [-c, archive_mode=on, -c, "archive_command=test ! -f /wal/%f && cp %p /wal/%f"]
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }, { name: wal, mountPath: /wal }]
      volumes: [{ name: wal, persistentVolumeClaim: { claimName: wal } }]`,
        ),
        server("bills-db").replace(
          "          volumeMounts:",
          `          args: [-c, archive_mode=on, -c, "archive_command=pgbackrest --stanza=bills archive-push %p"]
          env: [{ name: PGBACKREST_REPO1_S3_BUCKET, value: bills }, { name: PGBACKREST_REPO1_RETENTION_FULL, value: "2" }]
          volumeMounts:`,
        ),
        server("stock-db").replace(
          "          volumeMounts:",
          `          args: [-c, archive_mode=on, -c, "archive_command=gzip < %p > /wal/%f.gz"]
          volumeMounts:`,
        ),
        cronJob("full", "kubectl exec bills-db-0 -- pgbackrest --stanza=bills backup --type=full", "", "0 2 * * 0"),
        claim("wal", "slow"),
        claim("backups", "slow"),
      ),
      [
        "bills-db: no restore test",
        "wal-archive by StatefulSet bills-db: ? archive_timeout is 0: a segment is archived only when it is full, 2, off-site",
        `physical by CronJob full: ${7 * day}, 2, off-site`,
        "orders-db: no restore test",
        "wal-archive by StatefulSet orders-db takes none: no base backup in view that runs",
        "stock-db: no restore test",
        "wal-archive by StatefulSet stock-db takes none: no base backup in view that runs",
      ],
    ],
    [
      "barman-cloud: the URL says where, another job deletes by window; barman's own retention is in its configuration",
      join(
        server(),
        cronJob(
          "cloud",
          "barman-cloud-backup -h orders-db --endpoint-url http://minio.store.svc:9000 s3://pg/base orders",
        ),
        cronJob("old", "barman-cloud-backup-delete -r 'RECOVERY WINDOW OF 14 DAYS' s3://pg/base orders"),
        cronJob("here", "barman backup orders")
          .replace("          volumes: [", `          volumes: [{ name: conf, configMap: { name: barman } }, `)
          .replace("mountPath: /backups }", "mountPath: /var/lib/barman }, { name: conf, mountPath: /etc/barman.d }"),
        claim("backups", "slow"),
        `apiVersion: v1
kind: ConfigMap
metadata: { name: barman }
data:
  orders.conf: |
    [orders]
    conninfo = host=orders-db user=barman dbname=postgres
    backup_method = postgres
    retention_policy = RECOVERY WINDOW OF 4 WEEKS
`,
      ),
      [
        "orders-db: no restore test",
        `physical by CronJob cloud: ${day}, ${14 * day}, cluster`,
        `physical by CronJob here: ${day}, ${28 * day}, cluster`,
      ],
    ],
    [
      "Percona Backup for MongoDB: by its type, and for as long as cleanup says",
      join(
        mongo,
        pbm("logical", "pbm backup --wait; pbm cleanup --older-than=14d --yes"),
        pbm("physical", "pbm backup -t physical --wait").replace("0 2 * * *", "0 3 * * 0"),
        pbm("status", "pbm status"),
      ),
      [
        "mongo: no restore test",
        `dump by CronJob logical: ${day}, ${14 * day}, ? where PBM stores is set with \`pbm config\``,
        `physical by CronJob physical: ${7 * day}, ${14 * day}, ? where PBM stores is set with \`pbm config\``,
      ],
    ],
    [
      "an upload and a retention of another container, by that one's variables",
      join(
        server(),
        cronJob("dump", "pg_dump -Fc -h orders-db -f /backups/orders-$(date +%F).dump orders")
          .replace("claimName: backups", "claimName: scratch")
          .replace(
            "          volumes:",
            `            - name: upload
              image: amazon/aws-cli:2.31.19
              command: [sh, -ec, 'aws --endpoint-url "$S3_ENDPOINT" s3 sync /backups s3://dumps/; find /backups -mtime +$DAYS -delete']
              env: [{ name: S3_ENDPOINT, value: "http://minio.minio.svc:9000" }, { name: DAYS, value: "14" }]
              volumeMounts: [{ name: backups, mountPath: /backups }]
          volumes:`,
          ),
        claim("scratch", "slow"),
      ),
      ["orders-db: no restore test", `dump by CronJob dump: ${day}, ${14 * day}, cluster`],
    ],
    [
      "an upload that a variable switches on, which a Secret sets where it is there",
      join(
        server(),
        withVariable(
          cronJob(
            "dump",
            "pg_dump -Fc -h orders-db -f /backups/x-$(date +%F).dump orders; if [ ! -z $BUCKET ]; then aws s3 cp /backups/x s3://$BUCKET/x; fi; find /backups -mtime +7 -delete",
          ),
          "BUCKET",
          "x",
        ).replace("value: x }", "valueFrom: { secretKeyRef: { name: s, key: bucket, optional: true } } }"),
        claim("backups", "slow"),
      ),
      [
        "orders-db: no restore test",
        `dump by CronJob dump: ${day}, ${7 * day}, ? it is uploaded only where a variable is set that is not in view`,
      ],
    ],
    [
      "PBM's store and its slices of the oplog are those of the file that `pbm config` reads",
      join(
        mongo,
        pbm("logical", "pbm backup --wait; pbm cleanup --older-than=14d --yes"),
        pbm("settings", "pbm config --file=/backups/pbm.yaml").replace(
          "persistentVolumeClaim: { claimName: backups }",
          "configMap: { name: pbm }",
        ),
        `apiVersion: v1
kind: ConfigMap
metadata: { name: pbm }
data:
  pbm.yaml: |
    storage: { type: minio, minio: { endpoint: "minio.minio.svc:9000", bucket: shop } }
    pitr: { enabled: true, oplogSpanMin: 5 }
`,
      ),
      [
        "mongo: no restore test",
        `dump by CronJob logical: ${day}, ${14 * day}, cluster`,
        `wal-archive by CronJob settings: 300, ${14 * day}, cluster`,
      ],
    ],
    [
      "PBM's settings one by one: the oplog every 10 minutes unless it is said, a bucket of AWS",
      join(
        mongo,
        pbm("logical", "pbm config --set storage.type=s3 --set storage.s3.bucket=shop; pbm backup --wait"),
        pbm("oplog", "pbm config --set=storage.type=s3 --set=storage.s3.bucket=shop --set pitr.enabled=true"),
      ),
      [
        "mongo: no restore test",
        `dump by CronJob logical: ${day}, all, off-site`,
        "wal-archive by CronJob oplog: 600, all, off-site",
      ],
    ],
    [
      "PBM's settings that differ, and slices that are switched off again",
      join(
        mongo,
        pbm("logical", "pbm backup --wait"),
        pbm("one", "pbm config --set storage.type=s3 --set pitr.enabled=true; pbm config --set pitr.enabled=false"),
        pbm("other", "pbm config --set storage.type=filesystem --set storage.filesystem.path=/data/db/pbm"),
      ),
      [
        "mongo: no restore test",
        `dump by CronJob logical: ${day}, all, ? several commands configure PBM, and not alike`,
      ],
    ],
    [
      "PBM's directory is one of the members",
      join(
        mongo,
        pbm(
          "logical",
          "pbm config --set storage.type=filesystem --set storage.filesystem.path=/data/db/pbm; pbm backup",
        ),
      ),
      ["mongo: no restore test", `dump by CronJob logical: ${day}, all, data-volume`],
    ],
    [
      "a file of PBM's settings that is not in view",
      join(mongo, pbm("logical", "pbm config --file /secret/pbm.yaml; pbm backup --wait")),
      [
        "mongo: no restore test",
        `dump by CronJob logical: ${day}, all, ? the file of its \`pbm config\` is not in view`,
      ],
    ],
    [
      "kopiur: a schedule by its policy's claims; what it takes of other claims is nothing to a database",
      join(
        server(),
        server("bills-db"),
        ...["data-orders-db-0", "uploads"].map(
          (claimName) => `apiVersion: kopiur.home-operations.com/v1alpha1
kind: SnapshotPolicy
metadata: { name: ${claimName} }
spec: { sources: [{ pvc: { name: ${claimName} } }], retention: { keepHourly: 24, keepDaily: 7 } }
---
apiVersion: kopiur.home-operations.com/v1alpha1
kind: SnapshotSchedule
metadata: { name: ${claimName} }
spec: { policyRef: { name: ${claimName} }, schedule: { cron: "13 * * * *" } }
`,
        ),
      ),
      [
        "bills-db: no restore test",
        "orders-db: no restore test",
        `cluster-backup by SnapshotSchedule data-orders-db-0: 3600, ${7 * day}, ? its repository is not in view`,
      ],
    ],
    [
      "a restore of WAL-G from the prefix that the backup has; one of another prefix proves another database",
      join(
        server(),
        server("bills-db"),
        ...(["orders", "bills"] as const).map((name) =>
          withVariable(
            cronJob(name, `PGHOST=${name}-db wal-g backup-push /data; wal-g delete retain FULL 7 --confirm`),
            "WALG_S3_PREFIX",
            `s3://pg/${name}`,
          ),
        ),
        withVariable(
          cronJob("check", "wal-g backup-fetch /work LATEST", "", "0 5 * * 0").replace(
            "claimName: backups",
            "claimName: scratch",
          ),
          "WALG_S3_PREFIX",
          "s3://pg/orders",
        ),
        claim("backups", "slow"),
      ),
      [
        "bills-db: no restore test",
        `physical by CronJob bills: ${day}, 7, off-site`,
        "orders-db: CronJob check, every 7 d",
        `physical by CronJob orders: ${day}, 7, off-site`,
      ],
    ],
    [
      "a stream of WAL with a slot is a second behind, the base backup a day",
      join(
        server(),
        receiver("pg_receivewal -d 'host=orders-db user=wal' --directory=/wal --slot=archive; "),
        cronJob("base", "pg_basebackup -h orders-db -D /backups/base-$(date +%F) -Ft -z"),
        claim("backups", "slow"),
        claim("wal", "fast"),
      ),
      [
        "orders-db: no restore test",
        "wal-archive by Deployment wal: 1, all, same-class",
        `physical by CronJob base: ${day}, all, cluster`,
      ],
    ],
    [
      "without a slot the server may recycle what the stream has not had yet",
      join(
        server(),
        receiver("pg_receivewal -h orders-db -D /wal"),
        cronJob("base", "pg_basebackup -h orders-db -D /backups/base-$(date +%F) -Ft -z"),
        claim("backups", "slow"),
        claim("wal", "fast"),
      ),
      [
        "orders-db: no restore test",
        "wal-archive by Deployment wal: ? it has no slot: what the server recycles while it is down is missing, all, same-class",
        `physical by CronJob base: ${day}, all, cluster`,
      ],
    ],
    [
      "a stream restores nothing without a base backup, and a slot alone streams nothing",
      join(
        server(),
        receiver("pg_receivewal -h orders-db -D /wal -S archive"),
        receiver("pg_receivewal -h orders-db -S archive --create-slot").replace("name: wal }", "name: slot }"),
      ),
      ["orders-db: no restore test", "wal-archive by Deployment wal takes none: no base backup in view that runs"],
    ],
    [
      "WAL-G's stream uploads full segments",
      join(
        server().replace("image: postgres:17.6", 'image: postgres:17.6\n          args: ["-c", "archive_timeout=120"]'),
        receiver(
          "PGHOST=orders-db wal-g wal-receive",
          "          env: [{ name: WALG_S3_PREFIX, value: s3://pg/orders }]\n",
        ),
        withVariable(
          cronJob("base", "PGHOST=orders-db wal-g backup-push /data; wal-g delete retain FULL 7 --confirm"),
          "WALG_S3_PREFIX",
          "s3://pg/orders",
        ),
        claim("backups", "slow"),
      ),
      [
        "orders-db: no restore test",
        "wal-archive by Deployment wal: 120, 7, off-site",
        `physical by CronJob base: ${day}, 7, off-site`,
      ],
    ],
    [
      "what only lists, checks or deletes takes nothing",
      join(
        server(),
        cronJob("list", "wal-g backup-list"),
        cronJob("delete", "wal-g delete retain FULL 7 --confirm"),
        cronJob("info", "pgbackrest --stanza=orders info"),
        cronJob("check", "barman check orders"),
        claim("backups", "slow"),
      ),
      ["orders-db: no restore test"],
    ],
    [
      "an ObjectStore that another folder of the repository applies",
      {
        "databases/orders.yaml": [
          cnpgCluster("orders", barmanPlugin("orders-store")),
          scheduledBackup("orders", pluginMethod),
        ].join("---\n"),
        "databases/kustomization.yaml": "resources: [orders.yaml]\n",
        "stores/store.yaml": objectStore("orders-store").replace("spec: {", "spec: { retentionPolicy: 30d,"),
        "stores/kustomization.yaml": "resources: [store.yaml]\n",
      },
      [
        "orders: no restore test",
        `wal-archive by Cluster orders: 300, ${30 * day}, off-site`,
        `physical by ScheduledBackup orders: ${day}, ${30 * day}, off-site`,
      ],
    ],
    [
      "an ObjectStore that two other folders have in different words is none for sure",
      {
        "databases/orders.yaml": cnpgCluster("orders", barmanPlugin("store")),
        "databases/kustomization.yaml": "resources: [orders.yaml]\n",
        "prod/store.yaml": objectStore("store"),
        "prod/kustomization.yaml": "resources: [store.yaml]\n",
        "staging/store.yaml": objectStore("store").replace("spec: {", "spec: { retentionPolicy: 3d,"),
        "staging/kustomization.yaml": "resources: [store.yaml]\n",
      },
      ["orders: no restore test", "wal-archive by Cluster orders takes none: no base backup in view that runs"],
    ],
    [
      "two environments in two files of a folder: each dump is of the server in its own file",
      {
        "prod.yaml": [server("db"), cronJob("nightly", dump.replace("-h orders-db", "-h db"))].join("---\n"),
        "staging.yaml": [server("db"), cronJob("weekly", dump.replace("-h orders-db", "-h db"), "", "0 2 * * 0")].join(
          "---\n",
        ),
        "claim.yaml": claim("backups", "slow"),
      },
      [
        "db: no restore test",
        `dump by CronJob nightly: ${day}, all, cluster`,
        "db: no restore test",
        `dump by CronJob weekly: ${7 * day}, all, cluster`,
      ],
    ],
    [
      "the same with Clusters of CloudNativePG; what stands beside both may mean either",
      {
        "prod.yaml": [
          cnpgCluster("orders", barmanPlugin("store")),
          scheduledBackup("orders", pluginMethod),
          objectStore("store").replace("spec: {", "spec: { retentionPolicy: 30d,"),
        ].join("---\n"),
        "staging.yaml": [
          cnpgCluster("orders", barmanPlugin("store")),
          scheduledBackup("orders", pluginMethod).replace("0 0 2 * * *", "0 0 2 * * 0"),
          objectStore("store").replace("spec: {", "spec: { retentionPolicy: 7d,"),
        ].join("---\n"),
        "snapshot.yaml": `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: { name: before-upgrade }
spec: { source: { persistentVolumeClaimName: orders-1 } }
`,
      },
      [
        "orders: no restore test",
        `wal-archive by Cluster orders: 300, ${30 * day}, off-site`,
        `physical by ScheduledBackup orders: ${day}, ${30 * day}, off-site`,
        "volume-snapshot by VolumeSnapshot before-upgrade: ? it is taken once, all, snapshot",
        "orders: no restore test",
        "volume-snapshot by VolumeSnapshot before-upgrade: ? it is taken once, all, snapshot",
        `wal-archive by Cluster orders: 300, ${7 * day}, off-site`,
        `physical by ScheduledBackup orders: ${7 * day}, ${7 * day}, off-site`,
      ],
    ],
  ];

/** Folders that are applied each by its own kustomization. */
function applied(
  folders: Readonly<Record<string, readonly [text: string, kustomization?: string]>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(folders).flatMap(([folder, [text, kustomization = ""]]) => [
      [`${folder}/objects.yaml`, text],
      [`${folder}/kustomization.yaml`, `resources: [objects.yaml]\n${kustomization}`],
    ]),
  );
}

const orders = cnpgCluster(
  "orders",
  "  backup: { retentionPolicy: 30d, barmanObjectStore: { destinationPath: s3://pg/orders } }",
);

const veleroOf = (template: string): string => `apiVersion: velero.io/v1
kind: Schedule
metadata: { name: nightly, namespace: velero }
spec: { schedule: "0 3 * * *", template: { snapshotMoveData: true, ${template} } }
`;

/** Backups that another folder of the repository applies, and who takes what of each database. */
const elsewhere: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  taken: Readonly<Record<string, readonly string[]>>,
])[] = [
  [
    "a ScheduledBackup names the only Cluster of its name",
    applied({ databases: [orders], schedules: [scheduledBackup("orders")] }),
    { orders: ["physical by ScheduledBackup orders", "wal-archive by Cluster orders"] },
  ],
  [
    "of two Clusters of one name none is meant for sure",
    applied({ dev: [orders], prod: [orders], schedules: [scheduledBackup("orders")] }),
    { "orders (dev)": ["wal-archive by Cluster orders"], "orders (prod)": ["wal-archive by Cluster orders"] },
  ],
  [
    "the namespaces of the kustomizations tell two Clusters of one name apart",
    applied({
      dev: [orders, "namespace: dev\n"],
      prod: [orders, "namespace: prod\n"],
      schedules: [scheduledBackup("orders"), "namespace: prod\n"],
    }),
    {
      "orders (dev)": ["wal-archive by Cluster orders takes none"],
      "orders (prod)": ["physical by ScheduledBackup orders", "wal-archive by Cluster orders"],
    },
  ],
  [
    "the only Cluster of its name is not meant from another namespace",
    applied({
      dev: [orders, "namespace: dev\n"],
      schedules: [scheduledBackup("orders"), "namespace: prod\n"],
    }),
    { orders: ["wal-archive by Cluster orders"] },
  ],
  [
    "a kustomization gives the Cluster the name that is meant",
    applied({
      databases: [orders, "namePrefix: shop-\n"],
      schedules: [scheduledBackup("shop-orders")],
    }),
    { orders: ["physical by ScheduledBackup shop-orders", "wal-archive by Cluster orders"] },
  ],
  [
    "a Backup of mariadb-operator",
    applied({
      databases: [
        "apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: { name: shop }\nspec: { storage: { size: 20Gi } }\n",
      ],
      schedules: [
        `apiVersion: k8s.mariadb.com/v1alpha1
kind: Backup
metadata: { name: hourly }
spec: { mariaDbRef: { name: shop }, schedule: { cron: "0 * * * *" }, storage: { s3: { bucket: shop, endpoint: s3.amazonaws.com } } }
`,
      ],
    }),
    { shop: ["dump by Backup hourly"] },
  ],
  [
    "Velero takes a namespace that only the kustomization writes, and not one of which nothing is known",
    applied({
      prod: [server(), "namespace: prod\n"],
      somewhere: [server("bills-db")],
      velero: [veleroOf("includedNamespaces: [prod]")],
    }),
    { "bills-db": [], "orders-db": ["cluster-backup by Schedule velero/nightly"] },
  ],
  [
    "Velero takes all namespaces where it names none",
    applied({ prod: [server()], velero: [veleroOf("")] }),
    { "orders-db": ["cluster-backup by Schedule velero/nightly"] },
  ],
  [
    "a snapshot of a claim that one database has",
    applied({
      databases: [server()],
      snapshots: [
        `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: { name: nightly }
spec: { source: { persistentVolumeClaimName: data-orders-db-0 } }
`,
      ],
    }),
    { "orders-db": ["volume-snapshot by VolumeSnapshot nightly"] },
  ],
];

describe("backups", () => {
  for (const [what, files, taken] of elsewhere)
    it(`joins what another folder applies: ${what}`, () => {
      const { databases } = backupsJson(folderWith(files));
      const isDouble = (name: string): boolean => databases.filter((each) => each.name === name).length > 1;
      const found = databases.map(({ name, backups, at }) => [
        isDouble(name) ? `${name} (${at.path.split("/")[0]})` : name,
        backups.map(({ method, by, fault }) => `${method} by ${by}${fault === null ? "" : " takes none"}`).sort(),
      ]);
      assert.deepEqual(Object.fromEntries(found), taken);
    });

  for (const [what, files, rows] of ledgers) it(what, () => assert.deepEqual(rowsOf(folderWith(files)), rows));

  it("has rows for charts whose values it reads, and names those that it does not", () => {
    const release = (name: string, chart: string, values: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: shop }
spec:
  chart: { spec: { ${chart} } }
  values: ${values}
`;
    const bitnami = "sourceRef: { kind: HelmRepository, name: bitnami }";
    const files = join(
      release(
        "orders",
        `chart: postgresql, version: 16.4.0, ${bitnami}`,
        '{ backup: { enabled: true, cronjob: { schedule: "0 3 * * *" } } }',
      ),
      release("quiet", `chart: postgresql, version: 16.4.0, ${bitnami}`, "{ backup: { enabled: false } }"),
      release(
        "bills",
        "chart: cluster, version: 0.3.1, sourceRef: { kind: HelmRepository, name: cnpg }",
        '{ backups: { enabled: true, provider: s3, retentionPolicy: 14d, scheduledBackups: [{ name: daily, schedule: "0 0 2 * * *", method: barmanObjectStore }] } }',
      ),
      release("mongo", `chart: mongodb, version: 16.4.0, ${bitnami}`, "{ backup: { enabled: true } }"),
    );
    const { databases, notRead } = backupsJson(folderWith(files));
    assert.deepEqual(
      databases.map(({ name, backups }) => [name, backups.map(({ method, by }) => `${method} by ${by}`)]),
      [
        [
          "shop/bills-cluster",
          ["wal-archive by Cluster shop/bills-cluster", "physical by ScheduledBackup shop/bills-cluster-daily"],
        ],
        ["shop/orders-postgresql", ["dump by CronJob shop/orders-postgresql-pgdumpall"]],
        ["shop/quiet-postgresql", []],
      ],
    );
    assert.deepEqual(notRead, ["1 HelmRelease of chart mongodb was not read: its values decide."]);
  });

  it("says what deleting an operator's resource takes along, by its own fields", () => {
    const redis = (storage: string): string => `apiVersion: databases.spotahome.com/v1
kind: RedisFailover
metadata: { name: carts }
spec:
  redis:
    replicas: 3
    storage: { ${storage}persistentVolumeClaim: { metadata: { name: data }, spec: { resources: { requests: { storage: 1Gi } } } } }
`;
    const said = (object: string): string => dbops(folderWith(join(object)), ["backups"]).out.replaceAll(/\s+/g, " ");
    assert.match(
      said(cnpgCluster("orders", "")),
      /Deleting Cluster orders deletes its claims: CloudNativePG deletes a Cluster's claims with it\./,
    );
    assert.match(
      said(redis("")),
      /Deleting RedisFailover carts deletes its claims: keepAfterDeletion is false by default\./,
    );
    assert.doesNotMatch(said(redis("keepAfterDeletion: true, ")), /Deleting/);
    assert.doesNotMatch(said(server()), /Deleting/);
    const whole = (object: string): string | null | undefined =>
      backupsJson(folderWith(join(object))).databases[0]?.onDelete;
    assert.equal(
      whole(redis("keepAfterDeletion: true, ")),
      "Deleting RedisFailover carts: its claims stay; backups: it takes none; Secrets: it makes none.",
    );
    assert.equal(whole(server()), null);
  });

  it("tells databases of one name apart by their lines", () => {
    const folder = folderWith({
      "prod.yaml": server("db"),
      "staging.yaml": server("db"),
      "bills.yaml": server("bills"),
    });
    const { out } = dbops(folder, ["backups", "--require", "rpo=24h"]);
    assert.match(out, /^bills \(postgres:17\.6\)$/m);
    assert.match(out, /^db \(postgres:17\.6\), prod\.yaml:8$/m);
    assert.match(out, /^db \(postgres:17\.6\), staging\.yaml:8$/m);
    assert.match(out, /^db in staging\.yaml:8 falls short of rpo=24h: /m);
    assert.match(dbops(folder, ["backups", "-o", "markdown"]).out, /\| db \(postgres:17\.6\), prod\.yaml:8 \|/);
  });

  it("says what deletes a backup besides its age", () => {
    const files = join(
      server(),
      cronJob("dump", dump),
      claim("backups", "slow"),
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: slow }\nprovisioner: csi.example.com\n",
    );
    assert.match(
      dbops(folderWith(files), ["backups"]).out,
      /Deleting claim backups or its namespace deletes its disk \(class slow:\s+reclaimPolicy Delete\)\./,
    );
  });

  it("says that a GitOps tool deletes the claim of the dumps with its file", () => {
    const flux = (prune: boolean): Readonly<Record<string, string>> => ({
      "clusters/prod.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { interval: 10m, path: ./apps, prune: ${prune}, sourceRef: { kind: GitRepository, name: flux-system } }
`,
      "apps/all.yaml": [server(), cronJob("dump", dump), claim("backups", "slow")].join("---\n"),
    });
    assert.match(
      dbops(folderWith(flux(true)), ["backups"]).out,
      /Flux deletes claim backups when its file leaves apps \(prune\)\./,
    );
    assert.doesNotMatch(dbops(folderWith(flux(false)), ["backups"]).out, /prune/);
  });

  it("counts no archive that two clusters of Zalando's operator write", () => {
    const cluster = (name: string): string => `apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: { name: ${name} }
spec:
  teamId: shop
  numberOfInstances: 2
  postgresql: { version: "17" }
  volume: { size: 20Gi }
  env: [{ name: WALG_S3_PREFIX, value: "s3://shop-backups/all" }]
`;
    assert.match(
      dbops(folderWith(join(cluster("shop-orders"), cluster("shop-bills"))), ["backups"]).out,
      /^shop-bills.*\n {2}No backup in view that runs\.\n {2}postgresql shop-bills takes none [^:]*:9\): postgresql shop-orders and\n {4}postgresql shop-bills archive to the same prefix/ms,
    );
  });

  it("names who may back up what it cannot join", () => {
    const files = join(
      server(),
      cronJob("dump", "pg_dump -Fc -h $TARGET -f /backups/x.dump shop"),
      server("billing-db"),
    );
    const { databases } = backupsJson(folderWith(files));
    assert.deepEqual(
      databases.map(({ name, backups, possible }) => [name, backups.length, possible]),
      [
        ["billing-db", 0, ["CronJob dump"]],
        ["orders-db", 0, ["CronJob dump"]],
      ],
    );
  });

  for (const [command, may] of [
    ["[bash, -c, 'set -e; bash /scripts/backup-postgres.sh']", true],
    ["[python, -m, app.tasks.backup]", true],
    ["[/scripts/backup-mysql.sh]", false],
    ["[/scripts/rotate.sh]", false],
  ] as const)
    it(`${command} ${may ? "may be" : "is no"} backup of PostgreSQL`, () => {
      const job = cronJob("nightly", "x").replace('[bash, -ec, "x"]', command).replace("postgres:17.6", "tools:1.0");
      const { databases } = backupsJson(folderWith(join(server(), job)));
      assert.deepEqual(
        databases.map(({ backups, possible }) => [backups.length, possible]),
        [[0, may ? ["CronJob nightly"] : []]],
      );
    });

  it("names no schedule of another namespace", () => {
    const files = join(
      inShop(server()).replaceAll("name: orders-db }", "name: orders-db, namespace: shop }"),
      `apiVersion: velero.io/v1
kind: Schedule
metadata: { name: nightly, namespace: velero }
spec: { schedule: "0 3 * * *", template: { includedNamespaces: [vault] } }
`,
    );
    assert.deepEqual(
      backupsJson(folderWith(files)).databases.map(({ backups, possible }) => [backups.length, possible]),
      [[0, []]],
    );
  });

  const nightly = folderWith(
    join(server(), cronJob("dump", `${dump}; find /backups -mtime +14 -delete`), claim("backups", "slow")),
  );

  /** What is said of the only backup by one script: why it takes none, the part it takes, or `all`. */
  const saidOf = (script: string, image?: string): string | undefined => {
    const files = join(server("orders-db", image), cronJob("dump", script), claim("backups", "slow"));
    const [backup] = backupsJson(folderWith(files)).databases[0]?.backups ?? [];
    return backup === undefined ? undefined : (backup.fault?.because ?? backup.part ?? "all");
  };

  const onlyOnce = (program: string, directory: string): string =>
    `only its first run succeeds: ${program} refuses ${directory} once it has files`;
  const outOfReach = "mariadb-backup reads the files of orders-db, and its Pod mounts no volume that has them";
  for (const [script, said] of [
    ["pg_basebackup -h orders-db -D /backups/base -Ft", onlyOnce("pg_basebackup", "/backups/base")],
    ["pg_basebackup -h orders-db -D /backups/base-$(date +%F) -Ft", "all"],
    ["rm -rf /backups/base; pg_basebackup -h orders-db -D /backups/base -Ft", "all"],
    ["pg_basebackup -h orders-db -D /scratch -Ft; tar cz /scratch > /backups/$(date +%F).tgz", "all"],
    ["pg_dump -h orders-db -Fd -f /backups/shop shop", onlyOnce("pg_dump", "/backups/shop")],
    ["pg_dump -h orders-db -Fc -f /backups/shop shop", "all"],
  ] as const)
    it(`${script}: ${said}`, () => assert.equal(saidOf(script), said));

  for (const [script, said] of [
    ["mariadb-backup --backup -h orders-db --target-dir=/backups/$(date +%F)", outOfReach],
    [
      "mariadb-backup --backup -h orders-db --stream=tar | gzip > /backups/x.tgz",
      "mariadb-backup refuses --stream=tar: it knows xbstream only",
    ],
    ["kubectl exec orders-db-0 -- mariadb-backup --backup --stream=xbstream > /backups/$(date +%F).xb", "all"],
    [
      "kubectl exec orders-db-0 -- mariadb-backup --backup --databases=shop --stream=xbstream > /backups/$(date +%F).xb",
      "database shop only",
    ],
    ["kubectl exec orders-db-0 -- mariadb-backup --prepare --target-dir=/backups/x", undefined],
  ] as const)
    it(`${script}: ${said ?? "none"}`, () => assert.equal(saidOf(script, "mariadb:11.8"), said));

  const deleted = "its script deletes the dump again";
  const to = "-h orders-db -f /backups/x.dump";
  for (const [script, said] of [
    [`pg_dump --schema-only ${to} shop`, "pg_dump --schema-only takes no data"],
    [`pg_dump -sFc ${to} shop`, "pg_dump --schema-only takes no data"],
    [`pg_dump --section=pre-data ${to} shop`, "pg_dump --section=pre-data takes no data"],
    [`pg_dump -Fc ${to} -d shop -U s`, "all"],
    [`pg_dump -s ${to} shop; pg_dump -Fc -h orders-db -f /backups/y.dump shop`, "all"],
    [`pg_dumpall -g ${to}`, "pg_dumpall --globals-only takes no data"],
    [`pg_dumpall -g ${to}; pg_dump -s ${to} shop`, "pg_dumpall --globals-only takes no data"],
    [`exec pg_dump -Fc ${to} shop`, "all"],
    [`timeout -k 60 3600 nice -n 10 pg_dump -Fc ${to} shop`, "all"],
    [`exit 0; pg_dump -Fc ${to} shop`, "pg_dump never runs: the script ends before it"],
    [`exec sleep 60; pg_dump -Fc ${to} shop`, "pg_dump never runs: the script ends before it"],
    [`test -e /backups/off && exit 0; pg_dump -Fc ${to} shop`, "all"],
    [`if test -e /backups/off; then exit 0; fi; pg_dump -Fc ${to} shop`, "all"],
    [`(exit 0); pg_dump -Fc ${to} shop`, "all"],
    [`if false; then pg_dump -Fc ${to} shop; fi`, "pg_dump never runs: it is under if false"],
    [`if false; then echo off; else pg_dump -Fc ${to} shop; fi`, "all"],
    [`if ! false; then pg_dump -Fc ${to} shop; fi`, "all"],
    [`false && pg_dump -Fc ${to} shop`, "pg_dump never runs: it is behind false &&"],
    [`false || pg_dump -Fc ${to} shop`, "all"],
    [`take() { pg_dump -Fc ${to} shop; }; echo off`, "pg_dump never runs: nothing calls its function take"],
    [`take() { pg_dump -Fc ${to} shop; }; take`, "all"],
    [`take() { pg_dump -Fc ${to} shop; }; trap take EXIT`, "all"],
    [`take() { pg_dump -Fc ${to} shop; }; $WHAT`, "all"],
    [`pg_dumpall --roles-only ${to}`, "pg_dumpall --roles-only takes no data"],
    [`pg_dumpall -t ${to}`, "pg_dumpall --tablespaces-only takes no data"],
    [`pg_dumpall -g ${to}; pg_dump -Fc -h orders-db -f /backups/y.dump shop`, "all"],
    ["pg_dump --version", undefined],
    ["pg_dump -V; pg_dumpall --help", undefined],
    [`pg_dump -V; pg_dump ${to} shop`, "all"],
    [`pg_dump -Fc -t orders ${to} shop`, "table orders only"],
    [`pg_dump -Fc --table=orders --table items ${to} shop`, "tables orders, items only"],
    [`pg_dump -Fc -Taudit ${to} shop`, "all except table audit"],
    [`pg_dump -Fc --exclude-table-data=audit ${to} shop`, "all except rows of audit"],
    [`pg_dump -Fc -t $TABLE ${to} shop`, "all"],
    [`pg_dump -Fc -t orders ${to} shop; pg_dump -Fc -T orders -h orders-db -f /backups/y shop`, "all"],
    [`pg_dump ${to} shop; rm -rf /backups/*`, deleted],
    [`pg_dump ${to} shop && rm /backups/x.dump`, deleted],
    ["pg_dump -h orders-db shop | gzip > /backups/x-$(date +%F).gz; ls -l /backups; rm -f /backups/*.gz", deleted],
    [`pg_dump ${to} shop; cp /backups/x.dump /old; rm -rf /backups/*`, "all"],
    [`pg_dump ${to} shop; aws s3 cp /backups/x.dump s3://shop/x; rm -rf /backups/*`, "all"],
    [`pg_dump ${to} shop; rm -f /backups/*.old`, "all"],
    [`pg_dump ${to} shop || rm -f /backups/x.dump`, "all"],
    [`if ! pg_dump ${to} shop; then rm -f /backups/x.dump; exit 1; fi`, "all"],
    [`trap 'rm -f /backups/x.dump' ERR; pg_dump ${to} shop`, "all"],
    [`rm -rf /backups/*; pg_dump ${to} shop`, "all"],
    ["pg_dump -h orders-db shop > /dev/null", "its output goes to /dev/null"],
    ["pg_dump -h orders-db shop | gzip > /dev/null", "its output goes to /dev/null"],
    ["pg_dump -Fc -h orders-db shop -f /dev/null", "its output goes to /dev/null"],
    [`pg_dump ${to} shop > /dev/null`, "all"],
    ["pg_dump -h orders-db shop 2> /dev/null | gzip > /backups/x.gz", "all"],
    ["pg_dump -h orders-db shop | tee /backups/x.sql > /dev/null", "all"],
  ] as const)
    it(`${script}: ${said}`, () => assert.equal(saidOf(script), said));

  for (const [script, said] of [
    ["mysqldump --no-data shop > /backups/x", "mysqldump --no-data takes no data"],
    ["mysqldump -h orders-db -uroot -psecret -d shop > /backups/x", "mysqldump --no-data takes no data"],
    ["mysqldump -h orders-db -u root mysql > /backups/x", "mysqldump takes only mysql, not the data of an application"],
    [
      "mysqldump --single-transaction --databases mysql sys > /backups/x",
      "mysqldump takes only mysql, sys, not the data of an application",
    ],
    ["mysqldump --databases shop mysql > /backups/x", "all"],
    ["mysqldump --all-databases > /backups/x", "all"],
    ["mysqldump -h orders-db --single-transaction shop orders > /backups/x", "table orders only"],
    ["mysqldump --where='id > 5' shop > /backups/x", "rows that match --where only"],
    ["mysqldump --ignore-table=shop.audit shop > /backups/x", "all except table shop.audit"],
    ["mysqldump --max-allowed-packet 1G shop > /backups/x", "all"],
    ["mysqldump $OPTIONS shop > /backups/x", "all"],
  ] as const)
    it(`${script}: ${said}`, () => assert.equal(saidOf(script, "mysql:8.4"), said));

  for (const [script, said] of [
    ["mongodump --host orders-db -d shop -c orders --archive=/backups/x", "collection orders only"],
    ["mongodump --host orders-db -d shop --archive=/backups/x", "all"],
    ["mongodump --host orders-db --archive > /dev/null", "its output goes to /dev/null"],
    ["mongodump --host orders-db --out /backups/x > /dev/null", "all"],
  ] as const)
    it(`${script}: ${said}`, () => assert.equal(saidOf(script, "mongo:8"), said));

  const targetsOf = (script: string): string => {
    const files = join(server(), server("billing-db"), cronJob("dump", script), claim("backups", "slow"));
    return backupsJson(folderWith(files))
      .databases.filter(({ backups }) => backups.length > 0)
      .map(({ name }) => name)
      .join(", ");
  };
  for (const [script, targets] of [
    ["H=orders-db; pg_dump -Fc -h $H -f /backups/x.dump shop", "orders-db"],
    ["export PGHOST=billing-db; pg_dump -Fc -f /backups/x.dump shop", "billing-db"],
    ["PGHOST=orders-db pg_dump -Fc -f /backups/x.dump shop", "orders-db"],
    ["PGHOST=orders-db; pg_dump -Fc --host=billing-db -f /backups/x.dump shop", "billing-db"],
    ["H=orders-db; test -e /x && H=billing-db; pg_dump -Fc -h $H -f /backups/x.dump shop", ""],
    ["kubectl exec orders-db-0 -- pg_dump -Fc shop > /backups/x.dump", "orders-db"],
    ["kubectl exec -i -n shop sts/billing-db -c postgres -- sh -c 'pg_dump shop | gzip' > /backups/x.gz", "billing-db"],
    ["kubectl exec $POD -- pg_dump -h 127.0.0.1 -Fc shop > /backups/x.dump", ""],
    ["su - postgres -c 'pg_dump -h orders-db -Fc -f /backups/x.dump shop'", "orders-db"],
    ["H=$(cat /host); pg_dump -Fc -h $H -f /backups/x.dump shop", ""],
    [`H=\${DB_HOST:-orders-db}; pg_dump -Fc -h $H -f /backups/x.dump shop`, "orders-db"],
    [`H=\${DB_HOST}; pg_dump -Fc -h $H -f /backups/x.dump shop`, ""],
  ] as const)
    it(`${script}: dumps ${targets || "it is not known what"}`, () => assert.equal(targetsOf(script), targets));

  it("follows a dump to where its script packs and moves it", () => {
    const script =
      "pg_dump -h orders-db -f /tmp/orders.sql orders; gzip /tmp/orders.sql; mv /tmp/orders.sql.gz /backups";
    const files = join(server(), cronJob("dump", script), claim("backups", "slow"));
    assert.deepEqual(rowsOf(folderWith(files)), [
      "orders-db: no restore test",
      `dump by CronJob dump: ${day}, 1, cluster`,
    ]);
  });

  it("names the part that a dump takes", () => {
    const files = join(server(), cronJob("dump", `pg_dump -Fc -t orders ${to} shop`), claim("backups", "slow"));
    const { out } = dbops(folderWith(files), ["backups"]);
    assert.match(out, /^ {2}logical, in part {2}24 h /m);
    assert.match(out, /^ {2}CronJob dump takes table orders only\.$/m);
  });

  for (const [script, ruleId, code] of [
    ["pg_dump -h orders-db shop | gzip > /backups/x.gz", "backup-pipe-hides-failure", 1],
    ["set -o pipefail; pg_dump -h orders-db shop | gzip > /backups/x.gz", null, 0],
    [`pg_dump ${to} shop || true`, "backup-failure-hidden", 0],
  ] as const)
    it(`${script} is hidden by ${ruleId}`, () => {
      const folder = folderWith(join(server(), cronJob("dump", script), claim("backups", "slow")));
      const { databases, ...result } = backupsJson(folder, "--require", "rpo=24h");
      assert.equal(databases[0]?.backups[0]?.hiddenBy, ruleId);
      assert.equal(result.code, code);
      const { out } = dbops(folder, ["backups", "--require", "rpo=24h"]);
      assert.equal(out.includes(`A failed run of CronJob dump counts as a success: ${ruleId}.`), ruleId !== null);
      assert.equal(/falls short of rpo=24h: a failed run of CronJob dump\s+counts/.test(out), code === 1);
    });

  it("lets another backup that says its failures meet the recovery point", () => {
    const piped = cronJob("piped", "pg_dump -h orders-db shop | gzip > /backups/x.gz");
    const folder = folderWith(join(server(), piped, cronJob("dump", dump), claim("backups", "slow")));
    assert.equal(dbops(folder, ["backups", "--require", "rpo=24h"]).code, 0);
  });

  const application = (host: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "shop/web:1", env: [{ name: PGHOST, value: ${host} }] }] }
`;

  const tested = "CronJob check, every 24 h";
  for (const [script, test] of [
    ["pg_restore -h orders-db -d shop /backups/x.dump", undefined],
    ["pg_restore -h staging-db -d shop /backups/x.dump", undefined],
    ["pg_restore -d postgresql://orders-db/shop /backups/x.dump", undefined],
    ["psql -h orders-db shop < /backups/x.sql", undefined],
    ["pg_restore -h scratch-db -d shop /backups/x.dump", tested],
    [
      "createdb -h orders-db check; pg_restore -h orders-db -d check /backups/x.dump; dropdb -h orders-db check",
      tested,
    ],
    ["pg_restore -d shop /backups/x.dump; psql -h orders-db -c 'select 1'", tested],
  ] as const)
    it(`${script}: ${test}`, () => {
      const files = join(
        server(),
        server("staging-db"),
        server("scratch-db"),
        application("staging-db"),
        cronJob("dump", dump),
        cronJob("check", script),
        claim("backups", "slow"),
      );
      const { databases } = backupsJson(folderWith(files));
      assert.equal(databases.find(({ name }) => name === "orders-db")?.restoreTest?.text, test);
    });

  it("does not take a restore into the only database for a test", () => {
    const files = join(server(), cronJob("check", "pg_restore -h orders-db -d shop /b/x"), cronJob("dump", dump));
    assert.equal(dbops(folderWith(files), ["backups", "--require", "restore-tested=30d"]).code, 1);
  });

  for (const [required, code, texts] of [
    ["rpo=24h,retention=14d", 0, []],
    ["rpo=1d", 0, []],
    ["rpo=60min", 1, ["a restore may lose 24 h"]],
    ["retention=3w", 1, ["backups are kept for 14 d"]],
    ["offsite", 1, ["its backups are not outside the cluster (same cluster)"]],
    ["restore-tested=30d", 1, ["nothing in view tests a restore"]],
  ] as const)
    it(`--require ${required} ends with ${code}`, () => {
      const result = backupsJson(nightly, "--require", required);
      assert.equal(result.code, code);
      assert.deepEqual(
        result.databases.flatMap(({ shortfalls }) => shortfalls.map(({ text }) => text)),
        texts,
      );
    });

  it("counts neither what is taken once nor what takes nothing", () => {
    const { out, code } = dbops(
      folderWith(
        join(
          server(),
          cronJob("dump", dump).replace("spec:\n", "spec:\n  suspend: true\n"),
          "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: { name: once }\nspec: { source: { persistentVolumeClaimName: data-orders-db-0 } }\n",
        ),
      ),
      ["backups", "--require", "rpo=24h,retention=7d"],
    );
    assert.equal(code, 1);
    assert.match(out, /^orders-db falls short of rpo=24h, retention=7d: no backup of it runs on a\s+schedule\.$/m);
  });

  it("counts no dump that only the log has, and no question for one", () => {
    const gate = (script: string): string =>
      dbops(folderWith(join(server(), cronJob("dump", script))), ["backups", "--require", "rpo=24h"]).out;
    assert.match(gate("pg_dump -h orders-db app").replace(/\s+/g, " "), /writes to the container's log, which goes/);
    for (const script of [
      "pgbackrest --stanza=main backup --dry-run -h orders-db",
      "wal-g backup-push --help -h orders-db",
    ])
      assert.match(gate(script), /falls short of rpo=24h/, script);
    for (const kept of [
      "pg_dump -h orders-db app > /backups/x",
      "pg_dump -h orders-db $OPTIONS",
      "(pg_dump -h orders-db app) | gzip > /backups/x",
    ])
      assert.doesNotMatch(gate(kept), /container's log/, kept);
  });

  it("promises no recovery point where the script looks at the date", () => {
    for (const guard of ["[ $(date +%d) = 01 ] || exit 0", "if [ `date +%u` != 7 ]; then exit 0; fi"]) {
      const script = `${guard}; pg_dump -h orders-db app > /backups/$(date +%F).sql`;
      const { out, code } = dbops(folderWith(join(server(), cronJob("dump", script))), [
        "backups",
        "--require",
        "rpo=24h",
      ]);
      assert.equal(code, 1, script);
      assert.match(out.replace(/\s+/g, " "), /looks at the date: it may skip runs/);
    }
  });

  it("counts no dump that its script deletes in the same run", () => {
    const gate = (script: string): string =>
      dbops(folderWith(join(server(), cronJob("dump", script))), ["backups"]).out.replace(/\s+/g, " ");
    for (const script of [
      "OUT=/backups/x.dump; trap 'rm -f $OUT' EXIT; pg_dump -Fc -h orders-db app -f $OUT",
      "trap 'rm -rf /backups/*' EXIT; pg_dump -h orders-db app > /backups/x.dump",
      "pg_dump -h orders-db -Fc app > /backups/x.dump && cd / && rm -rf /backups",
      "pg_dump -h orders-db app > /backups/x.dump; find /backups -type f -delete",
    ])
      assert.match(gate(script), /takes none .*its script deletes the dump again/, script);
    for (const script of [
      "trap 'rm -f /backups/lock' EXIT; pg_dump -h orders-db app > /backups/x.dump",
      "trap 'rm -f /backups/x.dump' EXIT; pg_dump -h orders-db app > /backups/x.dump; mc cp /backups/x.dump s3/backups/",
      "pg_dump -h orders-db app > /backups/x.dump; find /backups -type f -mtime +14 -delete",
    ])
      assert.doesNotMatch(gate(script), /deletes the dump again/, script);
  });

  it("does not call it met when the image lacks the programs of its backup", () => {
    const { out, code } = dbops(path.join(import.meta.dirname, "../../../examples/cloudnative-pg"), [
      "backups",
      "--require",
      "rpo=24h,retention=7d,offsite",
    ]);
    assert.equal(code, 1);
    assert.match(out, /^orders falls short of rpo=24h, retention=7d, offsite: no backup of it runs/m);
  });

  for (const [text, message] of [
    ["rpoo=1h", "--require rpoo=1h: did you mean rpo?"],
    ["rpo=soon", "--require rpo=soon: write a time, such as 30min, 24h, 7d or 4w"],
    ["rpo", "--require rpo: write a time, such as 30min, 24h, 7d or 4w"],
    ["retention=0d", "--require retention=0d: write a time, such as 30min, 24h, 7d or 4w"],
    ["retention=99999999d", "--require retention=99999999d: that is more than 100 years"],
    ["offsite=yes", "--require offsite=yes: offsite does not take a value"],
    ["", "--require nothing: choose from rpo, retention, offsite, restore-tested"],
  ] as const)
    it(`--require ${text || "nothing"} is a mistake`, () =>
      assert.deepEqual(dbops(nightly, ["backups", "--require", text]), {
        code: 2,
        out: "",
        err: `error: ${message}\n`,
      }));

  it("fits 80 columns and says it in Markdown too", () => {
    for (const [, files] of ledgers) {
      const folder = folderWith(files);
      for (const line of dbops(folder, ["backups", "--require", "rpo=5min,offsite,restore-tested=7d"]).out.split("\n"))
        assert.ok(line.length <= 80, line);
      assert.match(dbops(folder, ["backups", "-o", "markdown"]).out, /^\| database \| method \|/);
    }
  });

  it("keeps to its schema", () => {
    const schema = readFileSync(path.join(import.meta.dirname, "../schema/backups.schema.json"), "utf8");
    const validate = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(JSON.parse(schema));
    for (const [what, files] of [...ledgers, ["the shared manifests", undefined, []] as const]) {
      const folder = files === undefined ? shopFolder() : folderWith(files);
      const { code, ...document } = backupsJson(folder, "--require", "rpo=1h,retention=90d,offsite,restore-tested=1d");
      assert.ok(validate(document), `${what}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
      assert.equal(code, 1);
    }
  });

  it("names a document and a configuration that cannot be read, and ends with 2", () => {
    const files = join(server(), cronJob("dump", dump), claim("backups", "slow"));
    const broken = dbops(folderWith({ ...files, "db.yaml": "apiVersion: apps/v1\nkind: StatefulSet\nspec: [\n" }), [
      "backups",
    ]);
    assert.equal(broken.code, 2);
    assert.match(broken.out, /^orders-db /);
    assert.match(broken.err, /^db\.yaml:3:\d+: error: This document cannot be read: .* \[document-not-yaml\]\n$/);
    const misconfigured = dbops(folderWith({ ...files, ".dbops.yaml": "backup: here\n" }), ["backups"]);
    assert.equal(misconfigured.code, 2);
    assert.match(misconfigured.err, /^\.dbops\.yaml:1:1: error: .* \[configuration-unknown-key\]\n$/);
    const unrelated = dbops(folderWith({ ...files, "site/page.yaml": "kind: Page\nspec: [\n" }), ["backups"]);
    assert.deepEqual([unrelated.code, unrelated.err], [0, ""]);
  });

  it("says so where there is nothing, and what it did not read", () => {
    const none = folderWith({ "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n" });
    assert.deepEqual(dbops(none, ["backups"]), { code: 0, out: "No databases that keep data in 1 file.\n", err: "" });
    assert.equal(dbops(none, ["backups", "no-such.yaml"]).code, 2);
    const chart = folderWith({
      "release.yaml":
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: db }\nspec: { chart: { spec: { chart: stolon, sourceRef: { kind: HelmRepository, name: own } } } }\n",
    });
    assert.match(dbops(chart, ["backups"]).out, /HelmRelease of chart stolon was not read/);
  });
});
