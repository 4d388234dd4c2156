import { type LiveClaim, manifestText } from "@dbops/core";
import type { CommandPlace } from "./release-plan.ts";

/** Users that images of operators and vendors start as, by words of their names; the others' are facts of the core. */
const owners: readonly (readonly [word: string, uid: number])[] = [
  ["cloudnative-pg", 26],
  ["crunchy", 26],
  ["spilo", 101],
  ["bitnami", 1001],
  ["percona", 1001],
];
const usualOwner = 999;

/** What the log says above the files that the Pod may not read. */
export const notReadable = "--- not readable";

/** What may not be read, each with its owner and mode; the folder that mkfs leaves is root's everywhere. */
const refused =
  'find /inspect -path /inspect/lost+found -prune -o -exec sh -c \'for file; do [ -r "$file" ] || ls -ld "$file"; done\' sh {} + 2>/dev/null';

/** A time, a blank and a path for each of the last files; GNU's `find -printf` is not in BusyBox, `stat -c` is in both. */
const lastWrites = [
  "find /inspect -type f -exec stat -c '%Y %y %n' {} + 2>/dev/null | sort -rn | head -5 | while read -r _ day time rest; do",
  `  case "$rest" in [+-][0-9][0-9][0-9][0-9]" "*) rest="\${rest#* }" ;; esac`,
  `  echo "$day \${time%%.*}  $rest"`,
  "done",
].join("\n");

/** What says most of a data directory, in commands that only read, of GNU and of BusyBox. */
const looks: readonly string[] = [
  "echo '--- size'; du -sh /inspect 2>/dev/null",
  "echo '--- PostgreSQL'; find /inspect -maxdepth 4 -name PG_VERSION -exec sh -c 'echo \"$1: $(cat \"$1\")\"' sh {} \\; 2>/dev/null | head -3",
  'find /inspect -maxdepth 4 -name global -type d 2>/dev/null | while read -r d; do pg_controldata "$(dirname "$d")" 2>/dev/null | grep -E "state|checkpoint:|system identifier"; done',
  "echo '--- MySQL, MariaDB'; ls -l /inspect/ibdata1 /inspect/*/ibdata1 2>/dev/null; cat /inspect/auto.cnf /inspect/*/auto.cnf 2>/dev/null",
  "echo '--- MongoDB'; ls -l /inspect/WiredTiger.turtle /inspect/*/WiredTiger.turtle 2>/dev/null",
  "echo '--- Redis'; find /inspect -maxdepth 3 \\( -name '*.rdb' -o -name '*.aof' \\) -exec ls -l {} \\; 2>/dev/null",
  `echo '--- last writes'; ${lastWrites}`,
  `refused=$(${refused} | head -5)`,
  `if [ -n "$refused" ]; then echo "${notReadable} as $(id -u), groups $(id -G)"; echo "$refused"; exit 1; fi`,
];

/** A Pod that looks at a claim, as the API takes it. */
export interface InspectionPod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: { readonly generateName: string; readonly namespace: string; readonly labels: object };
  readonly spec: object;
  readonly [field: string]: unknown;
}

/**
 * It can change nothing on the claim: mounted read-only twice, never the server's own start, no labels that anything selects, and
 * what Pod Security `restricted` asks for. It is who the Pods are that use the claim, and goes where they go. Never `fsGroup`, for which
 * the kubelet may give all files another group: the same number as a supplemental group reads as much.
 */
