import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { matchesSelector, readLabelMap, readLabelSelector } from "../../kube/selector.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** The nodes that a Pod may be placed on, as far as taints, selectors and affinity say; its own among them or not. */
export function nodesFor(pod: Resource, live: LiveWorld): readonly Resource[] {
  return live.ofKind("Node").filter((node) => {
    const taints = node.node.at("spec", "taints")?.items() ?? [];
    return (
      node.node.boolean("spec", "unschedulable") !== true &&
      !isVirtual(node) &&
      taints.every((taint) => isTolerated(taint, pod)) &&
      isSelected(node, pod)
    );
  });
}

/** A node that stands for many machines: Pods on it do not share one. https://virtual-kubelet.io */
export function isVirtual({ labels }: Resource): boolean {
  return labels.type === "virtual-kubelet" || labels["eks.amazonaws.com/compute-type"] === "fargate";
}

/** A node of kind, minikube or k3d: all of them are containers or machines on one computer. */
export function isOnOneComputer({ node, labels }: Resource): boolean {
  return (
    /^kind:\/\//.test(node.text("spec", "providerID") ?? "") ||
    labels["minikube.k8s.io/name"] !== undefined ||
    /^k3s:\/\/k3d-/.test(node.text("spec", "providerID") ?? "")
  );
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
function isTolerated(taint: YamlNode, pod: Resource): boolean {
  const effect = taint.text("effect");
  if (effect !== "NoSchedule" && effect !== "NoExecute") return true;
  return (pod.node.at("spec", "tolerations")?.items() ?? []).some((toleration) => {
    const [key, forEffect] = [toleration.text("key") ?? "", toleration.text("effect") ?? ""];
    if (forEffect !== "" && forEffect !== effect) return false;
    // It may stay for a while, and is evicted then.
    if (toleration.at("tolerationSeconds") !== undefined) return false;
    if (toleration.text("operator") === "Exists") return key === "" || key === taint.text("key");
    return key === taint.text("key") && (toleration.text("value") ?? "") === (taint.text("value") ?? "");
  });
}

function isSelected(node: Resource, pod: Resource): boolean {
  const selector = pod.node.at("spec", "nodeSelector");
  if (selector !== undefined && !matchesSelector(readLabelMap(selector), node.labels)) return false;
  const required = pod.node.at("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const terms = required?.at("nodeSelectorTerms")?.items() ?? [];
  return terms.length === 0 || terms.some((term) => isTermMet(term, node));
}

/** One term: expressions over labels, and over the node's name. `Gt` and `Lt` are taken for met by none. */
function isTermMet(term: YamlNode, node: Resource): boolean {
  const fields = (term.at("matchFields")?.items() ?? []).every((field) => {
    const isNamed = (field.at("values")?.items() ?? []).some((value) => value.text() === node.name);
    return field.text("operator") === "NotIn" ? !isNamed : isNamed;
  });
  return fields && matchesSelector(readLabelSelector(term), node.labels);
}
