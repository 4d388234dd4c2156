import assert from "node:assert/strict";
import { fixFiles, lintFiles } from "../support/lint.ts";
import { application, helmRelease, type ReleaseOf, saidOf } from "../support/releases.ts";

const bitnami = { chart: "postgresql", source: "bitnami", version: "16.4.1" } satisfies ReleaseOf;
const argo = { ...bitnami, source: "registry-1.docker.io/bitnamicharts" };

const losing = `image:
  tag: latest
auth:
  username: ledger
  password: hunter2
primary:
  persistence:
    enabled: false
  extendedConfiguration: |
    max_connections = 5000
`;
const lost = [
  "data-on-emptydir: enabled: false",
  "database-password-in-manifest: password: hunter2",
  "memory-settings-overcommit: max_connections = 5000",
];
const sound = `image:
  repository: bitnamilegacy/postgresql
  tag: 17.6.0-debian-12-r4
auth:
  existingSecret: ledger-login
primary:
  persistence:
    size: 20Gi
  resources:
    requests: { memory: 2Gi }
    limits: { memory: 2Gi }
  extendedConfiguration: |
    max_connections = 100
    shared_buffers = 512MB
`;

/** What every database of one Pod is told, however it is described. */
const isOfAny = (rule: string): boolean => /^(database-without-backup|backup-)/.test(rule);

describe("values of bitnami/postgresql", () => {
  it("values that lose data are found where they are written, in a HelmRelease", () => {
    const said = saidOf(helmRelease({ ...bitnami, values: losing }), (rule) => !isOfAny(rule));
    assert.deepEqual([...said].sort(), lost);
  });

  it("and in an Application, as an object or as a text", () => {
    for (const as of ["valuesObject", "values"] as const) {
      const said = saidOf(application({ ...argo, values: losing }, as), (rule) => !isOfAny(rule));
      assert.deepEqual([...said].sort(), lost, as);
    }
  });

  it("the password is named by its path and shown nowhere", () => {
    const { findings } = lintFiles({ "release.yaml": helmRelease({ ...bitnami, values: losing }) });
    const told = findings.find(({ ruleId }) => ruleId === "database-password-in-manifest")?.message ?? "";
    assert.match(told, /^The values of HelmRelease books\/ledger hold auth\.password in plain text/);
    assert.ok(!JSON.stringify(findings.map(({ message, related }) => [message, related])).includes("hunter2"));
  });

  it("a tag that names no version is found where it is written", () => {
    const said = saidOf(helmRelease({ ...bitnami, values: "auth: { existingSecret: a }\nimage:\n  tag: latest" }));
    assert.ok(said.includes("database-image-unpinned: tag: latest"), said.join("\n"));
  });

  it("values that are right draw nothing", () => {
    assert.deepEqual(
      saidOf(helmRelease({ ...bitnami, values: sound }), (rule) => !isOfAny(rule)),
      [],
    );
  });

  it("the version that pulls a withdrawn image is an error at the version, and no other line is edited", () => {
    const text = helmRelease({ ...bitnami, values: "auth: { existingSecret: ledger-login }" });
    assert.deepEqual(
      saidOf(text, (rule) => !isOfAny(rule)),
      ['image-withdrawn: version: "16.4.1"'],
    );
    assert.deepEqual(fixFiles({ "release.yaml": text }, "unsafe").files, []);
  });

  it("what is filled in later or comes from elsewhere is not judged", () => {
    const unknown =
      "auth: { password: $PASSWORD }\nprimary: { persistence: { enabled: $KEEP } }\nimage: { tag: $TAG }".replace(
        /\$(\w+)/g,
        "'$${$1}'",
      );
    assert.deepEqual(
      saidOf(helmRelease({ ...bitnami, values: unknown }), (rule) => !isOfAny(rule)),
      [],
    );
    const elsewhere = helmRelease({ ...bitnami, more: "valuesFrom: [{ kind: Secret, name: ledger-values }]" });
    assert.deepEqual(
      saidOf(elsewhere),
      ['image-withdrawn: version: "16.4.1"'].filter(() => false),
    );
  });

  it("what is written wins over values from elsewhere, and is judged", () => {
    const text = helmRelease({
      ...bitnami,
      more: "valuesFrom: [{ kind: ConfigMap, name: shared }]",
      values: "primary: { persistence: { enabled: false } }",
    });
    assert.deepEqual(saidOf(text), ["data-on-emptydir: primary: { persistence: { enabled: false } }"]);
  });

  it("a reference with a target path hides that path only", () => {
    const text = helmRelease({
      ...bitnami,
      more: "valuesFrom: [{ kind: Secret, name: login, targetPath: auth.password }]",
      values: "image: { repository: bitnamilegacy/postgresql }\nprimary:\n  persistence:\n    enabled: false",
    });
    assert.deepEqual(
      saidOf(text, (rule) => !isOfAny(rule)),
      ["data-on-emptydir: enabled: false"],
    );
  });

  it("a version that is not known is read as the newest, without an image of its own", () => {
    for (const version of [undefined, "*", ">=12", "$".concat("{CHART_VERSION}"), "99.1.0"]) {
      const { version: _, ...chart } = bitnami;
      const text = helmRelease({
        ...chart,
        ...(version === undefined ? {} : { version }),
        values: "primary:\n  persistence:\n    enabled: false",
      });
      assert.deepEqual(
        saidOf(text, (rule) => !isOfAny(rule)),
        ["data-on-emptydir: enabled: false"],
        version,
      );
    }
  });

  it("a chart from before its keys had prefixes, and one from elsewhere, is named as not read", () => {
    for (const release of [
      { ...bitnami, version: "10.16.2" },
      { ...bitnami, source: "house-charts" },
    ]) {
      const { findings, notLinted } = lintFiles({ "release.yaml": helmRelease({ ...release, values: losing }) });
      assert.deepEqual(findings, []);
      assert.deepEqual(
        notLinted.map(({ message }) => message),
        ["has HelmRelease books/ledger of chart postgresql, which was not read: its values decide"],
      );
    }
    assert.deepEqual(lintFiles({ "release.yaml": helmRelease(bitnami) }).notLinted, []);
  });

  it("post-renderers may change everything: nothing is said", () => {
    const text = helmRelease({ ...bitnami, values: losing, more: "postRenderers: [{ kustomize: { patches: [] } }]" });
    assert.deepEqual(saidOf(text), []);
  });

  it("read replicas copy the primary, and applications reach both by their Services", () => {
    const client = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: books }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.4.0
          env: [{ name: DATABASE_URL, value: "postgresql://ledger-postgresql-HOST:5432/books" }]
`;
    const release = helmRelease({
      ...bitnami,
      values: `${sound}architecture: replication\nreadReplicas: { replicaCount: 3, resourcesPreset: small }\n`,
    });
    const ofHosts = (host: string): readonly string[] =>
      saidOf(release + client.replace("HOST", host), (rule) => /host|replica/.test(rule));
    assert.deepEqual(ofHosts("primary"), []);
    assert.deepEqual(ofHosts("read"), []);
  });

  it("the chart's own backup counts as one", () => {
    const values = `${sound}backup:\n  enabled: true\n`;
    const without = saidOf(helmRelease({ ...bitnami, values: sound }), (rule) => rule === "database-without-backup");
    const withOne = saidOf(helmRelease({ ...bitnami, values }), (rule) => rule === "database-without-backup");
    assert.deepEqual([without.length, withOne.length], [1, 0]);
  });
});
