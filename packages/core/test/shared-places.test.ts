import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { allRules, type Finding } from "../src/index.ts";
import { type Case, readFixture } from "./support/fixture.ts";
import { runCase } from "./support/run-case.ts";

const folder = new URL("./rules/", import.meta.url);
const table = new URL("./shared-places.json", import.meta.url);

/** Warnings and errors of a case that begin at one place, as `rule + rule`. */
function pairsIn(each: Case): readonly string[] {
  const settings = { configs: [], view: "folder", today: "2026-11-24", rules: allRules, preset: "all" } as const;
  const { findings } = runCase(each, each.files, settings);
  const byPlace = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.severity === "info") continue;
    const place = `${finding.location.uri} ${finding.location.span.start}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), finding]);
  }
  return [...byPlace.values()].flatMap((found) =>
    found.flatMap(({ ruleId }, index) =>
      found.slice(index + 1).map((other) => [ruleId, other.ruleId].sort().join(" + ")),
    ),
  );
}

describe("findings of two rules at one place", () => {
  it("are known pairs, each with the reason why they are two faults", function () {
    this.timeout(120_000);
    const found = new Set<string>();
    for (const name of readdirSync(folder)) {
      if (!name.endsWith(".yaml") || name.endsWith(".fixed.yaml")) continue;
      for (const each of readFixture(readFileSync(new URL(name, folder), "utf8"), name))
        for (const pair of pairsIn(each)) found.add(pair);
    }
    const known = JSON.parse(readFileSync(table, "utf8")) as Readonly<Record<string, string>>;
    assert.deepEqual(
      [...found].filter((pair) => !Object.hasOwn(known, pair)).sort(),
      [],
      "merge the two, or say in shared-places.json why they are two faults",
    );
    assert.deepEqual(
      Object.keys(known).filter((pair) => !found.has(pair)),
      [],
      "no fixture shows these any more",
    );
    for (const [pair, reason] of Object.entries(known)) assert.ok(reason.length > 20, `${pair} has no reason`);
  });
});
