import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { lintFiles } from "./support/lint.ts";

const folder = new URL("rules/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml") && !name.endsWith(".fixed.yaml"));

/** Every third value of a text, as what every object of JavaScript has. */
function renamed(text: string, to: string, offset: number): string {
  let count = offset;
  return text.replace(/(?<=[:=[,] ?)[A-Za-z_@][\w.-]*(?=$|[\s,\]}])/gm, (word) =>
    /^(kind|apiVersion)$/.test(word) || count++ % 3 > 0 ? word : to,
  );
}

describe("names that every object has", () => {
  for (const to of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    it(`are names like any other: ${to}`, () => {
      for (const name of names) {
        const text = readFileSync(new URL(name, folder), "utf8");
        for (const offset of [0, 1, 2])
          assert.doesNotThrow(() => lintFiles({ "a.yaml": renamed(text, to, offset) }), `${name}, ${offset}`);
      }
    }).timeout(120_000);
  }

  it("no schedule, program, setting or key of a patch is found by one", () => {
    const text = (name: string): string => `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec:
  schedule: "${name}"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: dump, image: "postgres:16.4", command: [${name}, pg_dump, -h, db] }]
`;
    const findings = (name: string): readonly string[] =>
      lintFiles({ "a.yaml": text(name) }).findings.map(({ ruleId, message }) =>
        `${ruleId} ${message}`.replaceAll(name, "x"),
      );
    for (const name of ["constructor", "__proto__", "toString"])
      assert.deepEqual(findings(name), findings("something"));
  });
});
