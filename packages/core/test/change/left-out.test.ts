import assert from "node:assert/strict";
import { diffFiles, type Files } from "../support/diff.ts";

const database = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: orders, namespace: shop }
spec: { instances: 3, imageName: "ghcr.io/cloudnative-pg/postgresql:17.2-bookworm", storage: { size: 10Gi } }
`;
const list = (...resources: string[]): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [${resources.join(", ")}]\n`;
const flux = (name: string, path: string, spec = "prune: true"): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec: { interval: 1h, path: ${path}, sourceRef: { kind: GitRepository, name: fleet }, ${spec} }
`;
const application = (path: string, metadata = ""): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd${metadata} }
spec: { project: default, source: { repoURL: "https://git.example.com/fleet", path: ${path} }, destination: { namespace: shop } }
`;
const finalizer = ", finalizers: [resources-finalizer.argocd.argoproj.io]";

const said = (before: Files, after: Files): readonly string[] =>
  diffFiles(before, after).findings.map(({ message }) => message);
const gone = (because: string): readonly string[] => [
  `${because}: removing Cluster shop/orders deletes its data (CloudNativePG deletes a Cluster's claims with it).`,
];

const shared = (because: string): readonly string[] =>
  gone(because).map((message) => message.replace(": removing", ": where it was applied, removing"));

