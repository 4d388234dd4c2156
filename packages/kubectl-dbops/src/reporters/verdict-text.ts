import { type ClaimEntry, claimNames, type DiffResult, type ObjectVerdict, type Restart } from "@dbops/core";
import { count } from "./reporter.ts";

/** A verdict as a person reads it: `restarts 3 Pods (2, 1, 0)`. */
export function verdictText(each: ObjectVerdict, claims: readonly ClaimEntry[]): string {
  const left = claims.filter(({ fate }) => fate === "left-behind");
  const deleted = claims.filter(({ fate }) => fate === "deleted");
  switch (each.verdict) {
    case "refused":
      return each.refused.length > 0 || each.subject.kind === "PersistentVolumeClaim"
        ? "refused by the API server"
        : "refused by the operator";
    case "does-not-start":
      return each.isDatabase ? "does not start on its data" : "its server does not start on its data";
    case "starts-empty":
      return left.length > 0
        ? `starts empty, data stays in ${claimNames(left)}`
        : "starts empty, data stays where it was";
    case "destroys-data":
      return deleted.length > 0 ? `destroys data (${claimNames(deleted)})` : "destroys data";
    case "removed":
      return left.length > 0 ? `removed, data stays in ${claimNames(left)}` : "removed";
    case "stops":
      return left.length > 0 ? `stops: no Pod runs, data stays in ${claimNames(left)}` : "stops: no Pod runs";
    case "loses-instances":
      return "loses instances: the operator deletes them with their claims";
    case "restarts":
      return each.restart === undefined ? "restarts" : restartText(each.restart);
    case "unknown":
      return `not known: ${each.because ?? "it depends on what is not in view"}`;
    case "applies-in-place":
      return "applies in place";
  }
}

function restartText({ ordinals, pods, how, kept }: Restart): string {
  if (pods === 0 && kept.length > 0)
    return `restarts no Pod: ${ordinalList(kept)} ${kept.length === 1 ? "is" : "are"} below the partition`;
  const number = pods === undefined ? "its Pods" : count(pods, "Pod");
  if (how === "waits") return `changes ${number} only when someone deletes ${pods === 1 ? "it" : "them"} (OnDelete)`;
  const order = ordinals === undefined || ordinals.length < 2 ? "" : ` (${ordinalList(ordinals)})`;
  const rest =
    kept.length === 0
      ? ""
      : `; ${ordinalList(kept)} ${kept.length === 1 ? "keeps" : "keep"} the old template (partition)`;
  return `restarts ${number}${how === "together" ? ", all stopped first (Recreate)" : order}${rest}`;
}

function ordinalList(ordinals: readonly number[]): string {
  return ordinals.length > 8 ? `${ordinals[0]} … ${ordinals.at(-1)}` : ordinals.join(", ");
}

const fates: Readonly<Record<ClaimEntry["fate"], string>> = {
  kept: "kept",
  grown: "grown",
  new: "new and empty",
  "left-behind": "left behind",
  deleted: "deleted",
};

/** `deleted (whenScaled: Delete)` */
function fateText({ fate, deletedBy }: ClaimEntry): string {
  const why =
    deletedBy === undefined ? "" : deletedBy === "object" ? " (its manifest is gone)" : ` (${deletedBy}: Delete)`;
  return fates[fate] + why;
}

/** Claims of one owner and one fate. */
export interface LedgerLine {
  readonly claims: string;
  readonly fate: string;
  readonly owner: string;
}

