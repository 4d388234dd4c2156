/** Counts what the linter executes for a growing folder; a program of its own, since counting slows whatever runs beside it. */
import { Session } from "node:inspector/promises";
import { claims, showClaims } from "./claims-of-clusters.ts";
import { landscapes, scripts } from "./landscapes.ts";
import { lintFiles } from "./lint.ts";
import { sqlParser } from "./sql-parser.ts";

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Calls of functions and runs of blocks inside them while so many objects are linted: the same number on every machine. */
async function workFor(run: () => void): Promise<number> {
  await session.post("Profiler.takePreciseCoverage"); // sets the counters to 0
  run();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  let work = 0;
  for (const { functions } of result) for (const { ranges } of functions) for (const { count } of ranges) work += count;
  return work;
}

const counts: Record<string, readonly number[]> = {};
async function count(name: string, run: (number: number) => void): Promise<void> {
  await workFor(() => run(20)); // what is built once
  const work: number[] = [];
  for (const number of [200, 800]) work.push(await workFor(() => run(number)));
  counts[name] = work;
}
const texts = [
  ...Object.entries(landscapes).map(([name, textOf]) => ({ name, path: "a.yaml", textOf })),
  ...Object.entries(scripts).map(([name, textOf]) => ({ name, path: "migrations/2_a.sql", textOf })),
];
for (const { name, path, textOf } of texts)
  await count(name, (number) => void lintFiles({ [path]: textOf(number) }, { sqlParser }));
await count(claims, showClaims);
process.stdout.write(JSON.stringify(counts));
