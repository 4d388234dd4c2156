import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lintFiles } from "../support/lint.ts";

/** What a rule's procedure tells a person to do, line by line. */
function stepsOf(rule: string, manifest: string): readonly string[] {
  const { findings } = lintFiles({ "db.yaml": manifest });
  const procedures = findings
    .filter(({ ruleId }) => ruleId === rule)
    .flatMap(({ fixes }) => fixes.filter(({ safety }) => safety === "procedure"));
  assert.equal(procedures.length, 1, findings.map(({ ruleId }) => ruleId).join(", "));
  return procedures[0]?.steps?.split("\n") ?? [];
}

function server(kind: "StatefulSet" | "Deployment", image: string, more = ""): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata: { name: orders-db, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: server
          image: ${image}
${more}`;
}

const claim = `          volumeMounts: [{ name: data, mountPath: /var/lib/server }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;

function resource(apiVersion: string, kind: string, spec: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: orders, namespace: shop }\nspec:\n${spec}`;
}

describe("procedures of rules", () => {
  it("go from a series without fixes to the first that has some, without a stop left out", () => {
    const of = (image: string): string =>
      stepsOf("database-version-end-of-life", server("StatefulSet", image)).join("\n");
    assert.match(of("mysql:5.7"), /Raise the tag of StatefulSet shop\/orders-db to the newest 8\.0, then 8\.4:/);
    assert.match(of("mysql:8.0.36"), /to the newest 8\.4:/);
    assert.match(of("mysql:8.3"), /to the newest 8\.4:/);
    assert.match(of("mongo:4.4"), /to the newest 5\.0, then 6\.0, then 7\.0: .*featureCompatibilityVersion/);
    assert.match(of("postgres:12"), /do not apply that yet: PostgreSQL does not open the files of another one/);
    assert.match(of("mariadb:10.5"), /MARIADB_AUTO_UPGRADE/);
  });

  it("have the operator upgrade by its own way, at the field that names the version", () => {
    const of = (manifest: string): string => stepsOf("database-version-end-of-life", manifest).join("\n");
    assert.match(
      of(
        resource(
          "mongodbcommunity.mongodb.com/v1",
          "MongoDBCommunity",
          "  members: 3\n  type: ReplicaSet\n  version: 6.0.5\n",
        ),
      ),
      /Raise `spec\.version` of MongoDBCommunity shop\/orders to the newest 7\.0: leave `featureCompatibilityVersion`[\s\S]*`kubectl -n shop get mongodbcommunity\.mongodbcommunity\.mongodb\.com\/orders -w`/,
    );
    assert.match(
      of(resource("kubedb.com/v1", "MySQL", '  version: "8.0.27"\n  replicas: 1\n')),
      /Raise `spec\.version` of MySQL shop\/orders to the newest 8\.4: KubeDB does that with an OpsRequest of type `UpdateVersion`/,
    );
    assert.match(
      of(
        resource(
          "postgresql.cnpg.io/v1",
          "Cluster",
          '  instances: 3\n  imageName: "ghcr.io/cloudnative-pg/postgresql:13"\n',
        ),
      ),
      /Raise `spec\.imageName` of Cluster shop\/orders: since 1\.26 CloudNativePG/,
    );
  });

  it("say where a number for memory comes from", () => {
    assert.deepEqual(stepsOf("database-without-memory-limit", server("StatefulSet", "postgres:16", claim)), [
      '1. Look at the most that it used in two weeks: `max_over_time(container_memory_working_set_bytes{namespace="shop", pod=~"orders-db.*", container="server"}[14d])`, or at what it uses now: `kubectl -n shop top pod orders-db-0 --containers`.',
      "2. Add up what its settings let it take: shared_buffers (128MB), and work_mem (4MB) for each sort or hash of each of max_connections (100).",
      "3. Write the larger number, with some room, as memory in `resources.requests` and `resources.limits` of container server.",
    ]);
  });

  it("bring data onto a volume: at once, or through a new StatefulSet, which takes no template later", () => {
    const set = stepsOf("data-directory-not-on-volume", server("StatefulSet", "postgres:16")).join("\n");
    assert.match(
      set,
      /pg_dumpall[\s\S]*`spec\.volumeClaimTemplates` of StatefulSet shop\/orders-db[\s\S]*kubectl dbops plan --since HEAD[\s\S]*< shop_orders-db_16\.sql/,
    );
    const deployment = stepsOf("data-directory-not-on-volume", server("Deployment", "postgres:16")).join("\n");
    assert.match(
      deployment,
      /Add a PersistentVolumeClaim, and mount it at \/var\/lib\/postgresql\/data of container server/,
    );
    const beside = stepsOf("data-directory-not-on-volume", server("StatefulSet", "postgres:16", claim)).join("\n");
    assert.match(beside, /Change the mountPath of data from \/var\/lib\/server to \/var\/lib\/postgresql\/data/);
  });

  it("have commands that a shell takes, also of names that mean something to it", () => {
    const open = `${server("Deployment", "mongo:7.0").replace("name: server", 'name: "$(id)"')}          volumeMounts: [{ name: data, mountPath: /data/db }]\n      volumes: [{ name: data, emptyDir: {} }]\n`;
    const steps = [
      ...stepsOf("mongodb-without-authentication", open),
      ...stepsOf("data-on-emptydir", open),
      ...stepsOf("database-version-end-of-life", server("StatefulSet", "mysql:5.7")),
    ];
    const commands = steps.flatMap((step) =>
      [...step.matchAll(/`(kubectl [^`]*)`/g)].map(([, command]) => command ?? ""),
    );
    assert.ok(commands.length > 5);
    for (const command of commands) {
      execFileSync("sh", ["-n", "-c", command]);
      assert.doesNotMatch(command, /[^']\$\(id\)/);
    }
  });

  it("name no Pod that nobody can name", () => {
    const steps = stepsOf(
      "database-version-end-of-life",
      server("StatefulSet", "mysql:5.7").replace("name: orders-db,", 'name: "{{ .Release.Name }}-db",'),
    );
    assert.doesNotMatch(steps.join("\n"), /kubectl exec|kubectl -n shop exec/);
  });
});
