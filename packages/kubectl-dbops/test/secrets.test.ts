import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { reporters } from "../src/reporters/index.ts";
import { folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

/** Passwords by where they stand. No value is a part of another word of the manifests. */
const secrets = {
  env: "Kj8-env-Wq2",
  envNumber: "90210773",
  url: "Zt5-url-Px9",
  configMap: "Hn3-cm-Ld7",
  configMapUrl: "Vb6-cmurl-Rk1",
  userlist: "Mq4-userlist-Sj8",
  pgbouncerIni: "Gw7-ini-Ty2",
  stringData: "Bc1-sdata-Uf6",
  data: Buffer.from("Xe9-data-No5").toString("base64"),
  argument: "Df2-arg-Hk4",
  mysqlArgument: "Yr6-mysql-Qa3",
  nextArgument: "Ls8-next-Ve1",
  inlineAssignment: "Pu3-pgpass-Bi7",
  alterUser: "Ck5-alter-Zo9",
  comment: "Ta4-comment-Jw6",
  operator: "Ng7-operator-Fm2",
  redis: "Ex1-redis-Kc8",
} as const;

const orders = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
spec:
  serviceName: orders-db
  replicas: 3
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: Delete
  selector:
    matchLabels: {app: orders-db}
  template:
    metadata:
      labels: {app: orders-db}
    spec:
      terminationGracePeriodSeconds: 5
      initContainers:
        - name: migrate
          image: shop/api
          command: [sh, -c, "PGPASSWORD=${secrets.inlineAssignment} alembic upgrade head"]
        - name: roles
          image: postgres
          command:
            - sh
            - -c
            - psql -c "ALTER USER app PASSWORD '${secrets.alterUser}'" | tee /tmp/log
      containers:
        - name: postgres
          image: postgres
          # was: postgresql://app:${secrets.comment}@old-db:5432/orders
          env:
            - name: POSTGRES_PASSWORD
              value: ${secrets.env}
            - name: REPLICATION_PASSWORD
              value: ${secrets.envNumber}
            - name: DATABASE_URL
              value: postgresql://app:${secrets.url}@orders-db-7.orders-db:5432/orders
          volumeMounts:
            - name: data
              mountPath: /var/lib/postgresql/data
        - name: cache
          image: redis:7
          args: ["--requirepass", "${secrets.nextArgument}", "--port", "6379"]
          livenessProbe:
            exec: {command: [sh, -c, "redis-cli -a ${secrets.redis} ping | grep -q PONG"]}
          readinessProbe:
            exec: {command: [sh, -c, "redis-cli -a ${secrets.redis} ping"]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 20Gi}}
`;

const settings = `apiVersion: v1
kind: ConfigMap
metadata:
  name: pgbouncer
data:
  DB_PASSWORD: ${secrets.configMap}
  DATABASE_URL: mysql://app:${secrets.configMapUrl}@orders-db/orders
  userlist.txt: |
    "app" "${secrets.userlist}"
  pgbouncer.ini: |
    [databases]
    orders = host=orders-db password=${secrets.pgbouncerIni}
    [pgbouncer]
    pool_mode = statement
    default_pool_size = 200
---
apiVersion: v1
kind: Secret
metadata:
  name: orders-db
stringData:
  password: ${secrets.stringData}
data:
  replication-password: ${secrets.data}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: pgbouncer
spec:
  replicas: 3
  selector: {matchLabels: {app: pgbouncer}}
  template:
    metadata: {labels: {app: pgbouncer}}
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:1.23.1
          volumeMounts: [{name: config, mountPath: /etc/pgbouncer}]
      volumes: [{name: config, configMap: {name: pgbouncer}}]
`;

const backup = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: dump
spec:
  schedule: "*/15 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres
              command:
                - bash
                - -c
                - pg_dump --password=${secrets.argument} -h orders-db | gzip > /backup/a.gz
            - name: mysql
              image: mysql
              command: [sh, -c, "mysqldump -h m -p${secrets.mysqlArgument} orders | gzip > /backup/b.gz"]
---
apiVersion: k8s.mariadb.com/v1alpha1
kind: MariaDB
metadata:
  name: billing
spec:
  password: ${secrets.operator}
  replicas: 1
`;

