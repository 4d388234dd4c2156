import assert from "node:assert/strict";
import { diffFiles } from "../support/diff.ts";

interface Incident {
  readonly before: string;
  readonly after: string;
  /** `StatefulSet shop/orders-db starts-empty` */
  readonly verdicts: readonly string[];
  readonly rules: readonly string[];
}

interface Shape {
  readonly name?: string;
  readonly image?: string;
  readonly mount?: string;
  readonly env?: string;
}

const set = ({
  name = "db",
  image = "postgres:17.2-bookworm",
  mount = "/var/lib/postgresql/data",
  env = "",
}: Shape): string =>
  `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: shop }
spec:
  serviceName: ${name}
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - name: db
          image: ${image}
${env}          volumeMounts: [{ name: data, mountPath: ${mount} }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }
`;
const deployment = (claim: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: db, namespace: shop }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - name: db
          image: postgres:16.4
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: ${claim} } }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${claim}, namespace: shop }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }
`;
const secret = (password: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\nstringData: { password: ${password} }\n---\n`;
const fromSecret =
  "          env: [{ name: POSTGRES_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]\n";
const cluster = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: orders, namespace: shop }
spec: { instances: 3, storage: { size: 10Gi } }
`;

/** What was reported in public, reduced to the two texts that show it. */
const incidents: Readonly<Record<string, Incident>> = {
  "a chart renamed its objects in a minor release (timescale/helm-charts#531)": {
    before: set({ name: "release-timescaledb" }),
    after: set({ name: "release-timescaledb-single" }),
    verdicts: ["StatefulSet shop/release-timescaledb-single starts-empty"],
    rules: ["database-renamed"],
  },
  "a chart renamed its plain claim (openabdev/openab#117)": {
    before: deployment("data"),
    after: deployment("release-data"),
    verdicts: ["PersistentVolumeClaim shop/data destroys-data", "Deployment shop/db starts-empty"],
    rules: ["data-deleted-by-change", "database-data-moved"],
  },
  "a pruned resource took all claims (cloudnative-pg/cloudnative-pg#8442)": {
    before: cluster,
    after: "",
    verdicts: ["Cluster shop/orders destroys-data"],
    rules: ["data-deleted-by-change"],
  },
  "a bot bumped postgres 17 to 18 (mitchross/talos-argocd-proxmox#1687)": {
    before: set({ image: "postgres:17.10" }),
    after: set({ image: "postgres:18.4" }),
    verdicts: ["StatefulSet shop/db does-not-start"],
    rules: ["database-version-changed"],
  },
  "a tag moved to another Debian (docker-library/postgres#1356)": {
    before: set({}),
    after: set({ image: "postgres:17.6-trixie" }),
    verdicts: ["StatefulSet shop/db restarts"],
    rules: ["collation-may-change"],
  },
  "MongoDB was raised without its feature version (helm/charts#21884)": {
    before: set({ image: "mongo:3.6.23", mount: "/data/db" }),
    after: set({ image: "mongo:4.0.28", mount: "/data/db" }),
    verdicts: ["StatefulSet shop/db restarts"],
    rules: ["database-version-changed"],
  },
  "each release generated another password (helm/charts#362)": {
    before: secret("Zq7XkOne") + set({ env: fromSecret }),
    after: secret("Zq7XkTwo") + set({ env: fromSecret }),
    verdicts: [],
    rules: ["initial-setting-changed"],
  },
  "the version of the chart was in the labels of a claim template (helm/charts#7803)": {
    before: set({}).replace("{ name: data }\n", "{ name: data, labels: { chart: db-1.0.0 } }\n"),
    after: set({}).replace("{ name: data }\n", "{ name: data, labels: { chart: db-1.0.1 } }\n"),
    verdicts: ["StatefulSet shop/db refused"],
    rules: ["change-refused"],
  },
};

describe("what diff would have said of", () => {
  for (const [name, { before, after, verdicts, rules }] of Object.entries(incidents))
    it(name, () => {
      const found = diffFiles({ "db.yaml": before }, { "db.yaml": after });
      const shown = found.verdicts.filter(({ verdict }) => verdict !== "applies-in-place");
      assert.deepEqual(
        shown.map((each) => `${each.name} ${each.verdict}`),
        verdicts,
      );
      assert.deepEqual([...new Set(found.findings.map(({ ruleId }) => ruleId))].sort(), rules);
      assert.doesNotMatch(JSON.stringify(found.findings), /Zq7Xk/);
    });
});
