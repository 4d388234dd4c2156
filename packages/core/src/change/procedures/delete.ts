import { nameOf } from "../../domain/model/names.ts";
import { userOfImage } from "../../facts/image-users.ts";
import type { Change, Side } from "../change.ts";
import { isSet, retention } from "../claims.ts";
import { type Procedure, type Step, step } from "./procedure.ts";
import { deleting, isName, kubectl, namespaceOfContext, namespaceWord } from "./shell.ts";
import { backUp, keepVolumes, kubectlName, pause, resume, retain, stop } from "./stack.ts";

/** A database that is meant to go: stopped, looked at, then its claims, and the disks last. */
export function deleteDatabase(before: Side, { claims }: Change): Procedure | undefined {
  const { resource, database } = before;
  const names = [
    ...claims.map(({ name }) => name),
    ...(database?.workload?.volumes ?? []).flatMap(({ source, sourceName }) =>
      source === "claim" && sourceName !== undefined ? [sourceName] : [],
    ),
  ].filter(isName);
  const isClaim = resource.kind === "PersistentVolumeClaim";
  const image = database?.image;
  if (names.length === 0) return undefined;
  const namespace = namespaceWord(resource);
  const runner = { resource, replicas: resource.workload?.replicas.value ?? 1 };
  const run = kubectl(resource);
  const looks = image === undefined || !/^[\w./:@-]+$/.test(image.text) ? "busybox:1.37" : image.text;
  const owner = image === undefined ? undefined : userOfImage(image.name, image.tag)?.id;
  return {
    kind: "delete",
    title: `Delete ${nameOf(resource)} and its data`,
    outage: isClaim ? "Whatever mounts the claim loses it." : "The database is down from the stop on.",
    setup: [
      ...(resource.namespace === undefined ? [namespaceOfContext] : []),
      ...deleting,
      inspector(looks, owner ?? 0),
      eraser,
    ],
    steps: [
      step(
        "Ask who still uses it",
        isClaim
          ? [`${run} describe pvc ${resource.name}`]
          : [`${run} get ${kubectlName(resource)}`, `${run} get pods,pvc`],
        undefined,
        undefined,
        {
          check: {
            commands: [],
            expects:
              "its owner has confirmed in writing that it can be deleted, and nothing has connected for a full cycle of the jobs that use it (a month, if a report runs monthly)",
          },
        },
      ),
      backUp(runner, database),
      pause(before),
      ...(isSet(resource) && retention(resource, "whenDeleted") !== "left-behind"
        ? [
            step(
              "Let its claims outlive it",
              [retain(resource)],
              "deleting the set deletes no claim",
              "patch it back to Delete",
            ),
          ]
        : []),
      keepVolumes(names.map((claim) => `${namespace} ${claim}`)),
      ...(isClaim
        ? []
        : [
            stop(runner),
            step(
              `Delete the object ${nameOf(resource)}`,
              [`${run} delete ${kubectlName(resource)} --cascade=orphan`],
              "its claims and volumes are left",
              "apply the old text: it finds its claims again",
            ),
          ]),
      inspect(names, namespace),
      step(
        names.length === 1 ? "Delete the claim; the volume stays" : "Delete the claims; the volumes stay",
        names.map((claim) => `erase ${namespace} ${claim}`),
        "the data is only in the volumes, which no claim leads to",
        "make a claim with volumeName: the volume that was written down, after taking claimRef off the volume",
      ),
      step(
        "Some weeks later: delete the volumes and their disks",
        [
          `kubectl get pv --no-headers -o 'custom-columns=V:.metadata.name,S:.status.phase,N:.spec.claimRef.namespace,C:.spec.claimRef.name'`,
          "kubectl delete pv VOLUME # then its disk, at your provider: with Retain nothing deletes it",
        ],
        "the data is gone",
        "none: only a backup leads back",
        { by: "person", isPointOfNoReturn: true },
      ),
      resume(before),
    ],
  };
}

function inspect(claims: readonly string[], namespace: string): Step {
  return step(
    "Look into each volume",
    claims.map((claim) => `inspect ${namespace} ${claim}`),
    "nothing: a Pod mounts it read-only and does not start the server",
    "kubectl delete the Pod inspect-CLAIM",
    {
      check: {
        commands: [],
        expects:
          "it is the volume that you mean, and its newest file is as old as you think: the backup of the first steps is younger",
      },
    },
  );
}

/** A Pod that shows what is in a volume: mounted read-only twice, no fsGroup, no label that a Service or a budget selects. */
function inspector(image: string, user: number): string {
  return `# inspect NAMESPACE CLAIM: shows size, version and newest files of a volume that no Pod uses
inspect() {
  pv=$(volume "$1" "$2") || return 1
  guard "$1" "$2" "$pv" || return 1
  kubectl -n "$1" delete pod "inspect-$2" --ignore-not-found
  kubectl -n "$1" apply -f - <<END
apiVersion: v1
kind: Pod
metadata: { name: "inspect-$2", labels: { dbops/role: inspect } }
spec:
  restartPolicy: Never
  activeDeadlineSeconds: 3600
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: { runAsUser: ${user}, runAsGroup: ${user}${user === 0 ? "" : ", runAsNonRoot: true"}, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: inspect
      image: "${image}"
      command:
        - sh
        - -c
        - |
          du -sh /inspect; find /inspect -name PG_VERSION -maxdepth 3 -exec cat {} +
          echo "newest files:"; find /inspect -type f -exec ls -ltd {} + | head -n 5
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
      volumeMounts: [{ name: data, mountPath: /inspect, readOnly: true }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: "$2", readOnly: true } }]
END
  kubectl -n "$1" wait "pod/inspect-$2" --for=jsonpath='{.status.phase}'=Succeeded --timeout=10m
  kubectl -n "$1" logs "inspect-$2"
  kubectl -n "$1" delete pod "inspect-$2"
}`;
}

const eraser = `# erase NAMESPACE CLAIM: deletes a claim that no Pod uses and whose volume stays
erase() {
  pv=$(volume "$1" "$2") || return 1
  guard "$1" "$2" "$pv" || return 1
  kubectl -n "$1" delete pvc "$2" --ignore-not-found
  echo "the data of $1/$2 is in volume $pv"
}`;
