import { claimNames } from "../change/claim-names.ts";
import type { Restart } from "../change/restarts.ts";
import { count } from "../text/count.ts";
import type { DiffResult } from "./diff.ts";
import type { ClaimEntry, ObjectVerdict } from "./verdicts.ts";

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
        ? `starts empty, data stays in ${claimWords(left)}`
        : "starts empty, data stays where it was";
    case "destroys-data":
      return deleted.length > 0 ? `destroys data (${claimWords(deleted)})` : "destroys data";
    case "removed":
      return left.length > 0 ? `removed, data stays in ${claimWords(left)}` : "removed";
    case "stops":
      return left.length > 0 ? `stops: no Pod runs, data stays in ${claimWords(left)}` : "stops: no Pod runs";
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

/** `data-orders-db-0 … 2`; of an operator `3 claims of data, 3 of WAL`. */
export function claimWords(claims: readonly ClaimEntry[]): string {
  const named = claims.flatMap(({ name }) => (name === undefined ? [] : [{ name }]));
  const counted = claims.filter(({ name }) => name === undefined);
  const words = counted.map(({ volume, count: number }, index) =>
    index === 0 ? `${count(number, "claim")} of ${volume}` : `${number} of ${volume}`,
  );
  return [...(named.length === 0 ? [] : [claimNames(named)]), ...words].join(", ");
}

/** The claims of the object that a verdict is about, under its old name too. */
export function claimsOf({ name, renamedFrom }: ObjectVerdict, { claims }: DiffResult): readonly ClaimEntry[] {
  return claims.filter(({ owner }) => owner === name || owner === renamedFrom);
}

/** What is worth a line: everything but what applies in place. */
export function shownVerdicts({ verdicts }: DiffResult): readonly ObjectVerdict[] {
  return verdicts.filter(({ verdict }) => verdict !== "applies-in-place");
}
