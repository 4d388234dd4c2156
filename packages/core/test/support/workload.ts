import type { Container } from "../../src/kube/container.ts";
import { indexResources } from "../../src/kube/index-resources.ts";
import { readResources } from "../../src/kube/read-resources.ts";
import type { Resource } from "../../src/kube/resource.ts";
import { documentsOf } from "./yaml.ts";

/** The objects of a text, none of them patched. */
export function resourcesOf(text: string): readonly Resource[] {
  return readResources(documentsOf(text), { unit: "shop", isPatchFile: () => false, isPatched: () => false });
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
