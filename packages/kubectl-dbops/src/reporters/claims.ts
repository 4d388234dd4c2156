import { cell, count, type LiveClaim, printable } from "@dbops/core";
import { jsonText, notACommand, type ReportContext } from "./reporter.ts";

type ClaimsReporter = (claims: readonly LiveClaim[], context: ReportContext) => string;

/** Every format by the name that -o takes. */
export const claimReporters: Readonly<Record<"human" | "json" | "markdown", ClaimsReporter>> = {
  human,
  json,
  markdown,
};

const columns: readonly (readonly [heading: string, text: (claim: LiveClaim) => string])[] = [
  ["claim", ({ namespace, name }) => `${namespace}/${name}`],
  ["size", ({ size }) => size ?? "?"],
  ["class", ({ storageClass }) => storageClass ?? "–"],
  ["server", ({ server }) => server ?? "–"],
  ["age", ({ age }) => age ?? "?"],
  ["disk without it", diskWord],
  ["why it is there", ({ verdict }) => verdict],
];

/** What becomes of the disk when the claim is deleted. */
function diskWord({ volume, reclaimPolicy }: LiveClaim): string {
  if (volume === undefined) return "–";
  const words: ReadonlyMap<string | undefined, string> = new Map([
    ["Delete", "deleted"],
    ["Retain", "kept"],
    ["Recycle", "emptied"],
  ]);
  return words.get(reclaimPolicy) ?? reclaimPolicy ?? "?";
}

function human(claims: readonly LiveClaim[], { color }: ReportContext): string {
  if (claims.length === 0) return "No claims.\n";
  const rows = [
    columns.map(([heading]) => heading),
    ...claims.map((claim) => columns.map(([, text]) => printable(text(claim)))),
  ];
  const widths = columns.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const lines = rows.map((row, index) => {
    const line = row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    return index === 0 && color ? `\u001b[1m${line}\u001b[0m` : notACommand(line);
  });
  return `${lines.join("\n")}\n\n${sumOf(claims)}\n`;
}

/** `4 claims: 3 in use, 1 kept for a Pod. 2 disks are deleted with their claims.` */
function sumOf(claims: readonly LiveClaim[]): string {
  const used = claims.filter(({ state }) => state === "in-use").length;
  const going = claims.filter(({ state }) => state === "going").length;
  const unknown = claims.filter(({ state }) => state === "unknown").length;
  const kept = claims.length - used - going - unknown;
  const parts = [
    [used, "in use"],
    [kept, "kept"],
    [going, "about to go"],
    [unknown, "unknown"],
  ] as const;
  const deleted = claims.filter(({ reclaimPolicy }) => reclaimPolicy === "Delete").length;
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const emptied = claims.filter(({ reclaimPolicy }) => reclaimPolicy === "Recycle").length;
  const recycled = emptied === 0 ? "" : ` ${count(emptied, "disk")} ${emptied === 1 ? "is" : "are"} emptied.`;
  const disks =
    deleted === 0
      ? ""
      : ` ${deleted === claims.length && deleted > 1 ? "All disks are" : `${count(deleted, "disk")} ${deleted === 1 ? "is" : "are"}`} deleted with ${deleted === 1 ? "its claim" : "their claims"}.`;
  return `${count(claims.length, "claim")}: ${words.join(", ")}.${disks}${recycled}`;
}

function json(claims: readonly LiveClaim[], { version }: ReportContext): string {
  return `${jsonText({ schemaVersion: 1, tool: { name: "dbops", version }, claims: claims.map(claimJson) }, 2)}\n`;
}

function claimJson(claim: LiveClaim): object {
  const { namespace, name, size, storageClass, volume, reclaimPolicy, server, age, state, verdict, pods, snapshots } =
    claim;
  return {
    namespace,
    name,
    size: size ?? null,
    storageClass: storageClass ?? null,
    volume: volume ?? null,
    reclaimPolicy: reclaimPolicy ?? null,
    server: server ?? null,
    age: age ?? null,
    state,
    verdict,
    pods,
    snapshots,
  };
}

function markdown(claims: readonly LiveClaim[]): string {
  const rows = claims.map((claim) => `| ${columns.map(([, text]) => cell(printable(text(claim)))).join(" | ")} |`);
  const heads = columns.map(([heading]) => heading);
  return [`| ${heads.join(" | ")} |`, `|${heads.map(() => "---").join("|")}|`, ...rows, "", sumOf(claims), ""].join(
    "\n",
  );
}
