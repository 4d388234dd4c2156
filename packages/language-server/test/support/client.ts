import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** What ships: the launcher that the build makes. */
export const launcher = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");

/** Builds the command line where a source is newer. */
export function build(): void {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "tools/dbops.mjs"), "version"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

/** A folder with these files; `.git` is an empty folder in it, so that nothing around it is read. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "dbops-lsp-"));
  mkdirSync(path.join(folder, ".git"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** Waits until the probe gives something. */
export async function until<T>(what: string, probe: () => T | undefined | false, milliseconds = 20_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** What an editor of today can do, but for pulling diagnostics and watching files. */
export const usual: ClientCapabilities = {
  workspace: { workspaceFolders: true, applyEdit: true, workspaceEdit: { documentChanges: true } },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, tagSupport: { valueSet: [1, 2] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    completion: { completionItem: { snippetSupport: true } },
    definition: { linkSupport: true },
    hover: { contentFormat: ["markdown"] },
  },
};

/** A client of the protocol, over the real launcher. */
export class Client {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly folder: string;
  /** By the uri that the server names. */
  readonly published = new Map<string, PublishDiagnosticsParams>();
  /** How often diagnostics of a uri came. */
  readonly told = new Map<string, number>();
  readonly messages: string[] = [];
  stderr = "";
  answer: InitializeResult = { capabilities: {} };
  readonly #versions = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
    this.process = spawn(process.execPath, [launcher, "lsp", "--stdio"], { cwd: folder });
    const { stdin, stdout, stderr } = this.process;
    if (stdin === null || stdout === null || stderr === null) throw new Error("the server has no streams");
    stderr.on("data", (part) => {
      this.stderr += part;
    });
    stdin.on("error", () => {}); // the server is gone: the test says whether it may be
    this.connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      this.told.set(params.uri, (this.told.get(params.uri) ?? 0) + 1);
    });
    this.connection.onNotification("window/showMessage", ({ message }: { readonly message: string }) => {
      this.messages.push(message);
    });
    this.connection.onRequest("client/registerCapability", () => null);
    this.connection.onRequest("client/unregisterCapability", () => null);
    this.connection.listen();
  }

  /** Starts a server in a folder and shakes hands. */
  static async start(
    folder: string,
    capabilities: ClientCapabilities = usual,
    rest: Partial<InitializeParams> = {},
    prepare: (connection: ProtocolConnection) => void = () => {},
  ): Promise<Client> {
    const client = new Client(folder);
    prepare(client.connection);
    client.answer = await client.connection.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: path.basename(folder) }],
      ...rest,
    } satisfies InitializeParams);
    await client.connection.sendNotification("initialized", {});
    return client;
  }

  uri(file: string): string {
    return pathToFileURL(path.join(this.folder, file)).href;
  }

  async open(file: string, text: string, languageId = "yaml", uri = this.uri(file)): Promise<void> {
    this.#versions.set(uri, 1);
    this.#texts.set(uri, text);
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  /** Replaces the first occurrence of some text in an open file. */
  async replace(file: string, before: string, after: string): Promise<void> {
    const uri = this.uri(file);
    const text = this.#texts.get(uri) ?? "";
    const begin = text.indexOf(before);
    if (begin < 0) throw new Error(`${file} has no ${before}`);
    // An editor tells what is other, not what stays.
    let same = 0;
    while (same < Math.min(before.length, after.length) && before[same] === after[same]) same++;
    const [at, removed, inserted] = [begin + same, before.length - same, after.slice(same)];
    const version = (this.#versions.get(uri) ?? 1) + 1;
    this.#versions.set(uri, version);
    this.#texts.set(uri, text.slice(0, at) + inserted + text.slice(at + removed));
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: placeAt(text, at), end: placeAt(text, at + removed) }, text: inserted }],
    });
  }

  text(file: string): string {
    return this.#texts.get(this.uri(file)) ?? "";
  }

  /** Where some text begins in an open file. */
  place(file: string, text: string, offset = 0): { line: number; character: number } {
    const at = this.text(file).indexOf(text);
    if (at < 0) throw new Error(`${file} has no ${text}`);
    return placeAt(this.text(file), at + offset);
  }

  at(file: string, text: string, offset = 0) {
    return { textDocument: { uri: this.uri(file) }, position: this.place(file, text, offset) };
  }

  found(file: string): readonly Diagnostic[] {
    return this.published.get(this.uri(file))?.diagnostics ?? [];
  }

  /** Waits for a finding of a rule. */
  finding(file: string, rule: string): Promise<Diagnostic> {
    return until(`${rule} in ${file}`, () => this.found(file).find(({ code }) => code === rule));
  }

  gone(file: string, rule: string): Promise<true> {
    return until(`no ${rule} in ${file}`, () => !this.found(file).some(({ code }) => code === rule));
  }

  /** The exit code, once the process has ended. */
  ended(): Promise<number> {
    return until("the end of the server", () => this.process.exitCode ?? undefined);
  }

  async stop(): Promise<number> {
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    return this.ended();
  }
}

/** A place in UTF-16 units. */
function placeAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
