import { quoted } from "@dbops/core";
import { UsageError } from "../io.ts";
import { askerOf, nameOf } from "./answers.ts";
import { messageOf, servedKinds } from "./discovery.ts";
import { targetOf } from "./kubeconfig.ts";
import { readCluster } from "./read-cluster.ts";
import { runPod } from "./run-pod.ts";
import type { ClusterRequest, ClusterSource, Surroundings } from "./source.ts";

/** The API server that kubectl would ask. @throws UsageError */
export async function openCluster(request: ClusterRequest, surroundings: Surroundings): Promise<ClusterSource> {
  const target = await targetOf(request, surroundings);
  const ask = askerOf(target, request.timeout, surroundings);
  const flags = flagsOf(request);
  return {
    name: nameOf(target),
    flags,
    signal: surroundings.signal,
    namespace: target.namespace,
    read: (scope) => readCluster(ask, { name: nameOf(target), flags }, scope),
    served: (kinds) => servedKinds(kinds, ask, nameOf(target)),
    runPod(pod, tell) {
      const askAtEnd = askerOf(target, request.timeout, { ...surroundings, signal: new AbortController().signal });
      return runPod(pod, { ask, askAtEnd, signal: surroundings.signal, flags, ...tell });
    },
    async setReclaimPolicy(volume, policy, isDryRun) {
      const query = `fieldManager=kubectl-dbops${isDryRun ? "&dryRun=All" : ""}`;
      const answer = await ask(`/api/v1/persistentvolumes/${encodeURIComponent(volume)}?${query}`, {
        method: "PATCH",
        type: "application/merge-patch+json",
        body: { spec: { persistentVolumeReclaimPolicy: policy } },
      });
      if (answer.status >= 300) throw new UsageError(`volume ${volume} was not changed: ${messageOf(answer)}`);
    },
  };
}

function flagsOf({ context, kubeconfig, as }: ClusterRequest): string {
  return Object.entries({ context, kubeconfig, as })
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quoted(value)}`]))
    .join("");
}
