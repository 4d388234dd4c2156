import assert from "node:assert/strict";
import type { DiffResult, ObjectVerdict } from "../../src/index.ts";
import { diffFiles, type Files } from "../support/diff.ts";

const changes = (before: string, after: string): DiffResult => diffFiles({ "db.yaml": before }, { "db.yaml": after });
const verdicts = ({ verdicts: all }: DiffResult): readonly string[] =>
  all.map(({ name, verdict }: ObjectVerdict) => `${name} ${verdict}`);

const set = (spec = "", size = "10Gi", name = "orders-db", replicas = "2"): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: orders-db } }
${spec.includes("serviceName") ? "" : "  serviceName: orders-db\n"}${spec}  template:
    metadata: { labels: { app: orders-db } }
    spec: { containers: [{ name: postgres, image: "postgres:16.4-bookworm" }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
`;
const deletes = (when: string): string => `  persistentVolumeClaimRetentionPolicy: { ${when}: Delete }\n`;
const fates = (before: string, after: string): readonly string[] =>
  changes(before, after).claims.map(({ namespace, name, fate }) => `${namespace}/${name} ${fate}`);
const refused = (before: string, after: string): readonly string[] =>
  changes(before, after).verdicts.flatMap(({ name, refused: fields }) => fields.map(({ field }) => `${name} ${field}`));

describe("what a change does", () => {
  describe("says nothing of", () => {
    const same: Readonly<Record<string, string>> = {
      "the same text": set(),
      "comments and blank lines": `# the orders\n\n${set().replace("spec:\n", "spec: # of the set\n")}`,
      "another order of keys": set()
        .replace(/ {2}serviceName: orders-db\n/, "")
        .concat("  serviceName: orders-db\n"),
      "the same size in other units": set("", "10240Mi"),
      "an anchor": set()
        .replace("app: orders-db }", "app: &app orders-db }")
        .replace("labels: { app: orders-db }", "labels: { app: *app }"),
    };
    for (const [name, text] of Object.entries(same))
      it(name, () => {
        const { claims, findings, ...rest } = changes(set(), text);
        assert.deepEqual(findings, []);
        assert.deepEqual(verdicts({ ...rest, claims, findings }), []);
        assert.ok(claims.length === 2 && claims.every(({ fate }) => fate === "kept"));
      });
    it("no refusal of a default that is written out", () =>
      assert.deepEqual(refused(set(), set("  podManagementPolicy: OrderedReady\n")), []));
  });

  it("what Flux leaves alone once it is there is not refused", () => {
    const claim = (storageClass: string, ssa: string): string =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n  annotations: { kustomize.toolkit.fluxcd.io/ssa: ${ssa} }\nspec: { storageClassName: ${storageClass}, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n`;
    assert.deepEqual(refused(claim("slow", "IfNotPresent"), claim("fast", "IfNotPresent")), []);
    assert.deepEqual(refused(claim("slow", "Merge"), claim("fast", "Merge")), [
      "PersistentVolumeClaim data spec.storageClassName",
    ]);
  });

  it("a larger claim template is refused, and the claims stay", () => {
    const { verdicts: found, claims } = changes(set(), set("", "20Gi"));
    assert.deepEqual(
      found.map(({ verdict, refused: fields }) => [verdict, fields[0]?.field, fields[0]?.message.place]),
      [["refused", "spec.volumeClaimTemplates", "spec"]],
    );
    assert.ok(claims.every(({ fate }) => fate === "kept"));
  });
  it("the place of a refusal is the new value's, and the old one's", () => {
    const [found] = changes(set("  serviceName: orders-db\n"), set("  serviceName: orders\n")).findings;
    const at = found?.location.span.start ?? 0;
    assert.equal(set("  serviceName: orders\n").slice(at, at + 6), "orders");
    assert.equal(found?.related[0]?.uri, "/before/db.yaml");
  });
  it("a value that is filled in later is not judged", () => {
    const [found] = changes(set(), set("", `"\${SIZE}"`)).verdicts;
    assert.equal(found?.verdict, "unknown");
    assert.match(found?.because ?? "", /spec\.volumeClaimTemplates/);
  });
  it("claims of which nothing changes are not asked for, whatever is filled in later", () => {
    const bumped = (replicas: string): string => set("", "10Gi", "orders-db", replicas).replace("16.4", "16.6");
    const open = `\${REPLICAS}`;
    assert.deepEqual(verdicts(changes(set("", "10Gi", "orders-db", open), bumped(open))), [
      "StatefulSet shop/orders-db restarts",
    ]);
    assert.deepEqual(verdicts(changes(set("", "10Gi", "orders-db", "3"), set("", "10Gi", "orders-db", open))), [
      "StatefulSet shop/orders-db unknown",
    ]);
  });
  it("the size of a database's claim depends on its class; of other claims nobody asks", () => {
    const claim = (size: string): string =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }\n`;
    const user = `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: db }\nspec:\n  selector: { matchLabels: { app: db } }\n  template:\n    metadata: { labels: { app: db } }\n    spec:\n      containers: [{ name: db, image: "postgres:16.4", volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }] }]\n      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]\n`;
    const [grown] = changes(claim("1Gi") + user, claim("2Gi") + user).verdicts;
    assert.match(grown?.because ?? "", /spec\.resources/);
    assert.deepEqual(verdicts(changes(claim("1Gi"), claim("2Gi"))), ["PersistentVolumeClaim data applies-in-place"]);
    assert.deepEqual(verdicts(changes(claim("2Gi"), claim("1Gi"))), ["PersistentVolumeClaim data refused"]);
  });
  it("what becomes of the data of a chart that nobody read is not known", () => {
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: bills, namespace: shop }\nspec: { chart: { spec: { chart: mysql, version: 9.1.0, sourceRef: { kind: HelmRepository, name: bitnami } } } }\n`;
    assert.deepEqual(
      changes(release, "").verdicts.map(({ name, verdict, because }) => `${name} ${verdict}: ${because}`),
      ["HelmRelease shop/bills unknown: its chart was not read, and decides what becomes of its data"],
    );
    assert.deepEqual(verdicts(changes("", release)), []);
    const chart = (...names: string[]): Files => ({
      "bills/Chart.yaml": `apiVersion: v2\nname: bills\nversion: 0.1.0\ndependencies: [${names.map((name) => `{ name: ${name}, version: 1.0.0, repository: "https://charts.bitnami.com/bitnami" }`).join(", ")}]\n`,
    });
    const lost = (before: Files, after: Files): readonly string[] =>
      diffFiles(before, after).lostCharts.map(({ uri, what }) => `${uri} ${what}`);
    assert.deepEqual(lost(chart("mysql", "mysql"), chart("mysql")), [
      "/before/bills/Chart.yaml dependency on chart mysql",
    ]);
    assert.deepEqual(lost(chart("mysql"), {}), ["/before/bills/Chart.yaml dependency on chart mysql"]);
    assert.deepEqual(lost(chart("mysql"), chart("mysql", "mysql")), []);
    const [[, text] = ["", ""]] = Object.entries(chart("mysql"));
    assert.deepEqual(lost(chart("mysql"), { "shop/Chart.yaml": text }), [], "moved");
  });
  describe("another API group", () => {
    const deployment = (version: string, selector = ""): string =>
      `apiVersion: ${version}\nkind: Deployment\nmetadata: { name: orders, namespace: shop }\nspec:\n${selector}  template:\n    metadata: { labels: { app: orders } }\n    spec: { containers: [{ name: db, image: "postgres:16.4" }] }\n`;
    it("under which the server has the same object changes nothing", () => {
      const { verdicts: found, findings } = changes(
        deployment("extensions/v1beta1"),
        deployment("apps/v1", "  selector: { matchLabels: { app: orders } }\n"),
      );
      assert.deepEqual(findings, []);
      assert.deepEqual(
        found.map(({ verdict }) => verdict),
        ["applies-in-place"],
      );
    });
    it("keeps a selector that was made of the labels, and no other", () =>
      assert.deepEqual(
        refused(
          deployment("extensions/v1beta1"),
          deployment("apps/v1", "  selector: { matchLabels: { app: bills } }\n").replace(
            "labels: {",
            "labels: { tier: db,",
          ),
        ),
        ["Deployment shop/orders spec.selector"],
      ));
    it("of an operator leaves open what becomes of the database", () => {
      const text = (group: string): string =>
        `apiVersion: ${group}/v1alpha1\nkind: MariaDB\nmetadata: { name: orders, namespace: shop }\nspec: { storage: { size: 10Gi } }\n---\napiVersion: ${group}/v1alpha1\nkind: Database\nmetadata: { name: orders, namespace: shop }\nspec: { mariaDbRef: { name: orders } }\n`;
      const { verdicts: found, findings } = changes(text("mariadb.mmontes.io"), text("k8s.mariadb.com"));
      assert.deepEqual(findings, []);
      assert.deepEqual(
        found.map(({ name, verdict, because }) => `${name} ${verdict}: ${because}`),
        [
          "MariaDB shop/orders unknown: mariadb.mmontes.io before, k8s.mariadb.com now: the operator's migration decides whether the data goes along",
        ],
      );
    });
  });
  it("an object in a namespace that only one side writes is not called another", () => {
    const found = changes(set(), set().replace(", namespace: shop", ""));
    assert.deepEqual(verdicts(found), ["StatefulSet orders-db unknown"]);
    assert.match(
      found.verdicts[0]?.because ?? "",
      /^namespace shop before, none now: the same object only if it is applied to shop$/,
    );
    const named = changes(set().replace(", namespace: shop", ""), set());
    assert.deepEqual(verdicts(named), ["StatefulSet shop/orders-db unknown"]);
    assert.match(
      named.verdicts[0]?.because ?? "",
      /^no namespace before, shop now: the same object only if it was applied to shop$/,
    );
    const claim =
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: blog }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n";
    assert.deepEqual(verdicts(changes(claim, claim.replace("name: blog", "name: blog, namespace: web"))), [
      "PersistentVolumeClaim web/blog unknown",
    ]);
    const two = `${set()}---\n${set().replace("namespace: shop", "namespace: web")}`;
    assert.equal(
      changes(set().replace(", namespace: shop", ""), two).verdicts.length,
      3,
      "which of the two is not known",
    );
  });
  it("an object whose name or namespace is filled in later is not called another", () => {
    for (const text of [set().replace("namespace: shop", `namespace: "\${NS}"`), set("", "10Gi", `"\${NAME}"`)]) {
      const { claims, verdicts: found } = changes(set(), text);
      assert.deepEqual(claims, []);
      assert.ok(found.length > 0 && found.every(({ verdict }) => verdict === "unknown"));
    }
  });
  it("a file that moved changes nothing", () => {
    const found = diffFiles({ "a/db.yaml": set() }, { "b/c/db.yaml": set() });
    assert.deepEqual([found.findings, verdicts(found), found.changedObjects], [[], [], 0]);
    assert.equal(found.claims.length, 2);
  });
  it("two overlays of one base are compared each with itself, with what their patches say", () => {
    const files = (size: string): Files => ({
      "base/kustomization.yaml": "resources: [db.yaml]\n",
      "base/db.yaml": set("", size),
      "one/kustomization.yaml": "resources: [../base]\nreplicas: [{ name: orders-db, count: 1 }]\n",
      "two/kustomization.yaml": "resources: [../base]\npatches: [{ path: patch.yaml }]\n",
      "two/patch.yaml":
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: orders-db, namespace: shop }\nspec: { minReadySeconds: 5 }\n",
    });
    const found = diffFiles(files("10Gi"), files("20Gi"));
    assert.deepEqual(verdicts(found), ["StatefulSet shop/orders-db refused"]);
    assert.equal(found.changedObjects, 2);
    assert.equal(found.findings.length, 1);
  });
  it("two objects of one name in two folders are compared each with its own file", () => {
    const before = { "a/db.yaml": set(), "b/db.yaml": set("", "30Gi") };
    const found = diffFiles(before, { ...before, "b/db.yaml": set("", "40Gi"), "c/db.yaml": set("", "50Gi") });
    assert.equal(found.verdicts[0]?.refused.length, 1);
    assert.equal(found.verdicts[0]?.location.uri, "/after/b/db.yaml");
  });
  it("a set with another name, or in another namespace, is said to be one", () => {
    for (const after of [set("", "10Gi", "orders"), set().replace("namespace: shop", "namespace: web")])
      assert.equal(
        changes(set(), after.replace("16.4", "17.1")).verdicts[0]?.renamedFrom,
        "StatefulSet shop/orders-db",
      );
  });
  it("of two sets that could be the renamed one, none is said to be it", () => {
    const two = `${set("", "10Gi", "orders")}---\n${set("", "10Gi", "bills")}`;
    const renamed = (before: string, after: string): boolean =>
      changes(before, after).verdicts.some(({ renamedFrom }) => renamedFrom !== undefined);
    assert.ok(!renamed(set(), two));
    assert.ok(!renamed(two, set()));
    assert.ok(!renamed(set(), set("", "10Gi", "bills").replace("postgres:16", "mariadb:11")));
  });
  it("a kustomization of other objects is no news of one that only kustomize can build", () => {
    const files = (labels: string, own = ""): Files => ({
      "db/kustomization.yaml": `resources: [db.yaml]\npatches: [{ path: patch.yaml, target: { kind: StatefulSet } }]\n${own}`,
      "db/patch.yaml": "- { op: move, from: /spec/a, path: /spec/b }\n",
      "db/db.yaml": set(),
      "kustomization.yaml": `resources: [db, web${labels === "b" ? ", more" : ""}]\n`,
      "more/kustomization.yaml": "resources: [more.yaml]\n",
      "more/more.yaml":
        "apiVersion: v1\nkind: Service\nmetadata: { name: more, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n",
      "web/kustomization.yaml": `resources: [web.yaml]\nlabels: [{ pairs: { team: ${labels} } }]\n`,
      "web/web.yaml":
        "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n",
    });
    const said = (before: Files, after: Files): readonly string[] => verdicts(diffFiles(before, after));
    assert.deepEqual(said(files("a"), files("b")), []);
    assert.deepEqual(said(files("a"), files("a", "namePrefix: x-\n")), ["StatefulSet shop/orders-db unknown"]);
  });
  it("documents that cannot be read are counted", () =>
    assert.equal(changes(`${set()}---\nkind: [\n`, set()).unreadBefore, 1));

  describe("a text that is not YAML", () => {
    const broken = set().replace("replicas: 2", "replicas: [");
    const cluster = (spec: string): string =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders, namespace: shop }\nspec: ${spec}\n`;
    const said = (found: DiffResult): readonly string[] => [
      ...verdicts(found),
      ...found.findings.map(({ ruleId, severity, location }) => `${location.uri} ${severity} ${ruleId}`),
    ];
    const notYaml = "/after/db.yaml error document-not-yaml";
    const cases: Readonly<Record<string, readonly [before: Files, after: Files, said: readonly string[]]>> = {
      "removes nothing": [
        { "db.yaml": cluster("{ instances: 3, storage: { size: 1Gi } }") },
        { "db.yaml": cluster("[") },
        ["Cluster shop/orders unknown", notYaml],
      ],
      "removes nothing where it has not even a kind": [
        { "db.yaml": set() },
        { "db.yaml": "a: b: [ {\n" },
        ["StatefulSet shop/orders-db unknown", notYaml],
      ],
      "removes nothing under another name": [
        { "old/db.yaml": set(), "web.yaml": set("", "10Gi", "web-db") },
        { "db.yaml": broken, "web.yaml": set("", "10Gi", "web-db") },
        ["StatefulSet shop/orders-db unknown", notYaml],
      ],
      "removes nothing where it is the only file": [
        { "old.yaml": set() },
        { "db.yaml": "a: b: [ {\n" },
        ["StatefulSet shop/orders-db unknown", notYaml],
      ],
      "is said of the old text too, fails nothing there, and then nothing is called new": [
        { "db.yaml": broken },
        { "db.yaml": set() },
        ["StatefulSet shop/orders-db unknown", "/before/db.yaml info document-not-yaml"],
      ],
      "renames nothing": [
        { "db.yaml": set(), "web.yaml": "" },
        { "db.yaml": broken, "web.yaml": set("", "10Gi", "web-db") },
        ["StatefulSet shop/orders-db unknown", notYaml],
      ],
      "keeps no other removal from being said": [
        { "db.yaml": set(), "web.yaml": set("", "10Gi", "web-db") },
        { "db.yaml": broken },
        [
          "StatefulSet shop/web-db removed",
          "StatefulSet shop/orders-db unknown",
          notYaml,
          "/before/web.yaml warning database-removed",
        ],
      ],
      "is no news where it was so before": [
        { "db.yaml": `${set()}---\nkind: [\n` },
        { "db.yaml": "---\nkind: [\n" },
        ["StatefulSet shop/orders-db removed", "/before/db.yaml warning database-removed"],
      ],
      "takes no backup away": [
        {
          "db.yaml": cluster("{ instances: 3, storage: { size: 1Gi } }"),
          "backup.yaml":
            "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: daily, namespace: shop }\nspec: { schedule: '0 0 3 * * *', cluster: { name: orders } }\n",
        },
        {
          "db.yaml": cluster("{ instances: 3, storage: { size: 1Gi } }"),
          "backup.yaml": "kind: ScheduledBackup\nmetadata: { name: daily\nspec: {}\n",
        },
        ["/after/backup.yaml error document-not-yaml"],
      ],
    };
    for (const [name, [before, after, expected]] of Object.entries(cases))
      it(name, () => {
        const found = diffFiles(before, after);
        assert.deepEqual(said(found), expected);
        assert.equal(
          found.isUnreadable,
          expected.some((each) => each.includes("error document-not-yaml")),
        );
      });
    it("that became a template or encrypted removes nothing either", () => {
      for (const text of [set().replace("replicas: 2", "{{ .Values.x }}"), `${set()}sops: { mac: x }\n`]) {
        const found = changes(set(), text);
        assert.deepEqual([said(found), found.isUnreadable], [["StatefulSet shop/orders-db unknown"], false]);
      }
    });
  });

  describe("MySQL upgrades", () => {
    const mysql = (tag: string): string =>
      set()
        .replace("postgres:16.4-bookworm", `mysql:${tag}`)
        .replace('" }]', '", volumeMounts: [{ name: data, mountPath: /var/lib/mysql }] }]');
    const cases: readonly (readonly [from: string, to: string, says: RegExp | undefined])[] = [
      ["5.7.44", "8.0.40", /converts the files of MySQL 5\.7/],
      ["5.7.44", "8.4.3", /upgrades 5\.7 only up to 8\.0, and exits/],
      ["5.7.44", "9.1.0", /upgrades 5\.7 only up to 8\.0, and exits/],
      ["8.0.36", "8.3.0", /converts/],
      ["8.0.36", "8.4.3", /converts/],
      ["8.0.36", "9.1.0", /upgrades 8\.0 only up to 8\.4, and exits/],
      ["8.0", "9.5", /upgrades 8\.0 only up to 8\.4, and exits/],
      ["8.0", "9", /upgrades 8\.0 only up to 8\.4, and exits/],
      ["8.3.0", "8.4.3", /converts/],
      ["8.3.0", "9.0.1", /upgrades 8\.3 only up to 8\.4, and exits/],
      ["8.4.3", "9.1.0", /converts/],
      ["8.4.3", "9.7.0", /converts/],
      ["9.1.0", "9.5.0", /converts/],
      ["9.5.0", "8.4.3", /is older than MySQL 9\.5/],
      ["8.4.2", "8.4.3", undefined],
      ["8.4.2", "8", undefined],
      ["8", "9", /starts on files of MySQL 8\.4 and on no older ones, .+ only a backup leads back/],
      ["8", "9.4", /starts on files of MySQL 8\.4 and on no older ones/],
      ["5", "9.4", /skips a release series: MySQL upgrades 5\.7 only up to 8\.0/],
      ["8", "5.7", /is older than MySQL 8/],
      ["8", "8.4.3", undefined],
    ];
    for (const [from, to, says] of cases)
      it(`from ${from} to ${to}`, () => {
        const messages = changes(mysql(from), mysql(to)).findings.flatMap(({ ruleId, message }) =>
          ruleId === "database-version-changed" ? [message] : [],
        );
        assert.equal(messages.length, says === undefined ? 0 : 1, messages.join());
        if (says !== undefined) assert.match(messages[0] ?? "", says);
      });
  });

  describe("the claims", () => {
    const claim = (storageClass: string, size: string): string =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: orders-data, namespace: shop }\nspec: { accessModes: [ReadWriteOnce], storageClassName: ${storageClass}, resources: { requests: { storage: ${size} } } }\n`;
    const rigid =
      "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: slow }\nprovisioner: a/b\n";
    const cases: Readonly<Record<string, readonly [before: string, after: string, fates: readonly string[]]>> = {
      "of a renamed set stay behind, and the new set's are empty": [
        set(),
        set("", "10Gi", "orders"),
        [
          "shop/data-orders-db-0 left-behind",
          "shop/data-orders-db-1 left-behind",
          "shop/data-orders-0 new",
          "shop/data-orders-1 new",
        ],
      ],
      "of a smaller set stay behind": [
        set(),
        set("", "10Gi", "orders-db", "1"),
        ["shop/data-orders-db-0 kept", "shop/data-orders-db-1 left-behind"],
      ],
      "of a smaller set go where it says so": [
        set(deletes("whenScaled")),
        set(deletes("whenScaled"), "10Gi", "orders-db", "0"),
        ["shop/data-orders-db-0 deleted", "shop/data-orders-db-1 deleted"],
      ],
      "go by the policy that comes with the smaller number": [
        set(),
        set(deletes("whenScaled"), "10Gi", "orders-db", "1"),
        ["shop/data-orders-db-0 kept", "shop/data-orders-db-1 deleted"],
      ],
      "of a set that is taken out go by the policy it had": [
        set(deletes("whenDeleted"), "10Gi", "orders-db", "1"),
        "",
        ["shop/data-orders-db-0 deleted"],
      ],
      "of a larger set are new": [
        set("", "10Gi", "orders-db", "1"),
        set(),
        ["shop/data-orders-db-0 kept", "shop/data-orders-db-1 new"],
      ],
      "of a set whose first ordinal moves are others": [
        set("", "10Gi", "orders-db", "1"),
        set("  ordinals: { start: 5 }\n", "10Gi", "orders-db", "1"),
        ["shop/data-orders-db-5 new", "shop/data-orders-db-0 left-behind"],
      ],
      "of a refused change stay": [
        set(),
        set("", "20Gi", "orders-db", "1"),
        ["shop/data-orders-db-0 kept", "shop/data-orders-db-1 kept"],
      ],
      "that are written by themselves grow": [claim("slow", "10Gi"), claim("slow", "20Gi"), ["shop/orders-data grown"]],
      "of which something else is refused do not grow": [
        claim("slow", "10Gi"),
        claim("fast", "20Gi"),
        ["shop/orders-data kept"],
      ],
      "whose class cannot grow stay": [
        claim("slow", "10Gi") + rigid,
        claim("slow", "20Gi") + rigid,
        ["shop/orders-data kept"],
      ],
      "that are written by themselves are not called new": [
        "",
        `${set("", "10Gi", "orders-db", "1")}---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data-orders-db-0, namespace: shop }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }\n`,
        [],
      ],
      "of a number that is filled in later are not known": [set(), set("", "10Gi", "orders-db", `"\${REPLICAS}"`), []],
    };
    for (const [name, [before, after, expected]] of Object.entries(cases))
      it(name, () => assert.deepEqual(fates(before, after), expected));
  });

  describe("the claims of an operator's database", () => {
    const cluster = (spec: string): string =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders, namespace: shop }\nspec:\n${spec}`;
    const three = "  instances: 3\n  storage: { size: 20Gi }\n  walStorage: { size: 5Gi }\n";
    const rows = (before: string, after: string): readonly string[] =>
      changes(before, after).claims.map(({ volume, count, fate, because = "" }) =>
        `${count} of ${volume} ${fate} ${because}`.trim(),
      );

    it("stay while it changes, and grow", () => {
      assert.deepEqual(rows(cluster(three), cluster(three)), ["3 of data kept", "3 of WAL kept"]);
      assert.deepEqual(rows(cluster(three), cluster(three.replace("20Gi", "40Gi"))), [
        "3 of data grown",
        "3 of WAL kept",
      ]);
    });
    it("are more or fewer with its instances", () => {
      assert.deepEqual(rows(cluster(three), cluster(three.replace("3", "5"))), [
        "3 of data kept",
        "3 of WAL kept",
        "2 of data new",
        "2 of WAL new",
      ]);
      assert.deepEqual(rows(cluster(three), cluster(three.replace("3", "2"))), [
        "2 of data kept",
        "2 of WAL kept",
        "1 of data deleted CloudNativePG removes their instances",
        "1 of WAL deleted CloudNativePG removes their instances",
      ]);
    });
    it("are new with a volume of their own", () =>
      assert.deepEqual(rows(cluster(three.replace(/ {2}wal.*\n/, "")), cluster(three)), [
        "3 of data kept",
        "3 of WAL new",
      ]));
    it("go with it where the operator owns them, and stay where it does not", () => {
      const other = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
      assert.deepEqual(rows(cluster(three), other), [
        "3 of data deleted CloudNativePG deletes a Cluster's claims with it",
        "3 of WAL deleted CloudNativePG deletes a Cluster's claims with it",
      ]);
      const pxc = (finalizers: string): string =>
        `apiVersion: pxc.percona.com/v1\nkind: PerconaXtraDBCluster\nmetadata:\n  name: orders\n${finalizers}spec: { pxc: { size: 3 } }\n`;
      assert.deepEqual(rows(pxc(""), other), ["3 of data left-behind"]);
      assert.deepEqual(rows(pxc("  finalizers: [percona.com/delete-pxc-pvc]\n"), other), [
        "3 of data deleted finalizer percona.com/delete-pxc-pvc",
      ]);
    });
    it("stay as they are where the change is refused", () =>
      assert.deepEqual(rows(cluster(three), cluster(three.replace("20Gi", "10Gi").replace("3", "5"))), [
        "3 of data kept",
        "3 of WAL kept",
      ]));
    it("stay as they are where the version is refused, or the new text by itself", () => {
      const of = (image: string, spec: string): string => cluster(`${spec}  imageName: shop/postgresql:${image}\n`);
      for (const image of ["16.4", "latest"])
        assert.deepEqual(rows(of("17.4", three), of(image, three.replace("20Gi", "40Gi").replace("3", "5"))), [
          "3 of data kept",
          "3 of WAL kept",
        ]);
    });
    it("are those of before where a volume is not given away", () =>
      assert.deepEqual(rows(cluster(three), cluster(three.replace(/ {2}wal.*\n/, ""))), [
        "3 of data kept",
        "3 of WAL kept",
      ]));
    it("are not said of a Cluster that is kept from pruning", () => {
      const kept = cluster(three).replace("shop }", "shop, annotations: { helm.sh/resource-policy: keep } }");
      assert.deepEqual(rows(kept, ""), []);
    });
    it("are not said of a server whose volumes go with its Pods", () => {
      const mariadb = (size: number): string =>
        `apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: { name: orders }\nspec: { replicas: ${size}, storage: { ephemeral: true } }\n`;
      assert.deepEqual(rows(mariadb(3), mariadb(5)), []);
    });
    it("are not said of a number that is filled in later", () =>
      assert.deepEqual(rows(cluster(three), cluster(three.replace("3", "$COUNT"))), []));
  });
});
