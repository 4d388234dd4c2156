import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, git } from "./support/folder.ts";
import { pathWithHelm } from "./support/helm.ts";
import { dbops, type Outcome } from "./support/run.ts";

const statefulSet = `{{- if .Values.enabled }}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "db.labels" . | nindent 4 }}
spec:
  serviceName: {{ .Release.Name }}
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {{- include "db.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "db.labels" . | nindent 8 }}
    spec:
      {{- /* a comment
        of two lines */}}
      containers:
        - name: postgres
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
          volumeMounts:
            - name: data
              mountPath: /var/lib/postgresql/data
  {{- if not .Values.persistence.enabled }}
      volumes:
        - name: data
          emptyDir: {}
  {{- else }}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: {{ .Values.persistence.size }} } }
  {{- end }}
{{- end }}
`;
const chart = (name = "orders"): Readonly<Record<string, string>> => ({
  [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
  [`${name}/values.yaml`]: `# how many
enabled: true
replicas: 1
image:
  repository: postgres
  tag: "16.4-bookworm"
resources:
  limits: { memory: 1Gi }
persistence: { enabled: true, size: 20Gi }
`,
  [`${name}/templates/_labels.tpl`]: `{{- define "db.labels" -}}\napp: {{ .Release.Name }}\n{{- end }}\n`,
  [`${name}/templates/db.yaml`]: statefulSet,
});

describe("charts", () => {
  let PATH = "";
  before(function () {
    PATH = pathWithHelm(this);
  });
  const lint = (folder: string, ...words: readonly string[]): Outcome =>
    dbops(folder, ["lint", ...words, "-o", "concise"], { env: { PATH } });
  const lines = ({ out }: Outcome, rule: string): readonly string[] =>
    out.split("\n").filter((line) => line.endsWith(`[${rule}]`));

  it("are rendered as they are met, and judged at the line of the template, with the value it reads", () => {
    const folder = folderWith({
      ...chart(),
      "orders/values-prod.yaml": "replicas: 3\npersistence: { enabled: false }\n",
    });
    const found = lint(folder, ".");
    const [replicas] = lines(found, "replicas-do-not-replicate");
    assert.match(
      replicas ?? "",
      /^orders\/templates\/db\.yaml:9:13: warning: 3 Pods of postgres:16\.4-bookworm are 3 separate databases/,
    );
    assert.match(lines(found, "data-on-emptydir")[0] ?? "", /^orders\/templates\/db\.yaml:29:11: error: /);
    assert.equal(found.code, 1);
    const json = JSON.parse(dbops(folder, ["lint", "-o", "json"], { env: { PATH } }).out);
    const related = json.findings.find((each: { rule: string }) => each.rule === "replicas-do-not-replicate").related;
    assert.ok(
      related.some(
        (each: { message: string; path: string; start: { line: number } }) =>
          each.message === "replicas of the values" && each.path === "orders/values-prod.yaml" && each.start.line === 1,
      ),
      JSON.stringify(related),
    );
    assert.deepEqual(json.notLinted, []);
  });

  it("with their own values alone where those are all there is, or with the given ones", () => {
    const folder = folderWith({ ...chart(), "live.yaml": "replicas: 2\n" });
    assert.deepEqual(lines(lint(folder, "orders"), "replicas-do-not-replicate"), []);
    assert.equal(lines(lint(folder, "orders", "--values", "live.yaml"), "replicas-do-not-replicate").length, 1);
    assert.equal(
      lines(lint(folder, "--helm", "orders", "--values", "live.yaml"), "replicas-do-not-replicate").length,
      1,
    );
    const without = lint(folder, "orders", "--values", "live.yaml", "--no-helm");
    assert.deepEqual(lines(without, "replicas-do-not-replicate"), []);
  });

  it("of changed files only where one of theirs has changed", () => {
    const folder = folderWith({ ...chart(), ...chart("cart"), "orders/values.yaml": "a: 1\n" });
    git(folder, "init", "-q");
    git(folder, "add", ".");
    git(folder, "commit", "-qm", "charts");
    writeFileSync(
      path.join(folder, "cart/values.yaml"),
      (chart("cart")["cart/values.yaml"] ?? "").replace("replicas: 1", "replicas: 3"),
    );
    const found = lint(folder, "--since", "HEAD");
    assert.match(lines(found, "replicas-do-not-replicate")[0] ?? "", /^cart\/templates\/db\.yaml:9/);
    assert.equal(found.err, "", "the broken chart is not rendered");
  });

  it("a chart in the repository is rendered as Flux and Argo CD install it, with the value of the release beside the line", () => {
    const flux = (values: string): string =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: shop, namespace: prod }\nspec:\n  chart: { spec: { chart: ./charts/postgresql, sourceRef: { kind: GitRepository, name: flux-system } } }\n${values}`;
    const argo = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: cart }
spec:
  destination: { namespace: cart }
  source:
    path: charts/postgresql
    helm:
      valueFiles: [live.yaml]
      values: |
        persistence:
          enabled: false
      parameters: [{ name: image.tag, value: "17.2-bookworm" }]
`;
    const files = Object.fromEntries(
      Object.entries(chart("postgresql")).map(([name, text]) => [`charts/${name}`, text]),
    );
    const folder = folderWith({
      ...files,
      "charts/postgresql/live.yaml": "replicas: 2\n",
      "charts/postgresql/values-unused.yaml": "replicas: 9\n",
      "clusters/shop.yaml": flux("  values:\n    replicas: 3\n"),
      "clusters/cart.yaml": argo,
    });
    const json = JSON.parse(dbops(folder, ["lint", "-o", "json"], { env: { PATH } }).out);
    const found = json.findings.filter((each: { rule: string }) => each.rule === "replicas-do-not-replicate");
    assert.equal(found.length, 1, "one place");
    const related = found[0].related.map(
      (each: { path: string; message: string; start: { line: number } }) =>
        `${each.path}:${each.start.line} ${each.message}`,
    );
    assert.ok(
      related.some(
        (each: string) =>
          /^clusters\/(?:shop\.yaml:7|cart\.yaml:\d+) replicas of the values$/.test(each) ||
          each === "charts/postgresql/live.yaml:1 replicas of the values",
      ),
      related.join(),
    );
    const onDisk = json.findings.find((each: { rule: string }) => each.rule === "data-on-emptydir");
    assert.match(onDisk.message, /^postgres:17\.2-bookworm keeps .* StatefulSet cart/);
    assert.deepEqual(json.notLinted, [], "neither release is unread");
    const open = folderWith({
      ...files,
      "clusters/shop.yaml": flux("  valuesFrom: [{ kind: ConfigMap, name: shop }]\n"),
    });
    assert.match(dbops(open, ["lint"], { env: { PATH } }).out, /1 HelmRelease of chart postgresql was not read/);
  });

  it("the ledgers name the lines of the templates, too", () => {
    const client =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec:\n  replicas: 2\n  selector: { matchLabels: { app: api } }\n  template:\n    metadata: { labels: { app: api } }\n    spec:\n      containers:\n        - name: api\n          image: registry.example.com/api:1.0.0\n          env:\n            - { name: DATABASE_URL, value: "postgres://app@{{ .Release.Name }}:5432/orders?pool_size=7" }\n';
    const folder = folderWith({
      ...chart(),
      "orders/templates/api.yaml": `# the client\n{{- if .Values.enabled }}\n${client}{{- end }}\n`,
      "orders/templates/service.yaml":
        'apiVersion: v1\nkind: Service\nmetadata: { name: "{{ .Release.Name }}" }\nspec: { selector: { app: "{{ .Release.Name }}" }, ports: [{ port: 5432 }] }\n',
    });
    const run = (verb: string): string => dbops(folder, [verb, "-o", "json"], { env: { PATH } }).out;
    assert.match(run("pool"), /"path": ?"orders\/templates\/api\.yaml",\s*"line": ?16/);
    assert.match(run("backups"), /"path": ?"orders\/templates\/db\.yaml",\s*"line": ?5/);
  });

  it("a packed chart, and sub-charts as the chart above sets their values", () => {
    const sub = Object.fromEntries(
      Object.entries(chart("db")).map(([name, text]) => [`shop/charts/${name}`, text] as const),
    );
    const folder = folderWith({
      ...sub,
      "shop/Chart.yaml":
        "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: db\n    version: 1.0.0\n",
      "shop/values.yaml": "db:\n  replicas: 3\n",
    });
    const [found] = lines(lint(folder, "."), "replicas-do-not-replicate");
    assert.match(found ?? "", /^shop\/charts\/db\/templates\/db\.yaml:9:13: warning/);
    execFileSync("tar", ["-czf", "shop-1.0.0.tgz", "shop"], { cwd: folder });
    const [packed] = lines(lint(folder, "shop-1.0.0.tgz"), "replicas-do-not-replicate");
    assert.match(packed ?? "", /^shop-1\.0\.0\.tgz\/charts\/db\/templates\/db\.yaml:9:13: warning/);
  });

  it("what keeps a chart from being rendered is one line: an error where it is named, a note where it is met", () => {
    const failing = { ...chart("b"), "b/templates/db.yaml": '{{ required "set password" .Values.password }}\n' };
    const folder = folderWith({ ...failing, ...chart("c"), "c/values.yaml": "replicas: [\n" });
    const met = lint(folder, ".");
    assert.equal(met.code, 0);
    const notes = met.err.trim().split("\n");
    assert.equal(notes.length, 2, met.err);
    assert.match(
      notes[0] ?? "",
      /^note: helm template b failed: execution error at \(b\/templates\/db\.yaml:1:3\): set password\. Nothing was linted from it\.$/,
    );
    assert.match(notes[1] ?? "", /^note: helm template c failed: .*values\.yaml/);
    assert.ok(!met.err.includes("dbops-helm"), "no temporary folder");
    const named = lint(folder, "--helm", "b");
    assert.equal(named.code, 2);
    assert.match(named.err, /^error: helm template b failed: .* Nothing was linted from it\.$/m);
    assert.match(lint(folder, "--helm", "none").err, /^error: none: no such file or folder$/m);
  });

  it("a set of values that fails leaves the others, and is named", () => {
    const folder = folderWith({
      ...chart(),
      "orders/values-prod.yaml": "replicas: 3\n",
      "orders/values-bad.yaml": "image: none\n",
    });
    const found = lint(folder, ".");
    assert.equal(lines(found, "replicas-do-not-replicate").length, 1);
    assert.match(found.err, /^note: helm template orders -f values-bad\.yaml failed: [^\n]*\.\n$/);
    assert.doesNotMatch(found.err, /Nothing was linted/);
  });

  it("dependencies that are not there are left out; a chart that cannot do without them is counted", () => {
    const needing = (name: string): string =>
      `apiVersion: v2\nname: ${name}\nversion: 1.0.0\ndependencies:\n  - { name: postgresql, version: 1.0.0, repository: https://charts.example.com }\n`;
    const helper = '{{ include "postgresql.name" . }}\n';
    const folder = folderWith({
      ...chart("a"),
      "a/Chart.yaml": needing("a"),
      "a/values.yaml": (chart("a")["a/values.yaml"] ?? "").replace("replicas: 1", "replicas: 3"),
      ...chart("b"),
      "b/Chart.yaml": needing("b"),
      "b/templates/db.yaml": helper,
    });
    const found = dbops(folder, ["lint", "-o", "concise"], { env: { PATH } });
    assert.match(lines(found, "replicas-do-not-replicate")[0] ?? "", /^a\/templates\/db\.yaml:9:13/);
    assert.equal(
      found.err,
      "note: 1 chart was not rendered, because dependencies are not in charts/ (helm dependency build fetches them): b.\n",
    );
    assert.match(dbops(folder, ["lint"], { env: { PATH } }).out, /2 dependencies on chart postgresql were not read/);
    assert.equal(readFileSync(path.join(folder, "a/Chart.yaml"), "utf8"), needing("a"));
  });

  it("no password of the values or the template is shown", () => {
    const files = chart();
    const folder = folderWith({
      ...files,
      "orders/values.yaml": `postgresqlPassword: hunter2\n${(files["orders/values.yaml"] ?? "").replace("replicas: 1", "password: hunter3\nreplicas: 3")}`,
      "orders/templates/db.yaml": statefulSet.replace(
        "          volumeMounts:",
        '          env:\n            - name: POSTGRES_PASSWORD\n              value: {{ .Values.password | default "hunter4" }}\n          volumeMounts:',
      ),
    });
    for (const format of ["human", "json", "sarif", "markdown"]) {
      const { out, err } = dbops(folder, ["lint", "-o", format, "--preset", "all"], { env: { PATH } });
      assert.match(out, /database-password-in-manifest/);
      assert.doesNotMatch(out + err, /hunter/, format);
    }
  });

  it("a schema of the values that lies elsewhere is not fetched", () => {
    const folder = folderWith({
      ...chart(),
      "orders/values.yaml": (chart()["orders/values.yaml"] ?? "").replace("replicas: 1", "replicas: 3"),
      "orders/values.schema.json": '{ "$ref": "http://127.0.0.1:9/definitions.json" }',
    });
    const found = lint(folder, ".");
    assert.equal(found.err, "");
    assert.equal(lines(found, "replicas-do-not-replicate").length, 1);
  });

  it("links of a chart are read and never written through, and what they lead to outside the repository is not there", () => {
    const dependency = "dependencies:\n  - { name: none, version: 1.0.0, repository: https://charts.example.com }\n";
    const described = `# ours\napiVersion: v2\nname: orders\nversion: 1.0.0\n${dependency}`;
    const { "orders/Chart.yaml": _, ...rest } = chart();
    const outside = folderWith({ "secret.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: outside }\n" });
    const folder = folderWith({
      ...Object.fromEntries(Object.entries(rest).map(([name, text]) => [`real/${name}`, text])),
      "common.yaml": described,
    });
    git(folder, "init", "-q");
    symlinkSync("../../common.yaml", path.join(folder, "real/orders/Chart.yaml"));
    symlinkSync(path.join(outside, "secret.yaml"), path.join(folder, "real/orders/templates/outside.yaml"));
    symlinkSync("..", path.join(folder, "real/orders/up"));
    symlinkSync("real/orders", path.join(folder, "link"));
    for (const words of [["."], ["link"], ["--helm", "link"], ["--helm", "real/orders"]]) {
      const found = lint(folder, ...words);
      assert.doesNotMatch(found.out, /ConfigMap outside/);
      assert.equal(readFileSync(path.join(folder, "common.yaml"), "utf8"), described, words.join(" "));
      assert.equal(
        readFileSync(path.join(folder, "real/orders/templates/db.yaml"), "utf8"),
        statefulSet,
        words.join(" "),
      );
    }
  });

  it("a template that knows its marks writes no file, whatever it fails with", () => {
    const target = path.join(folderWith({}), "written");
    const name = path.relative("/", target);
    const folder = folderWith({
      ...chart(),
      "orders/templates/fail.yaml": `a: b\n---\n{{- $own := .Files.Get "templates/fail.yaml" }}\n{{- if contains "#@" (include "db.labels" .) }}{{ fail "x" }}{{ end }}\n`,
      "orders/templates/mark.yaml": `{{- if contains "#@" (toString (tpl "x" .)) }}{{ end }}\n{{- range $path, $_ := .Files.Glob "**" }}{{ end }}\n{{ fail "template: orders/../../../../../../${name}: no" }}\n`,
    });
    lint(folder, ".");
    assert.ok(!existsSync(target));
  });

  it("a release runs nothing of its name, reads no file outside, and is unknown where part of it is", () => {
    const release = (more: string): string =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: orders }\nspec:\n  source:\n    path: orders\n    helm:\n${more}`;
    const found = (more: string, files: Readonly<Record<string, string>> = {}): Outcome => {
      const folder = folderWith({ ...chart(), ...files, "app.yaml": release(more) });
      git(folder, "init", "-q");
      return dbops(folder, ["lint", "-o", "concise"], { env: { PATH, CI_TOKEN: "hunter2" } });
    };
    const named = found(`      releaseName: '{{ env "CI_TOKEN" }}'\n`);
    assert.doesNotMatch(named.out + named.err, /hunter2/);
    const outside = folderWith({ "values.yaml": "replicas: 3\n" });
    const file = found(`      valueFiles: [../../${path.basename(outside)}/values.yaml]\n`);
    assert.deepEqual(lines(file, "replicas-do-not-replicate"), []);
    assert.match(file.err, /values\.yaml is outside the repository/);
    const open = found("      parameters: [{ name: replicas, value: $ARGOCD_APP_NAME }]\n", {
      "orders/values.yaml": "replicas: 3\n",
    });
    assert.equal(open.out, "", "the chart's own values say nothing of it");
    const typed = found(
      '      parameters: [{ name: image.tag, value: "016", forceString: true }, { name: replicas, value: "3" }]\n',
    );
    assert.match(lines(typed, "replicas-do-not-replicate")[0] ?? "", /3 Pods of postgres:016/);
    const missing =
      '      valueFiles: [none.yaml]\n      ignoreMissingValueFiles: true\n      parameters: [{ name: replicas, value: "3" }]\n';
    assert.equal(lines(found(missing), "replicas-do-not-replicate").length, 1);
  });

  it("two releases of one name are two renderings", () => {
    const release = (enabled: boolean): string =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: orders }\nspec:\n  chart: { spec: { chart: ./orders, sourceRef: { kind: GitRepository, name: own } } }\n  values: { persistence: { enabled: ${enabled}, size: 1Gi } }\n`;
    for (const [staging, production] of [
      [false, true],
      [true, false],
    ] as const) {
      const folder = folderWith({ ...chart(), "prod/r.yaml": release(production), "staging/r.yaml": release(staging) });
      assert.match(lines(lint(folder, "."), "data-on-emptydir")[0] ?? "", /^orders\/templates\/db\.yaml:29:11/);
    }
  });

  it("a release or a file of values elsewhere that has changed has its chart judged", () => {
    const folder = folderWith({
      ...chart(),
      "env/values.yaml": "replicas: 1\n",
      "apps/r.yaml":
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: orders }\nspec:\n  chart: { spec: { chart: ./orders, sourceRef: { kind: GitRepository, name: own }, valuesFiles: [./env/values.yaml] } }\n  values: {}\n",
    });
    git(folder, "init", "-q");
    git(folder, "add", ".");
    git(folder, "commit", "-qm", "all");
    const changed = (file: string, from: string, to: string): readonly string[] => {
      const name = path.join(folder, file);
      const before = readFileSync(name, "utf8");
      writeFileSync(name, before.replace(from, to));
      const found = [
        ...lines(lint(folder, "--changed"), "replicas-do-not-replicate"),
        ...lines(lint(folder, file), "replicas-do-not-replicate"),
      ];
      writeFileSync(name, before);
      return found;
    };
    assert.equal(changed("env/values.yaml", "replicas: 1", "replicas: 3").length, 2);
    assert.equal(changed("apps/r.yaml", "values: {}", "values: { replicas: 3 }").length, 2);
  });

  it("a text that an editor holds is judged without what helm makes of the disk", () => {
    const folder = folderWith(chart());
    const words = ["lint", "-o", "concise", "--stdin-filename", "orders/values.yaml"];
    assert.equal(dbops(folder, words, { env: { PATH }, stdin: "replicas: 3\n" }).out, "");
  });

  it("comments of a template suppress, and their copy in the rendered text is no finding", () => {
    const folder = folderWith({
      ...chart(),
      "orders/values.yaml": (chart()["orders/values.yaml"] ?? "").replace("replicas: 1", "replicas: 3"),
      "orders/templates/db.yaml": statefulSet.replace(
        "replicas: {{ .Values.replicas }}",
        "replicas: {{ .Values.replicas }} # dbops-disable-line replicas-do-not-replicate -- sharded",
      ),
      "orders/values-dev.yaml": "replicas: 1\n",
    });
    const found = lint(folder, ".");
    assert.deepEqual(lines(found, "replicas-do-not-replicate"), []);
    assert.deepEqual(lines(found, "suppression-unused"), []);
  });

  it("an error of helm shows no password of the values", () => {
    const folder = folderWith({
      ...chart(),
      "orders/values.yaml": "auth: { password: hunter2-Xy77 }\n",
      "orders/templates/db.yaml": '{{ fail (printf "password %s of postgres is too weak" .Values.auth.password) }}\n',
    });
    const found = lint(folder, ".");
    assert.match(found.err, /of postgres is too weak/);
    assert.doesNotMatch(found.err, /hunter2/);
  });

  it("without helm nothing changes, and --helm says why", () => {
    const folder = folderWith(chart());
    const bare = { env: { PATH: "/nowhere" } };
    const met = dbops(folder, ["lint"], bare);
    assert.equal(met.err, "");
    assert.match(met.out, /is a Helm template \(render it: kubectl dbops lint --helm CHART\)/);
    const named = dbops(folder, ["lint", "--helm", "orders"], bare);
    assert.equal(named.code, 2);
    assert.match(
      named.err,
      /^error: helm template orders failed: helm is not installed\. Nothing was linted from it\.$/m,
    );
  });

  it("nothing is written into the chart, and a chart without a word of a database is left alone", () => {
    const web = {
      "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "web/templates/web.yaml": '{{ fail "no" }}\n',
    };
    const folder = folderWith({ ...chart(), ...web });
    assert.equal(lint(folder, ".").err, "");
    assert.equal(readFileSync(path.join(folder, "orders/templates/db.yaml"), "utf8"), statefulSet);
  });
});
