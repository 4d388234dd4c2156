import assert from "node:assert/strict";
import type { Finding } from "../../src/index.ts";
import { diffFiles } from "../support/diff.ts";
import { lintFiles } from "../support/lint.ts";

const server = (image: string, limits = "{}", args = "[]"): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  serviceName: orders-db
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: db
          image: ${image}
          args: ${args}
          resources: { limits: ${limits} }
          volumeMounts: [{ name: data, mountPath: /var/lib/${image.startsWith("postgres") ? "postgresql/data" : image.startsWith("redis") ? "redis" : "mysql"} }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: orders-db }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ port: 3306 }] }
`;

const job = (kind: "Job" | "CronJob", image: string, container: string): string => {
  const pod = `template: { spec: { restartPolicy: Never, containers: [{ name: run, image: "${image}", ${container} }] } }`;
  return `---
apiVersion: batch/v1
kind: ${kind}
metadata: { name: run }
spec: ${kind === "Job" ? `{ ${pod} }` : `{ schedule: "0 2 * * *", jobTemplate: { spec: { ${pod} } } }`}
`;
};

const dump = (script: string, environment = ""): string =>
  job("CronJob", "mysql:8.4.7", `command: [sh, -c, "${script}"]${environment}`);

const cluster = (name: string, version: string): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: ${name}, namespace: shop }
spec: { instances: 3, imageName: "ghcr.io/cloudnative-pg/postgresql:${version}", storage: { size: 10Gi } }
`;

const client = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 9
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:1
          env:
            - { name: SPRING_DATASOURCE_URL, value: "jdbc:postgresql://orders-db:5432/orders" }
            - { name: SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE, value: "20" }
`;

function remedyOf(ruleId: string, findings: readonly Finding[]): string | undefined {
  const found = findings.filter((each) => each.ruleId === ruleId);
  assert.equal(found.length, 1, `${ruleId} reports once`);
  return found[0]?.remedy;
}

/** The remedy of the rule's only finding in a manifest. */
const inManifest = (ruleId: string, text: string): string =>
  remedyOf(ruleId, lintFiles({ "a.yaml": text }).findings) ?? "";

const inChange = (ruleId: string, old: string, young: string): string =>
  remedyOf(ruleId, diffFiles({ "a.yaml": old }, { "a.yaml": young }).findings) ?? "";

describe("a finding's own remedy", () => {
  it("asks MySQL for its version in its own words", () => {
    assert.match(inManifest("database-image-tag-too-wide", server("mysql:8")), /`SELECT VERSION\(\)`/);
    assert.equal(inManifest("database-image-tag-too-wide", server("postgres:16")), "", "PostgreSQL's is the rule's");
  });
  it("names the engine's own way of upgrading", () => {
    assert.match(inManifest("database-version-end-of-life", server("mysql:5.7.44")), /^Upgrade in place/);
    assert.equal(inManifest("database-version-end-of-life", server("postgres:11.22-bookworm")), "");
    assert.match(
      inManifest("database-version-end-of-life", cluster("orders", "11.22")),
      /CloudNativePG .* runs pg_upgrade/,
    );
    assert.match(
      inChange("database-version-changed", cluster("orders", "16.4"), cluster("orders", "17.2")),
      /^Clone the Cluster/,
    );
    assert.match(
      inChange("database-version-changed", server("mysql:8.0.44"), server("mysql:8.4.7")),
      /^Take a backup before/,
    );
    assert.equal(inChange("database-version-changed", server("postgres:16.4"), server("postgres:17.2")), "");
  });
  it("speaks of no StatefulSet where an operator or another kind is changed", () => {
    assert.match(
      inChange("database-renamed", cluster("orders", "16.4"), cluster("shop", "16.4")),
      /`bootstrap\.recovery`/,
    );
    assert.match(
      inChange("data-deleted-by-change", cluster("orders", "16.4"), ""),
      /PersistentVolumes to Retain before/,
    );
    const migration = (tag: string): string =>
      server("postgres:16.4") +
      job(
        "Job",
        `flyway/flyway:${tag}`,
        'args: [migrate], env: [{ name: FLYWAY_URL, value: "jdbc:postgresql://orders-db/orders" }]',
      );
    assert.match(inChange("change-refused", migration("11.1"), migration("11.2")), /`kubectl delete job run`/);
  });
  it("caps no pooler where there is none", () => {
    assert.match(
      inManifest("pooler-exceeds-max-connections", server("postgres:16.4") + client),
      /put a pooler between/,
    );
  });
  it("ends the wait of a migration as the engine does", () => {
    const migration = (url: string): string =>
      job(
        "Job",
        "flyway/flyway:11",
        `args: [migrate], env: [{ name: FLYWAY_URL, value: "jdbc:${url}://orders-db/orders" }]`,
      );
    assert.match(
      inManifest("migration-job-without-deadline", server("mysql:8.4.7") + migration("mysql")),
      /lock_wait_timeout/,
    );
    assert.equal(inManifest("migration-job-without-deadline", server("postgres:16.4") + migration("postgresql")), "");
  });
  it("leaves room for saving in Redis only", () => {
    const redis = server("redis:7.4.1", "{ memory: 1Gi }", "[--maxmemory, 900mb]");
    assert.match(inManifest("memory-setting-exceeds-limit", redis), /^Leave half/);
    const mysql = server("mysql:8.4.7", "{ memory: 1Gi }", "[--innodb-buffer-pool-size=900M]");
    assert.equal(inManifest("memory-setting-exceeds-limit", mysql), "");
  });
  it("names the program's own place for a password, and one that is set already", () => {
    const text = (environment: string): string =>
      server("mysql:8.4.7") + dump("mysqldump -h orders-db -psecret shop > /b/a.sql", environment);
    assert.match(inManifest("database-password-on-command-line", text("")), /^Set MYSQL_PWD/);
    const withVariable = text(", env: [{ name: MYSQL_PWD, valueFrom: { secretKeyRef: { name: db, key: p } } }]");
    assert.match(inManifest("database-password-on-command-line", withVariable), /^Take the argument out/);
  });
  it("deletes the files that the script writes", () => {
    const kept =
      server("mysql:8.4.7") +
      dump(
        "mysqldump -h orders-db shop | gzip > /backup/shop-$(date +%F).sql.gz",
        ", volumeMounts: [{ name: b, mountPath: /backup }] }], volumes: [{ name: b, persistentVolumeClaim: { claimName: b }",
      );
    assert.match(inManifest("backup-without-retention", kept), /`find \/backup -name '\*\.sql\.gz' -mtime/);
    assert.doesNotMatch(inManifest("backup-pipe-hides-failure", kept), /dash/, "sh of this image is bash");
  });
});
