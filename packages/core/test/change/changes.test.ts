import assert from "node:assert/strict";
import {
  allRules,
  type ChangeReport,
  changesBetween,
  createProject,
  type Project,
  SourceFile,
} from "../../src/index.ts";

type Files = Readonly<Record<string, string>>;

function projectOf(files: Files): Project {
  return createProject({
    files: Object.entries(files).map(([name, text]) => new SourceFile(`/shop/${name}`, text)),
    configs: [],
    root: "/shop",
    view: "folder",
    today: "2026-11-29",
    rules: allRules,
  });
}

const changesOf = (before: Files, after: Files): ChangeReport => changesBetween(projectOf(before), projectOf(after));
const changes = (before: string, after: string): ChangeReport => changesOf({ "db.yaml": before }, { "db.yaml": after });

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
  changes(before, after).claims.map(({ name, fate }) => `${name} ${fate}`);
const refused = (before: string, after: string): readonly string[] =>
  changes(before, after).refused.map(({ object, field }) => `${object} ${field}`);

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
        const { claims, ...rest } = changes(set(), text);
        assert.deepEqual(rest, {
          refused: [],
          changed: [],
          added: [],
          removed: [],
          renamed: [],
          unjudged: [],
          unreadDocuments: 0,
        });
        assert.ok(claims.length === 2 && claims.every(({ fate }) => fate === "kept"));
      });
    it("no refusal of a default that is written out", () =>
      assert.deepEqual(refused(set(), set("  podManagementPolicy: OrderedReady\n")), []));
  });

  it("a larger claim template is refused, and the claims stay", () => {
    const { refused: found, claims } = changes(set(), set("", "20Gi"));
    assert.deepEqual(
      found.map(({ field, message }) => [field, message.place]),
      [["spec.volumeClaimTemplates", "spec"]],
    );
    assert.ok(claims.every(({ fate }) => fate === "kept"));
  });
  it("the place of a refusal is the new value's, and the old one's", () => {
    const [found] = changes(set("  serviceName: orders-db\n"), set("  serviceName: orders\n")).refused;
    const at = found?.at.start ?? 0;
    assert.equal(set("  serviceName: orders\n").slice(at, at + 6), "orders");
  });
  it("a value that is filled in later is not judged", () => {
    const { refused: found, unjudged, changed } = changes(set(), set("", `"\${SIZE}"`));
    assert.deepEqual([found, changed], [[], []]);
    assert.ok(unjudged.some(({ because }) => because.includes("spec.volumeClaimTemplates")));
  });
  it("another image is said to be changed, not to be harmless", () =>
    assert.deepEqual(changes(set(), set().replace("16.4", "17.1")).changed, ["StatefulSet shop/orders-db"]));
  it("a selector of everything is not the same as none", () => {
    const policy = (peer: string): string =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: db }\nspec: { podSelector: {}, ingress: [{ from: [{ podSelector: {}${peer} }] }] }\n`;
    assert.equal(changes(policy(""), policy(", namespaceSelector: {}")).unjudged[0]?.object, "NetworkPolicy db");
  });
  it("the size of a claim depends on its class", () => {
    const claim = (size: string): string =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: dumps }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }\n`;
    const { unjudged, changed } = changes(claim("2Gi"), claim("1Gi"));
    assert.deepEqual(changed, []);
    assert.match(unjudged[0]?.because ?? "", /spec\.resources/);
  });
  it("a kind whose fields are not known is not judged", () => {
    const job = (image: string): string =>
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: load }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: load, image: "${image}" }] } } }\n`;
    assert.equal(changes(job("postgres:16"), job("postgres:17")).unjudged[0]?.object, "Job load");
  });
  it("an object in a namespace that only one side writes is not called another", () => {
    const { added, removed, unjudged } = changes(set(), set().replace(", namespace: shop", ""));
    assert.deepEqual([added, removed], [[], []]);
    assert.equal(unjudged[0]?.object, "StatefulSet orders-db");
  });
  it("an object whose name or namespace is filled in later is not called another", () => {
    for (const text of [set().replace("namespace: shop", `namespace: "\${NS}"`), set("", "10Gi", `"\${NAME}"`)]) {
      const { added, removed, claims, unjudged } = changes(set(), text);
      assert.deepEqual([added, removed, claims], [[], [], []]);
      assert.ok(unjudged.length > 0);
    }
  });
  it("a file that moved changes nothing", () => {
    const { claims, ...rest } = changesOf({ "a/db.yaml": set() }, { "b/c/db.yaml": set() });
    assert.ok(Object.values(rest).every((value) => value === 0 || (value as readonly unknown[]).length === 0));
    assert.equal(claims.length, 2);
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
    const { refused: found, claims, unjudged } = changesOf(files("10Gi"), files("20Gi"));
    assert.deepEqual(unjudged, []);
    assert.equal(found.length, 2);
    assert.equal(claims.filter(({ fate }) => fate === "kept").length, 3);
  });
  it("a set with another name, or in another namespace, is said to be one", () => {
    for (const after of [set("", "10Gi", "orders"), set().replace("namespace: shop", "namespace: web")])
      assert.equal(changes(set(), after.replace("16.4", "17.1")).renamed[0]?.from, "StatefulSet shop/orders-db");
  });
  it("of two sets that could be the renamed one, none is said to be it", () => {
    const two = `${set("", "10Gi", "orders")}---\n${set("", "10Gi", "bills")}`;
    assert.deepEqual(changes(set(), two).renamed, []);
    assert.deepEqual(changes(two, set()).renamed, []);
    assert.deepEqual(changes(set(), set("", "10Gi", "bills").replace("postgres:16", "mariadb:11")).renamed, []);
  });
  it("documents that cannot be read are counted", () =>
    assert.equal(changes(set(), `${set()}---\nkind: [\n`).unreadDocuments, 1));

  describe("the claims", () => {
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
});