/** The ledger of what changed: claims that are kept only where their object does not simply go on. */
export function ledgerLines(result: DiffResult): readonly LedgerLine[] {
  const troubled = new Set(result.verdicts.filter(isTroubled).flatMap(({ name, renamedFrom }) => [name, renamedFrom]));
  const shown = result.claims.filter(
    ({ fate, owner, isOfChange }) => isOfChange && (fate !== "kept" || troubled.has(owner)),
  );
  const groups = new Map<string, ClaimEntry[]>();
  for (const each of shown) {
    const key = `${each.owner} ${fateText(each)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((claims) => {
    const [first] = claims;
    return first === undefined ? [] : [{ claims: claimNames(claims), fate: fateText(first), owner: first.owner }];
  });
}

/** Something is lost, or does not happen. */
function isTroubled({ verdict }: ObjectVerdict): boolean {
  return verdict !== "applies-in-place" && verdict !== "restarts" && verdict !== "unknown";
}

/** The claims of the object that a verdict is about, under its old name too. */
export function claimsOf({ name, renamedFrom }: ObjectVerdict, { claims }: DiffResult): readonly ClaimEntry[] {
  return claims.filter(({ owner }) => owner === name || owner === renamedFrom);
}

/** What is worth a line: everything but what applies in place. */
export function shownVerdicts({ verdicts }: DiffResult): readonly ObjectVerdict[] {
  return verdicts.filter(({ verdict }) => verdict !== "applies-in-place");
}

/** `1 refused, 1 starts empty (3 claims stay behind), 2 restart; nothing is destroyed.` Of a single verdict: `1 database restarts; …` */
export function tally(result: DiffResult): string {
  const shown = shownVerdicts(result);
  const { changedObjects: changed } = result;
  if (changed === 0 && shown.length === 0) return "No object that dbops reads changes.";
  const isBare = result.findings.some(({ ruleId }) => ruleId === "database-backup-lost");
  if (shown.length === 0 && isBare)
    return `${count(changed, "object")} ${changed === 1 ? "changes" : "change"}, and a database that stays loses its backup.`;
  if (shown.length === 0) {
    const isSafe = result.findings.every(({ severity }) => severity === "info");
    const change = `${count(changed, "object")} ${changed === 1 ? "changes" : "change"}`;
    return isSafe
      ? `${change}, and every database that dbops reads stays as it is.`
      : `${change}; no database restarts, but the findings say what else it does.`;
  }
  const said = (Object.keys(tallied) as readonly (keyof typeof tallied)[]).filter((verdict) =>
    shown.some((each) => each.verdict === verdict),
  );
  const left = result.claims.filter(({ isOfChange, fate }) => isOfChange && fate === "left-behind").length;
  const leaving = said.find((verdict) => /^(starts-empty|removed|stops)$/.test(verdict));
  const parts = said.map((verdict) => {
    const of = shown.filter((each) => each.verdict === verdict);
    // A ConfigMap that keeps a server from starting stands for it.
    const isOfDatabases = verdict === "does-not-start" || of.every(({ isDatabase }) => isDatabase);
    const word = isOfDatabases ? "database" : "object";
    const { among, alone } = tallied[verdict];
    const [one, many] = said.length === 1 ? alone : among;
    const text = (of.length === 1 ? one : many).replace(
      "#",
      said.length === 1 ? count(of.length, word) : `${of.length}`,
    );
    return left > 0 && verdict === leaving
      ? `${text} (${count(left, "claim")} ${left === 1 ? "stays" : "stay"} behind)`
      : text;
  });
  const destroyed = shown.filter(({ verdict }) => verdict === "destroys-data");
  const deleted = destroyed.flatMap((each) => claimsOf(each, result)).filter(({ fate }) => fate === "deleted").length;
  const ends = [
    destroyed.length === 0
      ? [
          `nothing ${said.includes("loses-instances") ? "else " : ""}is ${said.includes("unknown") ? "known to be " : ""}destroyed`,
        ]
      : [],
    isBare ? ["a database that stays loses its backup"] : [],
    deleted === 0 ? [] : [`${count(deleted, "claim")} ${deleted === 1 ? "is" : "are"} deleted`],
  ].flat();
  return `${[parts.join(", "), ...ends].join("; ")}.`;
}

/** How a verdict is counted, most severe first, of one object and of several: among others, and where it is the only one. */
const tallied = {
  refused: { among: ["# refused", "# refused"], alone: ["# is refused", "# are refused"] },
  "destroys-data": {
    among: ["# destroys data", "# destroy data"],
    alone: ["data of # is destroyed", "data of # is destroyed"],
  },
  "does-not-start": {
    among: ["# does not start", "# do not start"],
    alone: ["# does not start", "# do not start"],
  },
  "starts-empty": { among: ["# starts empty", "# start empty"], alone: ["# starts empty", "# start empty"] },
  removed: { among: ["# removed", "# removed"], alone: ["# is removed", "# are removed"] },
  stops: { among: ["# stops", "# stop"], alone: ["# stops", "# stop"] },
  "loses-instances": {
    among: ["# loses instances with their claims", "# lose instances with their claims"],
    alone: ["# loses instances with their claims", "# lose instances with their claims"],
  },
  restarts: { among: ["# restarts", "# restart"], alone: ["# restarts", "# restart"] },
  unknown: {
    among: ["# not known", "# not known"],
    alone: ["what becomes of # is not known", "what becomes of # is not known"],
  },
} as const satisfies Readonly<Partial<Record<ObjectVerdict["verdict"], object>>>;

/** Said where a verdict rests on it. */
export function removalNote(result: DiffResult): string | undefined {
  const rests = result.verdicts.some(
    ({ verdict, renamedFrom }) => renamedFrom !== undefined || verdict === "removed" || verdict === "destroys-data",
  );
  return rests
    ? "What only the old text has counts as deleted (prune, kubectl delete); kubectl apply alone leaves it running."
    : undefined;
}
