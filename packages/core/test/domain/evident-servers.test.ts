import assert from "node:assert/strict";
import { buildTopology } from "../../src/domain/build-topology.ts";
import { indexOf } from "../support/workload.ts";

/** Engine, version and data volume of the databases in a StatefulSet with these containers. */
function seen(containers: string): readonly string[] {
  const { databases } = buildTopology(
    indexOf(`apiVersion: apps/v1
kind: StatefulSet
metadata: { name: shelf }
spec:
  replicas: 2
  template:
    spec:
      containers: ${containers}
      volumes: [{ name: files, emptyDir: {} }]
`),
  );
  return databases.map(
    ({ engine, version, dataDirectory, replication }) =>
      `${engine} ${version.value ?? "?"} ${dataDirectory?.mount?.mountPath ?? "-"} ${replication.value ?? "?"}`,
  );
}

const port = (number: number): string => `ports: [{ containerPort: ${number} }]`;
const variable = (name: string): string => `env: [{ name: ${name}, value: shelf }]`;
const mount = (path: string): string => `volumeMounts: [{ name: files, mountPath: ${path} }]`;

describe("a server whose image is not known", () => {
  const cases: readonly (readonly [what: string, container: string, expected: string | undefined])[] = [
    ["name and port", `image: shelf/postgres-cz:3.1, ${port(5432)}`, "postgresql ? - ?"],
    ["name and volume", `image: shelf/mysql, ${mount("/var/lib/mysql")}`, "mysql ? /var/lib/mysql ?"],
    ["name and program", 'image: "shelf/mongo:7", args: [mongod, --bind_ip_all]', "mongodb ? - ?"],
    [
      "port and variable behind a placeholder",
      `image: "\${IMAGE}", ${port(5432)}, ${variable("POSTGRES_DB")}`,
      "postgresql ? - ?",
    ],
    ["port and volume", `image: shelf/store:2, ${port(27017)}, ${mount("/data/db")}`, "mongodb ? /data/db ?"],
    ["MariaDB by its name", `image: shelf/galera-mariadb, ${port(3306)}`, "mariadb ? - ?"],
    ["a repository in a variable", `image: "\${REGISTRY}/postgres:16", ${port(5432)}`, "postgresql ? - ?"],
    ["the port alone", `image: shelf/store:2, ${port(5432)}`, undefined],
    ["a client has name and variables, too", `image: shelf/postgres-reports:2, ${variable("POSTGRES_DB")}`, undefined],
    [
      "a client that serves the web",
      `image: shelf/store:2, ${port(8080)}, ${variable("POSTGRES_PASSWORD")}`,
      undefined,
    ],
    ["a proxy", `image: shelf/postgres-proxy:2, ${port(5432)}, ${variable("POSTGRES_DB")}`, undefined],
    ["an exporter", `image: shelf/mysql-exporter:2, ${port(3306)}`, undefined],
    [
      "MariaDB by its variables",
      `image: shelf/store:2, ${port(3306)}, ${variable("MARIADB_DATABASE")}`,
      "mariadb ? - ?",
    ],
    [
      "MySQL by its port and volume",
      `image: shelf/store:2, ${port(3306)}, ${mount("/var/lib/mysql")}`,
      "mysql ? /var/lib/mysql ?",
    ],
    [
      "a server that has a client's variables, too",
      `image: shelf/store:2, ${port(5432)}, ${mount("/var/lib/postgresql/data")}, ${variable("DATABASE_SERVICE_NAME")}`,
      "postgresql ? /var/lib/postgresql/data ?",
    ],
    ["the port, and a variable of nobody's", `image: shelf/store:2, ${port(5432)}, ${variable("TZ")}`, undefined],
    ["the port, and another volume", `image: shelf/store:2, ${port(5432)}, ${mount("/tmp")}`, undefined],
    ["the port, and another program", `image: shelf/store:2, ${port(5432)}, args: [serve]`, undefined],
    ["a name in capitals behind a registry", `image: "\${REGISTRY}/Postgres:16", ${port(5432)}`, "postgresql ? - ?"],
    ["Redis by name and port", `image: shelf/redis-primary:3, ${port(6379)}`, "redis ? - ?"],
    ["Sentinel", `image: shelf/redis-sentinel:3, ${port(6379)}`, undefined],
    [
      "what restores its dumps into a directory of its own",
      `image: "\${IMAGE}", ${mount("/var/lib/pgsql/data")}, env: [{ name: POSTGRESQL_USER, value: shelf }, { name: DATABASE_SERVICE_NAME, value: shelf-db }]`,
      undefined,
    ],
    ["a console", `image: shelf/mongo-express:1, ${port(27017)}`, undefined],
  ];
  for (const [what, container, expected] of cases)
    it(what, () => assert.deepEqual(seen(`[{ name: store, ${container} }]`), expected === undefined ? [] : [expected]));

  it("is none beside a known one of the Pod", () => {
    const helper = `{ name: helper, image: shelf/mysql-tuner, ${mount("/var/lib/mysql")}, ${variable("MYSQL_ROOT_PASSWORD")} }`;
    assert.deepEqual(seen(`[{ name: server, image: mysql:8.4, ${mount("/var/lib/mysql")} }, ${helper}]`), [
      "mysql 8.4 /var/lib/mysql none",
    ]);
  });
});

