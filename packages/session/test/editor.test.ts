import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { applyEdits, type Finding } from "@dbops/core";
import { mayBeginAt } from "../src/editor/snippets.ts";
import {
  actionsAt,
  type EditorDocument,
  EditorSessions,
  type FileEvents,
  type FileUri,
  inlayHintsIn,
  nameOf,
  numberIn,
  type OpenedFolder,
  type PoolItem,
  PoolView,
  sayInEnglish,
  settingsFrom,
} from "../src/index.ts";

const example = (name: string): string =>
  readFileSync(new URL(`../../../examples/shop/${name}`, import.meta.url), "utf8");

class Place implements FileUri {
  readonly scheme = "memory";
  readonly authority = "";
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  toString(): string {
    return `memory:${this.path}`;
  }
}

/** An editor over files in memory. */
class MemoryEditor {
  readonly files = new Map<string, string>();
  readonly published = new Map<string, readonly Finding[]>();
  readonly settings: Record<string, unknown> = {};
  readonly folder: OpenedFolder<Place> = { uri: new Place("/repo/shop"), name: "shop" };
  events: FileEvents<Place> | undefined;
  readonly sessions: EditorSessions<Place>;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) this.files.set(name, text);
    const silent = (): void => {};
    this.sessions = new EditorSessions<Place>({
      source: {
        files: {
          join: ({ path }, ...names) => new Place(posix.join(path, ...names)),
          absolute: (_near, path) => new Place(path),
          stat: async ({ path }) => {
            const text = this.files.get(path);
            if (text !== undefined) return { isFolder: false, size: text.length };
            return this.#below(path).length > 0 ? { isFolder: true, size: 0 } : undefined;
          },
          read: async ({ path }) => new TextEncoder().encode(this.files.get(path) ?? assert.fail(path)),
          list: async ({ path }) =>
            [...new Set(this.#below(path).map((below) => below.split("/")[0] ?? ""))].map((name) => ({
              name,
              isFolder: !this.files.has(`${path}/${name}`),
              isLink: false,
            })),
        },
        watch: (_root, events) => {
          this.events = events;
          return { dispose: silent };
        },
      },
      log: { debug: silent, info: silent, warn: silent, error: silent },
      folders: () => [this.folder],
      folderOf: ({ path }) => (path.startsWith("/repo/shop/") ? this.folder : undefined),
      documents: () => [],
      mayHoldManifests: () => true,
      settingsFor: () =>
        settingsFrom({ get: (name, otherwise) => (this.settings[name] as typeof otherwise) ?? otherwise }),
      publisher: () => ({
        publish: (name, findings) => this.published.set(name, findings),
        withdraw: (name) => this.published.delete(name),
      }),
      follower: () => undefined,
      linted: silent,
    });
  }

  document(path: string): EditorDocument<Place> {
    const text = this.files.get(path) ?? "";
    return { uri: new Place(path), languageId: "yaml", version: 1, isDirty: false, getText: () => text };
  }

  async rules(document: EditorDocument<Place>): Promise<readonly string[]> {
    await this.sessions.of(document)?.linted(document);
    return (this.published.get(nameOf(document.uri)) ?? []).map(({ ruleId }) => ruleId);
  }

  #below(folder: string): readonly string[] {
    return [...this.files.keys()].flatMap((name) =>
      name.startsWith(`${folder}/`) ? [name.slice(folder.length + 1)] : [],
    );
  }
}

