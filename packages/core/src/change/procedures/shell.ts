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

/** The volume that was given to a claim, and that the claim has not taken yet. */
const promised = `# promised NAMESPACE CLAIM: the volume that waits for the claim, if one does
promised() {
  found=$(kubectl -n "$1" get pvc "$2" --ignore-not-found -o 'jsonpath={.spec.volumeName}') || return 1
  if [ -n "$found" ]; then
    printf '%s\\n' "$found"
    return 0
  fi
  kubectl get pv --no-headers -o 'custom-columns=V:.metadata.name,N:.spec.claimRef.namespace,C:.spec.claimRef.name,U:.spec.claimRef.uid' |
    awk -v n="$1" -v c="$2" '$2 == n && $3 == c && $4 == "<none>" { print $1 }'
}`;

const keep = `# keep NAMESPACE CLAIM: its volume stays when the claim goes
keep() {
  pv=$(volume "$1" "$2") || return 1
  echo "claim $1/$2 is on volume $pv"
  kubectl patch pv "$pv" --type merge -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'
}`;

/** What must be true before a claim is deleted. Kubernetes keeps a claim as long as a Pod names it, also one that has ended. */
const guard = `# guard NAMESPACE CLAIM VOLUME: fails unless deleting the claim keeps the volume and stops no Pod; Pods that have ended go
guard() {
  policy=$(kubectl get pv "$3" -o 'jsonpath={.spec.persistentVolumeReclaimPolicy}')
  if [ "$policy" != Retain ]; then
    echo "Volume $3 goes with its claim (reclaim policy $policy). Nothing was deleted." >&2
    return 1
  fi
  pods=$(kubectl -n "$1" get pods --no-headers -o 'custom-columns=P:.metadata.name,S:.status.phase,C:.spec.volumes[*].persistentVolumeClaim.claimName') || return 1
  users=$(printf '%s\\n' "$pods" |
    awk -v c="$2" '$2 != "Succeeded" && $2 != "Failed" { n = split($3, a, ","); for (i = 1; i <= n; i++) if (a[i] == c) print $1 }')
  if [ -n "$users" ]; then
    echo "Claim $1/$2 is in use by $users. Nothing was deleted." >&2
    return 1
  fi
  ended=$(printf '%s\\n' "$pods" |
    awk -v c="$2" '$2 == "Succeeded" || $2 == "Failed" { n = split($3, a, ","); for (i = 1; i <= n; i++) if (a[i] == c) print $1 }')
  for pod in $ended; do
    echo "Pod $1/$pod has ended and holds claim $1/$2: it is deleted with its log."
    kubectl -n "$1" delete pod "$pod" || return 1
  done
}`;

/** It goes on where an earlier run was interrupted: without the first claim, the volume is on its way. */
const carry = `# carry NAMESPACE CLAIM NAMESPACE CLAIM: gives the volume of the first claim to the second; nothing is copied
carry() {
  source=$(kubectl -n "$1" get pvc "$2" --ignore-not-found -o name) || return 1
  target=$(kubectl -n "$3" get pvc "$4" --ignore-not-found -o 'jsonpath={.metadata.name} {.status.phase}') || return 1
  if [ -n "$source" ]; then
    if [ -n "$target" ]; then
      echo "Claims $1/$2 and $3/$4 both exist. Nothing was changed." >&2
      return 1
    fi
    pv=$(volume "$1" "$2") || return 1
    guard "$1" "$2" "$pv" || return 1
    size=$(kubectl -n "$1" get pvc "$2" -o 'jsonpath={.spec.resources.requests.storage}') || return 1
    kubectl -n "$1" delete pvc "$2" || return 1
  elif [ "$target" = "$4 Bound" ]; then
    echo "claim $3/$4 is bound already"
    return 0
  else
    pv=$(promised "$3" "$4") || return 1
    if [ -z "$pv" ]; then
      pv=$(volume "$1" "$2") || return 1
    fi
    size=$(kubectl get pv "$pv" -o 'jsonpath={.spec.capacity.storage}') || return 1
  fi
  kubectl patch pv "$pv" --type merge -p '{"spec":{"claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":"'"$3"'","name":"'"$4"'","uid":null,"resourceVersion":null}}}' || return 1
  # Not "apply": a later apply of a text without volumeName would be asked to take it out.
  [ -n "$target" ] || kubectl create -f - <<END || return 1
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { namespace: "$3", name: "$4" }
spec:
  accessModes: $(kubectl get pv "$pv" -o 'jsonpath={.spec.accessModes}')
  storageClassName: "$(kubectl get pv "$pv" -o 'jsonpath={.spec.storageClassName}')"
  volumeMode: $(kubectl get pv "$pv" -o 'jsonpath={.spec.volumeMode}')
  volumeName: "$pv"
  resources: { requests: { storage: "$size" } }
END
  kubectl -n "$3" wait "pvc/$4" --for=jsonpath='{.status.phase}'=Bound --timeout=2m
}`;

const swap = `# swap NAMESPACE CLAIM: CLAIM gets the volume of CLAIM-new, and CLAIM-old the one that it had; nothing is copied
swap() {
  fresh=$(kubectl -n "$1" get pvc "$2-new" --ignore-not-found -o name) || return 1
  aside=$(kubectl -n "$1" get pvc "$2-old" --ignore-not-found -o name) || return 1
  if [ -n "$fresh" ]; then
    keep "$1" "$2-new" || return 1
    carry "$1" "$2" "$1" "$2-old" || return 1
  elif [ -z "$aside" ]; then
    echo "There is no claim $1/$2-new. Nothing was changed." >&2
    return 1
  fi
  carry "$1" "$2-new" "$1" "$2"
}`;

