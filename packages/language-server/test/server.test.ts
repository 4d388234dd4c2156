import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentDiagnosticReport,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  LocationLink,
  TextDocumentEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver-protocol/node";
import { build, Client, folderOf, launcher, until, usual } from "./support/client.ts";
import { client, database, dump, migration, service } from "./support/manifests.ts";

describe("kubectl dbops lsp, as it ships", function () {
  this.timeout(120_000);
  let running: Client[] = [];
  const start: typeof Client.start = async (...words) => {
    const started = await Client.start(...words);
    running.push(started);
    return started;
  };
  const shop = async (files: Readonly<Record<string, string>> = { "db.yaml": database }) => {
    const started = await start(folderOf(files));
    const [first] = Object.entries(files);
    await started.open(first![0], first![1]);
    return started;
  };
  before(build);
  afterEach(() => {
    for (const { process: child, stderr } of running) {
      child.kill("SIGKILL");
      assert.equal(stderr, "");
    }
    running = [];
  });

  describe("diagnostics", () => {
    it("come when a file is opened, with the rule, its place and the other end", async () => {
      const { finding, ...rest } = await shopWith("db.yaml");
      const found = await finding("db.yaml", "data-on-emptydir");
      assert.equal(found.source, "dbops");
      assert.equal(found.severity, 1);
      assert.deepEqual(found.range.start, rest.started.place("db.yaml", "emptyDir"));
      assert.match(String(found.message), /orders-db/);
    });

    it("follow what is typed, and hold still in the line that is half typed", async () => {
      const started = await shop();
      await started.finding("db.yaml", "data-on-emptydir");
      await started.replace("db.yaml", "  replicas: 1", "  replicas: 1\n  upd");
      await new Promise((done) => setTimeout(done, 1500));
      assert.ok(started.found("db.yaml").some(({ code }) => code === "data-on-emptydir"));
      assert.ok(!started.found("db.yaml").some(({ code }) => code === "document-not-yaml"));
      await started.finding("db.yaml", "document-not-yaml"); // nobody types any longer
      await started.replace("db.yaml", "\n  upd", "");
      await started.gone("db.yaml", "document-not-yaml");
      await started.replace("db.yaml", "emptyDir: {}", "persistentVolumeClaim: { claimName: data }");
      await started.gone("db.yaml", "data-on-emptydir");
    });

    it("go when a file is closed, under the name that the client gave it", async () => {
      const started = await start(folderOf({ "db.yaml": database }));
      const odd = started.uri("db.yaml").replace("db.yaml", "%64b.yaml");
      await started.open("", database, "yaml", odd);
      await until("findings", () => (started.published.get(odd)?.diagnostics.length ?? 0) > 0);
      await started.connection.sendNotification("textDocument/didClose", { textDocument: { uri: odd } });
      await until("their end", () => started.published.get(odd)?.diagnostics.length === 0);
      assert.deepEqual([...started.published.keys()], [odd]);
    });

    it("count positions in UTF-16 units", async () => {
      const started = await shop({ "db.yaml": database.replace("emptyDir: {}", '"emptyDir": {} # 🐘') });
      await started.finding("db.yaml", "data-on-emptydir");
      const text = '{ "🐘🐘": 1, "emptyDir": {}, name: data }';
      await started.replace("db.yaml", 'name: data\n          "emptyDir": {} # 🐘', text);
      await until("the place", () => {
        const found = started.found("db.yaml").find(({ code }) => code === "data-on-emptydir");
        return found?.range.start.character === started.place("db.yaml", '"emptyDir"').character;
      });
    });

    /** The fourth Pod of a StatefulSet that has one. */
    const lost = client.replace("orders-db:", "orders-db-3.orders-db:");
    const grown = database.replace("replicas: 1", "replicas: 4");

    it("know the files on disk that are not open, and what is saved in them", async () => {
      const started = await shop({ "shop.yaml": lost, "service.yaml": service, "db.yaml": database });
      await started.finding("shop.yaml", "host-reaches-nothing");
      writeFileSync(path.join(started.folder, "db.yaml"), grown);
      await started.connection.sendNotification("workspace/didChangeWatchedFiles", {
        changes: [{ uri: started.uri("db.yaml"), type: 2 }],
      });
      await started.gone("shop.yaml", "host-reaches-nothing");
    });

    it("know folders that come, are moved and go", async () => {
      const started = await shop({ "shop.yaml": lost, "service.yaml": service });
      await until("a first answer", () => started.told.get(started.uri("shop.yaml")));
      const folder = path.join(started.folder, "databases");
      const tell = (name: string, type: number) =>
        started.connection.sendNotification("workspace/didChangeWatchedFiles", {
          changes: [{ uri: started.uri(name), type }],
        });
      mkdirSync(folder);
      writeFileSync(path.join(folder, "db.yaml"), database);
      await tell("databases", 1);
      await started.finding("shop.yaml", "host-reaches-nothing");
      renameSync(folder, `${started.folder}-moved`);
      await tell("databases", 3);
      await started.gone("shop.yaml", "host-reaches-nothing");
      rmSync(`${started.folder}-moved`, { recursive: true });
    });

    it("watch what the client can watch, and read the folder again where it watches nothing", async () => {
      const started = await shop({ "shop.yaml": lost, "service.yaml": service, "db.yaml": database });
      await started.finding("shop.yaml", "host-reaches-nothing");
      writeFileSync(path.join(started.folder, "db.yaml"), grown);
      await new Promise((done) => setTimeout(done, 2100));
      await started.connection.sendNotification("textDocument/didSave", {
        textDocument: { uri: started.uri("shop.yaml") },
      });
      await started.gone("shop.yaml", "host-reaches-nothing");
      const asked: string[] = [];
      const watches = {
        ...usual,
        workspace: { ...usual.workspace, didChangeWatchedFiles: { dynamicRegistration: true } },
      };
      const watching = await start(started.folder, watches, {}, (connection) =>
        connection.onRequest("client/registerCapability", ({ registrations }) => {
          for (const { registerOptions } of registrations)
            asked.push(...(registerOptions?.watchers ?? []).map((each: { globPattern: string }) => each.globPattern));
        }),
      );
      await watching.open("shop.yaml", lost);
      await until("watchers", () => asked.includes("**") && asked.some((glob) => glob.includes(".gitignore")));
    });

    it("are pulled by clients that pull, and not pushed to them, too", async () => {
      const capabilities = {
        ...usual,
        workspace: { ...usual.workspace, diagnostics: { refreshSupport: true } },
        textDocument: { ...usual.textDocument, diagnostic: { relatedInformation: true } },
      };
      let refreshed = 0;
      const started = await start(folderOf({ "db.yaml": database }), capabilities, {}, (connection) =>
        connection.onRequest("workspace/diagnostic/refresh", () => {
          refreshed++;
          return null;
        }),
      );
      assert.equal(started.answer.capabilities.diagnosticProvider !== undefined, true);
      await started.open("db.yaml", database);
      const pull = (previousResultId?: string) =>
        started.connection.sendRequest<DocumentDiagnosticReport>("textDocument/diagnostic", {
          textDocument: { uri: started.uri("db.yaml") },
          ...(previousResultId === undefined ? {} : { previousResultId }),
        });
      const first = await pull();
      assert.ok(first.kind === "full" && first.items.some(({ code }) => code === "data-on-emptydir"));
      const again = await pull(first.resultId);
      assert.equal(again.kind, "unchanged");
      await started.replace("db.yaml", "emptyDir: {}", "persistentVolumeClaim: { claimName: data }");
      const changed = await pull(first.resultId);
      assert.ok(changed.kind === "full" && !changed.items.some(({ code }) => code === "data-on-emptydir"));
      await until("a refresh", () => refreshed > 0);
      assert.deepEqual([...started.published.keys()], []);
    });

    it("obey .dbops.yaml, also while it is typed, and say what is wrong in it", async () => {
      const started = await shop({ "db.yaml": database, ".dbops.yaml": "rules: {}\n" });
      await started.finding("db.yaml", "data-on-emptydir");
      await started.open(".dbops.yaml", "rules: {}\n");
      await started.replace(".dbops.yaml", "{}", "{ data-on-emptydir: off }");
      await started.gone("db.yaml", "data-on-emptydir");
      await started.replace(".dbops.yaml", "data-on-emptydir", "data-on-emptydri");
      await started.finding(".dbops.yaml", "configuration-unknown-rule");
    });

    it("have the levels that the client sets, and defaults for settings that cannot be", async () => {
      const settings = { exclude: "db.yaml", rules: { customizations: [{ rule: "data-on-*", severity: "info" }] } };
      const capabilities = { ...usual, workspace: { ...usual.workspace, configuration: true } };
      const started = await start(folderOf({ "db.yaml": database }), capabilities, {}, (connection) =>
        connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => settings)),
      );
      await started.open("db.yaml", database);
      assert.equal((await started.finding("db.yaml", "data-on-emptydir")).severity, 3);
      settings.rules.customizations = [];
      await started.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
      await until("an error", () => started.found("db.yaml").some(({ severity }) => severity === 1));
    });

    it("are those of the folders that are open", async () => {
      const started = await shop({ "shop.yaml": client });
      const other = folderOf({ "db.yaml": database });
      await until("a first answer", () => started.told.get(started.uri("shop.yaml")));
      const uri = pathToFileURL(path.join(other, "db.yaml")).href;
      const folder = { uri: pathToFileURL(other).href, name: "other" };
      await started.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
        event: { added: [folder], removed: [] },
      });
      await started.open("", database, "yaml", uri);
      await until("findings", () => (started.published.get(uri)?.diagnostics.length ?? 0) > 0);
      await started.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
        event: { added: [], removed: [folder] },
      });
      // Alone, a file says nothing about what may be elsewhere.
      await until("findings of the file alone", () =>
        started.published.get(uri)?.diagnostics.every(({ code }) => code !== "database-without-backup"),
      );
    });
  });

  describe("code actions", () => {
    const actions = (started: Client, file: string, text: string, only?: string[]) =>
      started.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri: started.uri(file) },
        range: { start: started.place(file, text), end: started.place(file, text) },
        context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
      });
    const editsOf = (edit: WorkspaceEdit | undefined): readonly TextDocumentEdit[] =>
      (edit?.documentChanges ?? []) as TextDocumentEdit[];

    it("fix what is safe first, and say what the others cause", async () => {
      const started = await shop({ "dump.yaml": dump });
      await started.finding("dump.yaml", "backup-pipe-hides-failure");
      const all = await actions(started, "dump.yaml", "pg_dump");
      const preferred = all.find(({ isPreferred }) => isPreferred);
      assert.match(preferred?.title ?? "", /pipefail/);
      assert.equal(preferred?.diagnostics?.[0]?.code, "backup-pipe-hides-failure");
      const [file] = editsOf(preferred?.edit);
      assert.deepEqual(file?.textDocument, { uri: started.uri("dump.yaml"), version: 1 });
      assert.match(file?.edits.map((each) => ("newText" in each ? each.newText : "")).join() ?? "", /pipefail/);
    });

    it("name the consequence of an unsafe fix", async () => {
      const started = await shop({ "migrate.yaml": migration });
      await started.finding("migrate.yaml", "migration-job-without-deadline");
      const all = await actions(started, "migrate.yaml", "spec:");
      const unsafe = all.find(({ title }) => title.startsWith("Set activeDeadlineSeconds"));
      assert.match(unsafe?.title ?? "", /\(unsafe: Kubernetes ends a migration that takes longer than/);
      assert.notEqual(unsafe?.isPreferred, true);
    });

    it("suppress a finding for its line, object or file", async () => {
      const started = await shop();
      await started.finding("db.yaml", "data-on-emptydir");
      const titles = (await actions(started, "db.yaml", "emptyDir")).map(({ title }) => title);
      for (const scope of ["this line", "this object", "the entire file"])
        assert.ok(titles.includes(`Disable data-on-emptydir for ${scope}`), titles.join("\n"));
    });

    it("of the source fix everything that is safe, and suppress nothing", async () => {
      const started = await shop({ "dump.yaml": dump });
      await started.finding("dump.yaml", "backup-pipe-hides-failure");
      for (const only of ["source.fixAll", "source.fixAll.dbops"]) {
        const all = await actions(started, "dump.yaml", "apiVersion", [only]);
        assert.deepEqual(
          all.map(({ kind }) => kind),
          ["source.fixAll.dbops"],
        );
      }
      assert.deepEqual(await actions(started, "dump.yaml", "apiVersion", ["source.organizeImports"]), []);
    });

    it("show the page of a rule", async () => {
      const started = await shop();
      await started.finding("db.yaml", "data-on-emptydir");
      const all = await actions(started, "db.yaml", "emptyDir");
      const page = all.find(({ title }) => title === "Show documentation for data-on-emptydir");
      await started.connection.sendRequest("workspace/executeCommand", page!.command);
      await until("the page", () => started.messages.some((text) => text.startsWith("data-on-emptydir (error")));
    });
  });

  describe("the stack", () => {
    const stack = { "shop.yaml": client, "service.yaml": service, "db.yaml": database };

    it("is explained where the cursor is", async () => {
      const started = await shop({ "dump.yaml": dump });
      await started.finding("dump.yaml", "backup-pipe-hides-failure");
      const cron = await started.connection.sendRequest<Hover>("textDocument/hover", started.at("dump.yaml", "0 2 *"));
      assert.match(JSON.stringify(cron.contents), /02:00/);
      const rule = await started.connection.sendRequest<Hover>(
        "textDocument/hover",
        started.at("dump.yaml", "pg_dump"),
      );
      assert.match(JSON.stringify(rule.contents), /\*\*backup-pipe-hides-failure\*\*/);
    });

    it("leads from a host in a URL to its Service and database, and back", async () => {
      const started = await shop(stack);
      const targets = await started.connection.sendRequest<LocationLink[]>(
        "textDocument/definition",
        started.at("shop.yaml", "orders-db:5432", 3),
      );
      assert.deepEqual(targets.map(({ targetUri }) => path.basename(targetUri)).sort(), ["db.yaml", "service.yaml"]);
      await started.open("service.yaml", service);
      const references = await started.connection.sendRequest<Location[]>("textDocument/references", {
        ...started.at("service.yaml", "orders-db"),
        context: { includeDeclaration: false },
      });
      assert.ok(references.some(({ uri }) => uri === started.uri("shop.yaml")));
      assert.ok(!references.some(({ uri, range }) => uri === started.uri("service.yaml") && range.start.line === 3));
    });

    it("renames a Service wherever it is named, and refuses where data hangs on the name", async () => {
      const files = {
        ...stack,
        "db.yaml": database
          .replace(/ {6}volumes:[\s\S]*/, "")
          .concat(
            "  volumeClaimTemplates:\n    - metadata: { name: data }\n      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n",
          )
          .replace("serviceName: orders-db", "serviceName: orders-pods"),
      };
      const started = await shop(files);
      await started.open("service.yaml", service);
      const at = started.at("service.yaml", "orders-db");
      const prepared = await started.connection.sendRequest<{ placeholder: string }>("textDocument/prepareRename", at);
      assert.equal(prepared.placeholder, "orders-db");
      const edit = await started.connection.sendRequest<WorkspaceEdit>("textDocument/rename", {
        ...at,
        newName: "orders",
      });
      const changed = (edit.documentChanges ?? []).map((each) => "textDocument" in each && each.textDocument.uri);
      assert.deepEqual(changed.sort(), [started.uri("service.yaml"), started.uri("shop.yaml")]);
      await started.open("db.yaml", files["db.yaml"]);
      const held = started.at("db.yaml", "orders-db");
      await assert.rejects(started.connection.sendRequest("textDocument/prepareRename", held), /start empty/);
      await assert.rejects(
        started.connection.sendRequest("textDocument/rename", { ...held, newName: "x" }),
        /start empty/,
      );
    });

    it("has an outline, symbols of the workspace and sums above its databases", async () => {
      const started = await shop(stack);
      const symbols = await started.connection.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", {
        textDocument: { uri: started.uri("shop.yaml") },
      });
      assert.deepEqual(
        symbols.map(({ name }) => name),
        ["Deployment shop"],
      );
      const found = await started.connection.sendRequest<WorkspaceSymbol[]>("workspace/symbol", {
        query: "statefulset orders",
      });
      assert.deepEqual(
        found.map(({ name }) => name),
        ["StatefulSet orders-db"],
      );
      await started.open("db.yaml", database);
      const lenses = await started.connection.sendRequest<CodeLens[]>("textDocument/codeLens", {
        textDocument: { uri: started.uri("db.yaml") },
      });
      assert.ok(lenses.some(({ command }) => command?.title === "reached by 1 workload"));
    });
  });

  describe("inlay hints", () => {
    const hintsOf = (started: Client, file: string, lines: readonly [number, number]): Promise<InlayHint[]> =>
      started.connection.sendRequest("textDocument/inlayHint", {
        textDocument: { uri: started.uri(file) },
        range: { start: { line: lines[0], character: 0 }, end: { line: lines[1], character: 0 } },
      });

    it("say schedules and unwritten defaults in the lines that are asked for, where the settings want them", async () => {
      const files = { "db.yaml": database, "service.yaml": service, "dump.yaml": dump };
      const started = await start(folderOf(files), usual, { initializationOptions: { inlayHints: { enabled: true } } });
      assert.equal(started.answer.capabilities.inlayHintProvider, true);
      await started.open("dump.yaml", dump);
      const [schedule, ...others] = await hintsOf(started, "dump.yaml", [0, 100]);
      assert.deepEqual(others, []);
      assert.equal(schedule?.label, "at 02:00 every day");
      assert.deepEqual(schedule?.position, started.place("dump.yaml", '"0 2 * * *"', '"0 2 * * *"'.length));
      assert.match(JSON.stringify(schedule?.tooltip), /UTC unless the cluster says otherwise/);
      assert.deepEqual(await hintsOf(started, "dump.yaml", [5, 100]), []);
      await started.open("db.yaml", database);
      const labels = (await hintsOf(started, "db.yaml", [0, 100])).map(({ label }) => label);
      assert.deepEqual(labels, ["max_connections 100 by default", "data in /var/lib/postgresql/data"]);
    });

    it("are none unless somebody asks for them, and are asked for again when another file changes them", async () => {
      const started = await shop({ "dump.yaml": dump });
      assert.deepEqual(await hintsOf(started, "dump.yaml", [0, 100]), []);
      let refreshed = 0;
      const capabilities = { ...usual, workspace: { ...usual.workspace, inlayHint: { refreshSupport: true } } };
      const wanting = await start(
        folderOf({ "db.yaml": database, "service.yaml": service }),
        capabilities,
        { initializationOptions: { inlayHints: { enabled: true } } },
        (connection) =>
          connection.onRequest("workspace/inlayHint/refresh", () => {
            refreshed++;
            return null;
          }),
      );
      await wanting.open("db.yaml", database);
      await until("a refresh", () => refreshed > 0);
    });
  });

  describe("completion", () => {
    const labels = async (started: Client, file: string, text: string, offset: number): Promise<readonly string[]> => {
      const items = await started.connection.sendRequest<CompletionItem[]>(
        "textDocument/completion",
        started.at(file, text, offset),
      );
      return items.map(({ label }) => label);
    };

    it("offers whole manifests where a document begins, and nowhere else", async () => {
      const started = await shop({ "new.yaml": `db-post\n---\n${service}# none\nredis\n` });
      assert.ok((await labels(started, "new.yaml", "db-post", 7)).includes("db-postgresql"));
      assert.deepEqual(await labels(started, "new.yaml", "redis\n", 5), []);
      assert.deepEqual(await labels(started, "new.yaml", "clusterIP", 3), []);
      const items = await started.connection.sendRequest<CompletionItem[]>(
        "textDocument/completion",
        started.at("new.yaml", "db-post", 7),
      );
      const item = items.find(({ label }) => label === "db-postgresql");
      assert.equal(item?.insertTextFormat, 2);
      assert.ok(item?.textEdit !== undefined && "range" in item.textEdit && item.textEdit.range.end.character === 7);
    });

    it("fills in every value for a client without tab stops", async () => {
      const started = await start(folderOf({}), { ...usual, textDocument: {} });
      await started.open("new.yaml", "db-");
      const [item] = await started.connection.sendRequest<CompletionItem[]>(
        "textDocument/completion",
        started.at("new.yaml", "db-", 3),
      );
      assert.equal(item?.insertTextFormat, 1);
      assert.doesNotMatch(JSON.stringify(item?.textEdit), /\$\{\d/);
    });

    it("offers rules in suppressions and keys in the configuration", async () => {
      const started = await shop({ "db.yaml": `# dbops-disable-file data-\n${database}` });
      assert.ok((await labels(started, "db.yaml", "data-\n", 5)).includes("data-on-emptydir"));
      await started.open(".dbops.yaml", "ex");
      assert.ok((await labels(started, ".dbops.yaml", "ex", 2)).includes("extends"));
    });
  });

  describe("whatever a client does", () => {
    it("ends with 0 when it is told to, and with 1 when the client just goes", async () => {
      assert.equal(await (await shop()).stop(), 0);
      const started = await shop();
      started.process.stdin?.end();
      assert.equal(await started.ended(), 1);
    });

    it("answers what it does not know, and goes on", async () => {
      const started = await shop();
      await assert.rejects(started.connection.sendRequest("dbops/nonsense", {}), { code: -32601 });
      await started.connection.sendNotification("dbops/nonsense", {});
      await assert.rejects(started.connection.sendRequest("workspace/executeCommand", { command: "rm" }), /no command/);
      await assert.rejects(
        started.connection.sendRequest("workspace/executeCommand", {
          command: "dbops.showRule",
          arguments: ["nonsense"],
        }),
        /there is no rule nonsense/,
      );
      await started.finding("db.yaml", "data-on-emptydir");
    });

    it("lints no documents of other schemes, and goes on", async () => {
      const started = await shop();
      for (const uri of ["git:/db.yaml?HEAD", "zipfile:///a.zip::db.yaml", "jdt://x/%zz", "nonsense", ""]) {
        await started.open("", database, "yaml", uri);
        const hover = { textDocument: { uri }, position: { line: 0, character: 0 } };
        assert.equal(await started.connection.sendRequest("textDocument/hover", hover), null);
      }
      await started.finding("db.yaml", "data-on-emptydir");
      assert.ok([...started.published.keys()].every((uri) => !/^(?:git|zipfile|jdt):/.test(uri)));
    });

    it("lints a document that was never saved", async () => {
      const started = await start(folderOf({}));
      await started.open("", database, "yaml", "untitled:Untitled-1");
      await until("findings", () => started.published.get("untitled:Untitled-1")?.diagnostics.length);
    });

    it("serves a folder that is not there, and no folder", async () => {
      const folder = folderOf({});
      for (const workspaceFolders of [[{ uri: pathToFileURL(path.join(folder, "gone")).href, name: "gone" }], null]) {
        const started = await start(folder, usual, { workspaceFolders });
        await started.open("db.yaml", database);
        await started.finding("db.yaml", "data-on-emptydir");
      }
    });

    it("says that a document is too large, and answers meanwhile", async () => {
      const started = await shop();
      await started.open("large.yaml", `${service}data: |\n${"  text\n".repeat(800_000)}`);
      await until("a notice", () =>
        started.found("large.yaml").some(({ message }) => String(message).startsWith("This document ")),
      );
    });

    it("survives positions that are nowhere, and edits of what is not open", async () => {
      const started = await shop();
      const position = { line: 1e6, character: 1e6 };
      const textDocument = { uri: started.uri("db.yaml") };
      for (const method of ["hover", "definition", "prepareRename", "completion"])
        await started.connection.sendRequest(`textDocument/${method}`, { textDocument, position });
      await started.connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: started.uri("none.yaml"), version: 2 },
        contentChanges: [{ text: "a: 1" }],
      });
      await started.connection.sendNotification("textDocument/didChange", {
        textDocument: { ...textDocument, version: 2 },
        contentChanges: [{ text: service }],
      });
      await started.gone("db.yaml", "data-on-emptydir");
    });

    it("writes nothing but the protocol", () => {
      const child = spawn(process.execPath, [launcher, "lsp"]);
      let out = "";
      child.stdout.on("data", (part) => {
        out += part;
      });
      child.stdin.end("this is no header\r\n\r\n");
      return new Promise<void>((done) =>
        child.on("close", () => {
          assert.ok(out === "" || out.startsWith("Content-Length: "), out);
          done();
        }),
      );
    });
  });

  async function shopWith(file: string) {
    const started = await shop({ [file]: database });
    return { started, finding: (name: string, rule: string) => started.finding(name, rule) };
  }
});
