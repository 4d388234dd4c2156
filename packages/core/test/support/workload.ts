import type { Container } from "../../src/kube/container.ts";
import { indexResources } from "../../src/kube/index-resources.ts";
import { readResources } from "../../src/kube/read-resources.ts";
import type { Resource } from "../../src/kube/resource.ts";
import { documentsOf } from "./yaml.ts";

/** A plain server of one Pod behind a Service of its name: 97 connections for clients. */
export const plainPostgres = `apiVersion: v1
kind: Service
metadata: { name: postgres }
spec: { selector: { app: postgres }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: postgres }
spec:
  selector: { matchLabels: { app: postgres } }
  template:
    metadata: { labels: { app: postgres } }
    spec: { containers: [{ name: postgres, image: "postgres:16" }] }
`;

/** The objects of a text, none of them patched. */
export function resourcesOf(text: string): readonly Resource[] {
  return readResources(documentsOf(text), { unit: "shop", holdsParts: () => false, apply: (object) => object });
}

export const indexOf = (text: string) => indexResources(resourcesOf(text));

/** A Pod whose only container and volumes are written in flow style, beside other objects. */
export function containerOf(container: string, volumes = "[]", others = ""): Container {
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: job }
spec:
  containers:
    - { name: main, image: postgres:16.4, ${container} }
  volumes: ${volumes}
`;
  const found = resourcesOf(`${pod}---\n${others}`)[0]?.workload?.containers[0];
  if (found === undefined) throw new Error("no container was read");
  return found;
}
