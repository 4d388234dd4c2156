import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { buildBundle, distFolder } from "./support/kubectl.ts";
import { dbops } from "./support/run.ts";

const examples = fileURLToPath(new URL("../../../examples", import.meta.url));

/** What a tool answered: its text, and whether it failed. */
interface Answer {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly isError?: boolean;
}

describe("kubectl dbops mcp, asked by the protocol's own client", () => {
  const client = new Client({ name: "test", version: "1" });
  const ask = async (name: string, args: Record<string, unknown>): Promise<{ text: string; isError: boolean }> => {
    const { content, isError } = (await client.callTool({ name, arguments: args })) as Answer;
    return { text: content.map(({ text }) => text).join(""), isError: isError === true };
  };

  before(async () => {
    buildBundle();
    const command = path.join(distFolder, "kubectl-dbops");
    await client.connect(new StdioClientTransport({ command, args: ["mcp"], cwd: examples }));
  });
  after(() => client.close());

  it("lists tools that only read", async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ["lint", "explain", "pool", "backups", "diff", "plan"],
    );
    assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
  });

  it("answers what the command line says", async () => {
    const { text } = await ask("lint", { paths: ["shop/api.yaml"] });
    const { out } = dbops(examples, ["lint", "-o", "json", "shop/api.yaml"]);
    const rules = (report: string): unknown => JSON.parse(report).findings.map((each: { rule: string }) => each.rule);
    assert.deepEqual(rules(text), rules(out));
    const given = await ask("lint", { text: "kind: Pod\nspec: {containers: [{image: postgres:16}]}\n", preset: "all" });
    assert.equal(given.isError, false);
    assert.match((await ask("explain", { rule: "data-on-emptydir" })).text, /emptyDir/);
    assert.match((await ask("pool", { paths: ["shop"] })).text, /"rollout": 126/);
    assert.match((await ask("backups", { paths: ["good"] })).text, /orders/);
    assert.match((await ask("diff", { old: "shop/postgres.yaml", new: "shop/postgres.yaml" })).text, /"verdicts"/);
    assert.equal((await ask("plan", { old: "shop/postgres.yaml", new: "shop/postgres.yaml" })).isError, false);
  });

  it("says where it has read nothing", async () => {
    const { text, isError } = await ask("lint", { paths: ["shop"], since: "HEAD" });
    assert.equal(isError, false);
    assert.match(text, /No manifests to lint: none of the given files has changed/);
  });

  it("says what is wrong, takes no flags for paths, and goes on", async () => {
    assert.deepEqual(await ask("explain", { rule: "data-on-emptydirs" }), {
      text: "error: there is no rule data-on-emptydirs; did you mean data-on-emptydir?\n",
      isError: true,
    });
    const flags = await ask("lint", { paths: ["--fix"] });
    assert.match(flags.text, /--fix: no such file/);
    assert.equal(flags.isError, true);
    assert.match((await ask("lint", { paths: "shop" })).text, /paths must be a list of strings/);
    assert.match((await ask("lint", { path: ["shop"] })).text, /lint takes no path/);
    assert.match((await ask("lint", { text: "kind: Pod\n", paths: ["shop"] })).text, /text is linted instead of files/);
    await assert.rejects(() => ask("delete", {}), /there is no tool delete/);
    assert.match((await ask("explain", { rule: "host-reaches-nothing" })).text, /^host-reaches-nothing/);
  });
});

describe("kubectl dbops mcp", () => {
  const answers = (...lines: readonly string[]): readonly { error?: { code: number } }[] =>
    dbops(examples, ["mcp"], { stdin: lines.join("\n") })
      .out.trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("survives what is no request", () => {
    const codes = answers("{", "[]", "null", "7", '{"id":1}', '{"id":2,"method":"resources/list"}').map(
      ({ error }) => error?.code,
    );
    assert.deepEqual(codes, [-32700, -32600, -32600, -32600, -32600, -32601]);
  });
});
