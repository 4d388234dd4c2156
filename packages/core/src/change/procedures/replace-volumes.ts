import { nameOf } from "../../domain/model/names.ts";
import type { Workload } from "../../kube/workload.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Comparison, Side } from "../change.ts";
import { deleteStopped } from "./carry.ts";
import { jobName, podText, running, tryPods } from "./jobs.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { isName, kubectl, namespaceOfContext, namespaceWord, swapping, waiting } from "./shell.ts";
import { applyOnFiles, backUp, keepVolumes, pause, resume, runnerOf, startedAgain, stop } from "./stack.ts";
import { claimClientsOf, setupFor, startClaimClients, stopClaimClients } from "./writers.ts";

/** A claim whose volume cannot become what the new text asks for, and the spec of the claim that can. */
interface Replaced {
  readonly claim: string;
  readonly spec: YamlNode;
}

/** What runs on the claims, in both texts. */
export interface Server {
  readonly before: Side;
  readonly after: Side;
}

/**
 * Volumes of another class, mode or size: new ones are filled with copies while nothing runs, then take over the names of the claims. The
 * old ones stay until someone deletes them.
 */
export function replaceVolumes(
  before: Side,
  after: Side,
  server: Server,
  replaced: readonly Replaced[],
  among: Comparison,
  apply: Applies,
): Procedure | undefined {
  const { resource } = before;
  const namespace = namespaceWord(resource);
  const { workload } = server.before.resource;
  const image = workload?.containers.find(({ role }) => role === "main")?.image?.text;
  const specs = replaced.flatMap((each) => claimText(each) ?? []);
  if (workload === undefined || image === undefined || !/^[\w./:@-]+$/.test(image) || specs.length !== replaced.length)
    return undefined;
  const claims = replaced.map(({ claim }) => claim);
  if (!claims.every((claim) => isName(`${claim}-new`))) return undefined;
  const others = claimClientsOf(before, after, among, claims, [server.before.resource]);
  const isSetItself = server.before.resource === resource;
  const applyAll: Applies = (side) =>
    isSetItself ? apply(side) : [...new Set([apply(after), apply(side)]), ...startedAgain(server.after)].join("\n");
  return {
    kind: "replace-volumes",
    title: `Copy the data of ${nameOf(resource)} to volumes as the new text asks for`,
    outage: "The database is down while everything is copied: plan for the size of the data at the speed of the disks.",
    setup: [
      ...(resource.namespace === undefined ? [namespaceOfContext] : []),
      ...swapping,
      ...waiting,
      ...running,
      ...copier(workload, image),
      ...setupFor(others.was),
    ],
    steps: [
      backUp(runnerOf(server.before.resource), server.before.database),
      pause(before),
      keepVolumes(claims.map((claim) => `${namespace} ${claim}`)),
      tryPods(claims.map((claim) => `copy_pod ${claim} ${claim}-new | trial ${namespace} ${jobName("copy", claim)}`)),
      ...stopClaimClients(others.was, claims),
      stop(runnerOf(server.before.resource)),
      step(
        "Make the new claims next to the old ones",
        specs.map((spec) => `${kubectl(resource)} apply -f - <<'END'\n${spec}\nEND`),
        "empty volumes are made, as soon as something mounts them",
        `${kubectl(resource)} delete pvc ${claims.map((claim) => `${claim}-new`).join(" ")}`,
      ),
      step(
        "Copy the data",
        claims.map((claim) => `copy ${namespace} ${claim} ${claim}-new ${jobName("copy", claim)}`),
        "the new volumes hold a copy; the old ones are mounted read-only",
        `delete the claims ${claims.map((claim) => `${claim}-new`).join(", ")}, and start the database again`,
        {
          check: {
            commands: claims.map((claim) => `${kubectl(resource)} logs job/${jobName("copy", claim)}`),
            expects: "each log ends with two equal numbers of files",
          },
        },
      ),
      ...(isSetItself ? [deleteStopped(before, apply)] : []),
      takeOver(claims, namespace),
      ...applyOnFiles(
        server.before,
        server.after,
        applyAll,
        "stop it, carry each claim to NAME-new and each NAME-old back to its name, and apply the old text",
        { hasCopies: true },
      ),
      ...startClaimClients(others),
      resume(after),
      later(
        resource.namespace === undefined ? "" : ` -n ${resource.namespace}`,
        claims.map((claim) => `${claim}-old`),
      ),
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

function takeOver(claims: readonly string[], namespace: string): Step {
  return step(
    "Let the new volumes take over the names of the claims",
    [
      // The protection of a claim counts Pods that have ended.
      `kubectl -n ${namespace} delete job ${claims.map((claim) => jobName("copy", claim)).join(" ")} --ignore-not-found`,
      ...claims.map((claim) => `swap ${namespace} ${claim}`),
    ],
    "the names lead to the new volumes, and NAME-old to the old ones",
    "carry each claim to NAME-new, then each NAME-old to its name",
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

/** For `sh -e`. `lost+found` is the file system's own, and each has one or not; only root may change what the volume's root is. */
const copying = [
  "files() { find $1 -path $1/lost+found -prune -o -print | wc -l; }",
  "cd /from",
  'for f in * .[!.]* ..?*; do if [ "$f" != lost+found ] && { [ -e "$f" ] || [ -L "$f" ]; }; then cp -a "$f" /to/; fi; done',
  'if [ "$(id -u)" -eq 0 ]; then chown "$(stat -c %u:%g /from)" /to; chmod "$(stat -c %a /from)" /to; fi',
  "sync",
  "from=$(files /from)",
  "to=$(files /to)",
  'echo "$from files, $to of them copied"',
  'test "$from" -eq "$to"',
].join("; ");

/** Copies one volume to another with the tools of the database's own image. */
function copier(workload: Workload, image: string): readonly string[] {
  const text = podText({
    verb: "copy",
    workload,
    image,
    script: copying,
    needsRoot: false,
    mounts: [
      { name: "from", claim: "@from@", path: "/from", isReadOnly: true },
      { name: "to", claim: "@to@", path: "/to", isReadOnly: false },
    ],
  });
  return [
    `# copy_pod CLAIM CLAIM: the spec of the Pod that copies
copy_pod() {
  sed "s/@from@/$1/; s/@to@/$2/" <<'END'
${text}
END
}`,
    `# copy NAMESPACE CLAIM CLAIM JOB: copies all files, with their owners, and counts them
copy() {
  copy_pod "$2" "$3" | job "$1" "$4" 86400
}`,
  ];
}
