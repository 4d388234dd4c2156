import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

const repository = path.join(import.meta.dirname, "../../..");

interface Sums {
  readonly atRest: number;
  readonly peak: number;
  readonly rollout: number;
}

interface PoolJson {
  readonly databases: readonly (Sums & {
    readonly name: string;
    readonly limit: number | null;
    readonly isLowerBound: boolean;
    readonly headroom: Sums | null;
    readonly rows: readonly (Sums & {
      readonly name: string;
      readonly formula: string;
      readonly at: { readonly line: number };
    })[];
    readonly uncounted: readonly { readonly name: string; readonly because: string }[];
    readonly peakFits: readonly { readonly setting: string; readonly value: number; readonly text: string }[];
    readonly rolloutFits: readonly { readonly text: string }[];
  })[];
}

function poolJson(folder: string, ...words: readonly string[]): PoolJson & { readonly code: number } {
  const { code, out, err } = dbops(folder, ["pool", "-o", "json", ...words]);
  assert.equal(err, "");
  return { ...(JSON.parse(out) as PoolJson), code };
}

const service = (name: string, port: number): string => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: ${port} }] }
`;

const server = (args: string): string => `${service("postgres", 5432)}---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: postgres }
spec:
  selector: { matchLabels: { app: postgres } }
  template:
    metadata: { labels: { app: postgres } }
    spec: { containers: [{ name: postgres, image: "postgres:16", args: ${args} }] }
`;

/** A pooler like many: an ini file in a ConfigMap. */
const pgbouncer = (replicas: number, ini: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer }
data:
  pgbouncer.ini: |
${ini.replace(/^/gm, "    ")}
---
${service("pgbouncer", 6432)}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.24.1-p1
          volumeMounts: [{ name: config, mountPath: /etc/pgbouncer }]
      volumes: [{ name: config, configMap: { name: pgbouncer } }]
`;

const api = (url: string, replicas = 2): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: api
          image: registry.example.com/shop/api:4.2.0
          command: [node, server.js]
          env: [{ name: DATABASE_URL, value: "${url}" }]
`;

const autoscaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: api }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }, minReplicas: 2, maxReplicas: 10 }
`;

const twoDatabases = `[databases]
orders = host=postgres user=orders
billing = host=postgres user=billing
[pgbouncer]
listen_addr = *
pool_mode = transaction
default_pool_size = 20
reserve_pool_size = 5`;

/** Stacks as they stand in public repositories, in names of our own: what a person counts on paper. */
const realStacks: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  counted: readonly unknown[],
])[] = [
  [
    // 2 Pods x 1 entry x 25 at rest, x (25 + 5) at most; a rollout adds a quarter of 2, so 1 Pod: 3 x 30. 100 - 3 by default.
    "two poolers with a reserve before a plain server",
    {
      "postgres.yaml": server("[]"),
      "pgbouncer.yaml": pgbouncer(
        2,
        "[databases]\nshop = host=postgres port=5432 dbname=shop\n[pgbouncer]\nlisten_addr = *\npool_mode = transaction\nmax_client_conn = 200\ndefault_pool_size = 25\nreserve_pool_size = 5\nreserve_pool_timeout = 3",
      ),
    },
    ["postgres", 97, 50, 60, 90, true],
  ],
  [
    // 1 Pod with pools of 80 and 20; its rollout starts the new Pod first: 2 x 100, and the server takes 200 - 3.
    "a pooler whose entries have pools of their own, which fits until it rolls",
    {
      "postgres.yaml": server("[-c, max_connections=200]"),
      "pgbouncer.yaml": pgbouncer(
        1,
        "[databases]\nfeed = host=postgres pool_size=80\nsearch = host=postgres pool_size=20\n[pgbouncer]\nlisten_addr = *\npool_mode = session\nmax_client_conn = 500\ndefault_pool_size = 20",
      ),
    },
    ["postgres", 197, 100, 100, 200, true],
  ],
  [
    // Two Poolers of one Pod with 20 each by default; one adds a Pod when it rolls, the other's strategy has maxSurge 0.
    "two Poolers of CloudNativePG, one without surge",
    {
      "cluster.yaml":
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: ledger }\nspec: { instances: 3, imageName: 'ghcr.io/cloudnative-pg/postgresql:16.4', storage: { size: 10Gi } }\n",
      "poolers.yaml": ["rw", "batch"]
        .map(
          (name) =>
            `apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: { name: ledger-pooler-${name} }\nspec:\n  cluster: { name: ledger }\n  instances: 1\n  type: rw\n${name === "batch" ? "  deploymentStrategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 0 } }\n" : ""}  pgbouncer: { poolMode: session }\n`,
        )
        .join("---\n"),
    },
    ["ledger", 97, 40, 40, 60, true],
  ],
  [
    // Percona's three Pods with 20 each; how its Deployment rolls is not written.
    "the PgBouncer of Percona's operator",
    {
      "cluster.yaml":
        "apiVersion: pgv2.percona.com/v2\nkind: PerconaPGCluster\nmetadata: { name: ledger }\nspec:\n  postgresVersion: 16\n  instances: [{ name: one, replicas: 3 }]\n  proxy: { pgBouncer: { replicas: 3 } }\n",
    },
    ["ledger", 97, 60, 60, 80, true],
  ],
];

