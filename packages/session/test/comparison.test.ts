import assert from "node:assert/strict";
import { Comparison, type FolderChanges, LintSession, type Revision } from "../src/index.ts";

const folder = "/repo/shop";
const db = `${folder}/db.yaml`;
const options = { exclude: [], configFile: undefined };
const today = "2026-11-28";

const database = (name: string, more = ""): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: ${name}
spec:
  serviceName: orders
  replicas: 1
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: 8Gi } }
${more}`;
const settings = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { mode: fast }
`;

type Texts = Readonly<Record<string, string>>;

/** A commit with these files, as git tells of it; `asked` are the names that were read. */
function commitOf(
  base: Texts,
  session: LintSession,
  name = "origin/main",
): Revision & { readonly asked: string[]; lists: number } {
  const asked: string[] = [];
  const commit = {
    name,
    commit: "0123456789abcdef0123456789abcdef01234567",
    asked,
    lists: 0,
    list: async () => {
      commit.lists++;
      const onDisk = new Map([...session.texts.disk].map(([uri, { text }]) => [uri, text]));
      const isSame = (uri: string): boolean => base[uri] !== undefined && base[uri] === onDisk.get(uri);
      return { differing: Object.keys(base).filter((uri) => !isSame(uri)), isSame };
    },
    read: async (uri: string) => {
      asked.push(uri);
      return base[uri];
    },
  };
  return commit;
}

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A folder on disk that is compared with a commit. */
function compared(base: Texts, disk: Texts, isThere = false) {
  const session = new LintSession("/repo", "folder");
  for (const [name, text] of Object.entries(disk)) session.texts.setDisk(name, text);
  const told: FolderChanges[] = [];
  const failures: unknown[] = [];
  const comparison = new Comparison(session, {
    compared: (changes) => told.push(changes),
    failed: (error) => failures.push(error),
    isThere: async () => isThere,
  });
  const commit = commitOf(base, session);
  comparison.against(commit);
  const lint = (line?: number): void =>
    comparison.linted({ options, today, folder, typing: line === undefined ? undefined : { uri: db, line } });
  /** What is told after the pause. */
  const settled = async (line?: number): Promise<readonly string[]> => {
    const before = told.length;
    lint(line);
    for (let wait = 0; wait < 100 && told.length === before; wait++) await after(10);
    return shown(told.at(-1));
  };
  return { session, comparison, commit, told, failures, lint, settled };
}

const shown = (changes: FolderChanges | undefined): readonly string[] =>
  changes?.findings.map(({ finding, at }) => `${finding.ruleId} ${at.uri}`) ?? [];