describe("the version of a Spilo image", () => {
  for (const [what, container, expected] of [
    ["stands in its name", "image: ghcr.io/zalando/spilo-15:3.2-p1", "postgresql 15 - patroni"],
    [
      "is what the variable chooses",
      'image: ghcr.io/zalando/spilo-17:4.0-p2, env: [{ name: PGVERSION, value: "16" }]',
      "postgresql 16 - patroni",
    ],
    ["is unknown without both", "image: registry.opensource.zalan.do/acid/spilo:2.1-p1", "postgresql ? - patroni"],
  ] as const)
    it(what, () => assert.deepEqual(seen(`[{ name: store, ${container} }]`), [expected]));
});

describe("a pooler whose image is not known", () => {
  const ini = "[databases]\n    shelf = host=db\n    [pgbouncer]\n    listen_port = 6543\n";
  const seenIn = (containers: string): readonly string[] =>
    buildTopology(
      indexOf(`apiVersion: v1
kind: ConfigMap
metadata: { name: pooler }
data:
  pgbouncer.ini: |
    ${ini}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shelf-front }
spec:
  template:
    spec:
      containers: ${containers}
      volumes: [{ name: files, configMap: { name: pooler } }]
`),
    ).poolers.map(({ software, container, routes }) => `${software} ${container?.name} ${routes.length}`);
  const given = mount("/etc/pgbouncer");
  const cases: readonly (readonly [what: string, container: string, expected: string | undefined])[] = [
    ["started as it is", "image: shelf/front:2, command: [pgbouncer, /etc/pgbouncer/pgbouncer.ini]", "pgbouncer p 0"],
    [
      "started by a script",
      'image: "alpine:3", command: [sh, -c, "apk add pgbouncer; exec pgbouncer -u nobody /p.ini"]',
      "pgbouncer p 0",
    ],
    [
      "started as another user",
      `image: "alpine:3", command: [sh, -c, "su pgbouncer -c 'pgbouncer /p.ini'"], ${given}`,
      "pgbouncer p 1",
    ],
    ["given its file, on its port", `image: shelf/front:2, ${port(6543)}, ${given}`, "pgbouncer p 1"],
    ["another program", "image: shelf/front:2, command: [odyssey, /etc/odyssey.conf]", "odyssey p 0"],
    ["asked for its version", "image: shelf/front:2, command: [pgbouncer, --version]", undefined],
    ["a script that only installs it", 'image: "alpine:3", command: [sh, -c, "apk add pgbouncer"]', undefined],
    ["a sidecar that watches the file", `image: shelf/watch:2, ${given}`, undefined],
    ["a sidecar with another port", `image: shelf/watch:2, ${port(8080)}, ${given}`, undefined],
    ["an exporter", `image: shelf/pgbouncer-exporter:2, ${port(6543)}, ${given}`, undefined],
  ];
  for (const [what, container, expected] of cases)
    it(`${what}: ${expected ?? "none"}`, () => {
      assert.deepEqual(seenIn(`[{ name: p, ${container} }]`), expected === undefined ? [] : [expected]);
    });
});