describe("pool", () => {
  for (const [what, files, counted] of realStacks)
    it(`counts ${what}`, () => {
      const { databases, code } = poolJson(folderWith(files));
      assert.deepEqual(
        databases.map(({ name, limit, atRest, peak, rollout, isLowerBound }) => [
          name,
          limit,
          atRest,
          peak,
          rollout,
          isLowerBound,
        ]),
        [counted],
      );
      const [, limit, , , rollout] = counted;
      assert.equal(code, Number(rollout) > Number(limit) ? 1 : 0);
    });

  it("counts the examples as a person does", () => {
    const { databases, code } = poolJson(repository, "examples/");
    const counted = databases.map(({ name, limit, atRest, peak, rollout }) => [name, limit, atRest, peak, rollout]);
    assert.deepEqual(counted, [
      // One Pooler of the operator, 20 by default; a rollout starts one more Pod.
      ["orders", 97, 20, 20, 40],
      ["orders/orders", 197, 40, 40, 60],
      // A sidecar in each of 4 Pods, one database that resolves: 4 x 20, 4 x (20 + 5), 5 x (20 + 5) and one pg_dump.
      ["postgres", 97, 81, 101, 126],
      // 2 x 2 x 20, 2 x 2 x (20 + 5), 3 x 2 x (20 + 5) and one pg_dump.
      ["shop/postgres", 197, 81, 101, 151],
    ]);
    assert.equal(code, 1);
  });

  it("proposes the largest pool that fits, with the arithmetic", () => {
    const folder = folderWith({ "postgres.yaml": server("[]"), "pgbouncer.yaml": pgbouncer(3, twoDatabases) });
    const { databases, code } = poolJson(folder);
    assert.equal(code, 1);
    assert.deepEqual(
      databases[0]?.peakFits.map(({ text }) => text),
      ["default_pool_size 11 fits: 3 x 2 x (11 + 5) = 96", "max_connections 153 fits: 150 + 3 reserved = 153"],
    );
    // One Pod more: 4 x 2 x (7 + 5) = 96, and 8 would be 104.
    assert.equal(databases[0]?.rolloutFits[0]?.text, "default_pool_size 7 fits: 4 x 2 x (7 + 5) = 96");
    assert.equal(poolJson(folder, "--what-if", "default_pool_size=11", "--fail-on=peak").code, 0);
    assert.equal(poolJson(folder, "--what-if", "default_pool_size=12", "--fail-on=peak").code, 1);
  });

  it("counts who reads from the standbys beside the sum, not in it", () => {
    const cluster = (instances: number): string =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders }\nspec: { instances: ${instances}, storage: { size: 10Gi } }\n---\n`;
    const rowOf = (instances: number, service: string): readonly [sum: number | undefined, out: string] => {
      const url = `postgresql://shop@${service}:5432/shop?connection_limit=90`;
      const folder = folderWith({ "a.yaml": cluster(instances) + api(url) });
      return [poolJson(folder).databases[0]?.peak, dbops(folder, ["pool"]).out];
    };
    const [sum, out] = rowOf(3, "orders-ro");
    assert.equal(sum, 0);
    assert.match(out, /the 2 standbys, each with its own limit: 2 Pods x pool 90 .* = 180, about 90 on each/);
    assert.doesNotMatch(out, /at least/);
    assert.match(rowOf(3, "orders-r")[1], /any of the 3 instances.*, about 60 on each[\s\S]*at least/);
    assert.equal(rowOf(1, "orders-r")[0], 180);
    assert.match(rowOf(1, "orders-ro")[1], /connects to the standbys, and there is none {2}/);
  });

  it("shows no equation that says nothing", () => {
    const mysql = server("[--max-connections=10]").replace("postgres:16", "mysql:8.4");
    const { databases } = poolJson(
      folderWith({ "mysql.yaml": mysql, "api.yaml": api("mysql://shop@postgres:3306/shop?connection_limit=20") }),
    );
    assert.ok(
      databases[0]?.peakFits.some(({ text }) => text === "max_connections 40 fits"),
      JSON.stringify(databases),
    );
  });

  // Shapes of three stacks that people run, counted by hand.
  const stacks: readonly {
    readonly what: string;
    readonly files: Readonly<Record<string, string>>;
    readonly expected: readonly [limit: number, atRest: number, peak: number, rollout: number];
  }[] = [
    {
      what: "an autoscaled application without a pooler: 2 x 40, 10 x 40, (10 + 3) x 40",
      files: {
        "postgres.yaml": server("[]"),
        "api.yaml": api("postgresql://shop@postgres/shop?connection_limit=40"),
        "scale.yaml": autoscaler,
      },
      expected: [97, 80, 400, 520],
    },
    {
      what: "two poolers of one database with a reserve: 2 x 25, 2 x (25 + 5), 3 x (25 + 5)",
      files: {
        "postgres.yaml": server("[]"),
        "pgbouncer.yaml": pgbouncer(
          2,
          "[databases]\nbacktest = host=postgres port=5432\n[pgbouncer]\nlisten_addr = *\ndefault_pool_size = 25\nreserve_pool_size = 5",
        ),
      },
      expected: [97, 50, 60, 90],
    },
    {
      what: "entries with pools of their own: 80 + 20, and twice that while the pooler rolls",
      files: {
        "postgres.yaml": server('[-c, "max_connections=200"]'),
        "pgbouncer.yaml": pgbouncer(
          1,
          "[databases]\nrelay = host=postgres pool_size=80\nfeed = host=postgres pool_size=20\n[pgbouncer]\nlisten_addr = *",
        ),
      },
      expected: [197, 100, 100, 200],
    },
    {
      what: "a cap for each database: 2 x (30 + 30), whatever the pools",
      files: {
        "postgres.yaml": server("[]"),
        "pgbouncer.yaml": pgbouncer(2, `${twoDatabases.replace("= 20", "= 50")}\nmax_db_connections = 30`),
      },
      expected: [97, 120, 120, 180],
    },
    {
      what: "a reserve that is switched off: 2 x 2 x 20",
      files: {
        "postgres.yaml": server("[]"),
        "pgbouncer.yaml": pgbouncer(2, `${twoDatabases}\nreserve_pool_timeout = 0`),
      },
      expected: [97, 80, 80, 120],
    },
    {
      what: "two users of one entry have two pools: 1 x 2 x 20",
      files: {
        "postgres.yaml": server("[]"),
        "pgbouncer.yaml": pgbouncer(1, "[databases]\norders = host=postgres\n[pgbouncer]\nlisten_addr = *"),
        "api.yaml": api("postgresql://shop@pgbouncer:6432/orders"),
        "worker.yaml": api("postgresql://worker@pgbouncer:6432/orders").replace(/name: api/g, "name: worker"),
      },
      expected: [97, 40, 40, 80],
    },
  ];
  for (const { what, files, expected } of stacks)
    it(`counts ${what}`, () => {
      const { databases } = poolJson(folderWith(files));
      assert.deepEqual(
        databases.map(({ limit, atRest, peak, rollout }) => [limit, atRest, peak, rollout]),
        [expected],
      );
    });

  it("names who connects without a number, and calls the sum a lower bound", () => {
    const folder = folderWith({
      "postgres.yaml": server("[]"),
      "pgbouncer.yaml": pgbouncer(1, twoDatabases),
      "api.yaml": api("postgresql://shop@postgres/orders"),
    });
    const [database] = poolJson(folder).databases;
    assert.deepEqual(
      [database?.peak, database?.isLowerBound, database?.uncounted.map(({ name }) => name)],
      [50, true, ["api"]],
    );
    assert.match(dbops(folder, ["pool"]).out, /^ {2}api +no pool size is in view +\? +\? +\? /m);
    assert.match(dbops(folder, ["pool"]).out, /^ {2}sum +at least +40 +50 +100$/m);
  });

  it("has no limit where max_connections is filled in later, and fails nothing for it", () => {
    const folder = folderWith({
      "postgres.yaml": server('[-c, "max_connections=$(MOST)"]'),
      "pgbouncer.yaml": pgbouncer(9, twoDatabases),
    });
    const { databases, code } = poolJson(folder);
    assert.deepEqual([code, databases[0]?.limit, databases[0]?.headroom, databases[0]?.peak], [0, null, null, 450]);
  });

  describe("--what-if", () => {
    let folder: string;
    before(() => {
      folder = folderWith({
        "postgres.yaml": server("[]"),
        "pgbouncer.yaml": pgbouncer(1, twoDatabases),
        "api.yaml": api("postgresql://shop@postgres/orders?connection_limit=4"),
      });
    });
    const peaks: readonly (readonly [words: readonly string[], peak: number, limit: number, code: number])[] = [
      [[], 58, 97, 1],
      [["--what-if", "pooler.replicas=5"], 258, 97, 1],
      [["--what-if", "pgbouncer.replicas=2"], 108, 97, 1],
      [["--what-if=client.replicas=1"], 54, 97, 1],
      [["--what-if", "api.pool=1,default_pool_size=10,reserve_pool_size=0"], 22, 97, 0],
      [["--what-if", "max_db_connections=6"], 20, 97, 0],
      [["--what-if", "max_connections=300", "--what-if", "pooler.replicas=2"], 108, 297, 0],
    ];
    for (const [words, peak, limit, code] of peaks)
      it(words.length === 0 ? "changes nothing when it is not given" : words.join(" "), () => {
        const result = poolJson(folder, ...words);
        const [database] = result.databases;
        assert.deepEqual([database?.peak, database?.limit, result.code], [peak, limit, code]);
      });

    const mistakes: readonly (readonly [text: string, message: string])[] = [
      ["pooler.replica=5", "--what-if pooler.replica=5: did you mean replicas?"],
      ["pgbuncer.replicas=5", "--what-if pgbuncer.replicas=5: choose from pgbouncer, api"],
      ["replicas=many", "--what-if must be NAME.SETTING=NUMBER (pooler.replicas=5), not replicas=many"],
    ];
    for (const [text, message] of mistakes)
      it(`${text} is a mistake of usage`, () => {
        assert.deepEqual(dbops(folder, ["pool", "--what-if", text]), { code: 2, out: "", err: `error: ${message}\n` });
      });
  });

  it("exits with 1 for a rollout by default, and not where only the peak counts", () => {
    const folder = folderWith({ "postgres.yaml": server("[]"), "pgbouncer.yaml": pgbouncer(1, twoDatabases) });
    assert.equal(dbops(folder, ["pool"]).code, 1);
    assert.equal(dbops(folder, ["pool", "--fail-on", "peak"]).code, 0);
    assert.equal(dbops(folder, ["pool", "--fail-on", "never", "--what-if", "replicas=50"]).code, 0);
  });

  it("draws a bar for each moment on a terminal only", () => {
    const folder = folderWith({ "postgres.yaml": server("[]"), "pgbouncer.yaml": pgbouncer(1, twoDatabases) });
    const { out } = dbops(folder, ["pool"], { isTerminal: true, env: { TERM: "xterm" } });
    assert.match(out, /^ {2}peak +.*█+/m);
    assert.match(out, /^ {2}rollout +.*█+.* over by 3$/m);
    assert.doesNotMatch(dbops(folder, ["pool"]).out, /█/);
  });

  it("writes Markdown for a comment, and JSON that keeps its schema", () => {
    const folder = folderWith({ "postgres.yaml": server("[]"), "pgbouncer.yaml": pgbouncer(3, twoDatabases) });
    const { out } = dbops(folder, ["pool", "-o", "markdown"]);
    assert.match(
      out,
      /^\| pgbouncer \| 3 poolers x 2 databases x \(20 \+ 5\) \| 120 \| 150 \| 200 \| pgbouncer.yaml:12 \|$/m,
    );
    const schema = JSON.parse(
      readFileSync(path.join(import.meta.dirname, "../schema/pool.schema.json"), "utf8"),
    ) as object;
    const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);
    for (const words of [[], ["--what-if", "replicas=1"]]) {
      validate(poolJson(folder, ...words, "--fail-on=never"));
      assert.deepEqual(validate.errors ?? [], []);
    }
  });

  it("says what it found where nobody connects, and where there is no database", () => {
    const alone = folderWith({ "postgres.yaml": server("[]") });
    assert.deepEqual(dbops(alone, ["pool"]), {
      code: 0,
      out: "Nothing in view connects to the 1 database in 1 file.\n",
      err: "",
    });
    const none = folderWith({
      "settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata: {}\n",
    });
    assert.equal(dbops(none, ["pool"]).out, "No database objects in 1 file.\n");
    assert.deepEqual(dbops(none, ["pool", "no-such.yaml"]).code, 2);
  });

  it("reads a rendered set from stdin", () => {
    const folder = folderWith({});
    const stdin = `${server("[]")}---\n${pgbouncer(3, twoDatabases)}`;
    const { code, out } = dbops(folder, ["pool", "-"], { stdin });
    assert.equal(code, 1);
    assert.match(out, /<stdin>:\d+$/m);
  });

  it("reports on the requested files, with the rest as context", () => {
    const folder = folderWith({ "good/.keep": "" });
    cpSync(path.join(repository, "examples/shop"), path.join(folder, "shop"), { recursive: true });
    const { databases } = poolJson(folder, "shop/api.yaml", "--fail-on=never");
    assert.deepEqual(
      databases.map(({ name, rows }) => [name, rows.map((row) => row.formula)]),
      [["postgres", ["4 x (20 + 5)", "1 x 1"]]],
    );
  });

  it("names a document and a configuration that cannot be read, and ends with 2", () => {
    const files = { "db.yaml": server("[]") };
    const broken = dbops(folderWith({ ...files, "api.yaml": "apiVersion: apps/v1\nkind: Deployment\nspec: [\n" }), [
      "pool",
    ]);
    assert.equal(broken.code, 2);
    assert.match(broken.err, /^api\.yaml:3:\d+: error: This document cannot be read: .* \[document-not-yaml\]\n$/);
    const misconfigured = dbops(folderWith({ ...files, ".dbops.yaml": "rules: [\n" }), ["pool"]);
    assert.equal(misconfigured.code, 2);
    assert.match(misconfigured.err, /^\.dbops\.yaml:\d+:\d+: error: The configuration cannot be read: .*\n$/);
  });
});
