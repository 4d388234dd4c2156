import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import type { Resource } from "../../kube/resource.ts";
import { matchesSelector, readLabelSelector } from "../../kube/selector.ts";
import { listed } from "../../text/listed.ts";
import type { Change, Side } from "../change.ts";
import { canGrow } from "../claim-size.ts";
import { type TemplateChanges, templateChanges } from "../claim-templates.ts";
import { claimsOfTemplate } from "../claims.ts";
import { goesWithItsPod } from "../data-place.ts";
import { restartOf } from "../restarts.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { growing, isName, keeping, kubectl, namespaceOfContext, namespaceWord } from "./shell.ts";
import {
  applyOnFiles,
  backUp,
  claimNamesOf,
  closedWayBack,
  deletion,
  isReplacedByHand,
  keepVolumes,
  kubectlName,
  pause,
  podsOf,
  type Runner,
  replacePod,
  restore,
  resume,
  runnerOf,
  stop,
} from "./stack.ts";

/**
 * A StatefulSet whose fixed fields change: the object goes without its Pods, and the new one adopts them by their labels.
 * https://kubernetes.io/docs/tasks/run-application/delete-stateful-set/, and a test with the controllers.
 */
export function recreateSet(before: Side, after: Side, { acceptance }: Change, apply: Applies): Procedure {
  const [old, young] = [before.resource, after.resource];
  const runner = runnerOf(old);
  const templates = templateChanges(old, young);
  const isAdopted = adopts(young, old);
  const claims = (claimNamesOf(old) ?? []).map((claim) => `${namespaceWord(old)} ${claim}`);
  const back = apply(before);
  const isGrown = templates.grown.length > 0;
  const isOther = acceptance.refusals.some(({ field }) => field === "spec.serviceName");
  const restart = restartOf(old, young);
  const lasts = isAdopted && templates.added.length === 0 && !isOther && restart === undefined;
  return {
    kind: isGrown ? "grow" : "recreate",
    title: isGrown
      ? `Grow the volumes of ${nameOf(young)}, then recreate it${lasts ? " without stopping a Pod" : ""}`
      : `Recreate ${nameOf(young)}${lasts ? " without stopping a Pod" : ", keeping its claims"}`,
    outage: !isAdopted
      ? "The database is down from the stop until the new Pods are ready: the new selector does not find the old Pods."
      : lasts
        ? "Downtime: none. No Pod is stopped."
        : "Each Pod restarts once, one after the other.",
    setup:
      claims.length === 0
        ? []
        : [...(old.namespace === undefined ? [namespaceOfContext] : []), ...keeping, ...(isGrown ? [growing] : [])],
    steps: [
      backUp(runner, before.database),
      pause(before),
      ...(claims.length === 0 ? [] : [keepVolumes(claims)]),
      ...(isGrown ? growth(before, after, templates) : []),
      ...(isAdopted ? [] : [stop(runner)]),
      step(
        `Delete the object ${nameOf(old)}, without its Pods and claims`,
        [deletion(old)],
        "nothing restarts a Pod that stops now, until the next step",
        back,
        {
          check: {
            commands: [`${kubectl(old)} get pods,pvc`],
            expects: `${isAdopted ? "its Pods are running, and " : ""}its claims are there`,
          },
        },
      ),
      ...applyOnFiles(before, after, apply, `repeat this step and the one before with the old text: ${back}`, {
        isAwaited: templates.added.length === 0,
        restarts: restarts(
          runner,
          before,
          after,
          templates,
          isAdopted ? { isOther, isOutdated: restart?.how === "waits" } : {},
        ),
      }),
      resume(after),
    ],
  };
}

/** The new set finds the old Pods. */
function adopts(young: Resource, old: Resource): boolean {
  const selector = young.node.at("spec", "selector");
  return selector === undefined || matchesSelector(readLabelSelector(selector), old.workload?.podLabels ?? {});
}

function growth(before: Side, after: Side, { grown }: TemplateChanges): readonly Step[] {
  const { resource } = before;
  const run = kubectl(resource);
  const each = grown.map(({ name, size }) => ({
    size,
    claims: claimsOfTemplate(resource, name).filter(isName),
  }));
  const number = each.reduce((sum, { claims }) => sum + claims.length, 0);
  const claimNodes = grown.map(({ name }) =>
    after.resource.node
      .at("spec", "volumeClaimTemplates")
      ?.items()
      .find((template) => template.text("metadata", "name") === name),
  );
  const written = claimNodes[0]?.text("spec", "storageClassName") ?? "";
  const className = isName(written) ? written : "";
  const isShut =
    className !== "" &&
    claimNodes.some((node) => node !== undefined && [before, after].some((side) => canGrowAs(node, side) === false));
  const classStep = step(
    isShut ? `Allow volumes of class ${className} to expand` : "Check that the class allows volume expansion",
    isShut
      ? [`kubectl patch storageclass ${className} --type merge -p '{"allowVolumeExpansion":true}'`]
      : [`kubectl get storageclass ${className}`.trimEnd()],
    isShut ? "volumes of the class can grow, if their driver can do that" : undefined,
    isShut ? "patch it back to false" : undefined,
    { check: { commands: [], expects: "ALLOWVOLUMEEXPANSION is true for the class of these claims" } },
  );
  return [
    classStep,
    step(
      `Grow ${number === 1 ? "the claim" : "the claims"} to ${listed([...new Set(each.map(({ size }) => size))])}`,
      each.flatMap(({ size, claims }) =>
        claims.map(
          (claim) =>
            `${run} patch pvc ${claim} --type merge -p '{"spec":{"resources":{"requests":{"storage":"${size}"}}}}'`,
        ),
      ),
      "the disks grow while the database runs; a driver that cannot do that waits for a restart of the Pod",
      "none: a volume never shrinks. Of a growth that failed, the request can be lowered again (Kubernetes 1.34 or later)",
      {
        check: {
          commands: each.flatMap(({ size, claims }) =>
            claims.map((claim) => `grown ${namespaceWord(resource)} ${claim} ${parseQuantity(size) ?? 0}`),
          ),
          expects: "each claim has its new capacity",
        },
      },
    ),
  ];
}

