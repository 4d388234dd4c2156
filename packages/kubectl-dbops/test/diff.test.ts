import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commitAll, folderWith, git } from "./support/folder.ts";
import { needsKubectl } from "./support/kubectl.ts";
import { dbops } from "./support/run.ts";

const set = (name = "orders-db", image = "postgres:16.4-bookworm", size = "10Gi"): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: ${name}
  namespace: shop
spec:
  serviceName: ${name}
  replicas: 3
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: postgres
          image: ${image}
          env: [{ name: POSTGRES_PASSWORD, value: Zq7Xk-secret }]
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
`;

/** A repository with one committed database. */
function repository(files: Readonly<Record<string, string>> = { "shop/orders.yaml": set() }): string {
  const folder = folderWith(files);
  commitAll(folder);
  return folder;
}
const write = (folder: string, file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
};
const lastLine = (text: string): string | undefined => text.trimEnd().split("\n").at(-1);

describe("diff", () => {
  it("says what becomes of each object and claim, and counts in the last line", () => {
    const folder = folderWith({
      "old/orders.yaml": set(),
      "old/bills.yaml": set("bills-db"),
      "old/web.yaml": set("web-db"),
      "new/orders.yaml": set("orders-db", undefined, "20Gi"),
      "new/bills.yaml": set("billing-db"),
      "new/web.yaml": set("web-db", "postgres:16.6-bookworm"),
    });
    const { code, out, err } = dbops(folder, ["diff", "old", "new"]);
    assert.deepEqual([code, err], [1, ""]);
    assert.match(out, /^StatefulSet shop\/orders-db +refused by the API server$/m);
    assert.match(
      out,
      /^StatefulSet shop\/billing-db +starts empty, data stays in data-bills-db-0 … 2 \(was StatefulSet shop\/bills-db\)$/m,
    );
    assert.match(out, /^StatefulSet shop\/web-db +restarts 3 Pods \(2, 1, 0\)$/m);
    assert.match(out, /^ {2}data-orders-db-0 … 2 +kept +StatefulSet shop\/orders-db$/m);
    assert.match(out, /^ {2}data-bills-db-0 … 2 +left behind +StatefulSet shop\/bills-db$/m);
    assert.equal(lastLine(out), "1 refused, 1 starts empty (3 claims stay behind), 1 restarts; nothing is destroyed.");
  });

  it("counts in words that say everything once", () => {
    const deleting = set().replace(
      "spec:\n",
      "spec:\n  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }\n",
    );
    const cluster =
      "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders, namespace: shop }\nspec: { instances: 3, storage: { size: 1Gi }, backup: { barmanObjectStore: { destinationPath: s3://b/o } } }\n";
    const scheduled =
      "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: daily, namespace: shop }\nspec: { schedule: '0 0 2 * * *', cluster: { name: orders } }\n";
    const mysql = (lines: string): string =>
      `${set("orders-db", "mysql:8.4.3").replace(
        "volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]",
        "volumeMounts: [{ name: data, mountPath: /var/lib/mysql }, { name: conf, mountPath: /etc/mysql/conf.d }]\n      volumes: [{ name: conf, configMap: { name: conf } }]",
      )}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf, namespace: shop }\ndata:\n  my.cnf: |\n    [mysqld]\n${lines}`;
    const cases: readonly (readonly [old: string, young: string, says: string])[] = [
      [set(), "", "1 database is removed (3 claims stay behind); nothing is destroyed."],
      [
        set(),
        set().replace("replicas: 3", "replicas: 0"),
        "1 database stops (3 claims stay behind); nothing is destroyed.",
      ],
      [deleting, "", "data of 1 database is destroyed; 3 claims are deleted."],
      [
        cluster,
        cluster.replace("instances: 3", "instances: 2"),
        "1 database loses instances with their claims; nothing else is destroyed.",
      ],
      [`${cluster}---\n${scheduled}`, cluster, "1 object changes, and a database that stays loses its backup."],
      [
        `${cluster}---\n${scheduled}`,
        cluster.replace("instances: 3", "instances: 2"),
        "1 database loses instances with their claims; nothing else is destroyed; a database that stays loses its backup.",
      ],
      [mysql(""), mysql("    lower_case_table_names=1\n"), "1 database does not start; nothing is destroyed."],
      [
        mysql(""),
        mysql("    max_connections=300\n"),
        "1 object changes, and every database that dbops reads stays as it is.",
      ],
      [
        mysql(""),
        mysql("").replace("replicas: 3", "replicas: 5"),
        "1 object changes; no database restarts, but the findings say what else it does.",
      ],
      [cluster, "", "data of 1 database is destroyed; 3 claims are deleted."],
      [
        set().replace("  namespace: shop\n", ""),
        set(),
        "what becomes of 1 database is not known; nothing is known to be destroyed.",
      ],
      [
        `${set()}---\n${set("bills-db").replace("  namespace: shop\n", "")}`,
        `${set("orders-db", "postgres:16.6-bookworm")}---\n${set("bills-db")}`,
        "1 restarts, 1 not known; nothing is known to be destroyed.",
      ],
    ];
    for (const [old, young, says] of cases) {
      const folder = folderWith({ "old.yaml": old, "new.yaml": young });
      assert.equal(lastLine(dbops(folder, ["diff", "old.yaml", "new.yaml"]).out), says);
    }
  });

  it("compares two files of one folder as two texts", () => {
    const folder = folderWith({ "old.yaml": set(), "new.yaml": set("orders-db", "postgres:17.2-bookworm") });
    const { code, out } = dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", "concise"]);
    assert.equal(code, 1);
    assert.match(out, /^new\.yaml:15:18: error: postgres:17\.2-bookworm .+ \[database-version-changed\]$/m);
  });

  it("reads a rendered chart from stdin", () => {
    const folder = folderWith({ "released.yaml": set() });
    const { code, out } = dbops(folder, ["diff", "released.yaml", "-"], { stdin: set("orders-db", undefined, "20Gi") });
    assert.equal(code, 1);
    assert.match(out, /refused by the API server/);
  });

  it("is silent about the same text, reformatted, reordered, commented, moved", () => {
    const reordered = set()
      .replace(/ {2}serviceName: orders-db\n/, "")
      .concat("  serviceName: orders-db # same\n");
    const folder = folderWith({ "old/a.yaml": set(), "new/b/c.yaml": `# moved\n\n${reordered}` });
    assert.deepEqual(dbops(folder, ["diff", "old", "new"]), {
      code: 0,
      out: "No object that dbops reads changes.\n",
      err: "",
    });
    assert.equal(dbops(folder, ["diff", "old", "new", "-o", "markdown"]).out, "");
  });

  it("writes no secret in any format", () => {
    const folder = folderWith({ "old.yaml": set(), "new.yaml": set("billing-db", "postgres:17.2-bookworm") });
    for (const format of ["human", "json", "markdown", "sarif", "github", "gitlab", "junit", "concise", "jsonl"])
      assert.doesNotMatch(dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", format]).out, /Zq7Xk/, format);
  });

  describe("in git", () => {
    it("compares with a revision without a checkout, and names the old text by it", () => {
      const folder = repository();
      git(folder, "checkout", "-q", "-b", "work");
      write(folder, "shop/orders.yaml", set("orders-db", "postgres:17.2-bookworm"));
      git(folder, "commit", "-q", "-am", "bump");
      git(folder, "checkout", "-q", "main");
      write(folder, "shop/later.yaml", set("later-db"));
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "-m", "others go on");
      git(folder, "checkout", "-q", "work");
      const { code, out } = dbops(folder, ["diff", "--since", "main"]);
      assert.equal(code, 1);
      assert.match(out, /├─ main:shop\/orders\.yaml:15\n.* {2}was 16\.4/);
      assert.equal(
        lastLine(out),
        "1 database does not start; nothing is destroyed.",
        "what others added is not taken back",
      );
    });

    it("compares what is staged with HEAD, not what is on disk", () => {
      const folder = repository();
      write(folder, "shop/orders.yaml", set("orders-db", "postgres:16.6-bookworm"));
      git(folder, "add", "-A");
      write(folder, "shop/orders.yaml", set("orders-db", "postgres:17.2-bookworm"));
      const { code, out } = dbops(folder, ["diff", "--staged"]);
      assert.deepEqual([code, lastLine(out)], [0, "1 database restarts; nothing is destroyed."]);
    });

    it("knows a removed file, a removed path, and a folder that was renamed", () => {
      const folder = repository();
      rmSync(path.join(folder, "shop/orders.yaml"));
      for (const words of [[], ["shop"], ["shop/orders.yaml"]]) {
        const { code, out, err } = dbops(folder, ["diff", "--since", "HEAD", ...words]);
        assert.deepEqual([code, err], [0, ""], words.join());
        assert.match(out, /^StatefulSet shop\/orders-db +removed, data stays in data-orders-db-0 … 2$/m);
        assert.match(out, /^HEAD:shop\/orders\.yaml:4:3 +warning +database-removed$/m);
        assert.match(out, /counts as deleted \(prune, kubectl delete\)/);
      }
      git(folder, "checkout", "-q", ".");
      renameSync(path.join(folder, "shop"), path.join(folder, "store"));
      assert.equal(dbops(folder, ["diff", "--since", "HEAD"]).out, "No object that dbops reads changes.\n");
    });

    it("limits itself to paths, with everything else as context", () => {
      const folder = repository({ "a/a.yaml": set("a-db"), "b/b.yaml": set("b-db") });
      write(folder, "a/a.yaml", set("a-db", "postgres:17.2-bookworm"));
      write(folder, "b/b.yaml", set("b-db", "postgres:17.2-bookworm"));
      assert.equal(
        lastLine(dbops(folder, ["diff", "--since", "HEAD", "a"]).out),
        "1 database does not start; nothing is destroyed.",
      );
      assert.equal(
        lastLine(dbops(path.join(folder, "b"), ["diff", "--since", "HEAD"]).out),
        "1 database does not start; nothing is destroyed.",
      );
    });

    it("leaves out what the configuration excludes, on both sides, and reads what git tracks although it ignores it", () => {
      const folder = repository({
        "shop/orders.yaml": set(),
        "old/orders.yaml": set("old-db"),
        "x/x.yaml": set("x-db"),
      });
      write(folder, ".gitignore", "old/\n");
      write(folder, ".dbops.yaml", "exclude: [x/**]\n");
      write(folder, "x/x.yaml", set("x-db", "postgres:17.2-bookworm"));
      assert.equal(dbops(folder, ["diff", "--since", "HEAD"]).out, "No object that dbops reads changes.\n");
      write(folder, "old/orders.yaml", set("old-db", "postgres:17.2-bookworm"));
      assert.match(dbops(folder, ["diff", "--since", "HEAD"]).out, /^StatefulSet shop\/old-db +does not start/m);
    });

    it("renders a kustomization on both sides", function () {
      needsKubectl(this);
      this.timeout(30_000);
      const files = {
        "base/kustomization.yaml": "resources: [orders.yaml]\n",
        "base/orders.yaml": set(),
        "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\n",
      };
      const folder = repository(files);
      write(folder, "base/orders.yaml", set("orders-db", "postgres:17.2-bookworm"));
      const since = dbops(folder, ["diff", "--since", "HEAD", "-k", "prod"]);
      assert.deepEqual([since.code, since.err], [1, ""]);
      assert.match(since.out, /^StatefulSet shop\/prod-orders-db +does not start on its data$/m);
      assert.match(since.out, /^base\/orders\.yaml:15:18 /m);
      assert.match(since.out, /├─ HEAD:base\/orders\.yaml:15\n.* {2}was 16\.4/);
      assert.equal(
        lastLine(dbops(folder, ["diff", "--staged", "-k", "prod"]).out),
        "No object that dbops reads changes.",
      );
      git(folder, "add", "-A");
      assert.match(dbops(folder, ["diff", "--staged", "-k", "prod"]).out, /^base\/orders\.yaml:15:18 /m);
      assert.match(dbops(folder, ["diff", "-k", "base", "-k", "prod"]).out, /starts empty/);
    });
  });

  describe("bad input", () => {
    const complaints: Readonly<Record<string, readonly [words: readonly string[], says: RegExp]>> = {
      "no sides": [[], /^error: diff needs two sides: OLD NEW, -k OLD -k NEW, or --since REF or --staged/],
      "one side": [["shop"], /^error: diff needs two sides/],
      "three sides": [["a", "b", "c"], /^error: diff needs two sides/],
      "a revision that is none": [["--since", "nope"], /^error: git has no revision nope here\n$/],
      "an option as revision": [["--since=--output=x"], /^error: git has no revision --output=x here\n$/],
      "two old sides": [["--since", "HEAD", "--staged"], /^error: --since and --staged are two different old sides/],
      "a path that is on neither side": [["--since", "HEAD", "none"], /^error: none: no such file or folder\n$/],
      "a missing side": [["none.yaml", "shop"], /^error: none\.yaml: no such file or folder\n$/],
      "a missing new side": [["shop", "none"], /^error: none: no such file or folder\n$/],
      "two missing sides": [["a", "b"], /^error: a: no such file or folder\nerror: b: no such file or folder\n$/],
      "paths that are on neither side": [
        ["--since", "HEAD", "a", "b"],
        /^error: a: no such file or folder\nerror: b: no such file or folder\n$/,
      ],
      "nothing from the program before the pipe": [["shop", "-"], /^error: nothing came from stdin/],
      "a folder that does not render": [["--since", "HEAD", "-k", "shop"], /^error: .*shop/],
      "two folders of which one does not render": [["-k", "shop", "-k", "none"], /^error: .*shop/],
      "a verdict that is none": [
        ["--since", "HEAD", "--allow", "lost:StatefulSet/a"],
        /^error: --allow must be one of removed, /,
      ],
      "an object that is none": [
        ["--since", "HEAD", "--allow", "removed:orders"],
        /^error: --allow must be VERDICT:KIND/,
      ],
    };
    for (const [name, [words, says]] of Object.entries(complaints))
      it(name, () => {
        const { code, out, err } = dbops(repository(), ["diff", ...words]);
        assert.deepEqual([code, out], [2, ""]);
        assert.match(err, says);
      });

    it("no repository", () => {
      const { code, err } = dbops(folderWith({ "a.yaml": set() }), ["diff", "--since", "HEAD"]);
      assert.deepEqual([code, err], [2, "error: --since and --staged need a git repository; there is none here\n"]);
    });

    it("a repository without a commit", () => {
      const folder = folderWith({ "a.yaml": set() });
      git(folder, "init", "-q", "-b", "main");
      git(folder, "add", "-A");
      assert.deepEqual(dbops(folder, ["diff", "--staged"]).code, 0);
    });

    it("a shallow clone", () => {
      const folder = repository();
      write(folder, "shop/orders.yaml", set("orders-db", "postgres:16.5-bookworm"));
      git(folder, "commit", "-q", "-am", "second");
      const clone = path.join(folderWith({}), "clone");
      git(folder, "clone", "-q", "--depth", "1", `file://${folder}`, clone);
      assert.match(
        dbops(clone, ["diff", "--since", "HEAD~1"]).err,
        /^error: git has no revision HEAD~1 here; this clone is shallow: fetch it first/,
      );
      git(clone, "fetch", "-q", "--depth", "1", "origin", "main:old");
      assert.equal(dbops(clone, ["diff", "--since", "old"]).code, 0);
    });

    it("an old text that git does not have is named, and the rest is compared", () => {
      const folder = repository({ "shop/orders.yaml": set(), "shop/bills.yaml": set("bills-db") });
      const blob = git(folder, "rev-parse", "HEAD:shop/bills.yaml").trim();
      rmSync(path.join(folder, ".git/objects", blob.slice(0, 2), blob.slice(2)), { force: true });
      write(folder, "shop/orders.yaml", set("orders-db", "postgres:17.2-bookworm"));
      const { code, out, err } = dbops(folder, ["diff", "--since", "HEAD"]);
      assert.deepEqual([code, err], [2, "error: HEAD:shop/bills.yaml: git does not have its content here\n"]);
      assert.match(out, /does not start/);
    });

    it("a new text that is not YAML removes nothing, and the others are compared", () => {
      const folder = repository({ "shop/orders.yaml": set(), "shop/bills.yaml": set("bills-db") });
      write(folder, "shop/orders.yaml", set().replace("replicas: 3", "replicas: ["));
      write(folder, "shop/bills.yaml", set("bills-db", "postgres:17.2-bookworm"));
      const { code, out } = dbops(folder, ["diff", "--since", "HEAD"]);
      assert.equal(code, 2);
      assert.match(
        out,
        /^StatefulSet shop\/orders-db +not known: it may still be in the new text, which could not be read$/m,
      );
      assert.match(out, /^shop\/orders\.yaml:9:3 +error +document-not-yaml\n {2}This document cannot be read: /m);
      assert.match(out, /does not start/);
      assert.doesNotMatch(out, /removed|counts as deleted/);
      assert.equal(dbops(folder, ["diff", "--since", "HEAD", "--ignore", "document-not-yaml"]).code, 1);
    });

    it("an old text that the new one repairs is named, and fails nothing", () => {
      const folder = repository({ "shop/orders.yaml": set().replace("replicas: 3", "replicas: [") });
      write(folder, "shop/orders.yaml", set());
      const { code, out } = dbops(folder, ["diff", "--since", "HEAD"]);
      assert.equal(code, 0);
      assert.match(out, /^HEAD:shop\/orders\.yaml:9:3 +info +document-not-yaml$/m);
      assert.match(out, /^StatefulSet shop\/orders-db +not known: it may have been in the old text/m);
    });

    it("a new file that is not text removes nothing", () => {
      const folder = repository({ "shop/orders.yaml": set(), "shop/bills.yaml": set("bills-db") });
      write(folder, "shop/orders.yaml", "\0\u0001\0");
      git(folder, "add", "-A");
      for (const words of [["--since", "HEAD"], ["--staged"]]) {
        const { code, out, err } = dbops(folder, ["diff", ...words]);
        assert.deepEqual([code, err], [2, "error: shop/orders.yaml: not a text file\n"]);
        assert.match(out, /^StatefulSet shop\/orders-db +not known: it may still be in the new text/m);
        assert.doesNotMatch(out, /removed/);
      }
    });

    it("nor one of JSON; one that is no manifest any more holds nothing", () => {
      const json = `{ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": "orders-db", "namespace": "shop" }, "spec": { "serviceName": "orders-db", "selector": { "matchLabels": { "app": "db" } }, "template": { "metadata": { "labels": { "app": "db" } }, "spec": { "containers": [{ "name": "db", "image": "postgres:16.4" }] } } } }`;
      const folder = repository({ "orders.json": json });
      write(folder, "orders.json", "\0\u0001\0");
      const { code, out, err } = dbops(folder, ["diff", "--since", "HEAD"]);
      assert.deepEqual([code, err], [2, "error: orders.json: not a text file\n"]);
      assert.match(out, /^StatefulSet shop\/orders-db +not known/m);
      write(folder, "orders.json", '{ "name": "orders" }');
      assert.match(dbops(folder, ["diff", "--since", "HEAD"]).out, /^StatefulSet shop\/orders-db +removed/m);
    });

    it("a folder that is reached through a link first is read all the same", () => {
      const folder = repository({ "shop/orders.yaml": set() });
      mkdirSync(path.join(folder, "apps"), { recursive: true });
      symlinkSync("../shop", path.join(folder, "apps/linked"));
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "-m", "link");
      assert.deepEqual(dbops(folder, ["diff", "--since", "HEAD"]), {
        code: 0,
        out: "No object that dbops reads changes.\n",
        err: "",
      });
    });

    it("nor one of a folder that is compared with another", () => {
      const folder = folderWith({ "old/a.yaml": set(), "old/b.yaml": set("b-db"), "new/b.yaml": set("b-db") });
      write(folder, "new/a.yaml", "\0\u0001\0");
      const { code, out, err } = dbops(folder, ["diff", "old", "new"]);
      assert.deepEqual([code, err], [2, "error: new/a.yaml: not a text file\n"]);
      assert.match(out, /^StatefulSet shop\/orders-db +not known/m);
    });

    it("binary files, links and texts that are not YAML", () => {
      const folder = repository({
        "shop/orders.yaml": set(),
        "shop/dump.yaml": "\0\u0001\0",
        "shop/odd.yaml": "kind: [\n",
      });
      write(folder, "shop/dump.yaml", "\0\u0002\0");
      const { code, out, err } = dbops(folder, ["diff", "--since", "HEAD"]);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /No object that dbops reads changes\.\n$/);
    });
  });

  describe("--allow", () => {
    it("accepts a verdict about one object by its name", () => {
      const folder = folderWith({ "old.yaml": set("bills-db"), "new.yaml": set("billing-db") });
      const words = ["diff", "old.yaml", "new.yaml", "--allow", "starts-empty:StatefulSet/shop/billing-db"];
      const { code, out, err } = dbops(folder, words);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /starts empty, .+ \(accepted\)$/m);
      assert.doesNotMatch(out, /error {2}database-renamed/);
    });
    it("a rename is accepted by the configuration until its day, with its reason", () => {
      const moved =
        "moved:\n  - from: StatefulSet/shop/bills-db\n    to: StatefulSet/shop/billing-db\n    reason: bound to the old volumes\n    until: 2026-06-30\n";
      const folder = folderWith({
        "old.yaml": set("bills-db"),
        "new.yaml": set("billing-db", "postgres:16.6-bookworm", "20Gi"),
        ".dbops.yaml": moved,
      });
      const words = ["diff", "old.yaml", "new.yaml"];
      const { code, out } = dbops(folder, words);
      assert.equal(code, 0);
      assert.match(out, /starts empty, .+ \(was StatefulSet shop\/bills-db\) \(accepted\)$/m);
      const { suppressed } = JSON.parse(dbops(folder, [...words, "-o", "json"]).out) as {
        readonly suppressed: readonly { readonly suppression: object }[];
      };
      assert.deepEqual(suppressed[0]?.suppression, {
        by: "config",
        path: ".dbops.yaml",
        start: { line: 2, column: 5 },
        reason: "bound to the old volumes",
        until: "2026-06-30",
      });
      assert.equal(dbops(folder, words, { today: "2026-07-01" }).code, 0, "not alike, and nobody says that it is one");
      assert.equal(dbops(folder, ["lint", "new.yaml"]).code, 0);
    });
    it("says where it accepts nothing", () => {
      const folder = folderWith({ "old.yaml": set(), "new.yaml": set() });
      const { code, err } = dbops(folder, ["diff", "old.yaml", "new.yaml", "--allow", "removed:StatefulSet/shop/x"]);
      assert.deepEqual([code, err], [0, "note: --allow removed:StatefulSet/shop/x accepts nothing here\n"]);
    });
  });

  it("folds the way through into the comment for a pull request", () => {
    const folder = folderWith({ "old.yaml": set(), "new.yaml": set("orders-db", undefined, "20Gi") });
    const { out } = dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", "markdown"]);
    assert.match(out, /^<details><summary>What to do: Grow the volumes of StatefulSet shop\/orders-db/m);
    assert.match(out, /^ +kubectl apply -f new\.yaml$/m);
    assert.equal(out.match(/<details>/g)?.length, out.match(/<\/details>/g)?.length);
  });

  it("keeps a comment for a pull request below GitHub's limit", function () {
    this.timeout(30_000);
    const many = (image: string): string =>
      Array.from({ length: 400 }, (_, index) => set(`orders-${index}-db`, image)).join("---\n");
    const folder = folderWith({
      "old.yaml": many("postgres:16.4-bookworm"),
      "new.yaml": many("postgres:17.2-bookworm"),
    });
    const { out } = dbops(folder, ["diff", "old.yaml", "new.yaml", "-o", "markdown"]);
    assert.ok(out.length <= 65_000, `${out.length}`);
    assert.match(out, /… and \d+ more: `kubectl dbops diff` shows them\./);
    assert.match(out, /<summary>Why<\/summary>/);
    assert.match(out, /`kubectl dbops plan` writes the other \d+ procedures\./);
  });
});
