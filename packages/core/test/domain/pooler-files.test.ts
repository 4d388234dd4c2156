import assert from "node:assert/strict";
import { connectionBudgets } from "../../src/index.ts";
import { inputFor } from "../support/lint.ts";
import { plainPostgres } from "../support/workload.ts";

const text = "[databases]\norders = host=postgres\n[pgbouncer]\nlisten_addr = *\ndefault_pool_size = 17\n";
const encoded = Buffer.from(text).toString("base64");
const block = `${text.trimEnd().replace(/^/gm, "    ")}\n`;

const pooler = (image: string, mounts: string, volumes: string, env = "[]", more = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      volumes: ${volumes}
${more}      containers:
        - name: pgbouncer
          image: ${image}
          env: ${env}
          volumeMounts: ${mounts}
`;

const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config }\ndata:\n  pgbouncer.ini: |\n${block}`;
const whole = "[{ name: config, mountPath: /etc/pgbouncer }]";
const ofConfigMap = "[{ name: config, configMap: { name: config } }]";
const ofSecret = "[{ name: config, secret: { secretName: config } }]";
const edoburu = "edoburu/pgbouncer:v1.25.1-p0";

/** Each way in which people hand PgBouncer its configuration; the pool of each is 17. */
const ways: readonly (readonly [what: string, manifests: readonly string[]])[] = [
  ["a ConfigMap's data", [configMap, pooler(edoburu, whole, ofConfigMap)]],
  [
    "a ConfigMap's binaryData",
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config }\nbinaryData: { pgbouncer.ini: ${encoded} }\n`,
      pooler(edoburu, whole, ofConfigMap),
    ],
  ],
  [
    "a Secret's stringData",
    [
      `apiVersion: v1\nkind: Secret\nmetadata: { name: config }\nstringData:\n  pgbouncer.ini: |\n${block}`,
      pooler(edoburu, whole, ofSecret),
    ],
  ],
  [
    "a Secret's data",
    [
      `apiVersion: v1\nkind: Secret\nmetadata: { name: config }\ndata: { pgbouncer.ini: ${encoded} }\n`,
      pooler(edoburu, whole, ofSecret),
    ],
  ],
  [
    "one file by subPath",
    [
      configMap,
      pooler(
        edoburu,
        "[{ name: config, mountPath: /etc/pgbouncer/pgbouncer.ini, subPath: pgbouncer.ini }]",
        ofConfigMap,
      ),
    ],
  ],
  [
    "a key of another name by items",
    [
      configMap.replace("pgbouncer.ini", "pooler"),
      pooler(
        edoburu,
        whole,
        "[{ name: config, configMap: { name: config, items: [{ key: pooler, path: pgbouncer.ini }] } }]",
      ),
    ],
  ],
  [
    "a projected volume",
    [
      configMap,
      pooler(edoburu, whole, "[{ name: config, projected: { sources: [{ configMap: { name: config } }] } }]"),
    ],
  ],
  [
    "an included file of another ConfigMap",
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config }\ndata:\n  pgbouncer.ini: |\n    %include /etc/pools/pools.ini\n`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: pools }\ndata:\n  pools.ini: |\n${block}`,
      pooler(
        edoburu,
        "[{ name: config, mountPath: /etc/pgbouncer }, { name: pools, mountPath: /etc/pools }]",
        "[{ name: config, configMap: { name: config } }, { name: pools, configMap: { name: pools } }]",
      ).replace("image: edoburu", "command: [pgbouncer, /etc/pgbouncer/pgbouncer.ini]\n          image: edoburu"),
    ],
  ],
  [
    "an init container that fills in a template",
    [
      configMap,
      pooler(
        edoburu,
        "[{ name: filled, mountPath: /etc/pgbouncer }]",
        "[{ name: config, configMap: { name: config } }, { name: filled, emptyDir: {} }]",
        "[]",
        "      initContainers:\n        - name: fill\n          image: busybox:1.36\n          command: [sh, -c, 'envsubst < /template/pgbouncer.ini > /filled/pgbouncer.ini']\n          volumeMounts: [{ name: config, mountPath: /template }, { name: filled, mountPath: /filled }]\n",
      ),
    ],
  ],
  [
    "the variables of edoburu/pgbouncer",
    [pooler(edoburu, "[]", "[]", "[{ name: DB_HOST, value: postgres }, { name: DEFAULT_POOL_SIZE, value: '17' }]")],
  ],
  [
    "the variables of Bitnami's image",
    [
      pooler(
        "bitnamilegacy/pgbouncer:1.23.1",
        "[]",
        "[]",
        "[{ name: POSTGRESQL_HOST, value: postgres }, { name: PGBOUNCER_DEFAULT_POOL_SIZE, value: '17' }]",
      ),
    ],
  ],
  [
    "the file of Bitnami's image",
    [
      configMap,
      pooler("bitnamisecure/pgbouncer:latest", "[{ name: config, mountPath: /bitnami/pgbouncer/conf }]", ofConfigMap),
    ],
  ],
  [
    "the variables of pgbouncer/pgbouncer",
    [
      pooler(
        "pgbouncer/pgbouncer:1.25.1",
        "[]",
        "[]",
        "[{ name: DATABASES_HOST, value: postgres }, { name: PGBOUNCER_DEFAULT_POOL_SIZE, value: '17' }]",
      ),
    ],
  ],
  [
    "the variables of Crunchy's old image",
    [
      pooler(
        "crunchydata/crunchy-pgbouncer:centos7-12.2-4.3.0",
        "[]",
        "[]",
        "[{ name: PG_SERVICE, value: postgres }, { name: DEFAULT_POOL_SIZE, value: '17' }]",
      ),
    ],
  ],
  [
    "the variables of Zalando's image",
    [
      pooler(
        "ghcr.io/zalando/postgres-operator/pgbouncer:v2.0.1",
        "[]",
        "[]",
        "[{ name: PGHOST, value: postgres }, { name: CONNECTION_POOLER_DEFAULT_SIZE, value: '17' }]",
      ),
    ],
  ],
  [
    "the file of icoretech's image",
    [configMap, pooler("ghcr.io/icoretech/pgbouncer-docker:1.25.1", whole, ofConfigMap)],
  ],
  [
    "the file of CloudNativePG's image",
    [configMap, pooler("ghcr.io/cloudnative-pg/pgbouncer:1.25.1", whole, ofConfigMap)],
  ],
  [
    "the file of an image of their own",
    [configMap, pooler("registry.example.com/shop/pgbouncer:7", whole, ofConfigMap)],
  ],
];

describe("a pooler's configuration", () => {
  for (const [what, manifests] of ways)
    it(`is read from ${what}`, () => {
      const { project, requested } = inputFor({ "server.yaml": plainPostgres, "pooler.yaml": manifests.join("---\n") });
      const row = connectionBudgets(project, requested)[0]?.budget.rows[0];
      assert.equal(row?.formula, "1 pooler x 1 database x 17");
    });

  it("is not known where a Secret holds it that is not in view", () => {
    const manifests = { "server.yaml": plainPostgres, "pooler.yaml": pooler(edoburu, whole, ofSecret) };
    const { project, requested } = inputFor(manifests);
    assert.deepEqual(connectionBudgets(project, requested)[0]?.budget.rows, []);
  });
});
