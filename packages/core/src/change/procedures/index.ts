import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { isOfOperator } from "../../domain/operators/read-operators.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import type { Resource } from "../../kube/resource.ts";
import { listed } from "../../text/listed.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Change, Side, Verdict } from "../change.ts";
import { sideOf } from "../change.ts";
import { templateChanges } from "../claim-templates.ts";
import { claimsOfTemplate, isSet, mountedClaims } from "../claims.ts";
import { dataClaimsOf, offClaims } from "../data-claims.ts";
import { ownerOf } from "../data-owner.ts";
import { dataPlaceOf } from "../data-place.ts";
import { haveSameFiles, isOneWay, stagesBetween, stepOnFiles } from "../version-step.ts";
import { carryVolumes } from "./carry.ts";
import { deleteDatabase } from "./delete.ts";
import { changeOwner, moveFiles } from "./in-place.ts";
import { whatItsOperatorAccepts, whatTheOperatorDoes } from "./operated.ts";
import type { Applies, NoProcedure, Procedure } from "./procedure.ts";
import { recreateObject, recreateSet } from "./recreate.ts";
import { replaceVolumes, type Server } from "./replace-volumes.ts";
import { scaleDown } from "./scale-down.ts";
import { isNamed, versionName } from "./stack.ts";
import { dumpAndRestore, restoreBackup, upgradeInPlace, upgradeInStages, type Way } from "./upgrade.ts";

/** The way through a change that does not simply apply; undefined: it does, or what becomes of it is not known. */
export function procedureFor(change: Change, verdict: Verdict, apply: Applies): Procedure | NoProcedure | undefined {
  const { before, after } = change;
  const { resource, database } = sideOf(change);
  if (before === undefined || verdict === "unknown") return undefined;
  if (database?.operator !== undefined) return whatTheOperatorDoes(change, verdict);
  if (isOfOperator(resource)) return whatItsOperatorAccepts(change, verdict);
  if (![before.resource, after?.resource ?? before.resource].every(isNamed))
    return { says: "A name is filled in later, or is not one that Kubernetes takes: render the manifests first." };
  if (after === undefined)
    return verdict === "removed" || verdict === "destroys-data"
      ? (deleteDatabase(before, change) ?? byHand)
      : undefined;
  const [old, young] = [before.database, after.database];
  if (
    old !== undefined &&
    young !== undefined &&
    ((hard.has(verdict) && verdict !== "destroys-data") || change.isRenamed) &&
    losesMembers(old, young) &&
    // What is filled from a dump is a new cluster.
    !(cannotReadFiles(old, young) && stagesBetween(old, young).length === 0)
  )
    return fewerFirst(old, young);
  if (
    old !== undefined &&
    young !== undefined &&
    (hard.has(verdict) || change.isRenamed) &&
    cannotReadFiles(old, young)
  ) {
    const isRestored = !change.isRenamed && verdict !== "destroys-data";
    return !isRestored || (verdict !== "does-not-start" && stagesBetween(old, young).length > 0)
      ? inTwoChanges(old, resource)
      : (throughUpgrade(change, before, after, apply) ?? byHand);
  }
  if (change.isRenamed)
    return carryVolumes(before, after, change.among, apply) ?? withoutClaim(before, after) ?? byHand;
  switch (verdict) {
    case "refused":
      return (
        (isSet(resource) ? throughSet(before, after, change, apply) : throughObject(before, after, change, apply)) ??
        byHand
      );
    case "starts-empty":
      return throughMove(change, before, after, apply) ?? byHand;
    case "does-not-start":
      return throughUpgrade(change, before, after, apply) ?? byHand;
    default:
      if (database?.durability !== "durable" || old === undefined || young === undefined) return undefined;
      return (
        scaleDown(before, after, apply) ??
        throughRestart({ before, after, old, young, apply, among: change.among }, change, verdict)
      );
  }
}

/** A new version that starts on the old files, and closes the way back. */
function throughRestart(way: Way, change: Change, verdict: Verdict): Procedure | NoProcedure | undefined {
  if (verdict !== "restarts" || !haveSameFiles(way.old, way.young) || !isOneWay(way.old, way.young)) return undefined;
  const claim = claimWithSteps(change);
  return claim === undefined ? upgradeInPlace(way) : careOf(claim);
}

