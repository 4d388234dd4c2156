import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Side } from "../change.ts";
import type { DataPlace } from "../data-place.ts";
import { type Applies, type Procedure, step } from "./procedure.ts";
import { isName, keeping, kubectl, namespaceOfContext, namespaceWord } from "./shell.ts";
import { applyOnFiles, backUp, claimNamesOf, keepVolumes, pause, resume, stop } from "./stack.ts";

const isPath = (path: string): boolean => path === "" || (/^[\w.@/-]+$/.test(path) && !path.split("/").includes(".."));

/** What a Job does to the volumes while the server is stopped. */
interface Work {
  readonly kind: "move-files" | "change-owner";
  readonly title: string;
  readonly step: string;
  readonly job: string;
  readonly changes: string;
  readonly wayBack: string;
  /** For `sh -e`, below /volume. */
  readonly script: string;
}

/** The files go to the directory where the new text looks for them. */
export function moveFiles(
  before: Side,
  after: Side,
  from: DataPlace,
  to: DataPlace,
  apply: Applies,
): Procedure | undefined {
  if (!isPath(from.inside) || !isPath(to.inside)) return undefined;
  const [source = "", target = ""] = [from, to].map(({ inside }) => `/volume${inside === "" ? "" : `/${inside}`}`);
  // A directory cannot be moved into itself: what the old one holds is moved, one by one, without the new one.
  const own = target.startsWith(`${source}/`) ? (target.slice(source.length + 1).split("/")[0] ?? "") : "";
  const script = [
    `test ! -e ${target}/PG_VERSION`,
    `mkdir -p ${target}`,
    `cd ${source}`,
    `for f in * .[!.]*; do case $f in lost+found${own === "" ? "" : `|${own}`}) ;; *) if [ -e "$f" ]; then mv "$f" ${target}/; fi ;; esac; done`,
    `chown "$(stat -c %u:%g ${source})" ${target}`,
    `chmod "$(stat -c %a ${source})" ${target}`,
    `ls -la ${target}`,
  ].join("; ");
  return inVolumes(before, after, apply, {
    kind: "move-files",
    title: `Move the files of ${nameOf(before.resource)} to the directory that the new text names`,
    step: `Move the files from ${from.inside || "the root of the volume"} to ${to.inside || "the root of the volume"}`,
    job: "move",
    changes: "the files are in the new directory of the same volume; nothing is copied",
    wayBack: "move them back with the two directories swapped",
    script,
  });
}

/** The files get the owner as which the new server runs. */
export function changeOwner(before: Side, after: Side, user: number, apply: Applies): Procedure | undefined {
  return inVolumes(before, after, apply, {
    kind: "change-owner",
    title: `Give the files of ${nameOf(before.resource)} to user ${user}`,
    step: `Change the owner of all files to ${user}`,
    job: "chown",
    changes: `all files belong to user and group ${user}`,
    wayBack: "change it back to the old number",
    script: `ls -lan /volume; chown -R ${user}:${user} /volume; ls -lan /volume`,
  });
}

function inVolumes(before: Side, after: Side, apply: Applies, work: Work): Procedure | undefined {
  const { resource, database } = before;
  const { volume } = database?.dataDirectory?.mount ?? {};
  const image = database?.image?.text;
  if (database === undefined || image === undefined || !/^[\w./:@-]+$/.test(image)) return undefined;
  const claims =
    volume?.source === "claim"
      ? [volume.sourceName ?? ""].filter(isName)
      : volume?.source === "claim-template"
        ? (claimNamesOf(resource) ?? []).filter((claim) => claim.startsWith(`${volume.name}-${resource.name}-`))
        : [];
  if (claims.length === 0) return undefined;
  const runner = { resource, replicas: resource.workload?.replicas.value ?? 1 };
  const namespace = namespaceWord(resource);
  return {
    kind: work.kind,
    title: work.title,
    outage: "The database is down from the stop until the new Pods are ready.",
    setup: [...(resource.namespace === undefined ? [namespaceOfContext] : []), ...keeping, jobOn(work, image)],
    steps: [
      backUp(runner, database),
      pause(before),
      keepVolumes(claims.map((claim) => `${namespace} ${claim}`)),
      stop(runner),
      step(
        work.step,
        claims.map((claim) => `on_volume ${namespace} ${claim}`),
        work.changes,
        work.wayBack,
        {
          check: {
            commands: claims.map((claim) => `${kubectl(resource)} logs job/${work.job}-${claim}`),
            expects: `the files that ${serverName(database)} had are listed`,
          },
        },
      ),
      ...applyOnFiles(before, after, apply, `stop it, ${work.wayBack}, and: ${apply(before)}`),
      resume(after),
    ],
  };
}

function jobOn({ job, script }: Work, image: string): string {
  return `# on_volume NAMESPACE CLAIM: runs the step once, with the volume at /volume
on_volume() {
  kubectl -n "$1" delete job "${job}-$2" --ignore-not-found
  sed "s/CLAIM/$2/" <<'END' | kubectl -n "$1" apply -f -
apiVersion: batch/v1
kind: Job
metadata: { name: "${job}-CLAIM" }
spec:
  backoffLimit: 0
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: work
          image: "${image}"
          command: [sh, -ec, ${JSON.stringify(script)}]
          securityContext: { runAsUser: 0 }
          volumeMounts: [{ name: data, mountPath: /volume }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: "CLAIM" } }]
END
  kubectl -n "$1" wait "job/${job}-$2" --for=condition=Complete --timeout=1h
}`;
}