describe("what is no longer applied", () => {
  describe("is removed, though its file stays", () => {
    it("when its kustomization lists it no more", () => {
      const result = diffFiles(
        { "shop/kustomization.yaml": list("db.yaml", "web.yaml"), "shop/db.yaml": database },
        { "shop/kustomization.yaml": list("web.yaml"), "shop/db.yaml": database },
      );
      assert.deepEqual(
        result.findings.map(({ message }) => message),
        gone("Kustomization shop no longer lists db.yaml"),
      );
      assert.deepEqual(
        result.findings.flatMap(({ related }) => related.map(({ uri }) => uri)),
        ["/after/shop/kustomization.yaml"],
      );
      assert.deepEqual(
        result.verdicts.map(({ verdict, location }) => `${verdict} ${location.uri}`),
        ["destroys-data /before/shop/db.yaml"],
      );
      assert.deepEqual(
        result.claims.map(({ fate, count }) => `${count} ${fate}`),
        ["3 deleted"],
      );
    });

    it("when the kustomization above lists its folder no more", () =>
      assert.deepEqual(
        said(
          {
            "all/kustomization.yaml": list("../shop", "../web"),
            "shop/kustomization.yaml": list("db.yaml"),
            "shop/db.yaml": database,
          },
          {
            "all/kustomization.yaml": list("../web"),
            "shop/kustomization.yaml": list("db.yaml"),
            "shop/db.yaml": database,
          },
        ),
        gone("Kustomization all no longer lists shop"),
      ));

    it("from one of two overlays, too", () => {
      const base = { "base/kustomization.yaml": list("db.yaml"), "base/db.yaml": database };
      const [one, other] = [
        { "one/kustomization.yaml": list("../base") },
        { "two/kustomization.yaml": list("../base") },
      ];
      assert.deepEqual(said({ ...base, ...one, ...other }, { ...base, ...one }), shared("Kustomization two is gone"));
      assert.deepEqual(
        said({ ...base, ...one, ...other }, { ...base, ...one, "two/kustomization.yaml": list() }),
        shared("Kustomization two no longer lists base"),
      );
    });

    it("from two of three overlays, and the claim is counted once", () => {
      const claim =
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: orders }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n";
      const base = { "base/kustomization.yaml": list("claim.yaml"), "base/claim.yaml": claim };
      const overlay = (name: string): Files => ({ [`${name}/kustomization.yaml`]: list("../base") });
      const { claims } = diffFiles(
        { ...base, ...overlay("one"), ...overlay("two"), ...overlay("three") },
        { ...base, ...overlay("one") },
      );
      assert.deepEqual(
        claims.filter(({ fate }) => fate === "deleted").map(({ name }) => name),
        ["orders"],
      );
    });

    it("from one of two that Flux applies, too", () => {
      const files = {
        "flux.yaml": `${flux("one", "./one")}---\n${flux("two", "./two")}`,
        "part/kustomization.yaml": list("db.yaml").replace("kind: Kustomization", "kind: Component"),
        "part/db.yaml": database,
        "one/kustomization.yaml": "components: [../part]\n",
        "two/kustomization.yaml": "components: [../part]\n",
      };
      assert.deepEqual(
        said(files, { ...files, "two/kustomization.yaml": "components: []\n" }),
        shared("Kustomization two no longer lists part"),
      );
    });

    const files = { "shop/kustomization.yaml": list("db.yaml"), "shop/db.yaml": database };
    it("when the Kustomization of Flux that applied it is removed", () =>
      assert.deepEqual(
        said(
          { ...files, "flux/apps.yaml": `${flux("web", "./web")}---\n${flux("shop", "./shop")}` },
          { ...files, "flux/apps.yaml": flux("web", "./web") },
        ),
        gone("Kustomization flux-system/shop is removed with all that it applied"),
      ));
    it("when the Kustomization of Flux is left out itself", () =>
      assert.deepEqual(
        said(
          {
            ...files,
            "flux/kustomization.yaml": list("shop.yaml", "web.yaml"),
            "flux/shop.yaml": flux("shop", "./shop"),
          },
          { ...files, "flux/kustomization.yaml": list("web.yaml"), "flux/shop.yaml": flux("shop", "./shop") },
        ),
        gone("Kustomization flux-system/shop is removed with all that it applied"),
      ));
    it("when the Kustomization of Flux applies another folder", () =>
      assert.deepEqual(
        said(
          { ...files, "flux/apps.yaml": flux("shop", "./shop") },
          { ...files, "flux/apps.yaml": flux("shop", "./store") },
        ),
        gone("Kustomization flux-system/shop applies store and no longer shop"),
      ));
    it("when it is moved to where nothing applies it, with the Kustomization of Flux", () =>
      assert.deepEqual(
        said(
          {
            "fleet/kustomization.yaml": list("../shop/flux.yaml", "../web/flux.yaml"),
            "web/flux.yaml": flux("web", "./web/app"),
            "shop/flux.yaml": flux("shop", "./shop/app"),
            "shop/app/kustomization.yaml": list("db.yaml"),
            "shop/app/db.yaml": database,
          },
          {
            "fleet/kustomization.yaml": list("../web/flux.yaml"),
            "web/flux.yaml": flux("web", "./web/app"),
            "old/shop/flux.yaml": flux("shop", "./shop/app"),
            "old/shop/app/kustomization.yaml": list("db.yaml"),
            "old/shop/app/db.yaml": database,
          },
        ),
        gone("Kustomization flux-system/shop is removed with all that it applied"),
      ));
    it("in a folder without a kustomization, too", () =>
      assert.deepEqual(
        said({ "shop/db.yaml": database, "flux/apps.yaml": flux("shop", "./shop") }, { "shop/db.yaml": database }),
        gone("Kustomization flux-system/shop is removed with all that it applied"),
      ));
    it("when the Application that applied it is removed, and its finalizer takes it along", () =>
      assert.deepEqual(
        said({ ...files, "argocd/shop.yaml": application("shop", finalizer) }, files),
        gone("Application argocd/shop is removed with all that it applied"),
      ));
  });

  describe("is not", () => {
    const files = { "shop/kustomization.yaml": list("db.yaml"), "shop/db.yaml": database };
    const cases: Readonly<Record<string, readonly [Files, Files]>> = {
      "what another kustomization lists now": [
        {
          "shop/kustomization.yaml": list("db.yaml"),
          "shop/db.yaml": database,
          "store/kustomization.yaml": list("web.yaml"),
        },
        {
          "shop/kustomization.yaml": list("web.yaml"),
          "shop/db.yaml": database,
          "store/kustomization.yaml": list("../shop/db.yaml"),
        },
      ],
      "what a new kustomization lists": [
        { "shop/kustomization.yaml": list("db.yaml", "web.yaml"), "shop/db.yaml": database },
        {
          "shop/kustomization.yaml": list("web.yaml"),
          "shop/db.yaml": database,
          "shop/db/kustomization.yaml": list("../db.yaml"),
        },
      ],
      "what a kustomization in between lists": [
        { "shop/kustomization.yaml": list("db/db.yaml"), "shop/db/db.yaml": database },
        {
          "shop/kustomization.yaml": list("db"),
          "shop/db/kustomization.yaml": list("db.yaml"),
          "shop/db/db.yaml": database,
        },
      ],
      "a folder whose kustomization was removed": [files, { "shop/db.yaml": database }],
      "an overlay that was removed": [
        {
          "base/kustomization.yaml": list("db.yaml"),
          "base/db.yaml": database,
          "prod/kustomization.yaml": list("../base"),
        },
        { "base/kustomization.yaml": list("db.yaml"), "base/db.yaml": database },
      ],
      "a kustomization that cannot be read": [
        files,
        { "shop/kustomization.yaml": "resources: [db.yaml\nkind: x: y\n", "shop/db.yaml": database },
      ],
      "what Flux applies now": [
        { ...files, "all/kustomization.yaml": list("../shop", "flux.yaml"), "all/flux.yaml": flux("web", "./web") },
        { ...files, "all/kustomization.yaml": list("flux.yaml"), "all/flux.yaml": flux("shop", "./shop") },
      ],
      "a Kustomization of Flux under another name": [
        { ...files, "flux/apps.yaml": flux("shop", "./shop") },
        { ...files, "flux/apps.yaml": flux("store", "./shop") },
      ],
      "what is moved with the path that applies it": [
        { ...files, "flux/apps.yaml": flux("shop", "./shop") },
        {
          "store/kustomization.yaml": list("db.yaml"),
          "store/db.yaml": database,
          "flux/apps.yaml": flux("shop", "./store"),
        },
      ],
      "what is moved out of a kustomization that someone applies": [
        { "shop/kustomization.yaml": list("db.yaml", "web.yaml"), "shop/db.yaml": database },
        { "shop/kustomization.yaml": list("web.yaml"), "store/db.yaml": database },
      ],
      "a Kustomization of Flux that prunes nothing": [
        { ...files, "flux/apps.yaml": flux("shop", "./shop", "prune: false") },
        files,
      ],
      "a Kustomization of Flux that leaves its objects": [
        { ...files, "flux/apps.yaml": flux("shop", "./shop", "prune: true, deletionPolicy: Orphan") },
        files,
      ],
      "an Application without the finalizer": [{ ...files, "argocd/shop.yaml": application("shop") }, files],
      "an Application of another folder": [{ ...files, "argocd/shop.yaml": application("store", finalizer) }, files],
      "what a set of Applications may find": [
        { ...files, "argocd/shop.yaml": application("shop", finalizer) },
        {
          ...files,
          "argocd/all.yaml":
            'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: all }\nspec: { generators: [{ git: { directories: [{ path: "*" }] } }], template: { spec: { source: { path: "{{path}}" } } } }\n',
        },
      ],
      "what a Kustomization with a variable may apply": [
        { ...files, "flux/apps.yaml": flux("shop", "./shop") },
        { ...files, "flux/apps.yaml": flux("store", `./\${FOLDER}`) },
      ],
    };
    for (const [name, [before, after]] of Object.entries(cases))
      it(name, () =>
        assert.deepEqual(
          said(before, after).filter((message) => message.includes("orders")),
          [],
        ),
      );
    it("what an annotation keeps from being pruned", () => {
      const kept = database.replace(
        "namespace: shop",
        "namespace: shop, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }",
      );
      assert.deepEqual(
        said(
          { "shop/kustomization.yaml": list("db.yaml"), "shop/db.yaml": kept },
          { "shop/kustomization.yaml": list(), "shop/db.yaml": kept },
        ),
        [],
      );
    });
  });
});
