const join = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join("---\n");

const workload = (kind: string, name: string, app: string, container: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  replicas: 3
  selector: { matchLabels: { app: ${app} } }
  template:
    metadata: { labels: { app: ${app} } }
    spec: { containers: [${container}] }
`;

const server = `apiVersion: v1
kind: Service
metadata: { name: db }
spec: { selector: { app: db }, ports: [{ port: 5432 }] }
---
${workload("StatefulSet", "db", "db", '{ name: db, image: "postgres:16", args: [postgres, -c, max_connections=50] }')}---
`;
const url = 'env: [{ name: DATABASE_URL, value: "postgres://a:b@db/x" }]';
const set = (index: number, app = `s${index}`): string =>
  workload("StatefulSet", `s${index}`, app, '{ name: db, image: "postgres:16" }');

/** Folders of so many objects, each a kind of joining that was once quadratic. */
export const landscapes: Readonly<Record<string, (count: number) => string>> = {
  "clients of a database that has no room for them": (count) =>
    server +
    join(count, (index) =>
      workload(
        "Deployment",
        `c${index}`,
        `c${index}`,
        `{ name: a, image: "app:1", ${url.replace("]", ', { name: SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE, value: "20" }]')} }`,
      ),
    ),
  "poolers in front of one server": (count) =>
    server +
    join(count, (index) =>
      workload("Deployment", `p${index}`, `p${index}`, `{ name: a, image: "edoburu/pgbouncer:v1.23.1-p2", ${url} }`),
    ),
  "sets that carry the same label": (count) => join(count, (index) => set(index, "same")),
  "budgets that select everything": (count) =>
    `${join(count / 2, (index) => set(index))}---\n${join(
      count / 2,
      (index) =>
        `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: b${index} }\nspec: { minAvailable: 1, selector: {} }\n`,
    )}`,
  "suppressed places": (count) =>
    join(count, (index) => `# dbops-disable-next-line database-without-memory-limit -- known\n${set(index)}`),
};

/** Scripts of SQL of so many statements, each a kind of comparing that was once quadratic. */
export const scripts: Readonly<Record<string, (count: number) => string>> = {
  "rows that are copied in one transaction": (count) =>
    `BEGIN;\n${"INSERT INTO orders_new SELECT * FROM orders;\n".repeat(count)}COMMIT;\n`,
  "tables that are emptied and filled": (count) =>
    Array.from({ length: count }, (_, index) => `TRUNCATE t${index};\nINSERT INTO t${index} VALUES (1);\n`).join(""),
};
