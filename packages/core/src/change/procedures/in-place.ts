import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Comparison, Side } from "../change.ts";
import { dataClaimsOf } from "../data-claims.ts";
import type { DataPlace } from "../data-place.ts";
import { jobName, podText, running, tryPods } from "./jobs.ts";
import { type Applies, type Procedure, step } from "./procedure.ts";
import { isName, keeping, kubectl, namespaceOfContext, namespaceWord, waiting } from "./shell.ts";
import { applyOnFiles, backUp, keepVolumes, pause, resume, runnerOf, startedAgain, stop } from "./stack.ts";
import { claimClientsOf, setupFor, startClaimClients, stopClaimClients } from "./writers.ts";

const isPath = (path: string): boolean => path === "" || (/^[\w.@/-]+$/.test(path) && !path.split("/").includes(".."));

/** What a Job does to the volumes while the server is stopped. */
interface Work {
  readonly kind: "move-files" | "change-owner";
  readonly title: string;
  readonly step: string;
  readonly job: "move" | "chown";
  readonly changes: string;
  readonly wayBack: string;
  /** For `sh -e`, below /volume. */
  readonly script: string;
  /** The server's own user cannot do it. */
  readonly needsRoot: boolean;
}

/** The files go to the directory where the new text looks for them. */
export function moveFiles(
  before: Side,
  after: Side,
  from: DataPlace,
  to: DataPlace,
  among: Comparison,
  apply: Applies,
): Procedure | undefined {
  if (!isPath(from.inside) || !isPath(to.inside)) return undefined;
  const [source = "", target = ""] = [from, to].map(({ inside }) => `/volume${inside === "" ? "" : `/${inside}`}`);
  // A directory cannot be moved into itself: what the old one holds is moved, one by one, without the new one.
  const own = target.startsWith(`${source}/`) ? (target.slice(source.length + 1).split("/")[0] ?? "") : "";
  const each = (what: string): string =>
    `for f in * .[!.]* ..?*; do case $f in lost+found|${mark}${own === "" ? "" : `|${own}`}) ;; *) if [ -e "$f" ] || [ -L "$f" ]; then ${what}; fi ;; esac; done`;
  const free = `test ! -e "${target}/$f" || { echo "${target}/$f already exists"; exit 1; }`;
  // A move that was interrupted left its mark, and goes on. Without one the directory must not have what is moved into it.
  const script = [
    `mark=${source}/${mark}`,
    `cd ${source}`,
    `if [ -e $mark ]; then test "$(cat $mark)" = ${target} || { echo "a move to $(cat $mark) was interrupted"; exit 1; }; else test ! -e ${target}/PG_VERSION; ${each(free)}; mkdir -p ${target}; echo ${target} > $mark; fi`,
    each(`${free}; mv "$f" ${target}/`),
    `if [ "$(id -u)" -eq 0 ]; then chown "$(stat -c %u:%g ${source})" ${target}; fi`,
    `chmod "$(stat -c %a ${source})" ${target}`,
    "rm $mark",
    `ls -la ${target}`,
  ].join("; ");
  return inVolumes(before, after, among, apply, {
    kind: "move-files",
    title: `Move the files of ${nameOf(before.resource)} to the directory that the new text names`,
    step: `Move the files from ${from.inside || "the root of the volume"} to ${to.inside || "the root of the volume"}`,
    job: "move",
    changes: "the files are in the new directory of the same volume; nothing is copied",
    wayBack: "move them back with the two directories swapped",
    script,
    needsRoot: false,
  });
}

/** In the directory whose files are being moved: whoever may move them may write it. */
const mark = ".dbops-move";

/** The files get the owner as which the new server runs. */
export function changeOwner(
  before: Side,
  after: Side,
  user: number,
  among: Comparison,
  apply: Applies,
): Procedure | undefined {
  return inVolumes(before, after, among, apply, {
    kind: "change-owner",
    title: `Give the files of ${nameOf(before.resource)} to user ${user}`,
    step: `Change the owner of all files to ${user}`,
    job: "chown",
    changes: `all files belong to user and group ${user}`,
    wayBack: "change it back to the old number",
    script: `ls -lan /volume; chown -R ${user}:${user} /volume; ls -lan /volume`,
    needsRoot: true,
  });
}

function inVolumes(before: Side, after: Side, among: Comparison, apply: Applies, work: Work): Procedure | undefined {
  const { resource, database } = before;
  const image = database?.image?.text;
  const { workload } = resource;
  if (database === undefined || workload === undefined || image === undefined || !/^[\w./:@-]+$/.test(image))
    return undefined;
  const claims = dataClaimsOf(before);
  if (claims === undefined || !claims.every(isName)) return undefined;
  const runner = runnerOf(resource);
  const others = claimClientsOf(before, after, among, claims);
  const namespace = namespaceWord(resource);
  return {
    kind: work.kind,
    title: work.title,
    outage: "The database is down from the stop until the new Pods are ready.",
    setup: [
      ...(resource.namespace === undefined ? [namespaceOfContext] : []),
      ...keeping,
      ...waiting,
      ...running,
      ...worker(work, workload, image),
      ...setupFor(others.was),
    ],
    steps: [
      backUp(runner, database),
      pause(before),
      keepVolumes(claims.map((claim) => `${namespace} ${claim}`)),
      tryPods(claims.map((claim) => `volume_pod ${claim} | trial ${namespace} ${jobName(work.job, claim)}`)),
      ...stopClaimClients(others.was, claims),
      stop(runner),
      step(
        work.step,
        claims.map((claim) => `on_volume ${namespace} ${claim} ${jobName(work.job, claim)}`),
        work.changes,
        work.wayBack,
        {
          check: {
            commands: claims.map((claim) => `${kubectl(resource)} logs job/${jobName(work.job, claim)}`),
            expects: `the files that ${serverName(database)} had are listed`,
          },
        },
      ),
      ...applyOnFiles(
        before,
        after,
        (side) => [apply(side), ...startedAgain(side)].join("\n"),
        `stop it, ${work.wayBack}, and: ${apply(before)}`,
      ),
      ...startClaimClients(others),
      resume(after),
    ],
  };
}

function worker({ job: verb, script, needsRoot }: Work, workload: Workload, image: string): readonly string[] {
  const text = podText({
    verb,
    workload,
    image,
    script,
    needsRoot,
    mounts: [{ name: "data", claim: "@from@", path: "/volume", isReadOnly: false }],
  });
  return [
    `# volume_pod CLAIM: the spec of the Pod that works on the volume, at /volume
volume_pod() {
  sed "s/@from@/$1/" <<'END'
${text}
END
}`,
    `# on_volume NAMESPACE CLAIM JOB: runs it once
on_volume() {
  volume_pod "$2" | job "$1" "$3" 3600
}`,
  ];
}