/** Without steps the server does not come back with its data. */
const hard: ReadonlySet<Verdict> = new Set(["does-not-start", "refused", "starts-empty", "destroys-data"]);

const byHand: NoProcedure = {
  says: "Take the change back: no way through it that keeps the data is known here, except a dump and a restore.",
};

/** The new server has no claim that the data could be given to. */
function withoutClaim(before: Side, after: Side): NoProcedure | undefined {
  const claims = dataClaimsOf(before);
  if (claims === undefined || offClaims(after) === undefined) return undefined;
  return {
    says: `Let ${nameOf(after.resource)} use a claim for its data first (volumes: persistentVolumeClaim), and plan again: as it is, the data stays in ${listed(claims)}, and nothing uses ${claims.length === 1 ? "it" : "them"}.`,
  };
}

/** The new version does not start on the files that the old one keeps. */
function cannotReadFiles(old: Database, young: Database): boolean {
  return (
    old.durability === "durable" &&
    (dataPlaceOf(old)?.isLasting === true || haveSameFiles(old, young)) &&
    stepOnFiles(old, young)?.verdict === "does-not-start"
  );
}

/** Members take leave while the set is what it was: a set that is recreated or moved with fewer Pods would drop them. */
function losesMembers(old: Database, young: Database): boolean {
  const [from, to] = [old, young].map(({ resource }) =>
    isSet(resource) ? resource.workload?.replicas.value : undefined,
  );
  return old.durability === "durable" && from !== undefined && to !== undefined && to < from;
}

function fewerFirst(old: Database, young: Database): NoProcedure {
  const [from, to] = [old, young].map(({ resource }) => resource.workload?.replicas.value ?? 0);
  return {
    says: `Two things in one change: ${from} members become ${to}, and something else needs steps of its own. Make two changes of ${nameOf(old.resource)}, one after the other, each with its own plan: first only replicas: ${to}, then the rest.`,
  };
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
  if (renamed !== undefined) return carryVolumes(before, after, change.among, apply);
  if (replaced.length === 0) return recreateSet(before, after, change, apply);
  const specs = (young.node.at("spec", "volumeClaimTemplates")?.items() ?? []).flatMap((template) => {
    const name = template.text("metadata", "name") ?? "";
    const spec = template.at("spec");
    return spec === undefined || !replaced.includes(name)
      ? []
      : claimsOfTemplate(old, name).map((claim) => ({ claim, spec }));
  });
  const olds = old.node.at("spec", "volumeClaimTemplates")?.items() ?? [];
  const blocks = [...olds, ...(young.node.at("spec", "volumeClaimTemplates")?.items() ?? [])].filter(
    (template) => replaced.includes(template.text("metadata", "name") ?? "") && !holdsFiles(template.at("spec")),
  );
  if (blocks.length > 0) return asBlocks(old);
  return specs.length === 0 ? undefined : replaceVolumes(before, after, { before, after }, specs, change.among, apply);
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
  if (![before.resource.node.at("spec"), spec].every(holdsFiles)) return asBlocks(before.resource);
  const server = serverOn(before, change);
  const { before: was, after: now } = server ?? {};
  if (was?.database !== undefined && now?.database !== undefined && cannotReadFiles(was.database, now.database)) {
    const isPutAside =
      stagesBetween(was.database, now.database).length === 0 && dataClaimsOf(was)?.includes(resource.name) === true;
    return isPutAside ? careOf(now.resource) : inTwoChanges(was.database, now.resource);
  }
  return spec === undefined || server === undefined
    ? undefined
    : replaceVolumes(before, after, server, [{ claim: resource.name, spec }], change.among, apply);
}

/** A Pod can mount it and find files: what is filled in later may be a block device. */
function holdsFiles(spec: YamlNode | undefined): boolean {
  const mode = spec?.at("volumeMode");
  return mode === undefined || mode.value === null || mode.text() === "Filesystem";
}

function asBlocks(resource: Resource): NoProcedure {
  return {
    says: `Take the change back, or move the data by hand: a volume of ${nameOf(resource)} is a block device (volumeMode) in one of the texts, and copying files neither reads nor fills one. A dump of the old server that is restored into a new one does.`,
  };
}