describe("a folder compared with a commit", () => {
  it("says what a rename does, at the new name, and nothing once it is undone", async () => {
    const { session, settled, told } = compared({ [db]: database("orders-db") }, { [db]: database("orders-db") });
    assert.deepEqual(await settled(), []);
    session.texts.setOpen(db, database("orders-database"));
    assert.deepEqual(await settled(), [`database-renamed ${db}`]);
    const [found] = told.at(-1)!.findings;
    const { start, end } = found!.at.span;
    assert.equal(database("orders-database").slice(start, end), "orders-database");
    assert.match(found!.finding.message, /StatefulSet orders-db /);
    session.texts.setOpen(db, database("orders-db"));
    assert.deepEqual(await settled(), []);
  });

  it("asks the commit for what differs only, and once", async () => {
    const other = `${folder}/settings.yaml`;
    const base = { [db]: database("orders-db"), [other]: settings };
    const { session, settled, commit } = compared(base, { ...base, [db]: database("orders-database") });
    assert.deepEqual(await settled(), [`database-renamed ${db}`]);
    session.texts.setOpen(db, database("orders-database-2"));
    await settled();
    assert.deepEqual(commit.asked, [db]);
    assert.equal(commit.lists, 1);
    // Saved: what the disk has since is not what the commit has.
    session.texts.setDisk(other, settings.replace("fast", "slow"));
    await settled();
    assert.deepEqual(commit.asked, [db, other]);
  });

  it("lists the commit again where much has changed on disk", async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${folder}/${at}.yaml`, settings]));
    const { session, settled, commit } = compared(many, many);
    await settled();
    for (const name of Object.keys(many)) session.texts.setDisk(name, settings.replace("fast", "slow"));
    await settled();
    assert.equal(commit.lists, 2);
  });

  it("knows files that the commit has not, and those that are gone from the disk", async () => {
    const moved = `${folder}/moved.yaml`;
    const { settled } = compared({ [db]: database("orders-db") }, { [moved]: database("orders-db") });
    assert.deepEqual(await settled(), [], "the same object in another file");
    const gone = compared({ [db]: database("orders-db") }, { [moved]: settings });
    const [found, ...more] = await gone.settled();
    assert.match(found ?? "", /^database-removed \/repo@0123.*\/shop\/db\.yaml$/);
    assert.deepEqual(more, []);
  });

  it("shows what is gone from a file where it was cut, and what was there", async () => {
    const text = database("orders-db", settings);
    const { session, settled, told } = compared({ [db]: text }, { [db]: text });
    const left = settings.slice("---\n".length);
    session.texts.setOpen(db, left);
    assert.deepEqual(await settled(), [`database-removed ${db}`]);
    const [found] = told.at(-1)!.findings;
    assert.equal(left.slice(found!.at.span.start, found!.at.span.end), "apiVersion: v1");
    assert.match(found!.finding.location.uri, /^\/repo@/);
  });

  it("takes nothing for gone that is on disk and could not be read", async () => {
    const { settled } = compared({ [db]: database("orders-db") }, { [`${folder}/settings.yaml`]: settings }, true);
    assert.deepEqual(await settled(), []);
  });

  it("keeps what was shown while a line is half typed", async () => {
    const { session, settled, told } = compared({ [db]: database("orders-db") }, { [db]: database("orders-db") });
    session.texts.setOpen(db, database("orders-database"));
    await settled(3);
    const count = told.length;
    session.texts.setOpen(db, database("orders-database").replace("  replicas: 1", "  replicas: 1\n  rep"));
    await settled(7);
    assert.equal(told.length, count, "nothing was told");
    assert.deepEqual(await settled(), [], "the line is left: nobody knows what the document says");
  });

  it("keeps what was shown while a name is typed again", async () => {
    const { session, settled, told } = compared({ [db]: database("orders-db") }, { [db]: database("orders-db") });
    await settled();
    session.texts.setOpen(db, database(""));
    await settled(3);
    assert.equal(told.length, 1, "nothing was told");
    session.texts.setOpen(db, database("or"));
    assert.deepEqual(await settled(3), [`database-renamed ${db}`]);
    session.texts.setOpen(db, database(""));
    assert.deepEqual(await settled(), [], "the line is left, and whose object it is is not known");
  });

  it("compares once for texts that follow each other", async () => {
    const { session, comparison, lint, told } = compared(
      { [db]: database("orders-db") },
      { [db]: database("orders-db") },
    );
    for (const key of ["a", "ab", "abc"]) {
      comparison.changed();
      session.texts.setOpen(db, database(`orders-${key}`));
      lint();
      await after(20);
    }
    await after(400);
    assert.equal(told.length, 1);
    assert.match(told[0]!.findings[0]!.finding.message, /orders-abc/);
  });

  it("is given up when newer text comes, and where there is nothing to compare with", async () => {
    const { comparison, lint, told } = compared({ [db]: database("orders-db") }, { [db]: database("orders-database") });
    lint();
    comparison.changed();
    await after(300);
    assert.equal(told.length, 0);
    lint();
    comparison.against(undefined);
    await after(300);
    assert.deepEqual(
      told.map(({ findings }) => findings.length),
      [0],
      "what was shown is taken back, once",
    );
  });

  it("tells why a commit cannot be read, and tries again", async () => {
    const { commit, lint, failures, settled } = compared(
      { [db]: database("orders-db") },
      { [db]: database("orders-x") },
    );
    const { list } = commit;
    commit.list = async () => Promise.reject(new Error("git is gone"));
    lint();
    await after(300);
    assert.match(String(failures[0]), /git is gone/);
    commit.list = list;
    assert.deepEqual(await settled(), [`database-renamed ${db}`]);
  });

  it("follows the configuration of today and comments in the text", async () => {
    const renamed = database("orders-database");
    const base = { [db]: database("orders-db") };
    const off = compared(base, { [db]: renamed, "/repo/.dbops.yaml": "rules: { database-renamed: off }\n" });
    assert.deepEqual(await off.settled(), []);
    const from = "moved:\n  - from: StatefulSet/orders-db\n    to: StatefulSet/orders-database\n    reason: by hand\n";
    const moved = compared(base, { [db]: renamed, "/repo/.dbops.yaml": from });
    assert.deepEqual(await moved.settled(), []);
    const comment = "# dbops-disable-next-line database-renamed -- by hand\n  name: orders-database";
    const said = compared(base, { [db]: renamed.replace("name: orders-database", comment) });
    assert.deepEqual(await said.settled(), []);
    const excluded = compared(base, { [db]: renamed, "/repo/.dbops.yaml": "exclude: [shop/]\n" });
    assert.deepEqual(await excluded.settled(), []);
  });

  it("says nothing of the repository around the folder", async () => {
    const around = "/repo/other/db.yaml";
    const { settled } = compared(
      { [around]: database("orders-db") },
      { [around]: database("orders-x"), [db]: settings },
    );
    assert.deepEqual(await settled(), []);
  });

  it("has the way through a change, with commands for a shell in the folder", async () => {
    const { settled, told } = compared({ [db]: database("orders-db") }, { [db]: database("orders-database") });
    await settled();
    const { findings, planOf } = told.at(-1)!;
    const plan = planOf(findings[0]!.finding);
    assert.match(plan?.markdown ?? "", /^## .*orders-database/);
    assert.match(plan?.markdown ?? "", /kubectl apply -f db\.yaml/);
    assert.equal(plan?.steps, plan?.markdown.match(/^\d+\. /gm)?.length);
  });
});
