import {
  type ClaimEntry,
  claimsOf,
  claimWords,
  count,
  type DiffResult,
  type ObjectVerdict,
  shownVerdicts,
} from "@dbops/core";
import type { ReportContext } from "./reporter.ts";

const fates: Readonly<Record<ClaimEntry["fate"], string>> = {
  kept: "kept",
  grown: "grown",
  new: "new and empty",
  "used-again": "used again, with what is on it",
  "left-behind": "left behind",
  deleted: "deleted",
};

/** `deleted (whenScaled: Delete)` */
function fateText({ fate, deletedBy, because, name }: ClaimEntry): string {
  switch (deletedBy) {
    case "object":
      return `${fates[fate]} (${because ?? "its manifest is gone"})`;
    case "operator":
      return because === undefined ? fates[fate] : `${fates[fate]} (${because})`;
    case undefined:
      // An operator fills those of a new instance from the others.
      return fate === "new" && name === undefined ? "new" : fates[fate];
    default:
      return `${fates[fate]} (${deletedBy}: Delete)`;
  }
}

const numberOf = (claims: readonly ClaimEntry[]): number => claims.reduce((sum, { count: number }) => sum + number, 0);

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
    return first === undefined ? [] : [{ claims: claimWords(claims), fate: fateText(first), owner: first.owner }];
  });
}

/** Something is lost, or does not happen. */
function isTroubled({ verdict }: ObjectVerdict): boolean {
  return verdict !== "applies-in-place" && verdict !== "restarts" && verdict !== "unknown";
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
  const left = numberOf(result.claims.filter(({ isOfChange, fate }) => isOfChange && fate === "left-behind"));
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
  const deleted = numberOf(
    destroyed.flatMap((each) => claimsOf(each, result)).filter(({ fate }) => fate === "deleted"),
  );
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

/** One line for each chart of a database that is gone and was not read. */
export function lostChartLines(
  { lostCharts }: DiffResult,
  context: Pick<ReportContext, "relative">,
): readonly string[] {
  return lostCharts.map(
    ({ uri, what }) =>
      `${context.relative(uri)} loses a ${what}, which was not read: what becomes of its data is not known. Compare both renderings (helm template).`,
  );
}
