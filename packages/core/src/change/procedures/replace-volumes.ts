import { nameOf } from "../../domain/model/names.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Side } from "../change.ts";
import { asideOf, deleteStopped } from "./carry.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { carrying, kubectl, namespaceOfContext, namespaceWord } from "./shell.ts";
import { applyNew, backUp, keepVolumes, pause, type Runner, resume, stop } from "./stack.ts";

/** A claim whose volume cannot become what the new text asks for, and the spec of the claim that can. */
interface Replaced {
  readonly claim: string;
  readonly spec: YamlNode;
}

/**
 * Volumes of another class, mode or size: new ones are filled with copies while nothing runs, then take over the names of the claims. The
 * old ones stay until someone deletes them.
 */
export function replaceVolumes(
  before: Side,
  after: Side,
  runners: readonly Runner[],
  replaced: readonly Replaced[],
  apply: Applies,
): Procedure | undefined {
  const { resource } = before;
  const namespace = namespaceWord(resource);
  const image = runners[0]?.resource.workload?.containers.find(({ role }) => role === "main")?.image?.text;
  const specs = replaced.flatMap((each) => claimText(each) ?? []);
  if (image === undefined || !/^[\w./:@-]+$/.test(image) || specs.length !== replaced.length) return undefined;
  const [first] = runners;
  if (first === undefined) return undefined;
  const claims = replaced.map(({ claim }) => claim);
  const isSetItself = first.resource === resource;
  return {
    kind: "replace-volumes",
    title: `Copy the data of ${nameOf(resource)} to volumes as the new text asks for`,
    outage: "The database is down while everything is copied: plan for the size of the data at the speed of the disks.",
    setup: [...(resource.namespace === undefined ? [namespaceOfContext] : []), ...carrying, copier(image)],
    steps: [
      backUp(first, before.database ?? after.database),
      pause(before),
      keepVolumes(claims.map((claim) => `${namespace} ${claim}`)),
      ...runners.map(stop),
      step(
        "Make the new claims next to the old ones",
        specs.map((spec) => `${kubectl(resource)} apply -f - <<'END'\n${spec}\nEND`),
        "empty volumes are made, as soon as something mounts them",
        `${kubectl(resource)} delete pvc ${claims.map((claim) => `${claim}-new`).join(" ")}`,
      ),
      step(
        "Copy the data",
        claims.map((claim) => `copy ${namespace} ${claim} ${claim}-new`),
        "the new volumes hold a copy; the old ones are mounted read-only",
        `delete the claims ${claims.map((claim) => `${claim}-new`).join(", ")}, and start the database again`,
        {
          check: {
            commands: claims.map((claim) => `${kubectl(resource)} logs job/copy-${claim}`),
            expects: "each log ends with two equal numbers of files",
          },
        },
      ),
      ...(isSetItself ? [deleteStopped(before, apply)] : []),
      swap(claims, namespace),
      applyNew(
        after,
        after.database,
        apply,
        "stop it, carry each claim to NAME-new and each NAME-old back to its name, and apply the old text",
      ),
      later(
        resource.namespace === undefined ? "" : ` -n ${resource.namespace}`,
        claims.map((claim) => `${claim}-old`),
      ),
      resume(after),
    ],
  };
}

/** The claim that is filled, named `NAME-new`; undefined: its spec has what is filled in later. */
function claimText({ claim, spec }: Replaced): string | undefined {
  const {
    dataSource: _,
    dataSourceRef: __,
    volumeName: ___,
    ...rest
  } = (spec.value ?? {}) as Readonly<Record<string, unknown>>;
  const text = JSON.stringify({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: `${claim}-new` },
    spec: rest,
  });
  return /^[\x20-\x7e]*$/.test(text) ? text : undefined;
}

function swap(claims: readonly string[], namespace: string): Step {
  const aside = asideOf(claims, namespace, "old");
  const inward = asideOf(claims, namespace, "new");
  return step(
    "Let the new volumes take over the names of the claims",
    [
      // The protection of a claim counts Pods that have ended.
      `kubectl -n ${namespace} delete job ${claims.map((claim) => `copy-${claim}`).join(" ")} --ignore-not-found`,
      ...inward.map(({ to }) => `keep ${to}`),
      ...aside.map(({ from, to }) => `carry ${from} ${to}`),
      ...inward.map(({ from, to }) => `carry ${to} ${from}`),
    ],
    "the names lead to the new volumes, and NAME-old to the old ones",
    "carry them back in the opposite order",
    {
      check: {
        commands: [`kubectl -n ${namespace} get pvc`],
        expects: "each claim is Bound, and has its new class and size",
      },
    },
  );
}

/** What is put aside is deleted last, by a person, when it is no longer needed. */
export function later(inNamespace: string, claims: readonly string[]): Step {
  return step(
    "Some weeks later: delete the volumes that were put aside",
    claims.flatMap((claim) => [
      `pv=$(kubectl${inNamespace} get pvc ${claim} -o 'jsonpath={.spec.volumeName}')`,
      `kubectl${inNamespace} delete pvc ${claim}`,
      'echo "the disk of $pv is kept until you delete the volume and its disk"',
    ]),
    "the claims go; the volumes are kept (Retain) until you delete them and their disks",
    "none after the disks are deleted",
    { by: "person", isPointOfNoReturn: true },
  );
}

/** Copies one volume to another with the tools of the database's own image. */
function copier(image: string): string {
  return `# copy NAMESPACE CLAIM CLAIM: copies all files, with their owners, and counts them
copy() {
  kubectl -n "$1" delete job "copy-$2" --ignore-not-found
  kubectl -n "$1" apply -f - <<END
apiVersion: batch/v1
kind: Job
metadata: { name: "copy-$2" }
spec:
  backoffLimit: 0
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: copy
          image: "${image}"
          command: [sh, -ec, "cp -a /from/. /to/; sync; find /from | wc -l; find /to | wc -l"]
          securityContext: { runAsUser: 0 }
          volumeMounts:
            - { name: from, mountPath: /from, readOnly: true }
            - { name: to, mountPath: /to }
      volumes:
        - { name: from, persistentVolumeClaim: { claimName: "$2", readOnly: true } }
        - { name: to, persistentVolumeClaim: { claimName: "$3" } }
END
  kubectl -n "$1" wait "job/copy-$2" --for=condition=Complete --timeout=24h
}`;
}
