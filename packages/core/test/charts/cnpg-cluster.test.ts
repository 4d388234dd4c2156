import assert from "node:assert/strict";
import { lintFiles } from "../support/lint.ts";
import { application, helmRelease, type ReleaseOf, saidOf } from "../support/releases.ts";

const chart = { chart: "cluster", source: "cnpg", version: "0.8.1" } satisfies ReleaseOf;
const argo = { ...chart, source: "https://cloudnative-pg.github.io/charts" };

const losing = `cluster:
  instances: 1
  initdb: { database: ledger, owner: ledger }
  storage:
    size: 20Gi
  postgresql:
    parameters:
      max_connections: "many"
`;
const lost = ["cnpg-single-instance: instances: 1", 'database-setting-invalid: max_connections: "many"'];
const isOfValues = (rule: string): boolean => /single-instance|setting-invalid/.test(rule);

const sound = `version: { postgresql: "17.6" }
cluster:
  resources:
    requests: { memory: 2Gi }
    limits: { memory: 2Gi }
backups:
  enabled: true
  destinationPath: s3://ledger-backups/
  retentionPolicy: 30d
`;
const isWrong = (rule: string): boolean => !/^(backup-without-restore-test)$/.test(rule);

describe("values of CloudNativePG's cluster chart", () => {
  it("values that are wrong are found where they are written, in a HelmRelease and in an Application", () => {
    const texts = [
      helmRelease({ ...chart, values: losing }),
      application({ ...argo, values: losing }, "valuesObject"),
      application({ ...argo, values: losing }, "values"),
    ];
    for (const text of texts) assert.deepEqual([...saidOf(text, isOfValues)].sort(), lost, text);
  });

  it("values that are right draw nothing but what CloudNativePG will remove", () => {
    assert.deepEqual(saidOf(helmRelease({ ...chart, values: sound }), isWrong), [
      "cnpg-in-tree-backup-deprecated: backups:",
    ]);
  });

  it("backups are known to be on, off, or neither", () => {
    const told = (values: string): number =>
      saidOf(helmRelease({ ...chart, values }), (rule) => rule === "database-without-backup").length;
    assert.deepEqual([told("cluster: { instances: 3 }"), told(sound)], [1, 0]);
  });

  it("a pooler is judged with its Cluster", () => {
    const text = helmRelease({
      ...chart,
      values: `${sound}poolers:\n  - name: rw\n    instances: 1\n    poolMode: transaction\n`,
    });
    assert.deepEqual(saidOf(text, (rule) => rule === "pooler-single-instance").length, 1);
  });

  it("what is filled in later is not judged, and a version that is not known is read as the newest", () => {
    const later = (name: string): string => `"$\{${name}}"`;
    const values = `cluster: { instances: ${later("COUNT")}, postgresql: { parameters: { max_connections: ${later("MAX")} } } }`;
    assert.deepEqual(saidOf(helmRelease({ ...chart, values }), isOfValues), []);
    for (const version of ["*", "9.0.0"])
      assert.deepEqual([...saidOf(helmRelease({ ...chart, version, values: losing }), isOfValues)].sort(), lost);
  });

  it("recoveries, and values that are not in view, are named as not read", () => {
    for (const release of [
      { ...chart, values: "mode: recovery" },
      { ...chart, values: losing, more: "valuesFrom: [{ kind: Secret, name: store }]" },
    ]) {
      const { findings, notLinted } = lintFiles({ "release.yaml": helmRelease(release) });
      assert.deepEqual(
        [findings.length, notLinted.map(({ message }) => message)],
        [0, ["has HelmRelease books/ledger of chart cluster, which was not read: its values decide"]],
      );
    }
  });
});
