import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import type { Finding } from "@dbops/core";
import { mayBeginAt } from "../src/editor/snippets.ts";
import {
  actionsAt,
  type EditorDocument,
  EditorSessions,
  type FileEvents,
  type FileUri,
  nameOf,
  type OpenedFolder,
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
