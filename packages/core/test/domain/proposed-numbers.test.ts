import assert from "node:assert/strict";
import fc from "fast-check";
import { lintFiles } from "../support/lint.ts";

interface PoolerOfStack {
  readonly replicas: number;
  readonly pool: number;
  readonly reserve: number;
  readonly databases: number;
  /** 0: no cap. */
  readonly cap: number;
  readonly surge: string;
}

interface ClientOfStack {
  readonly replicas: number;
  readonly pool: number;
  readonly overflow: number;
  /** The autoscaler's; 0: none. */
  readonly most: number;
  readonly workers: number;
}

interface Stack {
  readonly limit: number;
  readonly poolers: readonly PoolerOfStack[];
  readonly clients: readonly ClientOfStack[];
}

const stacks: fc.Arbitrary<Stack> = fc.record({
  limit: fc.integer({ min: 10, max: 300 }),
  poolers: fc.array(
    fc.record({
      replicas: fc.integer({ min: 1, max: 6 }),
      pool: fc.integer({ min: 1, max: 120 }),
      reserve: fc.constantFrom(0, 0, 5),
      databases: fc.integer({ min: 1, max: 3 }),
      cap: fc.constantFrom(0, 0, 40),
      surge: fc.constantFrom("25%", "100%", "2", "0"),
    }),
    { maxLength: 2 },
  ),
  clients: fc.array(
    fc.record({
      replicas: fc.integer({ min: 1, max: 8 }),
      pool: fc.integer({ min: 1, max: 80 }),
      overflow: fc.constantFrom(0, 0, 10),
      most: fc.constantFrom(0, 0, 12),
      workers: fc.constantFrom(1, 1, 4),
    }),
    { maxLength: 3 },
  ),
});

const server = (limit: number): string => `apiVersion: v1
kind: Service
metadata: { name: orders-db }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  serviceName: orders-db
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:17.4-bookworm
          args: ["-c", "max_connections=${limit}"]
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;

const deployment = (name: string, replicas: number, surge: string, container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  strategy: { rollingUpdate: { maxSurge: ${surge}, maxUnavailable: 1 } }
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
${container}`;

const pooler = (name: string, { replicas, pool, reserve, databases, cap, surge }: PoolerOfStack): string => {
  const entries = Array.from(
    { length: databases },
    (_, index) => `    base${index} = host=orders-db dbname=base${index}`,
  );
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data:
  pgbouncer.ini: |
    [databases]
${entries.join("\n")}
    [pgbouncer]
    listen_addr = *
    auth_type = md5
    auth_file = /etc/pgbouncer/userlist.txt
    pool_mode = transaction
    default_pool_size = ${pool}
    reserve_pool_size = ${reserve}
    max_db_connections = ${cap}
---
${deployment(
  name,
  replicas,
  surge,
  `      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.24.1-p1
          volumeMounts: [{ name: ini, mountPath: /etc/pgbouncer/pgbouncer.ini, subPath: pgbouncer.ini }]
      volumes: [{ name: ini, configMap: { name: ${name} } }]
`,
)}`;
};

const client = (name: string, { replicas, pool, overflow, most, workers }: ClientOfStack): string => {
  const text = deployment(
    name,
    replicas,
    "25%",
    `      containers:
        - name: api
          image: registry.example.com/${name}:1.0.0
          command: [uvicorn, "${name}:app", "--workers=${workers}"]
          env:
            - { name: DATABASE_URL, value: "postgresql+asyncpg://shop:$(PASSWORD)@orders-db:5432/shop" }
            - { name: SQLALCHEMY_POOL_SIZE, value: "${pool}" }
            - { name: SQLALCHEMY_MAX_OVERFLOW, value: "${overflow}" }
`,
  );
  if (most === 0) return text;
  return `${text}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name} }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  maxReplicas: ${most}
`;
};

const textOf = ({ limit, poolers, clients }: Stack): string =>
  [
    server(limit),
    ...poolers.map((each, index) => pooler(`pooler-${index}`, each)),
    ...clients.map((each, index) => client(`client-${index}`, each)),
  ].join("---\n");

/** What is said about too many connections, and at which object. */
const complaintsOf = (stack: Stack): readonly (readonly [message: string, object: string | undefined])[] =>
  lintFiles({ "stack.yaml": textOf(stack), ".dbops.yaml": "extends: all\n" })
    .findings.filter(({ ruleId }) => ruleId === "pooler-exceeds-max-connections")
    .map(({ message, subject }) => [message, subject?.name]);

/** The stack with the number that a message proposes; undefined: it proposes none. */
function followed(stack: Stack, message: string): Stack | undefined {
  const proposal =
    /; (?:default_pool_size (\d+)(?: in (\S+))?|a pool of (\d+) in (\S+)|a Pod of (\S+) that opens (\d+) in all) fits/.exec(
      message,
    );
  if (proposal === null) return undefined;
  const [, ofPooler, poolerOf, ofPool, poolOf, podOf, ofPod] = proposal;
  const isPooler = ofPooler !== undefined;
  const name = poolerOf ?? poolOf ?? podOf;
  const size = Number(ofPooler ?? ofPool ?? ofPod);
  return {
    ...stack,
    poolers: stack.poolers.map((each, index) =>
      isPooler && (name === undefined || name === `pooler-${index}`) ? { ...each, pool: size } : each,
    ),
    clients: stack.clients.map((each, index) =>
      name === `client-${index}` ? { ...each, pool: size, overflow: 0, workers: 1 } : each,
    ),
  };
}

describe("numbers that messages propose", () => {
  it("end the finding when they are followed", () => {
    let proposals = 0;
    fc.assert(
      fc.property(stacks, (stack) => {
        for (const [message] of complaintsOf(stack)) {
          const next = followed(stack, message);
          if (next === undefined) continue;
          proposals++;
          assert.deepEqual(complaintsOf(next), [], message);
        }
      }),
      { numRuns: 500, seed: 14 },
    );
    assert.ok(proposals > 60, `${proposals} proposals`);
  });
});