const begun = `# begun NAMESPACE KIND/NAME: whether a container of a Job or a Pod has run
begun() {
  case $2 in
    job/*) phases=$(kubectl -n "$1" get pods -l "job-name=\${2#job/}" -o 'jsonpath={.items[*].status.phase}') || return 0 ;;
    *) phases=$(kubectl -n "$1" get "$2" -o 'jsonpath={.status.phase}') || return 0 ;;
  esac
  case $phases in
    *Running* | *Succeeded* | *Failed*) return 0 ;;
    *) return 1 ;;
  esac
}`;

const ended = `# ended NAMESPACE KIND/NAME SECONDS: waits for a Job or a Pod, and fails where it failed, or did not start within 5 minutes
ended() {
  waited=0
  while [ "$waited" -lt "$3" ]; do
    if state=$(kubectl -n "$1" get "$2" --ignore-not-found -o 'jsonpath={.status.phase}/{.status.succeeded}/{.status.failed}'); then
      case $state in
        Succeeded/* | /[1-9]*) return 0 ;;
        Failed/* | //[1-9]*)
          echo "$2 failed. Its log: kubectl -n $1 logs $2" >&2
          return 1
          ;;
        '')
          echo "$2 is gone." >&2
          return 1
          ;;
      esac
    fi
    if [ "$waited" -ge 300 ] && ! begun "$1" "$2"; then
      echo "$2 has not started after $waited s. What its Pod waits for:" >&2
      kubectl -n "$1" get events | grep -F "\${2#*/}" | tail -n 10 >&2 || :
      echo "Fix that and run this step again, or take the way back." >&2
      return 1
    fi
    sleep 2
    waited=$((waited + 2))
  done
  echo "$2 has not ended after $3 s. What holds it up: kubectl -n $1 describe $2" >&2
  return 1
}`;

/** A dump takes its name when it is whole, and never that of another one: run again, it would be one of an empty server. */
export const dumping = `# dump FILE END COMMAND...: writes what the command prints to a new file; END is in the last lines of a whole dump
dump() {
  file=$1
  end=$2
  shift 2
  if [ -e "$file" ]; then
    echo "$file already exists. If it is the dump of this change, skip this step; if not, move it away. Nothing was written." >&2
    return 1
  fi
  if ! "$@" >"$file.part"; then
    echo "The dump failed: $file.part is not whole." >&2
    return 1
  fi
  if [ -n "$end" ] && ! tail -n 3 "$file.part" | grep -qF "$end"; then
    echo "$file.part is not whole: its last lines lack: $end" >&2
    return 1
  fi
  mv "$file.part" "$file"
  ls -l "$file"
}`;

/** The rest of a function that asks every other second, and gives up after ten minutes; what is asked returns where it is done. */
function polling(question: string, tooLate: string): string {
  return `  waited=0
  while :; do
${question}
    if [ "$waited" -ge 600 ]; then
      echo "${tooLate}" >&2
      return 1
    fi
    sleep 2
    waited=$((waited + 2))
  done
}`;
}

/** A driver writes a size in units of its own, and may round it up. */
export const growing = `# grown NAMESPACE CLAIM BYTES: waits until the volume of the claim has at least this size
grown() {
${polling(
  `    now=$(kubectl -n "$1" get pvc "$2" -o 'jsonpath={.status.capacity.storage}') || return 1
    if printf '%s\\n' "$now" | awk -v least="$3" '
      BEGIN {
        split("k M G T P E Ki Mi Gi Ti Pi Ei", unit, " ")
        for (i = 1; i <= 6; i++) { factor[unit[i]] = 1000 ^ i; factor[unit[i + 6]] = 1024 ^ i }
        factor[""] = 1
      }
      { number = $1; sub(/[a-zA-Z]+$/, "", number); rest = substr($1, length(number) + 1) }
      END { exit !(NR > 0 && rest in factor && number * factor[rest] >= least) }'; then
      echo "claim $1/$2 has $now"
      return 0
    fi`,
  `Claim $1/$2 has only \${now:-no size} after $waited s. What holds it up: kubectl -n $1 describe pvc $2`,
)}`;

/** A suspended CronJob starts no Job; the ones that it has started go on. */
export const idling = `# idle CRONJOB [-n NAMESPACE]: waits until no Job that the CronJob started runs
idle() {
  cronjob=$1
  shift
${polling(
  `    running=$(kubectl "$@" get "$cronjob" -o 'jsonpath={.status.active[*].name}') || return 1
    [ -n "$running" ] || return 0`,
  "Still running: $running. Wait until it ends, or delete it, and run this step again.",
)}`;

/** Functions that keep a volume when its claim goes. */
export const keeping: readonly string[] = [volume, keep];
/** Functions that give volumes to other claims. */
export const carrying: readonly string[] = [volume, promised, keep, guard, carry];
/** Functions that let filled volumes take over the names of claims. */
export const swapping: readonly string[] = [...carrying, swap];
/** Functions for deleting claims. */
export const deleting: readonly string[] = [volume, keep, guard];
/** Waits for what a Job or a Pod does. */
export const waiting: readonly string[] = [begun, ended];