function canGrowAs(template: Parameters<typeof canGrow>[0]["node"], { workspace }: Side): boolean | undefined {
  return canGrow({ node: template }, workspace.everything.resources);
}

/** No volume outlives a Pod, and no other Pod has a copy. */
function losesDataWithPods(database: Database): boolean {
  const { instances, replication } = database;
  return goesWithItsPod(database) && (instances.value === 1 || replication.value === "none");
}

/** What the Pods that were adopted do not have yet. */
function restarts(
  runner: Runner,
  before: Side,
  after: Side,
  { added }: TemplateChanges,
  { isOther = false, isOutdated = false }: { readonly isOther?: boolean; readonly isOutdated?: boolean },
): readonly Step[] {
  const run = kubectl(after.resource);
  const pods = podsOf(runner) ?? [];
  const lost = before.database !== undefined && losesDataWithPods(before.database) ? before.database : undefined;
  const withLoss = (each: Step): readonly Step[] =>
    lost === undefined
      ? [each]
      : [
          {
            ...each,
            changes: `${each.changes}; what the server holds now is deleted with its Pod`,
            wayBack: "none but the backup",
            isPointOfNoReturn: true,
          },
          restore(runnerOf(after.resource), lost),
        ];
  if (added.length > 0) {
    const stays = lost === undefined ? "; its data stays where it is" : "";
    return withLoss(
      step(
        `Replace the Pods one by one: they lack the volume${added.length === 1 ? "" : "s"} ${listed(added)}`,
        // The controller goes on to a Pod only when those of lower ordinals are as it wants them.
        [...pods].reverse().map((pod) => replacePod(run, pod)),
        `each Pod restarts once with a new, empty ${added.length === 1 ? "volume" : "volume each"} ${listed(added)}${stays}`,
        undefined,
      ),
    );
  }
  if (!isOther && !isOutdated) return [];
  return withLoss(
    step(
      isOther
        ? "Restart the Pods: they still have names below the old Service"
        : "Replace the Pods: they still have the old template",
      isReplacedByHand(after.resource)
        ? pods.map((pod) => replacePod(run, pod))
        : [
            `${run} rollout restart ${kubectlName(after.resource)}`,
            `${run} rollout status ${kubectlName(after.resource)} --timeout=10m`,
          ],
      isOther
        ? `${pods.at(-1) ?? "a Pod"}.${after.resource.node.text("spec", "serviceName") ?? ""} is resolved; names below the old Service are not`
        : "each Pod restarts once, one after the other",
      closedWayBack(before, after) ?? "recreate it with the old text",
    ),
  );
}

/** Another object that is taken only once: deleted and created. */
export function recreateObject(
  before: Side,
  after: Side,
  { acceptance }: Change,
  apply: Applies,
): Procedure | undefined {
  const { resource } = after;
  const effect = effects[resource.kind];
  if (effect === undefined) return undefined;
  const fields = listed(acceptance.refusals.map(({ field }) => field));
  const back = `delete it again, and: ${apply(before)}`;
  const runner = runnerOf(before.resource);
  return {
    kind: "recreate",
    title: `Recreate ${nameOf(resource)} for its new ${fields}`,
    outage: effect.outage,
    setup: [],
    steps: [
      ...(before.database === undefined ? [] : [backUp(runner, before.database)]),
      pause(before),
      step(
        `Delete ${nameOf(resource)}`,
        // Two servers must not have the files at once: the new one is made when the Pods of the old one are gone.
        [resource.workload === undefined ? `${kubectl(resource)} delete ${kubectlName(resource)}` : deletion(resource)],
        effect.changes,
        apply(before),
        { check: { commands: [], expects: effect.expects ?? `${shortName(resource)} is gone` } },
      ),
      ...applyOnFiles(before, after, apply, back),
      resume(after),
    ],
  };
}

interface Effect {
  readonly outage: string;
  readonly changes: string;
  readonly expects?: string;
}

/** What is lost while an object of a kind is away. */
const effects: Readonly<Record<string, Effect>> = {
  Deployment: {
    outage: "Its Pods are down from the deletion until the new ones are ready.",
    changes: "its Pods stop; claims that are written by themselves stay",
  },
  DaemonSet: {
    outage: "Its Pods are down from the deletion until the new ones are ready.",
    changes: "its Pods stop",
  },
  Service: {
    outage: "Its name does not resolve for some seconds, and it gets a new address: clients must connect again.",
    changes: "new connections to its name fail until the next step",
  },
  Job: {
    outage: "Downtime: none. The new Job runs again from the start.",
    changes: "its Pods stop, and the record that it ran is gone",
    expects: "it is not running, or it may run again from the start",
  },
  StorageClass: {
    outage: "Downtime: none. Volumes that exist keep what they were made with.",
    changes: "claims that are created before the next step wait",
  },
  PodDisruptionBudget: { outage: "Downtime: none.", changes: "drains are not held back until the next step" },
  ConfigMap: {
    outage: "A Pod that starts before the next step waits for it.",
    changes: "running Pods keep what they read",
  },
  Secret: {
    outage: "A Pod that starts before the next step waits for it.",
    changes: "running Pods keep what they read",
  },
};
