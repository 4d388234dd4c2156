import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { claims } from "./support/claims-of-clusters.ts";
import { landscapes, scripts } from "./support/landscapes.ts";

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), "support/count-work.ts");

describe("thousands of objects or statements take work in proportion", () => {
  let counts: Readonly<Record<string, readonly [number, number]>>;

  before(function () {
    this.timeout(300_000);
    const { NODE_V8_COVERAGE: _, ...env } = process.env; // its counters are the ones that are read
    counts = JSON.parse(execFileSync(process.execPath, ["--import", "tsx", program], { env, encoding: "utf8" }));
  });

  for (const name of [...Object.keys({ ...landscapes, ...scripts }), claims])
    it(name, () => {
      const [small, large] = counts[name] ?? assert.fail();
      assert.ok(large < 4.5 * small, `4 times as many take ${(large / small).toFixed(2)} times as much`);
    });
});
