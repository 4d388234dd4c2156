import { nameOf } from "../../domain/model/names.ts";
import { userOfImage } from "../../facts/image-users.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Change, Side } from "../change.ts";
import { mayDeleteClaims } from "../claims.ts";
import { goneClaims } from "../gone-claims.ts";
import { placement } from "./jobs.ts";
import { type NoProcedure, type Procedure, type Step, step } from "./procedure.ts";
import { deleting, isName, keeping, kubectl, namespaceOfContext, namespaceWord, waiting } from "./shell.ts";
import {
  backUp,
  deletion,
  isGoneWhenStopped,
  keepVolumes,
  kubectlName,
  pause,
  resume,
  retain,
  runnerOf,
  stop,
} from "./stack.ts";
import { claimClientsBefore, setupFor, stopClaimClients } from "./writers.ts";

/** A database that is meant to go: stopped, looked at, then its claims, and the disks last. */
export function deleteDatabase(before: Side, change: Change): Procedure | NoProcedure | undefined {
  const { resource, database } = before;
  const gone = goneClaims(before, change);
  const [erased, kept] = [gone.erased.filter(isName), gone.kept.filter(({ name }) => isName(name))];
  const ofItself = kept.filter(({ isItsOwn }) => isItsOwn);
  const isClaim = resource.kind === "PersistentVolumeClaim";
  const isHolding = mayDeleteClaims(resource, "whenDeleted");
  if (ofItself[0] !== undefined && erased.length === 0 && !isHolding)
    return { says: whatToDoInstead(resource, ofItself[0].because) };
  if (erased.length + ofItself.length === 0) return undefined;
  const image = database?.image;
  const namespace = namespaceWord(resource);
  const runner = runnerOf(resource);
  const others = claimClientsBefore(before, erased);
  const run = kubectl(resource);
  const looks = image === undefined || !/^[\w./:@-]+$/.test(image.text) ? "busybox:1.37" : image.text;
  const owner = image === undefined ? undefined : userOfImage(image.name, image.tag)?.id;
  const staying = kept.map(({ because }) => because);
  return {
    kind: "delete",
    title:
      erased.length === 0
        ? `Delete ${nameOf(resource)}, keeping its claims`
        : `Delete ${nameOf(resource)} and its data`,
    outage: isClaim ? "Whatever mounts the claim loses it." : "The database is down from the stop on.",
    setup: [
      ...(resource.namespace === undefined ? [namespaceOfContext] : []),
      ...(erased.length === 0 ? keeping : [...deleting, ...waiting, inspector(looks, owner ?? 0, resource), eraser]),
      ...setupFor(others),
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
      ...(isHolding
        ? [
            step(
              "Let its claims outlive it",
              [retain(resource)],
              "deleting the set deletes no claim",
              "patch it back to Delete",
            ),
          ]
        : []),
      keepVolumes([...erased, ...ofItself.map(({ name }) => name)].map((claim) => `${namespace} ${claim}`)),
      ...stopClaimClients(others, erased),
      ...(isClaim
        ? []
        : [
            stop(runner),
            ...(isGoneWhenStopped(resource)
              ? []
              : [
                  step(
                    `Delete the object ${nameOf(resource)}`,
                    [deletion(resource)],
                    ["its claims and volumes are left", ...staying].join("; "),
                    "apply the old text: it finds its claims again",
                  ),
                ]),
          ]),
      ...(erased.length === 0 ? [] : erasure(erased, staying, namespace)),
      resume(before),
      ...(erased.length === 0 ? [] : [deleteVolumes]),
    ],
  };
}

/** Why no steps delete what was taken out. */
function whatToDoInstead(resource: Resource, because: string): string {
  const todo =
    resource.kind === "PersistentVolumeClaim" ? "keep the claim" : `stop ${nameOf(resource)}, then apply the new text`;
  return `${because.slice(0, 1).toUpperCase()}${because.slice(1)}: ${todo}. Nothing is deleted.`;
}

function erasure(claims: readonly string[], staying: readonly string[], namespace: string): readonly Step[] {
  return [
    inspect(claims, namespace),
    step(
      claims.length === 1 ? "Delete the claim; the volume stays" : "Delete the claims; the volumes stay",
      claims.map((claim) => `erase ${namespace} ${claim}`),
      ["the data is only in the volumes, which no claim leads to", ...staying].join("; "),
      "make a claim with volumeName: the volume that was written down, after taking claimRef off the volume",
    ),
  ];
}

const deleteVolumes = step(
  "Some weeks later: delete the volumes and their disks",
  [
    `kubectl get pv --no-headers -o 'custom-columns=V:.metadata.name,S:.status.phase,N:.spec.claimRef.namespace,C:.spec.claimRef.name'`,
    "kubectl delete pv VOLUME # then its disk, at your provider: with Retain nothing deletes it",
  ],
  "the data is gone",
  "none: only a backup leads back",
  { by: "person", isPointOfNoReturn: true },
);

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
function inspector(image: string, user: number, { workload }: Resource): string {
  const where = workload === undefined ? [] : placement(workload).map((line) => `${line.slice(4)}\n`);
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
${where.join("")}  automountServiceAccountToken: false
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
  ended "$1" "pod/inspect-$2" 600 || return 1
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
