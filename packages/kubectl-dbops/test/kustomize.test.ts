import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { folderWith, git } from "./support/folder.ts";
import { needsKubectl } from "./support/kubectl.ts";
import { dbops, lintJson, placesOf } from "./support/run.ts";

const postgres = `# the orders database
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
spec:
  serviceName: orders-db
  replicas: 1
  selector:
    matchLabels: {app: orders-db}
  template:
    metadata:
      labels: {app: orders-db}
    spec:
      terminationGracePeriodSeconds: 120
      containers:
        - name: exporter
          image: quay.io/prometheuscommunity/postgres-exporter:v0.15.0
        - name: postgres
          image: postgres:16.4-bookworm
          resources:
            limits: {memory: 2Gi}
            requests: {memory: 2Gi}
          readinessProbe: {exec: {command: [pg_isready]}}
          env:
            - name: PGDATA
              value: /var/lib/postgresql/data/pgdata
          volumeMounts:
            - {name: data, mountPath: /var/lib/postgresql/data}
            - {name: shm, mountPath: /dev/shm}
      volumes:
        - name: shm
          emptyDir: {medium: Memory}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 20Gi}}
`;

const headless = `apiVersion: v1
kind: Service
metadata: {name: orders-db}
spec:
  clusterIP: None
  selector: {app: orders-db}
  ports: [{port: 5432}]
`;

const pgbouncer = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: pgbouncer
spec:
  replicas: 2
  selector:
    matchLabels: {app: pgbouncer}
  template:
    metadata:
      labels: {app: pgbouncer}
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.23.1-p2
          volumeMounts:
            - {name: config, mountPath: /etc/pgbouncer}
      volumes:
        - name: config
          configMap: {name: pgbouncer}
`;

const ini = `[databases]
orders = host=orders-db port=5432

[pgbouncer]
listen_addr = 0.0.0.0
pool_mode = statement
`;

const base = {
  "base/kustomization.yaml": `resources: [postgres.yaml, service.yaml, pgbouncer.yaml]
configMapGenerator:
  - name: pgbouncer
    files: [pgbouncer.ini]
