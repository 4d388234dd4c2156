import assert from "node:assert/strict";
import type { Kind } from "../../src/facts/kinds.ts";
import { indexOf } from "../support/workload.ts";

/** A workload with the label `app` and, as far as it has one, a namespace. */
const pods = (name: string, app: string, namespace?: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}${namespace === undefined ? "" : `, namespace: ${namespace}`} }
spec:
  selector: { matchLabels: { app: ${app} } }
  template:
    metadata: { labels: { app: ${app} } }
    spec: { containers: [{ name: main, image: "registry.example.com/main:1.0.0" }] }
---
`;
const groups: Readonly<Record<string, string>> = {
  PodDisruptionBudget: "policy/v1",
  DeploymentConfig: "apps.openshift.io/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
};
const object = (kind: string, spec: string, namespace?: string): string => `apiVersion: ${groups[kind] ?? "v1"}
kind: ${kind}
metadata: { name: chosen${namespace === undefined ? "" : `, namespace: ${namespace}`} }
spec: ${spec}
`;

describe("what an object selects", () => {
  const workloads = pods("a", "shelf", "one") + pods("b", "shelf", "two") + pods("c", "stock", "one");
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "a Service, in its own namespace",
      object("Service", "{ selector: { app: shelf }, ports: [{ port: 80 }] }", "one"),
      ["a"],
    ],
    [
      "a Service without a namespace, in each",
      object("Service", "{ selector: { app: shelf }, ports: [{ port: 80 }] }"),
      ["a", "b"],
    ],
    [
      "a Service whose selector is empty: nothing",
      object("Service", "{ selector: {}, ports: [{ port: 80 }] }", "one"),
      [],
    ],
    ["a Service without a selector: nothing", object("Service", "{ ports: [{ port: 80 }] }", "one"), []],
    [
      "a budget by expressions",
      object(
        "PodDisruptionBudget",
        "{ selector: { matchExpressions: [{ key: app, operator: In, values: [stock] }] } }",
        "one",
      ),
      ["c"],
    ],
    ["a budget whose selector is empty", object("PodDisruptionBudget", "{ selector: {} }", "one"), ["a", "c"]],
    ["a selector that is no map", object("PodDisruptionBudget", "{ selector: all }", "one"), []],
    ["a ReplicationController", object("ReplicationController", "{ selector: { app: stock } }", "one"), ["c"]],
    ["a DeploymentConfig", object("DeploymentConfig", "{ selector: { app: stock } }", "one"), ["c"]],
  ];
  for (const [name, text, expected] of cases) {
    it(name, () => {
      const index = indexOf(workloads + text);
      const chosen = [...index].find((each) => each.name === "chosen");
      assert.ok(chosen !== undefined);
      const found = index.selectedBy(chosen).map(({ resource }) => resource.name);
      assert.deepEqual(found, expected);
      const reverse = [...index].flatMap(({ workload, name: own }) =>
        workload !== undefined && index.selecting(chosen.kind as Kind, workload).includes(chosen) ? [own] : [],
      );
      assert.deepEqual(reverse, expected, "the other way round");
    });
  }

  it("an autoscaler means a workload of its own namespace", () => {
    const target = "{ scaleTargetRef: { kind: Deployment, name: a } }";
    const index = indexOf(workloads + pods("a", "shelf", "two") + object("HorizontalPodAutoscaler", target, "two"));
    const means = [...index].flatMap((each) =>
      each.name === "a" ? [[each.namespace, index.targeting("HorizontalPodAutoscaler", each).length] as const] : [],
    );
    assert.deepEqual(means, [
      ["one", 0],
      ["two", 1],
    ]);
  });
});
