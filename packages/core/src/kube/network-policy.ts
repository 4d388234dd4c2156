import { groupOf } from "../facts/kinds.ts";
import type { YamlNode } from "../yaml/node.ts";
import { namespacesAgree } from "./namespace.ts";
import type { Resource } from "./resource.ts";
import {
  isEmptySelector,
  type Labels,
  matchesSelector,
  mayMatch,
  readLabelSelector,
  type Selector,
} from "./selector.ts";

/** Pods on one side of a connection; `labels` undefined: not known. */
export interface Peer {
  readonly labels: Labels | undefined;
  /** undefined: not written. */
  readonly namespace: string | undefined;
}

/** Whether a policy isolates Pods of these labels for certain. https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export function isolates({ node }: Resource, labels: Labels, direction: "Ingress" | "Egress"): boolean {
  const selector = node.at("spec", "podSelector");
  if (selector === undefined || !matchesSelector(readLabelSelector(selector), labels)) return false;
  const types = node.at("spec", "policyTypes")?.items();
  if (types !== undefined && types.length > 0) return types.some((type) => type.string() === direction);
  return direction === "Ingress" || node.at("spec", "egress") !== undefined;
}

/** Whether a policy is about some Pods only, not about all of its namespace. */
export function isSpecific({ node }: Resource): boolean {
  const selector = node.at("spec", "podSelector");
  return selector !== undefined && !isEmptySelector(readLabelSelector(selector));
}

/** Whether a policy may let `from` reach a port of Pods of these labels. What is not known may be. */
export function mayAdmit(policy: Resource, labels: Labels, from: Peer, port: number): boolean {
  return mayPass(policy, labels, from, port, { rules: "ingress", peers: "from" });
}

/** Whether a policy may let Pods of these labels reach a port of `to`. What is not known may be. */
export function mayReach(policy: Resource, labels: Labels, to: Peer, port: number): boolean {
  return mayPass(policy, labels, to, port, { rules: "egress", peers: "to" });
}

function mayPass(
  policy: Resource,
  labels: Labels,
  other: Peer,
  port: number,
  { rules, peers }: { readonly rules: string; readonly peers: string },
): boolean {
  if (!maySelect(policy, labels)) return false;
  return (policy.node.at("spec", rules)?.items() ?? []).some((rule) => {
    const written = rule.at(peers)?.items() ?? [];
    return mayCover(rule, port) && (written.length === 0 || written.some((peer) => mayBe(peer, policy, other)));
  });
}

/** Whether a policy is one of Kubernetes itself, which the functions above read. */
export function isKubernetesPolicy({ apiVersion }: Resource): boolean {
  return groupOf(apiVersion) === "networking.k8s.io";
}

/**
 * Whether a policy of a network plugin may let something through that no NetworkPolicy admits: Cilium's that may select the Pods,
 * any of Calico's, whose selectors are expressions. https://docs.cilium.io/en/stable/network/kubernetes/policy/
 */
export function mayAdmitMore(policy: Resource, labels: Labels): boolean {
  const written = policy.node.at("spec", "endpointSelector");
  if (written === undefined) return true;
  const selector = readLabelSelector(written);
  const pairs = selector.pairs.map(([key, value]) => [key.replace(/^(k8s|any)[:.]/, ""), value] as const);
  return maySelectLabels({ ...selector, pairs, expressions: [] }, labels);
}

/** Whether a policy may let Pods of these labels reach something outside the cluster's Pods, such as its API server. */
export function mayLetOut(policy: Resource, labels: Labels): boolean {
  if (!maySelect(policy, labels)) return false;
  return (policy.node.at("spec", "egress")?.items() ?? []).some((rule) => {
    const targets = rule.at("to")?.items() ?? [];
    // Some networks count the API server as a Pod of kube-system or default.
    return targets.length === 0 || targets.some((to) => to.at("podSelector") === undefined || to.entries().length > 1);
  });
}

/** Labels that a policy asks for and that are not among the known ones may be there too. */
function maySelect({ node }: Resource, labels: Labels): boolean {
  const written = node.at("spec", "podSelector");
  if (written === undefined) return true;
  return maySelectLabels(readLabelSelector(written), labels);
}

function maySelectLabels(selector: Selector, labels: Labels): boolean {
  const pairs = selector.pairs.filter(([key]) => labels[key] !== undefined);
  const expressions = selector.expressions.filter(({ key }) => labels[key] !== undefined);
  return mayMatch({ ...selector, pairs, expressions }, labels);
}

function mayCover(rule: YamlNode, port: number): boolean {
  const ports = rule.at("ports")?.items() ?? [];
  if (ports.length === 0) return true;
  return ports.some((each) => {
    if ((each.string("protocol") ?? "TCP") === "UDP") return false;
    const first = each.at("port")?.integer();
    if (first === undefined) return true;
    const last = each.at("endPort");
    return port >= first && port <= (last === undefined ? first : (last.integer() ?? port));
  });
}

function mayBe(source: YamlNode, policy: Resource, from: Peer): boolean {
  if (source.at("ipBlock") !== undefined) return true;
  const pods = source.at("podSelector");
  if (pods !== undefined && from.labels !== undefined && !mayMatch(readLabelSelector(pods), from.labels)) return false;
  const namespaces = source.at("namespaceSelector");
  if (namespaces === undefined) return namespacesAgree(policy, from);
  const name = namespaces.text("matchLabels", "kubernetes.io/metadata.name");
  return name === undefined || namespacesAgree({ namespace: name }, from);
}
