import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Change, Side, Verdict } from "../change.ts";
import { sideOf } from "../change.ts";
import { templateChanges } from "../claim-templates.ts";
import { isSet } from "../claims.ts";
import { ownerOf } from "../data-owner.ts";
import { dataPlaceOf } from "../data-place.ts";
import { haveSameFiles, isOneWay, stagesBetween, stepOnFiles } from "../version-step.ts";
import { carryVolumes } from "./carry.ts";
import { deleteDatabase } from "./delete.ts";
import { changeOwner, moveFiles } from "./in-place.ts";
import { whatTheOperatorDoes } from "./operated.ts";
import type { Applies, NoProcedure, Procedure } from "./procedure.ts";
import { recreateObject, recreateSet } from "./recreate.ts";
import { replaceVolumes } from "./replace-volumes.ts";
import { scaleDown } from "./scale-down.ts";
import { claimNamesOf, isNamed, type Runner, versionName } from "./stack.ts";
import { dumpAndRestore, restoreBackup, upgradeInPlace, upgradeInStages } from "./upgrade.ts";

/** The way through a change that does not simply apply; undefined: it does, or what becomes of it is not known. */
export function procedureFor(change: Change, verdict: Verdict, apply: Applies): Procedure | NoProcedure | undefined {
  const { before, after } = change;
  const { resource, database } = sideOf(change);
  if (before === undefined || verdict === "unknown") return undefined;
  if (database?.operator !== undefined) return whatTheOperatorDoes(change, verdict);
  if (![before.resource, after?.resource ?? before.resource].every(isNamed))
    return { says: "A name is filled in later, or is not one that Kubernetes takes: render the manifests first." };
  if (after === undefined)
    return verdict === "removed" || verdict === "destroys-data"
      ? (deleteDatabase(before, change) ?? byHand)
      : undefined;
  const [old, young] = [before.database, after.database];
  const isHard = /^(does-not-start|refused|starts-empty|destroys-data)$/.test(verdict);
  if (old !== undefined && young !== undefined && (isHard || change.isRenamed) && cannotReadFiles(old, young)) {
    const isRestored = !change.isRenamed && verdict !== "destroys-data";
    return !isRestored || (verdict !== "does-not-start" && stagesBetween(old, young).length > 0)
      ? inTwoChanges(old, resource)
      : (throughUpgrade(before, after, apply) ?? byHand);
  }
  if (change.isRenamed) return carryVolumes(before, after, apply) ?? byHand;
  switch (verdict) {
    case "refused":
      return (
        (isSet(resource) ? throughSet(before, after, change, apply) : throughObject(before, after, change, apply)) ??
        byHand
      );
    case "starts-empty":
      return throughMove(before, after, apply) ?? byHand;
    case "does-not-start":
      return throughUpgrade(before, after, apply) ?? byHand;
    default:
      if (database?.durability !== "durable" || old === undefined || young === undefined) return undefined;
      return (
        scaleDown(before, after, apply) ??
        (verdict === "restarts" && haveSameFiles(old, young) && isOneWay(old, young)
          ? upgradeInPlace({ before, after, old, young, apply })
          : undefined)
      );
  }
}

const byHand: NoProcedure = {
  says: "Take the change back: no way through it that keeps the data is known here, except a dump and a restore.",
};

/** The new version does not start on the files that the old one keeps. */
function cannotReadFiles(old: Database, young: Database): boolean {
  return (
    old.durability === "durable" &&
    (dataPlaceOf(old)?.isLasting === true || haveSameFiles(old, young)) &&
    stepOnFiles(old, young)?.verdict === "does-not-start"
  );
}

/** A version that is taken in steps of its own does not go together with anything else. */
function inTwoChanges(old: Database, resource: Resource): NoProcedure {
  return {
    says: `Two things in one change: a version that cannot read the files of ${versionName(old)}, and another one that needs steps of its own. Make two changes of ${nameOf(resource)}, one after the other, each with its own plan: first everything else with ${serverName(old)}, then only the image.`,
  };
}

