import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Comparison, Side } from "../change.ts";
import { templateChanges } from "../claim-templates.ts";
import { mayDeleteClaims } from "../claims.ts";
import { dataClaimsOf } from "../data-claims.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { carrying, isName, keeping, kubectl, namespaceOfContext, namespaceWord } from "./shell.ts";
import {
  applyOnFiles,
  backUp,
  claimNamesOf,
  closedWayBack,
  deletion,
  isGoneWhenStopped,
  keepVolumes,
  kubectlName,
  listData,
  pause,
  type Runner,
  resume,
  retain,
  runnerOf,
  stop,
} from "./stack.ts";
import { claimClientsOf, setupFor, startClaimClients, stopClaimClients } from "./writers.ts";

/** A claim and the one that gets its volume, as words for a shell: namespace and name. */
interface Handover {
  readonly from: string;
  readonly to: string;
}

/** A set under another name or in another namespace, or with a claim template of another name: the new claims get the old volumes. */
export function carryVolumes(before: Side, after: Side, among: Comparison, apply: Applies): Procedure | undefined {
  const [old, young] = [before.resource, after.resource];
  const found = old.kind === young.kind ? handoversBetween(old, young) : handoversOfKinds(before, after);
  if (found === undefined || found.length === 0) return undefined;
  const handovers = found.filter(({ from, to }) => from !== to);
  const isInPlace = handovers.length === 0;
  const claims = found.map(({ from }) => from.split(" ")[1] ?? "");
  const others = claimClientsOf(before, after, among, claims);
  const runner = runnerOf(old);
  const isElsewhere = old.namespace !== young.namespace;
  const isItself = !isElsewhere && old.name === young.name && old.kind === young.kind;
  return {
    kind: "carry-volumes",
    title: isInPlace
      ? `Let ${nameOf(young)} take the place of ${nameOf(old)}, one after the other`
      : isItself
        ? `Rebind the volumes of ${nameOf(old)} to the claims of its renamed template`
        : `Carry the volumes of ${nameOf(old)} over to ${nameOf(young)}`,
    outage: `The database is down from the stop until the new Pods are ready.${isInPlace ? "" : " Nothing is copied: the volumes get new claims, however large they are."}`,
    setup: [
      ...(old.namespace === undefined ? [namespaceOfContext] : []),
      ...(isInPlace ? keeping : carrying),
      ...setupFor(others.was),
    ],
    steps: [
      backUp(runner, before.database),
      noteData(runner, before.database),
      pause(before),
      ...(isElsewhere ? [moveCompany(before, after)] : []),
      ...(mayDeleteClaims(old, "whenDeleted") ? [letGo(old)] : []),
      keepVolumes(found.map(({ from }) => from)),
      ...stopClaimClients(others.was, claims),
      stop(runner),
      ...((isItself || isInPlace) && !isGoneWhenStopped(old) ? [deleteStopped(before, apply)] : []),
      ...(isInPlace ? [] : [handOver(handovers, isItself ? old : undefined)]),
      ...applyOnFiles(
        before,
        after,
        apply,
        isInPlace
          ? `stop and delete ${nameOf(young)}, then: ${apply(before)}`
          : `stop ${shortName(young)}, carry the volumes back (the step before, with both sides of each line swapped), then: ${apply(before)}`,
      ),
      ...(isItself || isInPlace || isGoneWhenStopped(old) ? [] : [deleteOld(before, after)]),
      ...startClaimClients(others),
      resume(after),
    ],
  };
}

