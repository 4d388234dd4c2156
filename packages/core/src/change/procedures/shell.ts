import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { ResourceRef } from "../../kube/resource.ts";

/** A word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Names as Kubernetes takes them; nothing in one of them means anything to a shell. */
export function isName(name: string): boolean {
  return name.length < 254 && /^[a-z0-9][a-z0-9.-]*$/.test(name) && !hasPlaceholder(name) && !name.endsWith("-");
}

/** `kubectl -n shop`; without `-n` where no namespace is written: then it is the one of the context. */
export function kubectl({ namespace }: Pick<ResourceRef, "namespace">): string {
  return namespace === undefined ? "kubectl" : `kubectl -n ${namespace}`;
}

/** The namespace as a word: where none is written, what `namespaceOfContext` found. */
export function namespaceWord({ namespace }: Pick<ResourceRef, "namespace">): string {
  return namespace ?? '"$namespace"';
}

export const namespaceOfContext = `namespace=$(kubectl config view --minify -o 'jsonpath={..namespace}')
namespace=\${namespace:-default}`;

/** The volume that a claim is bound to, or was bound to last. */
const volume = `# volume NAMESPACE CLAIM: the volume that is or was bound to the claim
volume() {
  found=$(kubectl -n "$1" get pvc "$2" --ignore-not-found -o 'jsonpath={.spec.volumeName}')
  if [ -z "$found" ]; then
    found=$(kubectl get pv --no-headers -o 'custom-columns=V:.metadata.name,N:.spec.claimRef.namespace,C:.spec.claimRef.name' |
      awk -v n="$1" -v c="$2" '$2 == n && $3 == c { print $1 }')
  fi
  if [ "$(printf '%s\\n' "$found" | grep -c .)" -ne 1 ]; then
    echo "There is not exactly one volume of claim $1/$2: \${found:-none}" >&2
    return 1
  fi
  printf '%s\\n' "$found"
}`;

const keep = `# keep NAMESPACE CLAIM: its volume stays when the claim goes
keep() {
  pv=$(volume "$1" "$2") || return 1
  echo "claim $1/$2 is on volume $pv"
  kubectl patch pv "$pv" --type merge -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'
}`;

/** What must be true before a claim is deleted. */
const guard = `# guard NAMESPACE CLAIM VOLUME: fails unless deleting the claim keeps the volume and stops no Pod
guard() {
  policy=$(kubectl get pv "$3" -o 'jsonpath={.spec.persistentVolumeReclaimPolicy}')
  if [ "$policy" != Retain ]; then
    echo "Volume $3 goes with its claim (reclaim policy $policy). Nothing was deleted." >&2
    return 1
  fi
  pods=$(kubectl -n "$1" get pods --no-headers -o 'custom-columns=P:.metadata.name,C:.spec.volumes[*].persistentVolumeClaim.claimName') || return 1
  users=$(printf '%s\\n' "$pods" |
    awk -v c="$2" '{ n = split($2, a, ","); for (i = 1; i <= n; i++) if (a[i] == c) print $1 }')
  if [ -n "$users" ]; then
    echo "Claim $1/$2 is in use by $users. Nothing was deleted." >&2
    return 1
  fi
}`;

const carry = `# carry NAMESPACE CLAIM NAMESPACE CLAIM: gives the volume of the first claim to the second; nothing is copied
carry() {
  if [ "$(kubectl -n "$3" get pvc "$4" --ignore-not-found -o 'jsonpath={.status.phase}')" = Bound ]; then
    if kubectl -n "$1" get pvc "$2" >/dev/null 2>&1; then
      echo "Claim $3/$4 exists and has a volume of its own. Nothing was changed." >&2
      return 1
    fi
    echo "claim $3/$4 is bound already"
    return 0
  fi
  pv=$(volume "$1" "$2") || pv=$(volume "$3" "$4") || return 1
  guard "$1" "$2" "$pv" || return 1
  kubectl -n "$1" delete pvc "$2" --ignore-not-found || return 1
  kubectl patch pv "$pv" --type merge -p '{"spec":{"claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":"'"$3"'","name":"'"$4"'","uid":null,"resourceVersion":null}}}' || return 1
  kubectl apply -f - <<END
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { namespace: "$3", name: "$4" }
spec:
  accessModes: $(kubectl get pv "$pv" -o 'jsonpath={.spec.accessModes}')
  storageClassName: "$(kubectl get pv "$pv" -o 'jsonpath={.spec.storageClassName}')"
  volumeMode: $(kubectl get pv "$pv" -o 'jsonpath={.spec.volumeMode}')
  volumeName: "$pv"
  resources: { requests: { storage: "$(kubectl get pv "$pv" -o 'jsonpath={.spec.capacity.storage}')" } }
END
  kubectl -n "$3" wait "pvc/$4" --for=jsonpath='{.status.phase}'=Bound --timeout=2m
}`;

/** Functions that keep a volume when its claim goes. */
export const keeping: readonly string[] = [volume, keep];
/** Functions that give volumes to other claims. */
export const carrying: readonly string[] = [volume, keep, guard, carry];
/** Functions for deleting claims. */
export const deleting: readonly string[] = [volume, keep, guard];
