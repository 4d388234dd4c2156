import assert from "node:assert/strict";
import { lintFiles } from "../support/lint.ts";

const release = (chart: string, rest = ""): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ledger-db, namespace: books }
spec:
  chart: { spec: { chart: ${chart}${rest} } }
  values: { primary: { persistence: { enabled: false } } }
`;
const application = (source: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ledger-cache }
spec: ${source}
`;
const saidOf = (files: Readonly<Record<string, string>>): readonly string[] =>
  lintFiles(files).notLinted.map(({ uri, reason, message }) => `${uri.replace("/shop/", "")} ${reason} ${message}`);

describe("charts that nobody rendered", () => {
  it("each release of a database chart is named, whoever describes it", () => {
    assert.deepEqual(
      saidOf({
        "release.yaml": release("postgresql"),
        "application.yaml": application("{ source: { chart: valkey, repoURL: registry.example.com/charts } }"),
        "sources.yaml": application("{ sources: [{ ref: values }, { chart: pxc-db, repoURL: charts.example.com }] }"),
        "k3s.yaml":
          "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: { name: store }\nspec: { chart: oci://charts.example.com/mongodb }\n",
        "overlay/kustomization.yaml": "helmCharts: [{ name: mariadb, releaseName: ledger }]\n",
        "chart/Chart.yaml": "name: books\ndependencies:\n  - { name: redis, version: 1.x }\n  - { name: postgresql }\n",
      }).toSorted(),
      [
        "application.yaml chart has Application ledger-cache of chart valkey, which was not read: its values decide",
        "chart/Chart.yaml chart has a dependency on chart postgresql, which was not read: its values decide",
        "chart/Chart.yaml chart has a dependency on chart redis, which was not read: its values decide",
        "k3s.yaml chart has HelmChart store of chart mongodb, which was not read: its values decide",
        "overlay/kustomization.yaml chart has a helmCharts entry for chart mariadb, which was not read: its values decide",
        "release.yaml chart has HelmRelease books/ledger-db of chart postgresql, which was not read: its values decide",
        "sources.yaml chart has Application ledger-cache of chart pxc-db, which was not read: its values decide",
      ],
    );
  });

  it("charts of other things, charts without a known name and folders of manifests are nobody's business", () => {
    assert.deepEqual(
      saidOf({
        "web.yaml": release("podinfo"),
        "later.yaml": release("__CHART__"),
        "machines.yaml": release("cluster", ", sourceRef: { kind: HelmRepository, name: metal }"),
        "folder.yaml": application("{ source: { path: deploy/postgresql, repoURL: git.example.com/books } }"),
        "chart/Chart.yaml": "name: postgresql\ndependencies: [{ name: common }]\n",
      }),
      [],
    );
    const ours = release("cluster", ", sourceRef: { name: cnpg }").replace("values: {", "values: { mode: recovery,");
    assert.equal(saidOf({ "db.yaml": ours }).length, 1);
  });

  it("a release in a base of two overlays is named once", () => {
    assert.equal(
      saidOf({
        "base/kustomization.yaml": "resources: [release.yaml]\n",
        "base/release.yaml": release("postgresql"),
        "test/kustomization.yaml": "resources: [../base]\n",
        "prod/kustomization.yaml": "resources: [../base]\n",
      }).length,
      1,
    );
  });
});