function throughSet(before: Side, after: Side, change: Change, apply: Applies): Procedure | NoProcedure | undefined {
  const [old, young] = [before.resource, after.resource];
  const { renamed, replaced } = templateChanges(old, young);
  if (renamed !== undefined) return carryVolumes(before, after, apply);
  if (replaced.length === 0) return recreateSet(before, after, change, apply);
  const claims = claimNamesOf(old) ?? [];
  const specs = (young.node.at("spec", "volumeClaimTemplates")?.items() ?? []).flatMap((template) => {
    const name = template.text("metadata", "name") ?? "";
    const spec = template.at("spec");
    const own = claims.filter((claim) => claim.startsWith(`${name}-${old.name}-`));
    return spec === undefined || !replaced.includes(name) ? [] : own.map((claim) => ({ claim, spec }));
  });
  const runner = { resource: old, replicas: old.workload?.replicas.value ?? 1 };
  return specs.length === 0 ? undefined : replaceVolumes(before, after, [runner], specs, apply);
}

function throughObject(before: Side, after: Side, change: Change, apply: Applies): Procedure | NoProcedure | undefined {
  const { resource } = after;
  if (resource.kind !== "PersistentVolumeClaim") return recreateObject(before, after, change, apply);
  const [from, to] = [before, after].map(({ resource: { node } }) =>
    parseQuantity(node.text("spec", "resources", "requests", "storage") ?? ""),
  );
  if (change.acceptance.refusals.length === 0 && (to ?? 0) > (from ?? 0))
    return {
      says: `Set allowVolumeExpansion: true on class ${resource.node.text("spec", "storageClassName") ?? "of the claim"} first; then the change applies, and the volume grows.`,
    };
  const spec = resource.node.at("spec");
  const runners = usersOf(before.resource, before.workspace);
  return spec === undefined
    ? undefined
    : replaceVolumes(before, after, runners, [{ claim: resource.name, spec }], apply);
}

/** The Deployments and StatefulSets in view that mount a claim. */
function usersOf(claim: Resource, { topology, resources }: Workspace): readonly Runner[] {
  const found = [...resources].filter(
    ({ kind, namespace, workload }) =>
      (kind === "Deployment" || kind === "StatefulSet") &&
      namespace === claim.namespace &&
      workload?.volumes.some(({ source, sourceName }) => source === "claim" && sourceName === claim.name) === true,
  );
  const isDatabase = ({ workload }: Resource): boolean =>
    workload !== undefined && topology.databaseOf(workload) !== undefined;
  return found
    .filter(isNamed)
    .sort((a, b) => Number(isDatabase(b)) - Number(isDatabase(a)))
    .map((resource) => ({ resource, replicas: resource.workload?.replicas.value ?? 1 }));
}

function throughMove(before: Side, after: Side, apply: Applies): Procedure | NoProcedure | undefined {
  const [old, young] = [before.database, after.database];
  const [from, to] = [old, young].map((each) => (each === undefined ? undefined : dataPlaceOf(each)));
  if (old === undefined || young === undefined || from === undefined || to === undefined) return undefined;
  if (from.volume === to.volume && from.inside !== to.inside) return moveFiles(before, after, from, to, apply);
  if (from.volume === to.volume)
    return {
      says: `Switch it on in the running ${serverName(old)} first, as the finding says; then apply the change.`,
    };
  return undefined;
}

function throughUpgrade(before: Side, after: Side, apply: Applies): Procedure | NoProcedure | undefined {
  const [old, young] = [before.database, after.database];
  if (old === undefined || young === undefined) return undefined;
  const way = { before, after, old, young, apply };
  if (old.engine !== young.engine) return undefined;
  const stages = stagesBetween(old, young);
  if (stages.length > 0) return upgradeInStages(way, stages);
  if (isNewer(young, old)) return dumpAndRestore(way);
  if (old.major !== young.major || old.version.value !== young.version.value) return restoreBackup(way);
  const [from, to] = [ownerOf(old), ownerOf(young)];
  return from === undefined || to === undefined || from.id === to.id
    ? undefined
    : changeOwner(before, after, to.id, apply);
}

function isNewer({ major: young }: Database, { major: old }: Database): boolean {
  return young !== undefined && old !== undefined && young > old;
}
