/** Counts what the linter executes for a growing folder; a program of its own, since counting slows whatever runs beside it. */
import { Session } from "node:inspector/promises";
import { landscapes } from "./landscapes.ts";
import { lintFiles } from "./lint.ts";

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Calls of functions and runs of blocks inside them while so many objects are linted: the same number on every machine. */
async function workFor(text: string): Promise<number> {
  await session.post("Profiler.takePreciseCoverage"); // sets the counters to 0
  lintFiles({ "a.yaml": text });
  const { result } = await session.post("Profiler.takePreciseCoverage");
  let work = 0;
  for (const { functions } of result) for (const { ranges } of functions) for (const { count } of ranges) work += count;
  return work;
}

const counts: Record<string, readonly number[]> = {};
for (const [name, textOf] of Object.entries(landscapes)) {
  await workFor(textOf(20)); // what is built once
  const work: number[] = [];
  for (const count of [200, 800]) work.push(await workFor(textOf(count)));
  counts[name] = work;
}
process.stdout.write(JSON.stringify(counts));
