import assert from "node:assert/strict";
import { operators } from "../../src/domain/operators/index.generated.ts";
import { lintFiles } from "../support/lint.ts";

/** A resource as its operator's documentation shows it, and what dbops reads from it. */
const samples: Readonly<Record<string, { readonly text: string; readonly reads: string; readonly host: string }>> = {
  "cloudnative-pg": {
    text: "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders }\nspec: { instances: 3, imageName: ghcr.io/cloudnative-pg/postgresql:17.2 }\n",
    reads: "postgresql 17 x 3",
    host: "orders-rw",
  },
  zalando: {
    text: "apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata: { name: orders }\nspec: { numberOfInstances: 2, postgresql: { version: '16' } }\n",
    reads: "postgresql 16 x 2",
    host: "orders-repl",
  },
  "crunchy-pgo": {
    text: "apiVersion: postgres-operator.crunchydata.com/v1beta1\nkind: PostgresCluster\nmetadata: { name: orders }\nspec: { postgresVersion: 17, instances: [{ replicas: 2 }, { replicas: 1 }] }\n",
    reads: "postgresql 17 x 3",
    host: "orders-primary",
  },
  "percona-pg": {
    text: "apiVersion: pgv2.percona.com/v2\nkind: PerconaPGCluster\nmetadata: { name: orders }\nspec: { postgresVersion: 16, instances: [{ replicas: 3 }] }\n",
    reads: "postgresql 16 x 3",
    host: "orders-ha",
  },
  "percona-pxc": {
    text: "apiVersion: pxc.percona.com/v1\nkind: PerconaXtraDBCluster\nmetadata: { name: orders }\nspec: { pxc: { size: 3, image: 'percona/percona-xtradb-cluster:8.0.36' } }\n",
    reads: "mysql 8 x 3",
    host: "orders-haproxy",
  },
  "percona-psmdb": {
    text: "apiVersion: psmdb.percona.com/v1\nkind: PerconaServerMongoDB\nmetadata: { name: orders }\nspec: { image: 'percona/percona-server-mongodb:7.0.8', replsets: [{ name: rs0, size: 3 }] }\n",
    reads: "mongodb 7 x 3",
    host: "orders-rs0",
  },
  "mariadb-operator": {
    text: "apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: { name: orders }\nspec: { replicas: 3, image: 'mariadb:11.4.3' }\n",
    reads: "mariadb 11 x 3",
    host: "orders-primary",
  },
  kubedb: {
    text: "apiVersion: kubedb.com/v1\nkind: MariaDB\nmetadata: { name: orders }\nspec: { replicas: 3, version: '11.5.2' }\n",
    reads: "mariadb 11 x 3",
    host: "orders-standby",
  },
  "mysql-operator": {
    text: "apiVersion: mysql.oracle.com/v2\nkind: InnoDBCluster\nmetadata: { name: orders }\nspec: { instances: 3, version: 8.4.3 }\n",
    reads: "mysql 8 x 3",
    host: "orders-instances",
  },
  "mongodb-community": {
    text: "apiVersion: mongodbcommunity.mongodb.com/v1\nkind: MongoDBCommunity\nmetadata: { name: orders }\nspec: { members: 3, type: ReplicaSet, version: 7.0.12 }\n",
    reads: "mongodb 7 x 3",
    host: "orders-svc",
  },
  "opstree-redis": {
    text: "apiVersion: redis.redis.opstreelabs.in/v1beta2\nkind: RedisReplication\nmetadata: { name: orders }\nspec: { clusterSize: 3, kubernetesConfig: { image: 'quay.io/opstree/redis:v7.0.12' }, storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: 2Gi } } } } } }\n",
    reads: "redis 7 x 3",
    host: "orders-master",
  },
  "percona-ps": {
    text: "apiVersion: ps.percona.com/v1\nkind: PerconaServerMySQL\nmetadata: { name: orders }\nspec: { mysql: { size: 3, image: 'percona/percona-server:8.4.3-3' } }\n",
    reads: "mysql 8 x 3",
    host: "orders-mysql-primary",
  },
  eck: {
    text: "apiVersion: elasticsearch.k8s.elastic.co/v1\nkind: Elasticsearch\nmetadata: { name: orders }\nspec: { version: 8.15.3, nodeSets: [{ name: masters, count: 3 }, { name: data, count: 2 }] }\n",
    reads: "elasticsearch 8 x 5",
    host: "orders-es-http",
  },
  "cass-operator": {
    text: "apiVersion: k8ssandra.io/v1alpha1\nkind: K8ssandraCluster\nmetadata: { name: orders }\nspec: { cassandra: { serverVersion: 4.1.2, datacenters: [{ metadata: { name: dc1 }, size: 3 }] } }\n",
    reads: "cassandra 4 x 3",
    host: "orders-dc1-service",
  },
  stackgres: {
    text: "apiVersion: stackgres.io/v1\nkind: SGCluster\nmetadata: { name: orders }\nspec: { instances: 3, postgres: { version: '16.4' }, pods: { persistentVolume: { size: 20Gi } } }\n",
    reads: "postgresql 16 x 3",
    host: "orders-replicas",
  },
  "spotahome-redis": {
    text: "apiVersion: databases.spotahome.com/v1\nkind: RedisFailover\nmetadata: { name: orders }\nspec: { sentinel: { replicas: 3 }, redis: { replicas: 3, image: 'redis:7.2.5-alpine' } }\n",
    reads: "redis 7 x 3",
    host: "rfrm-orders",
  },
};

const client = (host: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers: [{ name: shop, image: "shop:1.0", env: [{ name: DB_HOST, value: ${host} }] }]
`;

describe("operators", () => {
  it("each have a sample here", () => {
    assert.deepEqual(Object.keys(samples).sort(), operators.map(({ name }) => name).sort());
  });

  for (const [name, { text, reads, host }] of Object.entries(samples))
    it(`${name}: its resource is a database, and its Service leads there`, () => {
      const { workspaces } = lintFiles({ "db.yaml": text + client(host) });
      const [topology] = workspaces.map((workspace) => workspace.topology);
      const [database] = topology?.databases ?? [];
      assert.equal(database?.operator?.name, name);
      assert.equal(`${database?.engine} ${database?.major} x ${database?.instances.value}`, reads);
      const reached = topology?.hosts.find((each) => each.host === host)?.reaches;
      assert.ok(reached?.state === "database" && reached.database === database);
    });

  it("a kind of another API group is not the operator's", () => {
    const { counts } = lintFiles({
      "x.yaml": "apiVersion: cluster.x-k8s.io/v1\nkind: Cluster\nmetadata: { name: orders }\nspec: {}\n",
    });
    assert.equal(counts.databases, 0);
  });
});
