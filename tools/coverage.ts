// pnpm coverage: the branches of the core that its tests take, with a floor; then the rules whose fixtures show little. Tests against real
// programs are left out, so that the number is the same on every machine.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { allRules } from "@dbops/core";
import { readFixture } from "../packages/core/test/support/fixture.ts";

/** Percent of branches. It only rises; some tenths are left for what generated inputs happen to reach. */
const floor = 88.6;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/c8/bin/c8.js",
    ...["--all", "--src", "packages/core/src", "--include", "packages/core/src/**", "--exclude", "**/*.generated.ts"],
    ...["--reporter", "text-summary", "--reporter", "html", "--reports-dir", "dist/coverage"],
    ...["--temp-directory", "dist/coverage/raw", "--check-coverage", "--branches", `${floor}`],
    ...["--lines", "0", "--functions", "0", "--statements", "0"],
    ...[process.execPath, "tools/test.mjs", "--plain"],
  ],
  { cwd: root, stdio: "inherit" },
);

for (const rule of allRules) {
  const fixture = readFileSync(path.join(root, `packages/core/test/rules/${rule.id}.yaml`), "utf8");
  const cases = readFixture(fixture, `${rule.id}.yaml`);
  const loud = cases.filter(({ expectations }) => expectations.length > 0).length;
  const quiet = cases.length - loud;
  if (loud > 1 && quiet > 1) continue;
  process.stdout.write(`${rule.meta.severity} ${rule.id}: ${loud} loud and ${quiet} quiet cases\n`);
}
process.exitCode = status ?? 1;
