/** Node labels by which providers mark capacity that they take back. */
export const spotLabels: readonly { readonly key: string; readonly value: RegExp; readonly notice: string }[] = [
  // https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
  { key: "cloud.google.com/gke-spot", value: /^true$/i, notice: "30 s" },
  { key: "cloud.google.com/gke-preemptible", value: /^true$/i, notice: "30 s" },
  // https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
  { key: "eks.amazonaws.com/capacityType", value: /^SPOT$/i, notice: "2 min" },
  // https://karpenter.sh/docs/concepts/nodepools/
  { key: "karpenter.sh/capacity-type", value: /^spot$/i, notice: "2 min" },
  // https://learn.microsoft.com/azure/aks/spot-node-pool
  { key: "kubernetes.azure.com/scalesetpriority", value: /^spot$/i, notice: "30 s" },
  { key: "node.kubernetes.io/lifecycle", value: /^spot$/i, notice: "2 min" },
];
