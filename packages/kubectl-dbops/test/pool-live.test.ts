import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { folderWith } from "./support/folder.ts";
import { askCluster, dbops, type Outcome } from "./support/run.ts";

type Fields = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, name: string, fields: Fields, metadata: Fields = {}): Fields => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "shop", uid: `${kind}-${name}`, ...metadata },
  ...fields,
});

const ownedBy = (kind: string, name: string): Fields => ({
  ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid: `${kind}-${name}`, controller: true }],
});

const workload = (kind: string, name: string, container: Fields, spec: Fields, status: Fields = {}): Fields =>
  object("apps/v1", kind, name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
      ...spec,
    },
    status,
  });

const server = (most: number): Fields =>
  workload(
    "StatefulSet",
    "db",
    {
      name: "postgres",
      image: "postgres:17.6",
      args: ["-c", `max_connections=${most}`],
      volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
    },
    {
      serviceName: "db",
      replicas: 1,
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } }],
    },
  );

const service = object("v1", "Service", "db", {
  spec: { clusterIP: "None", selector: { app: "db" }, ports: [{ port: 5432 }] },
});

const application: Fields = {
  name: "app",
  image: "example.com/app:1",
  env: [
    { name: "DATABASE_URL", value: "postgresql://app@db:5432/shop" },
    { name: "DB_POOL_SIZE", value: "10" },
    { name: "SPRING_DATASOURCE_URL", value: "jdbc:postgresql://db:5432/shop" },
    { name: "SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE", value: "10" },
  ],
};

const pod = (owner: string, kind: string, name: string, phase = "Running"): Fields =>
  object("v1", "Pod", name, { spec: { containers: [application] }, status: { phase } }, ownedBy(kind, owner));

const replicaSet = object("apps/v1", "ReplicaSet", "web-1", { spec: {} }, ownedBy("Deployment", "web"));

interface Row {
  readonly name: string;
  readonly pods: { readonly atRest: number; readonly peak: number; readonly rollout: number };
}

interface Report {
  readonly databases: readonly {
    readonly limit: number;
    readonly isLowerBound: boolean;
    readonly rows: readonly Row[];
    readonly uncounted: readonly { readonly name: string; readonly because: string }[];
  }[];
}

const isValid = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(path.join(import.meta.dirname, "../schema/pool.schema.json"), "utf8")),
);

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "HorizontalPodAutoscaler"];

function pool(objects: readonly Fields[], words: readonly string[] = [], listed = kinds): Promise<Outcome> {
  const lists = listed.map((kind) => ({ apiVersion: "v1", kind: `${kind}List`, items: [] }));
  const text = [...lists, ...objects].map((each) => JSON.stringify(each)).join("\n");
  return askCluster(folderWith({ "dump.json": text }), ["pool", "--from", "dump.json", ...words]);
}

async function report(objects: readonly Fields[], listed = kinds): Promise<Report> {
  const { out, err } = await pool(objects, ["-o", "json"], listed);
  assert.equal(err, "");
  const parsed = JSON.parse(out);
  assert.ok(isValid(parsed), JSON.stringify(isValid.errors));
  return parsed as Report;
}

const podsIn = ({ databases }: Report): readonly (readonly number[])[] =>
  databases.flatMap(({ rows }) => rows.map(({ pods: { atRest, peak, rollout } }) => [atRest, peak, rollout]));

describe("pool of a cluster", () => {
  const web = workload("Deployment", "web", application, { replicas: 3 }, { replicas: 2 });
  const running = [pod("web-1", "ReplicaSet", "a"), pod("web-1", "ReplicaSet", "b")];

  it("counts the Pods that run now, and up to the replicas that are written", async () => {
    const seen = await report([
      server(50),
      service,
      web,
      replicaSet,
      ...running,
      pod("web-1", "ReplicaSet", "c", "Pending"),
    ]);
    assert.deepEqual(podsIn(seen), [[2, 3, 4]]);
    assert.equal(seen.databases[0]?.limit, 47);
    assert.equal(seen.databases[0]?.isLowerBound, false);
  });

  it("counts both versions in the middle of a rollout once", async () => {
    const more = ["c", "d"].map((name) => pod("web-1", "ReplicaSet", name));
    assert.deepEqual(podsIn(await report([server(50), service, web, replicaSet, ...running, ...more])), [[4, 4, 4]]);
  });

  it("knows how many Pods a DaemonSet runs, which no manifest says", async () => {
    const agent = workload("DaemonSet", "agent", application, {});
    const files = [server(50), service, agent].map((each) => JSON.stringify(each)).join("\n---\n");
    const written = JSON.parse(dbops(folderWith({ "shop.yaml": files }), ["pool", "-o", "json"]).out) as Report;
    assert.deepEqual([podsIn(written), written.databases[0]?.uncounted.length], [[], 1]);
    const pods = ["x", "y", "z"].map((name) => pod("agent", "DaemonSet", name));
    assert.deepEqual(podsIn(await report([server(50), service, agent, ...pods])), [[3, 3, 3]]);
  });

  it("goes by the status where Pods were not read", async () => {
    const listed = kinds.filter((kind) => kind !== "Pod");
    assert.deepEqual(podsIn(await report([server(50), service, web], listed)), [[2, 3, 4]]);
  });

  it("makes the sum a lower bound where some who connect could not be read", async () => {
    const seen = await report([server(50), service, web], ["StatefulSet", "Deployment"]);
    assert.deepEqual(seen.databases[0]?.uncounted, [
      {
        name: "DaemonSet",
        role: "client",
        because: "could not be read",
        at: { path: "StatefulSet shop/db", field: ".metadata.name" },
      },
    ]);
    assert.equal(seen.databases[0]?.isLowerBound, true);
  });

  it("names fields, and says that other namespaces were not counted", async () => {
    const { code, out } = await pool([server(20), service, web, replicaSet, ...running], ["-n", "shop"]);
    assert.equal(code, 1);
    assert.match(out, /Deployment shop\/web \.spec\.template\.spec\.containers\[0\]\.env\[/);
    assert.match(out, /normal: the Pods that run now/);
    assert.match(out, /Counted are the Pods of namespace shop; -A counts those of all\.\n$/);
  });
});