describe("the sessions of an editor", () => {
  const shop = {
    "/repo/.git/HEAD": "ref: refs/heads/main\n",
    "/repo/shop/migrate.yaml": example("migrate.yaml"),
    "/repo/shop/postgres.yaml": example("postgres.yaml"),
  };

  it("lint what is open, with the repository around its folder as context", async () => {
    const editor = new MemoryEditor({ ...shop, "/repo/.dbops.yaml": "rules: { migration-job-retries: off }\n" });
    const document = editor.document("/repo/shop/migrate.yaml");
    editor.sessions.open(document);
    const rules = await editor.rules(document);
    assert.ok(rules.includes("migration-job-without-deadline"), rules.join());
    assert.ok(!rules.includes("migration-job-retries"));
    assert.deepEqual([...editor.published.keys()], ["memory:/repo/shop/migrate.yaml"]);
    editor.sessions.close(document);
    assert.deepEqual([...editor.published.keys()], []);
  });

  it("say nothing while they are paused", async () => {
    const editor = new MemoryEditor(shop);
    const document = editor.document("/repo/shop/migrate.yaml");
    editor.sessions.open(document);
    await editor.rules(document);
    assert.equal(editor.sessions.toggle(), false);
    assert.equal(editor.sessions.of(document), undefined);
    assert.deepEqual([...editor.published.keys()], []);
  });

  it("offer fixes whose titles say what they cause, with names as they are written", async () => {
    const editor = new MemoryEditor(shop);
    const titles = async (path: string, rule: string): Promise<readonly string[]> => {
      const document = editor.document(path);
      editor.sessions.open(document);
      assert.ok((await editor.rules(document)).includes(rule));
      const session = editor.sessions.of(document) ?? assert.fail();
      const whole = { start: 0, end: document.getText().length };
      const { fixes } = actionsAt(
        session,
        document,
        whole,
        settingsFrom({ get: (_, otherwise) => otherwise }),
        sayInEnglish,
      );
      return fixes.map(({ title }) => title);
    };
    const ofMigration = await titles("/repo/shop/migrate.yaml", "migration-job-without-deadline");
    assert.ok(
      ofMigration.some((title) =>
        title.startsWith("Set activeDeadlineSeconds to 1800 (unsafe: Kubernetes ends a migration"),
      ),
      ofMigration.join("\n"),
    );
    const ofDatabase = await titles("/repo/shop/postgres.yaml", "liveness-probe-kills-recovery");
    assert.ok(ofDatabase.some((title) => title.includes("(unsafe: restarts every instance of postgres")));
  });
});

describe("inlay hints", () => {
  it("are those of the lines that are asked for, after the value", async () => {
    const path = "/repo/shop/api.yaml";
    const editor = new MemoryEditor({
      [path]: example("api.yaml"),
      "/repo/shop/postgres.yaml": example("postgres.yaml"),
    });
    const document = editor.document(path);
    editor.sessions.open(document);
    const session = editor.sessions.of(document) ?? assert.fail();
    const lines = document.getText().split("\n");
    const line = lines.findIndex((text) => text.includes("default_pool_size"));
    const between = (first: number, last: number) =>
      inlayHintsIn(session, document, { start: { line: first, column: 0 }, end: { line: last, column: 0 } });
    const [hint, ...others] = await between(line, line + 1);
    assert.deepEqual(others, []);
    assert.equal(hint?.text, "up to 125 server connections during a rollout");
    assert.deepEqual(hint?.position, { line, column: lines[line]?.length });
    assert.match(hint?.tooltip ?? "", /^api: 4 poolers x 1 database x \(20 \+ 5\) = \*\*100\*\* server connections/);
    assert.deepEqual(await between(0, line), []);
  });
});

