import type { LiveClaim } from "@dbops/core";
import { notMountable } from "./inspection-pod.ts";

/** Which cluster printed commands are for. */
export interface CommandPlace {
  /** What kubectl and dbops are told so that they reach it: ` --context prod`. */
  readonly flags: string;
  /** The same as a sentence. */
  readonly where: string;
}

type Step = readonly [says: string, command: string | undefined];

function step(says: string, command?: string): Step {
  return [says, command];
}

/** What deleting a claim would destroy, what would still be there, and the steps of someone who wants to let it go all the same. */
export function releasePlan(claim: LiveClaim, { flags, where }: CommandPlace): string {
  const {
    namespace,
    name,
    size,
    storageClass,
    volume,
    reclaimPolicy,
    server,
    verdict,
    state,
    goesWith,
    pods,
    snapshots,
    siblings,
  } = claim;
  const of = `-n ${namespace}${flags}`;
  const data = server === undefined ? "whatever is on it" : `a data directory of ${server}`;
  const destroyed =
    volume === undefined
      ? ["nothing: no volume is bound to it"]
      : reclaimPolicy === "Delete"
        ? [`the disk of volume ${volume} (reclaim policy Delete), and with it ${data}`]
        : reclaimPolicy === "Retain"
          ? [`no data: volume ${volume} stays behind as Released (reclaim policy Retain), with ${data}`]
          : reclaimPolicy === "Recycle"
            ? [`the files of volume ${volume} (reclaim policy Recycle empties it), and with them ${data}`]
            : [`perhaps the disk of volume ${volume}, with ${data}: its reclaim policy is not known`];
  const left = [
    ...siblings.map((each) => `claim ${each} of the same StatefulSet`),
    ...snapshots.map((each) => `snapshot ${each.name}${each.isReady ? "" : ", which cannot be restored"}`),
  ];
  // The disk is kept first where the end of a Pod is the end of the claim.
  const isTaken = state === "going" || pods.some((pod) => goesWith.includes(`Pod ${pod}`));
  const stop: readonly Step[] =
    pods.length === 0
      ? []
      : [
          [
            `Stop what uses it: ${pods.map((pod) => `Pod ${pod}`).join(", ")}. ${isTaken ? "The claim goes then, without another command." : "Until then a deletion only waits, and any restart carries it out."}`,
            `kubectl get pods ${of} ${pods.join(" ")}`,
          ],
        ];
  const keep: readonly Step[] =
    volume === undefined || reclaimPolicy === "Retain"
      ? []
      : [["Keep the disk, whatever becomes of the claim.", `kubectl dbops pvc protect ${name} ${of}`]];
  const steps: readonly Step[] = [
    ...(isTaken ? keep : [...stop, ...keep]),
    ...(pods.length > 0 || notMountable(claim) !== undefined
      ? []
      : [step("Look at what is on it: engine, version, last write.", `kubectl dbops pvc inspect ${name} ${of}`)]),
    ...(volume === undefined || state === "lost"
      ? []
      : [step("Take a last dump or snapshot of it, and restore that once.")]),
    ...(isTaken ? stop : []),
    ...(isTaken ? [] : [step("Delete the claim.", `kubectl delete pvc ${name} ${of}`)]),
    ...(volume === undefined
      ? []
      : [
          step(
            "Keep the volume until nobody has asked for it for as long as backups are kept; then delete it, and the disk at its provider.",
            `kubectl delete pv ${volume}${flags}`,
          ),
        ]),
  ];
  return [
    `${namespace}/${name} (${[size, storageClass === undefined ? undefined : `class ${storageClass}`, server].filter((each) => each !== undefined).join(", ")}): ${verdict}`,
    where,
    "",
    "Deleting it destroys",
    ...destroyed.map((line) => `  ${line}`),
    ...(goesWith.length === 0
      ? []
      : [`  and it goes by itself when ${goesWith.join(" and ")} ${goesWith.length === 1 ? "is" : "are"} deleted`]),
    "",
    ...(left.length === 0 ? [] : ["What is still there then", ...left.map((line) => `  ${line}`), ""]),
    "Steps; none of them was taken",
    ...steps.flatMap(([says, command], index) => [
      `  ${index + 1}. ${says}`,
      ...(command === undefined ? [] : [`     ${command}`]),
    ]),
    "",
  ].join("\n");
}