function secretFolder(): string {
  return folderWith({ "orders.yaml": orders, "settings.yaml": settings, "backup.yaml": backup });
}

function leaksIn(text: string): readonly string[] {
  // A report may carry the text percent-encoded or escaped; none of the values changes by that.
  return Object.entries(secrets).flatMap(([name, value]) =>
    text.includes(value) || text.includes(atob64(value)) ? [name] : [],
  );
}

/** The value in base64, as a Secret would carry it. */
function atob64(value: string): string {
  return Buffer.from(value).toString("base64");
}

describe("secret values", () => {
  for (const format of Object.keys(reporters))
    it(`never appear in ${format}, with every rule, colour and --debug`, () => {
      const { out, err, code } = dbops(
        secretFolder(),
        ["lint", "--preset=all", "--debug", "--statistics", "--color=always", "-o", format],
        { width: 400 },
      );
      assert.equal(code, 1);
      assert.deepEqual(leaksIn(out), []);
      assert.deepEqual(leaksIn(err), []);
    });

  it("are in lines that findings point at, or the test above would prove nothing", () => {
    const { out } = dbops(secretFolder(), ["lint", "--preset=all"], { width: 400 });
    for (const shown of [
      /value: …$/m,
      /postgresql:\/\/app:…@orders-db-7\.orders-db:5432\/orders/,
      /pg_dump --password=… -h orders-db/,
      /mysqldump -h m -p… orders/,
      /\["--requirepass", "…", "--port"/,
      /redis-cli -a … ping/,
    ])
      assert.match(out, shown);
  });

  it("do not appear in a baseline or in what --fix says, and --fix leaves them as they are", () => {
    const folder = secretFolder();
    dbops(folder, ["lint", "--preset=all", "--write-baseline"]);
    assert.deepEqual(leaksIn(readFileSync(path.join(folder, ".dbops-baseline.json"), "utf8")), []);
    const { out, err } = dbops(folder, ["lint", "--preset=all", "--fix", "--unsafe-fixes"]);
    assert.match(err, /^fixed: .*Quote the value/m);
    assert.deepEqual([leaksIn(out), leaksIn(err)], [[], []]);
    const fixed = readFileSync(path.join(folder, "orders.yaml"), "utf8");
    for (const name of ["env", "url", "inlineAssignment", "nextArgument"] as const)
      assert.ok(fixed.includes(secrets[name]), name);
    assert.ok(fixed.includes(`value: "${secrets.envNumber}"`));
  });

  it("do not appear in --diff, which says that such lines are hidden", () => {
    const { out, err } = dbops(secretFolder(), ["lint", "--preset=all", "--diff", "--unsafe-fixes"]);
    assert.match(out, /^\+ {2}concurrencyPolicy: Forbid$/m);
    assert.deepEqual([leaksIn(out), leaksIn(err)], [[], []]);
    assert.match(out, /^- {14}value: …$/m);
    assert.match(out, /^\+ {14}value: "…"$/m);
    assert.match(err, /^\d+ lines? with secret values .* hidden, so this patch does not apply there; use --fix\.$/m);
  });

  it("do not appear when a document is broken behind them", () => {
    const folder = folderWith({
      "a.yaml": `${settings}  - broken: [\n`,
      "b.yaml": settings.replace("stringData:", "stringData: {"),
    });
    for (const format of Object.keys(reporters)) {
      const { out, err } = dbops(folder, ["lint", "-o", format, "--debug"], { width: 400 });
      assert.deepEqual([leaksIn(out), leaksIn(err)], [[], []], format);
    }
  });

  it("do not appear when a kustomization was rendered", () => {
    const folder = secretFolder();
    writeFileSync(path.join(folder, "kustomization.yaml"), "resources: [orders.yaml, settings.yaml, backup.yaml]\n");
    const { out, err } = dbops(folder, ["lint", "-k", ".", "--preset=all", "--debug"], { width: 400 });
    assert.match(out, /^orders\.yaml:\d+:\d+ {2}/m);
    assert.deepEqual([leaksIn(out), leaksIn(err)], [[], []]);
  });
});
