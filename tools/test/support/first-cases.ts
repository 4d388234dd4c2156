import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type LiveObject, readDump } from "@dbops/core";
import { readFixture } from "../../../packages/core/test/support/fixture.ts";

/** The first case of every rule about what stands in files, as objects of one namespace. */
export function firstCases(): ReadonlyMap<string, readonly LiveObject[]> {
  const folder = path.join(import.meta.dirname, "../../../packages/core/test/rules");
  const cases = new Map<string, readonly LiveObject[]>();
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".yaml") || file.endsWith(".fixed.yaml")) continue;
    const [first] = readFixture(readFileSync(path.join(folder, file), "utf8"), file);
    if (first === undefined || first.before.length > 0 || first.settings.view !== undefined) continue;
    const dumps = first.files.map(({ text }) => readDump(text));
    const objects = dumps.flatMap((dump) => dump.objects);
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
    if (objects.length > 0 && namespaces.size === 1 && dumps.every(({ problems }) => problems.length === 0))
      cases.set(file, objects);
  }
  return cases;
}
