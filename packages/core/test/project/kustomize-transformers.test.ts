import assert from "node:assert/strict";
import { lintFiles } from "../support/lint.ts";

const service = (namespace: string): string => `apiVersion: v1
kind: Service
metadata: { name: mariadb, namespace: ${namespace} }
spec: { selector: { app: mariadb }, ports: [{ port: 3306 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: mariadb, namespace: shop }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: mariadb } }
  template:
    metadata: { labels: { app: mariadb } }
    spec: { containers: [{ name: mariadb, image: "mariadb:11.4.4-noble" }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-api, namespace: shop }
spec:
  selector: { matchLabels: { app: orders-api } }
  template:
    metadata: { labels: { app: orders-api } }
    spec:
      containers:
        - name: orders
          image: registry.example.com/orders:4.2.0
          env: [{ name: DATABASE_HOST, value: mariadb }]
`;

const kustomization = (namespace: string): string =>
  `kind: Kustomization\n${namespace === "" ? "" : `namespace: ${namespace}\n`}resources: [all.yaml]\n`;

describe("the namespace of a kustomization", () => {
  const messages = (files: Readonly<Record<string, string>>): readonly string[] =>
    lintFiles(files)
      .findings.filter(({ ruleId }) => ruleId === "host-reaches-nothing")
      .map(({ message }) => message);

  it("is that of its objects, whatever they say: they find each other", () => {
    const files = { "shop/kustomization.yaml": kustomization("shop"), "shop/all.yaml": service("torrents") };
    assert.deepEqual(messages(files), []);
  });

  it("is not written: the objects' own count", () => {
    const files = { "shop/kustomization.yaml": kustomization(""), "shop/all.yaml": service("torrents") };
    assert.equal(messages(files).length, 1);
  });
});

describe("commonLabels of a kustomization", () => {
  const files = (labels: string): Readonly<Record<string, string>> => ({
    ".dbops.yaml": "extends: all\n",
    "redis/kustomization.yaml": `kind: Kustomization\n${labels}resources: [all.yaml]\n`,
    "redis/all.yaml": `apiVersion: v1
kind: Service
metadata: { name: redis }
spec: { clusterIP: None, ports: [{ port: 6379 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis }
spec:
  serviceName: redis
  template:
    spec: { containers: [{ name: redis, image: "redis:7.4.1" }] }
`,
  });
  const rules = (labels: string): readonly string[] => lintFiles(files(labels)).findings.map(({ ruleId }) => ruleId);

  for (const labels of [
    "commonLabels: { app: redis }\n",
    "labels: [{ pairs: { app: redis }, includeSelectors: true }]\n",
  ])
    it(`make selectors and labels of Pods: ${labels.trim()}`, () => {
      const found = rules(labels);
      assert.equal(found.includes("selector-misses-template-labels"), false);
      assert.ok(found.includes("database-without-readiness-probe"));
      assert.match(
        lintFiles(files(labels)).findings.find(({ ruleId }) => ruleId === "database-without-readiness-probe")
          ?.message ?? "",
        /Service redis sends clients/,
      );
    });

  it("are not there: the API server refuses the StatefulSet", () => {
    assert.ok(rules("labels: [{ pairs: { app: redis } }]\n").includes("selector-misses-template-labels"));
  });
});