export function inspectionPod(claim: LiveClaim): InspectionPod {
  const { namespace, name, image = "debian:13-slim", imageUser, user } = claim;
  // Images that start as root have a user of their own for their files.
  const known = user?.user === 0 ? undefined : user?.user;
  const owner = known ?? imageUser?.id ?? owners.find(([word]) => image.includes(word))?.[1] ?? usualOwner;
  const group = user?.group ?? (known === undefined ? (imageUser?.group ?? owner) : undefined);
  const node = nodeFor(claim);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { generateName: "dbops-inspect-", namespace, labels: { "dbops/inspects": labelOf(name) } },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: 600,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(user?.serviceAccount === undefined ? {} : { serviceAccountName: user.serviceAccount }),
      ...(user === undefined || user.pullSecrets.length === 0 ? {} : { imagePullSecrets: user.pullSecrets }),
      ...(user === undefined || user.tolerations.length === 0 ? {} : { tolerations: user.tolerations }),
      ...(node === undefined
        ? user?.nodeSelector === undefined
          ? {}
          : { nodeSelector: user.nodeSelector }
        : { affinity: onlyOn(node) }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: owner,
        ...(group === undefined ? {} : { runAsGroup: group }),
        ...(user === undefined || user.groups.length === 0 ? {} : { supplementalGroups: user.groups }),
        ...(user?.seLinuxOptions === undefined ? {} : { seLinuxOptions: user.seLinuxOptions }),
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "inspect",
          image,
          command: ["sh", "-c", `${looks.join("\n")}\n`],
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [{ name: "data", mountPath: "/inspect", readOnly: true }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: name, readOnly: true } }],
    },
  };
}

/** A volume that one node has can be mounted there; one that many nodes may have, anywhere. */
function nodeFor({ node, accessModes }: LiveClaim): string | undefined {
  return accessModes.some((mode) => /Many$/.test(mode)) ? undefined : node;
}

/** By the node's own name: the label `kubernetes.io/hostname` may say another. */
function onlyOn(node: string): object {
  const byName = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [byName] } } };
}

/**
 * Why no Pod should be made for a claim; undefined: one may be. A claim that waits for its first Pod would get a disk by it, and the
 * scheduler places none on a claim that was deleted.
 */
export function notMountable({ namespace, name, volume, state }: LiveClaim): string | undefined {
  const claim = `claim ${namespace}/${name}`;
  if (state === "going") return `${claim} was deleted: no new Pod can mount it`;
  if (volume === undefined) return `${claim} has no volume yet: there is nothing to look at`;
  return state === "lost" ? `${claim} has lost its volume: there is nothing to look at` : undefined;
}

/** What it means for a second Pod that others use the claim; `isRefused`: it cannot mount it. */
export function usedBy(claim: LiveClaim): { readonly says: string; readonly isRefused: boolean } | undefined {
  const { pods, accessModes } = claim;
  if (pods.length === 0) return undefined;
  const one = pods.length === 1;
  const users = `${one ? "Pod" : "Pods"} ${pods.join(", ")} ${one ? "uses" : "use"} it now`;
  if (accessModes.includes("ReadWriteOncePod"))
    return { says: `${users}, and with ReadWriteOncePod no second Pod can mount it`, isRefused: true };
  const changing = "the files change while they are looked at";
  const node = nodeFor(claim);
  if (node !== undefined)
    return {
      says: `${users} on node ${node}, where this Pod has to run, too (ReadWriteOnce); ${changing}`,
      isRefused: false,
    };
  const isAnywhere = accessModes.some((mode) => /Many$/.test(mode));
  return {
    says: isAnywhere
      ? `${users}; ${changing}`
      : `${users}, and ${one ? "has" : "have"} no node yet: on another node this Pod does not start`,
    isRefused: false,
  };
}

/** The same as a manifest, with what to do with it above. */
export function inspectionManifest(claim: LiveClaim, { flags, where }: CommandPlace): string {
  const { namespace, name, pods, server, verdict } = claim;
  const of = `-n ${namespace}${flags}`;
  const used = usedBy(claim);
  const label = labelOf(name);
  const notes = [
    `# Looks at claim ${namespace}/${name} (${server ?? "nothing shows what is on it"}): ${verdict}.`,
    ...(used === undefined ? [] : [`# ${used.says}.`, `# Look there instead: kubectl exec ${of} ${pods[0]} -- ls`]),
    `# ${where}`,
    `#   kubectl dbops pvc inspect ${name} ${of} | kubectl create${flags} -f -`,
    `#   kubectl logs ${of} -l dbops/inspects=${label} --follow`,
    `#   kubectl delete pods ${of} -l dbops/inspects=${label}`,
  ];
  return `${notes.join("\n")}\n${manifestText(inspectionPod(claim))}`;
}

/** A name as the value of a label, which has at most 63 characters. */
function labelOf(name: string): string {
  let end = Math.min(name.length, 63);
  while (end > 0 && /[._-]/.test(name[end - 1] ?? "")) end--;
  return name.slice(0, end);
}
