import { hasPlaceholder } from "../../kube/placeholder.ts";
import { securityField } from "../../kube/security.ts";
import type { Workload } from "../../kube/workload.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { type Step, step } from "./procedure.ts";

/** What a Pod does to volumes while the server is stopped. */
export interface VolumeWork {
  /** `copy`: the Job is called `copy-CLAIM`. */
  readonly verb: "copy" | "move" | "chown";
  /** Of the server whose volumes they are: what works on them runs where it ran, with its image. */
  readonly workload: Workload;
  readonly image: string;
  /** For `sh -e`. */
  readonly script: string;
  /** It works on files of any owner, whoever the server runs as. */
  readonly needsRoot: boolean;
  /** Where claims are mounted; `@from@` and `@to@` are filled in by the function. */
  readonly mounts: readonly {
    readonly name: string;
    readonly claim: string;
    readonly path: string;
    readonly isReadOnly: boolean;
  }[];
}

/** `copy-data-orders-db-0`, in the 63 characters that the name of a Job may have: Pods carry it as a label. */
export function jobName(verb: VolumeWork["verb"], claim: string): string {
  const name = `${verb}-${claim}`;
  if (name.length <= longestJob) return name;
  let end = longestJob - 8;
  while (!/[a-z0-9]/.test(name[end - 1] ?? "a")) end--;
  return `${name.slice(0, end)}-${digest(claim)}`;
}

const longestJob = 63;

/** Seven characters that tell long names with one beginning apart (FNV-1a). */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, "0");
}

/** The text of the Pod, without its `apiVersion`, `kind` and `metadata`. `@from@` and `@to@` are claims. */
export function podText({ workload, image, script, needsRoot, mounts, verb }: VolumeWork): string {
  const server = workload.containers.find(({ role }) => role === "main");
  const isRootRefused = !needsRoot && server !== undefined && securityField(server, "runAsNonRoot")?.boolean() === true;
  const container = server?.node;
  const security = isRootRefused ? flow(container?.at("securityContext")) : undefined;
  // A quota or a LimitRange may ask for them, and there is room for as much where the server ran.
  const resources = ["requests", "limits"].flatMap((name) => {
    const amounts = flow(container?.at("resources", name));
    return amounts === undefined ? [] : [`${name}: ${amounts}`];
  });
  const mounted = mounts.map(
    ({ name, path, isReadOnly }) =>
      `            - { name: ${name}, mountPath: ${path}${isReadOnly ? ", readOnly: true" : ""} }`,
  );
  const volumes = mounts.map(
    ({ name, claim, isReadOnly }) =>
      `        - { name: ${name}, persistentVolumeClaim: { claimName: "${claim}"${isReadOnly ? ", readOnly: true" : ""} } }`,
  );
  return [
    "      restartPolicy: Never",
    ...placement(workload),
    "      automountServiceAccountToken: false",
    ...(isRootRefused ? field("securityContext", workload.podSpec.at("securityContext")) : []),
    "      containers:",
    `        - name: ${verb}`,
    `          image: "${image}"`,
    `          command: [sh, -ec, ${JSON.stringify(script)}]`,
    ...(isRootRefused
      ? security === undefined
        ? []
        : [`          securityContext: ${security}`]
      : ["          securityContext: { runAsUser: 0 }"]),
    ...(resources.length === 0 ? [] : [`          resources: { ${resources.join(", ")} }`]),
    "          volumeMounts:",
    ...mounted,
    "      volumes:",
    ...volumes,
  ].join("\n");
}

/**
 * What decides where the Pods of the server may run, and with which rights images are pulled: on another node the volume may not be reached.
 * Affinity to other Pods is left out, for those are stopped.
 */
export function placement({ podSpec }: Workload): readonly string[] {
  const nodeAffinity = flow(podSpec.at("affinity", "nodeAffinity"));
  return [
    ...[
      "nodeSelector",
      "tolerations",
      "imagePullSecrets",
      "schedulerName",
      "runtimeClassName",
      "priorityClassName",
    ].flatMap((name) => field(name, podSpec.at(name))),
    ...(nodeAffinity === undefined ? [] : [`      affinity: { nodeAffinity: ${nodeAffinity} }`]),
    ...field("serviceAccountName", podSpec.at("serviceAccountName")),
  ];
}

function field(name: string, node: YamlNode | undefined): readonly string[] {
  const text = flow(node);
  return text === undefined ? [] : [`      ${name}: ${text}`];
}

/** A value on one line; undefined: it is not written, it is filled in later, or a shell or `sed` could read it. */
function flow(node: YamlNode | undefined): string | undefined {
  if (node === undefined || node.value === null) return undefined;
  const text = JSON.stringify(node.value);
  return text !== undefined && /^[\w ./:"{}[\],*+=-]*$/.test(text) && !hasPlaceholder(text) ? text : undefined;
}

/** Functions that run such a Pod as a Job, or only ask whether the API server takes it. */
export const running: readonly string[] = [
  `# trial NAMESPACE NAME: asks whether the API server takes the Pod whose spec is on stdin; nothing is made
trial() {
  { printf 'apiVersion: v1\\nkind: Pod\\nmetadata: { name: "%s" }\\nspec:\\n' "$2" && cat; } |
    kubectl -n "$1" create --dry-run=server -o name -f -
}`,
  `# job NAMESPACE NAME SECONDS: runs the Pod whose spec is on stdin to its end, once; one that runs already is waited for
job() {
  ready=$(kubectl -n "$1" get job "$2" --ignore-not-found -o 'jsonpath={.status.ready}') || return 1
  if [ "\${ready:-0}" = 0 ]; then
    kubectl -n "$1" delete job "$2" --ignore-not-found --cascade=foreground --timeout=5m || return 1
    {
      printf 'apiVersion: batch/v1\\nkind: Job\\nmetadata: { name: "%s" }\\nspec:\\n' "$2"
      printf '  backoffLimit: 0\\n  ttlSecondsAfterFinished: 86400\\n  template:\\n    spec:\\n'
      cat
    } | kubectl -n "$1" apply -f - || return 1
  else
    echo "job/$2 runs already: waiting for it"
  fi
  ended "$1" "job/$2" "$3"
}`,
];

/** Before anything is stopped: what works on the volumes can be made. Whether it finds a node shows only when it runs. */
export function tryPods(commands: readonly string[]): Step {
  return step("Check that the API server accepts the Pod that works on the volumes", commands, undefined, undefined);
}
