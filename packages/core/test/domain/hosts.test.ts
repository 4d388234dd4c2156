import assert from "node:assert/strict";
import { buildTopology } from "../../src/domain/build-topology.ts";
import type { Reach } from "../../src/domain/model/reach.ts";
import { indexOf } from "../support/workload.ts";

const shop = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db, namespace: shop }
spec:
  serviceName: orders-db
  replicas: 2
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers: [{ name: postgres, image: postgres:16.4, ports: [{ containerPort: 5432 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: orders-rw, namespace: shop }
spec: { selector: { app: orders-db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: away, namespace: shop }
spec: { type: ExternalName, externalName: db.example.org }
---
apiVersion: v1
kind: Service
metadata: { name: by-hand, namespace: shop }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer, namespace: shop }
spec:
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers: [{ name: pgbouncer, image: edoburu/pgbouncer:1.23.1 }]
---
apiVersion: v1
kind: Service
metadata: { name: pgbouncer, namespace: shop }
spec: { selector: { app: pgbouncer }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ port: 80 }] }
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: billing, namespace: shop }
spec: { instances: 2, storage: { size: 1Gi } }
---
`;

const client = (env: string, namespace = "shop"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers: [{ name: api, image: shop/api:1.2.3, env: [${env}] }]
`;

function tell(reach: Reach | undefined): string {
  if (reach === undefined) return "no host";
  switch (reach.state) {
    case "database":
      return `database ${reach.database.resource.name}${reach.instance === undefined ? "" : ` instance ${reach.instance}`}`;
    case "pooler":
      return `pooler ${reach.pooler.resource.name}`;
    case "workload":
      return `workload ${reach.workload.resource.name}`;
    case "nothing":
      return `nothing: ${reach.because}, near ${reach.near?.kind} ${reach.near?.name}`;
    default:
      return reach.state;
  }
}

/** Where the client's host leads. */
function reachOf(env: string, namespace = "shop", around = shop): string {
  const topology = buildTopology(indexOf(around + client(env, namespace)));
  return tell(topology.hosts.find((host) => host.writtenBy.name === "api")?.reaches);
}

const url = (host: string): string => `{ name: DATABASE_URL, value: "postgres://app@${host}/orders" }`;