/** From each claim of the old text to the one of the same template and ordinal. */
function handoversBetween(old: Resource, young: Resource): readonly Handover[] | undefined {
  const [from, to] = [claimNamesOf(old), claimNamesOf(young)];
  if (from === undefined || to === undefined) return undefined;
  const { renamed, removed, added } = templateChanges(old, young);
  if (removed.length > 0 || added.length > 0) return undefined;
  const start = ({ node }: Resource): number => node.at("spec", "ordinals", "start")?.integer() ?? 0;
  const known = new Set(to);
  return from.flatMap((claim) => {
    const dash = claim.lastIndexOf("-");
    const ordinal = Number(claim.slice(dash + 1)) - start(old) + start(young);
    const template = claim.slice(0, dash - old.name.length - 1);
    const other = `${template === renamed?.from ? renamed.to : template}-${young.name}-${ordinal}`;
    return known.has(other) ? [{ from: `${namespaceWord(old)} ${claim}`, to: `${namespaceWord(young)} ${other}` }] : [];
  });
}

/** Between a Deployment and a StatefulSet: from the claim of the data to the one that the new server looks for. */
function handoversOfKinds(before: Side, after: Side): readonly Handover[] | undefined {
  const [[from], [to]] = [dataClaimsOf(before) ?? [], dataClaimsOf(after) ?? []];
  if (from === undefined || to === undefined || ![from, to].every(isName)) return undefined;
  return [{ from: `${namespaceWord(before.resource)} ${from}`, to: `${namespaceWord(after.resource)} ${to}` }];
}

/** What the data looks like before, to compare with later. */
export function noteData(runner: Runner, database: Database | undefined): Step {
  return step("Write down what the database holds", listData(runner, database), undefined, undefined, {
    by: "person",
    check: { commands: [], expects: "the list is kept: the same databases and sizes must be there at the end" },
  });
}

function moveCompany(before: Side, after: Side): Step {
  const { namespace } = after.resource;
  return step(
    `Check that namespace ${namespace} has what the Pods need`,
    [`kubectl -n ${namespace} get secret,configmap,serviceaccount,service,networkpolicy`],
    undefined,
    undefined,
    {
      check: {
        commands: [],
        expects: `the Secrets and ConfigMaps that ${nameOf(after.resource)} names are there; clients know the new host (….${namespace}.svc instead of ….${before.resource.namespace}.svc)`,
      },
    },
  );
}

function letGo(old: Resource): Step {
  return step(
    `Let the claims of ${nameOf(old)} outlive it`,
    [retain(old)],
    "whenDeleted: Delete no longer takes them along",
    "patch it back to Delete",
  );
}

/** A set without Pods is in the way of its new text. */
export function deleteStopped(side: Side, apply: Applies): Step {
  const { resource: set } = side;
  return step(
    `Delete the object ${nameOf(set)}; its claims stay`,
    [deletion(set)],
    "no Pod runs, and nothing starts one",
    apply(side),
  );
}

function handOver(handovers: readonly Handover[], itself: Resource | undefined): Step {
  return step(
    handovers.length === 1 ? "Rebind the volume to its new claim" : "Rebind the volumes to the new claims",
    handovers.map(({ from, to }) => `carry ${from} ${to}`),
    `the old claims go, the volumes stay with all data, and ${itself === undefined ? "the new set finds them by the names of its claims" : "the set finds them under the new names"}`,
    handovers.map(({ from, to }) => `carry ${to} ${from}`).join("; "),
    {
      check: {
        commands: [...new Set(handovers.map(({ to }) => to.split(" ")[0] ?? ""))].map(
          (namespace) => `kubectl -n ${namespace} get pvc`,
        ),
        expects: "each new claim is Bound to the volume that was written down for the old one",
      },
    },
  );
}

function deleteOld(before: Side, after: Side): Step {
  const { resource: old } = before;
  return step(
    `Delete ${nameOf(old)}, which no longer has Pods or claims`,
    [`${kubectl(old)} delete ${kubectlName(old)}`],
    "only the new one is left",
    closedWayBack(before, after) ?? "apply the old text; its volumes are with the new claims",
  );
}

/** Claims that are put aside keep their volumes, and the new Pods make new ones. */
export function asideOf(claims: readonly string[], namespace: string, suffix: string): readonly Handover[] {
  return claims.map((claim) => ({
    from: `${namespace} ${claim}`,
    to: `${namespace} ${claim}-${suffix}`,
  }));
}
