import type { Place, YamlNode } from "../yaml/node.ts";
import type { RenderedObject } from "./rendered-origins.ts";
import type { Step } from "./yaml-steps.ts";

/** Where `images`, `replicas`, `namespace` or labels of a kustomization write a value; undefined: they do not. */
export function transformedBy(
  kustomization: YamlNode,
  object: RenderedObject,
  steps: readonly Step[],
  value: YamlNode,
): Place | undefined {
  const text = value.text();
  const last = steps.at(-1);
  if (text === undefined || typeof last !== "string") return undefined;
  if (last === "image") return imageWriter(kustomization, text);
  if (last === "replicas") {
    const entry = kustomization.at("replicas")?.items();
    const count = entry?.find((item) => item.string("name") === object.sourceName)?.at("count");
    return count?.text() === text ? count : undefined;
  }
  if (last === "namespace" && steps.length === 2) {
    const namespace = kustomization.at("namespace");
    return namespace?.text() === text ? namespace : undefined;
  }
  const holders = [
    kustomization.at("commonLabels"),
    kustomization.at("commonAnnotations"),
    ...(kustomization.at("labels")?.items() ?? []).map((item) => item.at("pairs")),
  ];
  const isLabel = /^(labels|matchLabels|selector|annotations)$/.test(String(steps.at(-2)));
  const pair = isLabel ? holders.map((holder) => holder?.at(last)).find((each) => each?.text() === text) : undefined;
  return pair;
}

/** The tag, digest or name that made this image. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
function imageWriter(kustomization: YamlNode, image: string): Place | undefined {
  for (const item of kustomization.at("images")?.items() ?? []) {
    const name = item.text("newName") ?? item.text("name") ?? "";
    if (image === `${name}@${item.text("digest")}`) return item.at("digest");
    if (image === `${name}:${item.text("newTag")}`) return item.at("newTag");
    if (item.at("newName") !== undefined && image.startsWith(`${name}:`)) return item.at("newName");
  }
  return undefined;
}