describe("where a host name leads", () => {
  const cases: readonly (readonly [host: string, expected: string, namespace?: string])[] = [
    ["orders-db", "database orders-db"],
    ["orders-rw:5432", "database orders-db"],
    ["orders-db.shop", "database orders-db"],
    ["orders-db.shop.svc", "database orders-db"],
    ["orders-db.shop.svc.cluster.local:5432", "database orders-db"],
    ["ORDERS-DB.shop.svc.cluster.local", "database orders-db"],
    ["orders-db-0.orders-db", "database orders-db instance 0"],
    ["orders-db-1.orders-db.shop.svc.cluster.local", "database orders-db instance 1"],
    ["orders-db-2.orders-db", "nothing: ordinal, near StatefulSet orders-db"],
    ["orders-db-0.orders-rw", "nothing: governing, near StatefulSet orders-db"],
    ["orders-0.orders-db", "nothing: statefulset, near StatefulSet orders-db"],
    ["orders-db", "nothing: namespace, near Service orders-db", "web"],
    ["orders-db.shop", "database orders-db", "web"],
    ["orders-db-1.orders-db.shop.svc", "database orders-db instance 1", "web"],
    ["pgbouncer", "pooler pgbouncer"],
    ["api", "workload api"],
    ["billing-rw", "database billing"],
    ["billing-rw.shop.svc", "database billing", "web"],
    ["away", "outside"],
    ["by-hand", "outside"],
    ["db.example.org", "outside"],
    ["10.0.0.5", "outside"],
    ["nobody", "unknown"],
    ["nobody.shop.svc", "unknown"],
    ["localhost", "outside"],
    ["$(DB_HOST)", "unknown"],
  ];
  for (const [host, expected, namespace] of cases)
    it(`${host}${namespace === undefined ? "" : ` from ${namespace}`}: ${expected}`, () =>
      assert.equal(reachOf(url(host), namespace), expected));

  const written: readonly (readonly [name: string, env: string, expected: string])[] = [
    ["a variable of its own", "{ name: DB_HOST, value: orders-db }", "database orders-db"],
    ["with the port behind", "{ name: POSTGRES_ADDR, value: 'orders-db:5432' }", "database orders-db"],
    ["keywords", "{ name: DSN, value: 'host=orders-db port=5432 dbname=orders' }", "database orders-db"],
    ["JDBC", "{ name: SPRING_DATASOURCE_URL, value: 'jdbc:postgresql://pgbouncer:5432/orders' }", "pooler pgbouncer"],
    [
      "made of other variables",
      "{ name: H, value: orders-db }, { name: DATABASE_URL, value: 'postgres://app@$(H)/orders' }",
      "database orders-db",
    ],
    [
      "a URL of golang-migrate",
      "{ name: URL, value: 'mysql://app:x@tcp(orders-rw:3306)/orders' }",
      "database orders-db",
    ],
    [
      "Go's MySQL driver",
      "{ name: DSN, value: 'app:$(PW)@tcp(orders-rw:3306)/orders?timeout=5s' }",
      "database orders-db",
    ],
    ["without its protocol", "{ name: DATA_SOURCE_NAME, value: 'app:x@(orders-rw:3306)/' }", "database orders-db"],
    ["without a login", "{ name: DSN, value: 'tcp(orders-rw:3306)/orders' }", "database orders-db"],
    ["a socket of Go's MySQL driver", "{ name: DSN, value: 'app@(/run/mysqld/mysqld.sock)/orders' }", "no host"],
    [
      "postgres_exporter",
      "{ name: DATA_SOURCE_URI, value: 'orders-rw:5432/postgres?sslmode=disable' }",
      "database orders-db",
    ],
    ["a switch is no host", "{ name: DB_HOST, value: 'true' }", "no host"],
  ];
  for (const [name, env, expected] of written) it(`${name}: ${expected}`, () => assert.equal(reachOf(env), expected));

  it("ordinals count from where the StatefulSet says", () => {
    const later = shop.replace("  replicas: 2\n", "  replicas: 2\n  ordinals: { start: 5 }\n");
    assert.equal(reachOf(url("orders-db-6.orders-db"), "shop", later), "database orders-db instance 6");
    assert.equal(reachOf(url("orders-db-0.orders-db"), "shop", later), "nothing: ordinal, near StatefulSet orders-db");
  });

  it("replicas that are filled in later make ordinals unknown", () => {
    const later = shop.replace("  replicas: 2\n", '  replicas: "__REPLICAS__"\n');
    assert.equal(reachOf(url("orders-db-7.orders-db"), "shop", later), "unknown");
  });

  it("Pods behind a Service with an address have no names", () => {
    const addressed = shop.replace("clusterIP: None, ", "");
    assert.equal(
      reachOf(url("orders-db-0.orders-db"), "shop", addressed),
      "nothing: not-headless, near Service orders-db",
    );
  });

  it("without namespaces everything is near", () => {
    assert.equal(reachOf(url("orders-db"), "shop", shop.replaceAll(", namespace: shop", "")), "database orders-db");
  });

  it("split variables are one reference: the port and the user stand in their own", () => {
    const env = "{ name: DB_HOST, value: orders-rw }, { name: DB_PORT, value: '5433' }, { name: DB_USER, value: app }";
    const { hosts } = buildTopology(indexOf(shop + client(env)));
    const [host, ...others] = hosts.filter((each) => each.writtenBy.name === "api");
    assert.deepEqual(others, []);
    assert.deepEqual([host?.host, host?.port, host?.user], ["orders-rw", 5433, "app"]);
    assert.equal(host?.portAt?.file.slice(host.portAt.span), "'5433'");
  });

  it("the place is the host, inside a string of Go's MySQL driver", () => {
    const env = '{ name: DSN, value: "app:x@tcp(orders-rw:3306)/orders" }';
    const { hosts } = buildTopology(indexOf(shop + client(env)));
    const host = hosts.find((each) => each.writtenBy.name === "api");
    assert.equal(host?.file.slice(host.span), "orders-rw");
    assert.equal(host?.portAt?.file.slice(host.portAt.span), "3306");
    assert.deepEqual([host?.user, host?.databaseName, host?.hasPassword], ["app", "orders", true]);
  });

  it("the place is the host, inside the URL", () => {
    const { hosts } = buildTopology(indexOf(shop + client(url("orders-db:5432"))));
    const host = hosts.find((each) => each.writtenBy.name === "api");
    assert.equal(host?.file.slice(host.span), "orders-db");
    assert.equal(host?.portAt?.file.slice(host.portAt.span), "5432");
  });
});