`,
  "base/postgres.yaml": postgres,
  "base/service.yaml": headless,
  "base/pgbouncer.yaml": pgbouncer,
  "base/pgbouncer.ini": ini,
};

/** A base with an overlay whose kustomization ends with these lines. */
function overlay(lines: string, files: Readonly<Record<string, string>> = {}): string {
  return folderWith({ ...base, ...files, "overlays/prod/kustomization.yaml": `resources: [../../base]\n${lines}` });
}

/** Where a rule speaks about the rendered overlay. */
function places(folder: string, rule: string, ...words: readonly string[]): readonly string[] {
  const { findings } = lintJson(folder, ["-k", "overlays/prod", ...words]);
  return placesOf(findings.filter((finding) => finding.rule === rule)).map((place) => place.replace(/ .*/, ""));
}

describe("-k", function () {
  this.timeout(30_000);
  before(function () {
    needsKubectl(this);
  });

  it("finds what only the rendered set shows, at the line of the base that wrote it", () => {
    const folder = overlay("namePrefix: prod-\nnamespace: shop\n");
    assert.deepEqual(places(folder, "pooler-statement-mode"), ["base/pgbouncer.ini:6"]);
    assert.deepEqual(places(folder, "pooler-without-memory-limit"), ["base/pgbouncer.yaml:14"]);
  });

  const writers: readonly (readonly [
    what: string,
    lines: string,
    files: Readonly<Record<string, string>>,
    rule: string,
    place: string,
  ])[] = [
    [
      "a strategic merge patch in a file",
      "namePrefix: prod-\npatches:\n  - path: grace.yaml\n",
      {
        "overlays/prod/grace.yaml":
          "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: orders-db}\nspec:\n  template:\n    spec:\n      # quicker rollouts\n      terminationGracePeriodSeconds: 5\n",
      },
      "grace-period-too-short",
      "overlays/prod/grace.yaml:8",
    ],
    [
      "a strategic merge patch in a list of the old kind",
      "patchesStrategicMerge: [mode.yaml]\n",
      {
        "overlays/prod/mode.yaml":
          "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: orders-db\nspec:\n  persistentVolumeClaimRetentionPolicy:\n    whenDeleted: Delete\n",
      },
      "claims-deleted-with-statefulset",
      "overlays/prod/mode.yaml:7",
    ],
    [
      "a strategic merge patch in the kustomization",
      "patches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: StatefulSet\n      metadata:\n        name: orders-db\n      spec:\n        persistentVolumeClaimRetentionPolicy:\n          whenDeleted: Delete\n",
      {},
      "claims-deleted-with-statefulset",
      "overlays/prod/kustomization.yaml:10",
    ],
    [
      "a patch of a container, which is known by its name",
      "patches:\n  - path: image.yaml\n",
      {
        "overlays/prod/image.yaml":
          "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: orders-db}\nspec:\n  template:\n    spec:\n      containers:\n        - name: postgres\n          image: postgres:latest\n        - name: zabbix\n          image: zabbix/agent\n",
      },
      "database-image-unpinned",
      "overlays/prod/image.yaml:9",
    ],
    [
      "a JSON patch in the kustomization, with a target that is a pattern",
      "namePrefix: prod-\npatches:\n  - target: {kind: StatefulSet, name: orders-.*}\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: 3\n",
      {},
      "replicas-do-not-replicate",
      "overlays/prod/kustomization.yaml:8",
    ],
    [
      "a JSON patch in a file, above the value",
      "patches:\n  - target: {kind: StatefulSet, name: orders-db}\n    path: retention.json\n",
      {
        "overlays/prod/retention.json":
          '[\n  {"op": "add", "path": "/spec/persistentVolumeClaimRetentionPolicy",\n   "value": {\n     "whenDeleted": "Delete"}}\n]\n',
      },
      "claims-deleted-with-statefulset",
      "overlays/prod/retention.json:4",
    ],
    [
      "images",
      "images:\n  - name: postgres\n    newTag: latest\n",
      {},
      "database-image-unpinned",
      "overlays/prod/kustomization.yaml:4",
    ],
    [
      "replicas",
      "replicas:\n  - name: orders-db\n    count: 3\n",
      {},
      "replicas-do-not-replicate",
      "overlays/prod/kustomization.yaml:4",
    ],
    [
      "a literal of a generator that merges",
      "configMapGenerator:\n  - name: pgbouncer\n    behavior: merge\n    literals:\n      - |\n        pgbouncer.ini=[databases]\n        orders = host=orders-db\n        [pgbouncer]\n        listen_addr = 0.0.0.0\n        pool_mode = statement\n",
      { "base/pgbouncer.ini": ini.replace("statement", "transaction") },
      "pooler-statement-mode",
      "overlays/prod/kustomization.yaml:11",
    ],
    [
      "a component",
      "components: [../../components/quick]\n",
      {
        "components/quick/kustomization.yaml":
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - target: {kind: StatefulSet}\n    patch: |\n      - {op: replace, path: /spec/template/spec/terminationGracePeriodSeconds, value: 5}\n",
      },
      "grace-period-too-short",
      "components/quick/kustomization.yaml:6",
    ],
  ];
  for (const [what, lines, files, rule, place] of writers)
    it(`points at the line of ${what}`, () => {
      assert.deepEqual(places(overlay(lines, files), rule), [place]);
    });

  it("points at the later of two patches, and at the base where the overlay only repeats it", () => {
    const patch = (seconds: number): string =>
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: orders-db}\nspec: {template: {spec: {terminationGracePeriodSeconds: ${seconds}}}}\n`;
    const files = { "overlays/prod/a.yaml": patch(7), "overlays/prod/b.yaml": patch(5) };
    assert.deepEqual(places(overlay("patches: [{path: a.yaml}, {path: b.yaml}]\n", files), "grace-period-too-short"), [
      "overlays/prod/b.yaml:4",
    ]);
    assert.deepEqual(places(overlay("patches: [{path: b.yaml}, {path: a.yaml}]\n", files), "grace-period-too-short"), [
      "overlays/prod/a.yaml:4",
    ]);
  });

  it("maps the other ends of a finding too", () => {
    const folder = overlay("replicas:\n  - name: orders-db\n    count: 3\n");
    const { findings } = lintJson(folder, ["-k", "overlays/prod", "--select", "replicas-do-not-replicate"]);
    assert.deepEqual(
      findings.flatMap((finding) => finding.related.map((related) => `${related.path}:${related.start.line}`)),
      ["base/service.yaml:6"],
    );
    const { out } = dbops(folder, ["lint", "-k", "overlays/prod", "--select", "replicas-do-not-replicate"]);
    assert.match(out, /^ {5}4 │ {5}count: 3$/m);
    assert.match(out, /├─ base\/service\.yaml:6\n.* {2}Service orders-db selects all 3 Pods$/m);
  });

  it("reads suppression comments where the value is written: kustomize drops comments", () => {
    const line = "      # dbops-disable-next-line grace-period-too-short -- it only serves tests\n";
    const short = postgres
      .replace("Seconds: 120", "Seconds: 5")
      .replace("      terminationGrace", `${line}      terminationGrace`);
    const folder = overlay("namePrefix: prod-\n", { "base/postgres.yaml": short });
    const { findings, suppressed } = lintJson(folder, ["-k", "overlays/prod"]);
    assert.ok(!findings.some((finding) => /grace-period|suppression/.test(finding.rule)));
    assert.deepEqual(
      suppressed.map((each) => `${each.path}:${each.start.line} ${each.suppression.path} ${each.suppression.reason}`),
      ["base/postgres.yaml:16 base/postgres.yaml it only serves tests"],
    );
    assert.deepEqual(places(folder, "grace-period-too-short", "--no-inline-config"), ["base/postgres.yaml:16"]);
  });

  it("reads suppression annotations, which survive rendering", () => {
    const annotated = postgres
      .replace("  name: orders-db\n", "  name: orders-db\n  annotations: {dbops/ignore: grace-period-too-short}\n")
      .replace("Seconds: 120", "Seconds: 5");
    assert.deepEqual(places(overlay("", { "base/postgres.yaml": annotated }), "grace-period-too-short"), []);
  });

  it("offers no fix, and gives a base's fault the place that linting the base gives it", () => {
    const folder = overlay("namePrefix: prod-\n", {
      "base/postgres.yaml": postgres.replace("Seconds: 120", "Seconds: 5"),
    });
    const rendered = lintJson(folder, ["-k", "overlays/prod"]).findings;
    assert.ok(rendered.every((finding) => finding.fixes.length === 0));
    const plain = lintJson(folder, ["base"]).findings.find((finding) => finding.rule === "grace-period-too-short");
    assert.deepEqual(
      places(folder, "grace-period-too-short"),
      placesOf([plain!]).map((place) => place.replace(/ .*/, "")),
    );
  });

  it("reports a fault that two overlays render once, and names both", () => {
    const folder = folderWith({
      ...base,
      "base/postgres.yaml": postgres.replace("Seconds: 120", "Seconds: 5"),
      "overlays/dev/kustomization.yaml": "namePrefix: dev-\nresources: [../../base]\n",
      "overlays/prod/kustomization.yaml": "namePrefix: prod-\nresources: [../../base]\n",
    });
    const { findings } = lintJson(folder, [
      "-k",
      "overlays/dev",
      "-k",
      "overlays/prod",
      "--select",
      "grace-period-too-short",
    ]);
    assert.deepEqual(placesOf(findings), ["base/postgres.yaml:15 grace-period-too-short"]);
    assert.deepEqual(
      findings[0]!.related.map((related) => related.path),
      ["overlays/dev/kustomization.yaml", "overlays/prod/kustomization.yaml"],
    );
  });

  it("says so where no file writes a value as it is, and stands at the object", () => {
    // The operation copies the value: it is written in no patch.
    const folder = overlay(
      "patches:\n  - target: {kind: StatefulSet, name: orders-db}\n    patch: |-\n      - {op: copy, from: /spec/replicas, path: /spec/template/spec/terminationGracePeriodSeconds}\n",
    );
    const { findings } = lintJson(folder, ["-k", "overlays/prod", "--select", "grace-period-too-short"]);
    assert.deepEqual(placesOf(findings), ["base/postgres.yaml:5 grace-period-too-short"]);
    assert.deepEqual(
      findings[0]!.related.map((related) => `${related.path}: ${related.message}`),
      ["overlays/prod/kustomization.yaml: kustomize generated this value: no file contains it as is"],
    );
  });

  it("works from a folder inside the repository, with odd names, and leaves nothing behind", () => {
    const folder = folderWith(
      Object.fromEntries(
        Object.entries({ ...base, "overlays/prod/kustomization.yaml": "resources: [../../base]\n" }).map(
          ([name, text]) => [`Größe & co: 1/${name}`, text],
        ),
      ),
    );
    git(folder, "init", "-q");
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("dbops-kustomize-"));
    const { findings } = lintJson(path.join(folder, "Größe & co: 1/overlays/prod"), ["-k", "."]);
    assert.ok(placesOf(findings).includes("../../base/pgbouncer.ini:6 pooler-statement-mode"));
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith("dbops-kustomize-")),
      before,
    );
    assert.equal(git(folder, "status", "--porcelain").trim().split("\n").length, 1);
  });

  it("takes paths beside it", () => {
    const folder = overlay("", { "jobs/job.yaml": postgres.replace("Seconds: 120", "Seconds: 5") });
    const { findings } = lintJson(folder, ["jobs", "-k", "overlays/prod"]);
    assert.ok(placesOf(findings).includes("jobs/job.yaml:15 grace-period-too-short"));
    assert.ok(placesOf(findings).includes("base/pgbouncer.ini:6 pooler-statement-mode"));
  });

  it("names what kustomize says when it fails, on one line, and lints the rest", () => {
    const folder = overlay("patches:\n  - path: none.yaml\n", { "other/kustomization.yaml": "resources: [../base]\n" });
    const { code, err, findings } = lintJson(folder, ["-k", "overlays/prod", "-k", "other", "-k", "missing"]);
    assert.equal(code, 2);
    const [first, second, ...rest] = err.split("\n");
    assert.match(
      first!,
      /^error: kubectl kustomize overlays\/prod failed: .*none\.yaml.*\. Nothing was linted from it\.$/,
    );
    assert.equal(second, "error: missing: no such file or folder");
    assert.deepEqual(rest, [""]);
    assert.doesNotMatch(err, new RegExp(tmpdir()));
    assert.ok(placesOf(findings).includes("base/pgbouncer.ini:6 pooler-statement-mode"));
  });

  it("refuses a file outside of the root as kubectl does, in kubectl's words", () => {
    const folder = overlay("configMapGenerator:\n  - name: leak\n    files: [../../secret.txt]\n", {
      "secret.txt": "the first line\n",
    });
    const refused = spawnSync("kubectl", ["kustomize", path.join(folder, "overlays/prod")], { encoding: "utf8" });
    const reason = /security; file .* is not in or below '[^']*'/.exec(refused.stderr)?.[0] ?? "kubectl renders it";
    const { code, err, findings } = lintJson(folder, ["-k", "overlays/prod"]);
    assert.equal(code, 2);
    assert.ok(err.includes(`${reason.replaceAll(`${folder}/`, "")}. Nothing`), `${err} does not say: ${reason}`);
    assert.doesNotMatch(err, /the first line/);
    assert.deepEqual(findings, []);
  });

  const remotes: readonly (readonly [
    what: string,
    lines: string,
    files: Readonly<Record<string, string>>,
    place: string,
  ])[] = [
    [
      "a URL among resources",
      "components: []\nbases:\n  - http://HOST/base\n",
      {},
      "overlays/prod/kustomization.yaml:4",
    ],
    [
      "a repository by its short name",
      "components:\n  - github.com/shop/base\n",
      {},
      "overlays/prod/kustomization.yaml:3",
    ],
    ["a repository over ssh", "components:\n  - git@HOST:shop/base.git\n", {}, "overlays/prod/kustomization.yaml:3"],
    ["a patch", "patches:\n  - path: http://HOST/patch.yaml\n", {}, "overlays/prod/kustomization.yaml:3"],
    [
      "the file of a generator",
      "configMapGenerator:\n  - name: x\n    files: [a.ini=http://HOST/a.ini]\n",
      {},
      "overlays/prod/kustomization.yaml:4",
    ],
    ["a chart", "helmCharts:\n  - name: x\n    repo: https://HOST/charts\n", {}, "overlays/prod/kustomization.yaml:4"],
    ["a key in capitals, as Go reads it", "CRDs: [http://HOST/x]\n", {}, "overlays/prod/kustomization.yaml:2"],
    [
      "what a component's component names",
      "components: [../../one]\n",
      {
        "one/kustomization.yml": "kind: Component\ncomponents: [../two]\n",
        "two/Kustomization": "kind: Component\n\nresources:\n  - https://token:x@HOST/a?ref=v1\n",
      },
      "two/Kustomization:4",
    ],
    [
      "what a generator's file names",
      "generators: [../../plugins/charts.yaml]\n",
      { "plugins/charts.yaml": "kind: HelmChartInflationGenerator\nrepo: https://HOST/charts\n" },
      "plugins/charts.yaml:2",
    ],
    [
      "a generator written in place",
      "generators:\n  - |\n    kind: ConfigMapGenerator\n    envs: [http://HOST/env]\n",
      {},
      "overlays/prod/kustomization.yaml:2",
    ],
  ];
  for (const [what, lines, files, place] of remotes)
    it(`does not fetch, and says where it is asked to: ${what}`, () => {
      const { code, err } = dbops(overlay(lines, files), ["lint", "-k", "overlays/prod"], {
        env: { PATH: "/nonexistent" }, // kubectl is not even started
      });
      assert.equal(code, 2);
      const [first = ""] = err.split("\n");
      assert.ok(first.startsWith(`error: ${place}: `), err);
      assert.match(
        first,
        /is remote, and dbops fetches nothing unless told to; --allow-remote lets kubectl fetch it\./,
      );
      assert.doesNotMatch(err, /token/);
    });

  it("takes no name, label or literal for something to fetch", () => {
    const folder = overlay(
      "commonAnnotations: {path: https://HOST/docs}\nimages:\n  - {name: postgres, newName: github.com/shop/postgres}\n" +
        "configMapGenerator:\n  - name: links\n    literals: ['files=https://HOST/x']\n",
    );
    const { code, err } = dbops(folder, ["lint", "-k", "overlays/prod", "--exit-zero"]);
    assert.deepEqual([code, err], [0, ""]);
  });

  it("fetches with --allow-remote, and says that the flag goes with -k", async () => {
    const server = spawn(
      process.execPath,
      [
        "-e",
        "require('http').createServer((_, response) => response.end(process.env.BODY)).listen(0, '127.0.0.1', function () { console.log(this.address().port); })",
      ],
      {
        env: { ...process.env, BODY: postgres.replace("Seconds: 120", "Seconds: 5") },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      const port = await new Promise<string>((resolve) =>
        server.stdout.once("data", (text) => resolve(String(text).trim())),
      );
      const folder = folderWith({
        "prod/kustomization.yaml": `resources:\n  - http://127.0.0.1:${port}/postgres.yaml\n`,
      });
      const env = { NO_PROXY: "127.0.0.1" };
      const { findings } = lintJson(folder, ["-k", "prod", "--allow-remote"], { env });
      assert.ok(findings.some((finding) => finding.rule === "grace-period-too-short"));
      assert.equal(dbops(folder, ["pool", "-k", "prod", "--allow-remote"], { env }).err, "");
      assert.deepEqual(dbops(folder, ["lint", "--allow-remote"]).err, "error: --allow-remote requires -k\n");
    } finally {
      server.kill();
    }
  });

  it("says so when kubectl is not installed", () => {
    const { code, err } = dbops(overlay(""), ["lint", "-k", "overlays/prod"], { env: { PATH: "/nonexistent" } });
    assert.deepEqual(
      [code, err.split("\n")[0]],
      [2, "error: kubectl kustomize overlays/prod failed: kubectl is not installed. Nothing was linted from it."],
    );
  });

  it("gives findings fingerprints that stay when lines move", () => {
    const folder = overlay("namePrefix: prod-\n", {
      "base/postgres.yaml": postgres.replace("Seconds: 120", "Seconds: 5"),
    });
    dbops(folder, ["lint", "-k", "overlays/prod", "--write-baseline"]);
    const file = path.join(folder, "base/postgres.yaml");
    writeFileSync(file, `# moved\n\n${readFileSync(file, "utf8")}`);
    assert.deepEqual(lintJson(folder, ["-k", "overlays/prod", "--baseline"]).findings, []);
  });
});

describe("without -k", () => {
  it("reads a JSON patch from a .json file", () => {
    const folder = overlay("patches:\n  - target: { kind: StatefulSet }\n    path: grace.json\n", {
      "overlays/prod/grace.json":
        '[{ "op": "replace", "path": "/spec/template/spec/terminationGracePeriodSeconds", "value": 5 }]\n',
    });
    const { findings } = lintJson(folder, ["--select", "grace-period-too-short"]);
    assert.deepEqual(placesOf(findings), ["overlays/prod/grace.json:1 grace-period-too-short"]);
  });
});
