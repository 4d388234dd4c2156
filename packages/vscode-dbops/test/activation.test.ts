import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));

interface Document {
  readonly uri: { readonly path: string; readonly scheme: string };
  readonly languageId: string;
  getText(): string;
}

/** The extension as the desktop loads it, over as much of VS Code as it touches while it waits. */
async function activated(open: readonly Document[]) {
  const partsApart: esbuild.Plugin = {
    name: "parts apart",
    setup: (build) => {
      build.onResolve({ filter: /^\.\/parts\.ts$/ }, () => ({ path: "./extension.web.js", external: true }));
    },
  };
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(here, "../src/extension.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    external: ["vscode"],
    supported: { "dynamic-import": false },
    plugins: [partsApart],
  });
  const loaded: string[] = [];
  const commands = new Map<string, (...words: unknown[]) => unknown>();
  const listeners: ((document: Document) => void)[] = [];
  const provided: string[] = [];
  const said: string[] = [];
  let isBroken = false;
  const vscode = {
    EventEmitter: class {
      event = (): void => {};
    },
    workspace: {
      textDocuments: open,
      getWorkspaceFolder: () => ({}),
      registerTextDocumentContentProvider: (scheme: string) => provided.push(`${scheme}:`),
      onDidOpenTextDocument: (listen: (document: Document) => void) => listeners.push(listen),
      onDidChangeTextDocument: () => {},
    },
    window: {
      createTreeView: () => {},
      createOutputChannel: () => ({ error: (text: unknown) => said.push(String(text)) }),
    },
    tasks: { registerTaskProvider: (type: string) => provided.push(type) },
    languages: { registerCompletionItemProvider: () => provided.push("snippets") },
    commands: { registerCommand: (name: string, run: () => unknown) => commands.set(name, run) },
  };
  const ran: unknown[] = [];
  const load = (name: string): unknown => {
    loaded.push(name);
    if (name === "vscode") return vscode;
    if (isBroken) throw new Error("extension.web.js is missing");
    return { start: () => ({ tree: {}, run: (command: string, words: unknown) => ran.push([command, words]) }) };
  };
  const module = { exports: {} as { activate(context: unknown): void } };
  new Function("require", "module", "exports", outputFiles[0]!.text)(load, module, module.exports);
  module.exports.activate({ subscriptions: [], extensionUri: {} });
  const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
  await settled();
  const isEngineLoaded = (): boolean => loaded.includes("./extension.web.js");
  const breakParts = (broken: boolean): void => {
    isBroken = broken;
  };
  return { isEngineLoaded, listeners, commands, ran, settled, provided, said, breakParts };
}

const document = (name: string, text: string, languageId = "yaml"): Document => ({
  uri: { path: `/shop/${name}`, scheme: "file" },
  languageId,
  getText: () => text,
});
const compose = document("compose.yaml", "services:\n  db:\n    image: postgres:16\n");
const pod = document("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: orders\n");

describe("activation", () => {
  it("loads no engine for YAML that is not Kubernetes', until such a document is opened", async () => {
    const { isEngineLoaded, listeners, settled } = await activated([compose]);
    assert.equal(isEngineLoaded(), false);
    for (const open of listeners) open(compose);
    await settled();
    assert.equal(isEngineLoaded(), false);
    for (const open of listeners) open(pod);
    await settled();
    assert.equal(isEngineLoaded(), true);
  });

  it("loads it at once where a manifest or a configuration is open", async () => {
    assert.equal((await activated([compose, pod])).isEngineLoaded(), true);
    assert.equal((await activated([document(".dbops.yaml", "rules: {}\n")])).isEngineLoaded(), true);
  });

  it("loads none for a text of another language that speaks of manifests", async () => {
    const { isEngineLoaded } = await activated([document("notes.md", pod.getText(), "markdown")]);
    assert.equal(isEngineLoaded(), false);
  });

  it("offers tasks and pages without it", async () => {
    const { isEngineLoaded, provided } = await activated([]);
    assert.deepEqual(provided, ["dbops", "snippets", "dbops:"]);
    assert.equal(isEngineLoaded(), false);
  });

  it("says why it could not be loaded, and tries again", async () => {
    const { commands, breakParts, said, ran } = await activated([]);
    breakParts(true);
    await assert.rejects(async () => commands.get("dbops.restart")?.(), /extension\.web\.js is missing/);
    assert.match(said.join(), /extension\.web\.js is missing/);
    breakParts(false);
    await commands.get("dbops.restart")?.();
    assert.deepEqual(ran, [["restart", []]]);
  });

  it("hands commands on to it, with their words", async () => {
    const { commands, ran, isEngineLoaded } = await activated([]);
    assert.equal(isEngineLoaded(), false);
    await commands.get("dbops.showRule")?.("grace-period-too-short");
    assert.deepEqual(ran, [["showRule", ["grace-period-too-short"]]]);
  });

  it("knows every command of the manifest", async () => {
    const { commands } = await activated([]);
    const { contributes } = (await import("../package.json", { with: { type: "json" } })).default;
    for (const { command } of contributes.commands) assert.ok(commands.has(command), command);
  });
});
