import { failureLine } from "../failure.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { version } from "../project.ts";

/** Runs another command of the command line in this process. */
type RunCommand = (words: readonly string[], io: Io) => number;

type Json = { readonly [key: string]: unknown };

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly properties: { readonly [name: string]: Json };
  readonly required?: readonly string[];
  /** The command line that answers, and the text it gets on stdin. @throws UsageError */
  command(given: Json): { readonly words: readonly string[]; readonly stdin?: string };
}

const paths = {
  type: "array",
  items: { type: "string" },
  description: "Files, folders or globs; default: everything here.",
};
const since = { type: "string", description: "A git revision to compare the working tree with." };
const sides = {
  since,
  old: { type: "string", description: "File or folder with the old manifests, without `since`." },
  new: { type: "string", description: "File or folder with the new ones." },
};

/** Everything here only reads. */
const tools: readonly Tool[] = [
  {
    name: "lint",
    description:
      "Find what loses data, does not start or cannot connect in Kubernetes manifests of databases. Each finding has its place and, where one is known, an edit.",
    properties: {
      paths,
      text: { type: "string", description: "The text of a manifest to lint instead of files." },
      since: { type: "string", description: "Report only on files that changed since this git revision." },
      preset: { type: "string", enum: ["recommended", "all", "ephemeral"] },
    },
    command: (given) => {
      const text = optional(given, "text");
      const flags = [...flag(given, "since"), ...flag(given, "preset")];
      if (text === undefined) return { words: ["lint", "-o", "json", ...flags, "--", ...list(given, "paths")] };
      if (given.paths !== undefined || given.since !== undefined)
        throw new UsageError("text is linted instead of files; give it without paths and since");
      return { words: ["lint", "-o", "json", ...flags, "-"], stdin: text };
    },
  },
  {
    name: "explain",
    description: "Why a rule of dbops exists, what to do about its findings, and an example.",
    properties: { rule: { type: "string" } },
    required: ["rule"],
    command: (given) => ({ words: ["explain", "--", optional(given, "rule") ?? ""] }),
  },
  {
    name: "pool",
    description: "Who opens how many connections to which database, and what would fit.",
    properties: { paths },
    command: (given) => ({ words: ["pool", "-o", "json", "--", ...list(given, "paths")] }),
  },
  {
    name: "backups",
    description:
      "How much a restore of each database would lose, how long backups are kept, and which restore is tested.",
    properties: { paths },
    command: (given) => ({ words: ["backups", "-o", "json", "--", ...list(given, "paths")] }),
  },
  {
    name: "diff",
    description:
      "What a change of manifests does to databases and their claims: refused, restarts, starts empty, destroys data. Call it before applying a change.",
    properties: sides,
    command: (given) => ({ words: ["diff", "-o", "json", ...sidesOf(given)] }),
  },
  {
    name: "plan",
    description:
      "The steps that take a database and its data through a change that does not just apply. It runs none of them.",
    properties: sides,
    command: (given) => ({ words: ["plan", "-o", "markdown", ...sidesOf(given)] }),
  },
];

/** Versions of the protocol that this speaks, the newest first. https://modelcontextprotocol.io/specification/versioning */
const protocols = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/** Answers a client of the Model Context Protocol on stdin and stdout until it closes: https://modelcontextprotocol.io/specification */
export function runMcp(_args: Arguments, io: Io, run: RunCommand): number {
  for (const line of io.lines()) {
    if (line.trim() === "") continue;
    const answer = answerTo(line, io, run);
    if (answer !== undefined) io.out(`${JSON.stringify({ jsonrpc: "2.0", ...answer })}\n`);
  }
  return 0;
}

/** Numbers of https://www.jsonrpc.org/specification#error_object */
const faults = { parse: -32700, request: -32600, method: -32601, parameters: -32602 } as const;

function answerTo(line: string, io: Io, run: RunCommand): Json | undefined {
  let message: Json;
  try {
    message = JSON.parse(line) as Json;
  } catch {
    return fault(null, faults.parse, "this is no JSON");
  }
  const { id, method, params } = message ?? {};
  if (typeof method !== "string") return fault(id ?? null, faults.request, "a request has a method");
  if (id === undefined) return undefined; // a notification
  const given = (typeof params === "object" && params !== null ? params : {}) as Json;
  switch (method) {
    case "initialize":
      return {
        id,
        result: {
          protocolVersion: protocols.find((each) => each === given.protocolVersion) ?? protocols[0],
          capabilities: { tools: {} },
          serverInfo: { name: "dbops", version },
        },
      };
    case "ping":
      return { id, result: {} };
    case "tools/list":
      return { id, result: { tools: tools.map(described) } };
    case "tools/call": {
      const tool = tools.find(({ name }) => name === given.name);
      if (tool === undefined) return fault(id, faults.parameters, `there is no tool ${String(given.name)}`);
      return { id, result: call(tool, (given.arguments ?? {}) as Json, io, run) };
    }
    default:
      return fault(id, faults.method, `there is no method ${method}`);
  }
}

function fault(id: unknown, code: number, message: string): Json {
  return { id, error: { code, message } };
}

function described({ name, description, properties, required = [] }: Tool): Json {
  return {
    name,
    description,
    inputSchema: { type: "object", properties, required, additionalProperties: false },
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
}

/** What the command prints, and what it says about that: that nothing of what was asked for is a manifest, say. */
function call(tool: Tool, given: Json, io: Io, run: RunCommand): Json {
  let out = "";
  let err = "";
  let code = 2;
  try {
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(tool.properties, name));
    if (unknown !== undefined) throw new UsageError(`${tool.name} takes no ${unknown}`);
    const { words, stdin = "" } = tool.command(given);
    code = run(words, {
      ...io,
      isOutputTerminal: false,
      isErrorTerminal: false,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      progress: () => {},
      readStdin: () => Buffer.from(stdin),
    });
  } catch (error) {
    err += failureLine(error);
  }
  const content = [out, err].filter((text) => text !== "").map((text) => ({ type: "text", text }));
  return { content, ...(code === 2 ? { isError: true } : {}) };
}

function optional(given: Json, name: string): string | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw new UsageError(`${name} must be a string`);
  return value;
}

function flag(given: Json, name: string): readonly string[] {
  const value = optional(given, name);
  return value === undefined ? [] : [`--${name}=${value}`];
}

function list(given: Json, name: string): readonly string[] {
  const value = given[name] ?? [];
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string"))
    throw new UsageError(`${name} must be a list of strings`);
  return value as readonly string[];
}

function sidesOf(given: Json): readonly string[] {
  const [old, now] = [optional(given, "old"), optional(given, "new")];
  const words = [old, now].flatMap((each) => each ?? []);
  return [...flag(given, "since"), ...(words.length === 0 ? [] : ["--", ...words])];
}