describe("the view of connections", () => {
  const files = {
    "/repo/shop/api.yaml": example("api.yaml"),
    "/repo/shop/backup.yaml": example("backup.yaml"),
    "/repo/shop/postgres.yaml": example("postgres.yaml"),
  };

  async function viewed() {
    const editor = new MemoryEditor(files);
    const document = editor.document("/repo/shop/api.yaml");
    editor.sessions.open(document);
    const session = editor.sessions.of(document) ?? assert.fail();
    const view = new PoolView(session);
    const named = async (label: string): Promise<PoolItem> => {
      const items = await view.items();
      return (
        [...items, ...items.flatMap(({ children }) => children)].find((item) => item.label === label) ?? assert.fail()
      );
    };
    return { session, view, named };
  }

  it("has the table of `kubectl dbops pool`: a server, and who opens how many at which line", async () => {
    const { view, session } = await viewed();
    const [server, ...others] = await view.items();
    assert.deepEqual(others, []);
    assert.equal(server?.label, "postgres");
    assert.equal(server?.detail, "at least 126 of 97 connections during a rollout");
    assert.equal(server?.isOver, "peak");
    assert.ok(
      server?.notes.some((note) => note.startsWith("default_pool_size ")),
      server?.notes.join("\n"),
    );
    assert.deepEqual(
      server?.children.map(({ label, detail }) => `${label}: ${detail}`),
      [
        "api: 125 during a rollout, 100 = 4 poolers x 1 database x (20 + 5)",
        "postgres-backup: 1 = 1 Pod x 1 connection (pg_dump)",
      ],
    );
    const { uri, span } = server?.children[0]?.at ?? assert.fail();
    assert.equal(session.find(uri)?.file.slice(span), "20");
  });

  it("calculates with other numbers until they are reset, and changes no text", async () => {
    const { view, named, session } = await viewed();
    const { owner, numbers, proposals } = await named("api");
    assert.deepEqual(
      proposals.map(({ setting, value }) => `${setting} ${value}`),
      ["default_pool_size 14", "default_pool_size 19"],
    );
    assert.deepEqual(
      numbers.map(({ setting, fact }) => `${setting} ${fact.value}`),
      ["replicas 4", "default_pool_size 20", "reserve_pool_size 5", "max_db_connections 0"],
    );
    view.suppose(owner, "default_pool_size", 10);
    view.suppose({ role: "database", name: "postgres" }, "max_connections", 200);
    const server = await named("postgres");
    assert.equal(
      server.detail,
      "at least 76 of 197 connections during a rollout · what if max_connections 200 of postgres, default_pool_size 10 of api",
    );
    assert.deepEqual([server.isOver, server.isTrial, server.isSupposed], [undefined, true, true]);
    assert.equal(
      (await named("api")).detail,
      "75 during a rollout, 60 = 4 poolers x 1 database x (10 + 5) · what if default_pool_size 10",
    );
    assert.match(session.find("memory:/repo/shop/api.yaml")?.file.text ?? "", /default_pool_size = 20/);
    view.reset(owner);
    assert.match(
      (await named("postgres")).detail,
      /^at least 126 of 197 .* · what if max_connections 200 of postgres$/,
    );
    view.reset();
    assert.equal((await named("postgres")).detail, "at least 126 of 97 connections during a rollout");
  });

  it("writes a number where it is written, and none that is a default", async () => {
    const { view, named, session } = await viewed();
    const { owner } = await named("api");
    view.suppose(owner, "default_pool_size", 11);
    view.suppose(owner, "replicas", 3);
    const edits = (await view.edits(owner)) ?? assert.fail();
    const text = session.find("memory:/repo/shop/api.yaml")?.file.text ?? "";
    const changed = applyEdits(text, edits).split("\n");
    assert.deepEqual(
      changed.filter((line, index) => line !== text.split("\n")[index]),
      ["  replicas: 3", "    default_pool_size = 11"],
    );
    const server = await named("postgres");
    view.suppose(server.owner, "max_connections", 200);
    assert.equal(await view.edits(server.owner), undefined);
  });

  it("takes whole numbers only", () => {
    assert.deepEqual(["5", " 12 ", "0"].map(numberIn), [5, 12, 0]);
    for (const text of ["", "-1", "1.5", "many", "1000000", "5m"]) assert.equal(numberIn(text), undefined, text);
  });
});

describe("a manifest may begin", () => {
  const at = (text: string): boolean => {
    const lines = text.split("\n");
    return mayBeginAt(lines.length - 1, (line) => lines[line] ?? "");
  };

  it("at the top of a document, behind nothing or db-", () => {
    for (const text of ["", "db-", "db-postgresql", "# a comment\n\n", "kind: Service\n---\ndb-", "a: b\n--- # next\n"])
      assert.ok(at(text), text);
  });

  it("and nowhere else", () => {
    for (const text of ["redis", "db", " db-", "kind: Service\n", "kind: Service\ndb-", "- db-", "a:\n  db-"])
      assert.ok(!at(text), text);
  });
});