const careOf = (other: Resource): NoProcedure => ({ says: `The steps for ${nameOf(other)} take care of it.` });

/** The claim under a database whose own steps stop it and apply the whole change. */
function claimWithSteps({ before, among }: Change): Resource | undefined {
  if (before === undefined) return undefined;
  const { resources } = before.workspace;
  return mountedClaims(before.resource)
    .map((name) => resources.find("PersistentVolumeClaim", name, before.resource))
    .find((claim) => claim !== undefined && (among.changeOf(claim)?.acceptance.refusals.length ?? 0) > 0);
}

/** The Deployment or StatefulSet in view that mounts a claim, a database before others; what else does is stopped with it. */
function serverOn({ resource: claim, workspace }: Side, { among }: Change): Server | undefined {
  const { topology, resources } = workspace;
  const found = [...resources].filter(
    (each) =>
      (each.kind === "Deployment" || each.kind === "StatefulSet") &&
      each.namespace === claim.namespace &&
      mountedClaims(each).includes(claim.name),
  );
  return found
    .filter(isNamed)
    .flatMap((resource): readonly Server[] => {
      const after = among.otherSideOf(resource);
      const database = topology.databaseOf(resource.workload ?? resource);
      return after === undefined ? [] : [{ before: { resource, database, workspace }, after }];
    })
    .sort((a, b) => Number(b.before.database !== undefined) - Number(a.before.database !== undefined))[0];
}

function throughMove(
  { among }: Change,
  before: Side,
  after: Side,
  apply: Applies,
): Procedure | NoProcedure | undefined {
  const [old, young] = [before.database, after.database];
  const [from, to] = [old, young].map((each) => (each === undefined ? undefined : dataPlaceOf(each)));
  if (old === undefined || young === undefined || from === undefined || to === undefined) return undefined;
  if (from.volume === to.volume && from.inside !== to.inside) return moveFiles(before, after, from, to, among, apply);
  if (from.volume === to.volume)
    return {
      says: `Switch it on in the running ${serverName(old)} first, as the finding says; then apply the change.`,
    };
  return undefined;
}

function throughUpgrade(
  { among }: Change,
  before: Side,
  after: Side,
  apply: Applies,
): Procedure | NoProcedure | undefined {
  const [old, young] = [before.database, after.database];
  if (old === undefined || young === undefined) return undefined;
  const way = { before, after, old, young, apply, among };
  if (old.engine !== young.engine) return undefined;
  const resting = [before, after].find(({ resource }) => isSwitchedOff(resource));
  if (resting !== undefined && haveOtherVersions(old, young)) return onlyWhileRunning(old, resting === after);
  const stages = stagesBetween(old, young);
  if (stages.length > 0) return upgradeInStages(way, stages);
  if (isNewer(young, old)) return dumpAndRestore(way);
  if (haveOtherVersions(old, young)) return restoreBackup(way);
  const [from, to] = [ownerOf(old), ownerOf(young)];
  return from === undefined || to === undefined || from.id === to.id
    ? undefined
    : changeOwner(before, after, to.id, among, apply);
}

/** Nobody can ask it anything. */
function isSwitchedOff({ workload }: Resource): boolean {
  return workload?.replicas.value === 0;
}

function haveOtherVersions(old: Database, young: Database): boolean {
  return old.major !== young.major || old.version.value !== young.version.value;
}

/** A dump, a restore and a conversion of files need a server that runs: before, and after. */
function onlyWhileRunning(old: Database, isStoppedNow: boolean): NoProcedure {
  const name = nameOf(old.resource);
  return {
    says: isStoppedNow
      ? `Two things in one change: another version, and replicas: 0. Only a server that runs takes over the data: make two changes of ${name}, first the version, then replicas: 0.`
      : `${name} has replicas: 0 in the old text, and only a server that runs gives its data to another version: start it with ${serverName(old)} first, in a change of its own.`,
  };
}

function isNewer({ major: young }: Database, { major: old }: Database): boolean {
  return young !== undefined && old !== undefined && young > old;
}
