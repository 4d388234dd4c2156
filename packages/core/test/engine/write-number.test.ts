import assert from "node:assert/strict";
import { applyEdits, connectionBudgets, writeNumber } from "../../src/index.ts";
import { inputFor } from "../support/lint.ts";

const database = `apiVersion: v1
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
          args: ["-c", "max_connections=150"] # raised once
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;

const client = (command: string, replicas = "replicas: 2"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  ${replicas}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.2.3
          command: ${command}
          env:
            - { name: DATABASE_URL, value: "postgresql://shop@orders-db:5432/orders" }
            - { name: DB_POOL_SIZE, value: "10" } # for each process
`;

describe("writing a number that was tried out", () => {
  /** The lines that writing makes of those of the files; undefined: it is not written. */
  function written(files: Readonly<Record<string, string>>, setting: string, value: number): string | undefined {
    const { project, requested } = inputFor(files);
    const [budget] = connectionBudgets(project, requested);
    const number = budget?.numbers.find((each) => each.setting === setting) ?? assert.fail(setting);
    const edit = writeNumber(number, value);
    const before = project.files.find(({ uri }) => uri === edit?.uri)?.text;
    if (edit === undefined || before === undefined) return undefined;
    const after = applyEdits(before, [edit]).split("\n");
    return after.filter((line, index) => line !== before.split("\n")[index]).join("\n");
  }
  const files = (shop: string) => ({ "db.yaml": database, "shop.yaml": shop });

  it("changes the number alone, in words, with its quotes and comments", () => {
    const shop = files(client("[node, server.js]"));
    assert.equal(written(shop, "max_connections", 300)?.trim(), 'args: ["-c", "max_connections=300"] # raised once');
    assert.equal(written(shop, "pool", 4)?.trim(), '- { name: DB_POOL_SIZE, value: "4" } # for each process');
    assert.equal(written(shop, "replicas", 5), "  replicas: 5");
  });

  it("leaves a product, a default and a number that an alias repeats alone", () => {
    assert.equal(written(files(client("[gunicorn, --workers, '4', shop:app]")), "pool", 4), undefined);
    assert.equal(written(files(client("[node, server.js]", "paused: false")), "replicas", 5), undefined);
    const shared = client("[node, server.js]", "revisionHistoryLimit: &few 2\n  replicas: *few");
    assert.equal(written(files(shared), "replicas", 5), undefined);
  });

  it("changes the maximum of an autoscaler, which decides how many Pods there are at most", () => {
    const autoscaler =
      "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: shop }\nspec:\n  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }\n  maxReplicas: 6\n";
    const all = { ...files(client("[node, server.js]")), "autoscaler.yaml": autoscaler };
    assert.equal(written(all, "replicas", 4), "  maxReplicas: 4");
  });
});
