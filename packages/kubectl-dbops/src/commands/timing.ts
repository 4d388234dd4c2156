import type { Measure } from "@dbops/core";
import { wrap } from "../wrap.ts";

/** What a run spends its time on, for --timing. */
export interface Stopwatch {
  readonly measure: Measure;
  /** Lines that say it, the slowest rules by name. */
  report(): readonly string[];
}

const slowest = 10;

/** @param now milliseconds of a clock that only goes forward */
export function stopwatch(now: () => number): Stopwatch {
  const spent = new Map<string, number>();
  return {
    measure: (what, work) => {
      const begin = now();
      const result = work();
      spent.set(what, (spent.get(what) ?? 0) + now() - begin);
      return result;
    },
    report() {
      const take = (what: string): number => spent.get(what) ?? 0;
      const rules = [...spent].filter(([what]) => !stages.has(what)).sort((a, b) => b[1] - a[1]);
      const total = rules.reduce((sum, [, time]) => sum + time, 0);
      const stage = [...stages].map(([what, words]) => `${words} ${shown(take(what))}`);
      const shownRules = rules.slice(0, slowest).map(([id, time]) => `${shown(time).padStart(10)}  ${id}`);
      return [...wrap(`time: ${stage.join(", ")}, ${rules.length} rules ${shown(total)}; slowest:`, 78), ...shownRules];
    },
  };
}

/** Work that is no rule's, in its order. */
const stages: ReadonlyMap<string, string> = new Map([
  ["read", "reading files"],
  ["parse", "parsing"],
  ["topology", "finding databases and who connects to them"],
]);

const shown = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;
