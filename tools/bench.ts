// pnpm bench [FOLDER]: what a lint run costs, as ratios to what cannot be avoided. Informs; never fails.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { fillCluster, kindsOfCluster } from "./bench/cluster.ts";
import { generateSet } from "./bench/generated-set.ts";
import { costOf, median, type Program, percentile, ratioOf } from "./bench/processes.ts";
import { joinedTo, largeDocument } from "./bench/texts.ts";
import { assetsDir, start } from "./kubernetes/start.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const dist = path.join(root, "packages/kubectl-dbops/dist");
const large = 50 * 1024 * 1024;
// Outside every repository, so that nothing else is read as context.
const workFolder = mkdtempSync(path.join(tmpdir(), "dbops-bench-"));
const setFolder = path.join(workFolder, "set");
const binFolder = path.join(workFolder, "bin");

function line(name: string, value: string, goal: string, isMet: boolean): void {
  process.stdout.write(
    `${name.padEnd(52)} ${value.padStart(10)}   goal ${goal.padEnd(10)} ${isMet ? "ok" : "missed"}\n`,
  );
}

function prepare(given: string | undefined): readonly string[] {
  execFileSync(process.execPath, [path.join(root, "packages/kubectl-dbops/build.mjs")], { stdio: ["ignore", 2, 2] });
  if (given !== undefined) cpSync(path.resolve(given), setFolder, { recursive: true });
  else
    for (const [name, text] of generateSet()) {
      mkdirSync(path.dirname(path.join(setFolder, name)), { recursive: true });
      writeFileSync(path.join(setFolder, name), text);
    }
  mkdirSync(binFolder);
  const empty = path.join(binFolder, "kubectl-nothing");
  writeFileSync(empty, "#!/usr/bin/env node\n");
  chmodSync(empty, 0o755);
  cpSync(dist, binFolder, { recursive: true });
  const files = manifestsUnder(setFolder);
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
  process.stdout.write(`${files.length} files, ${(size / 1024 / 1024).toFixed(1)} MiB; Node ${process.version}\n`);
  return files;
}

function manifestsUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const child = path.join(folder, entry.name);
      if (entry.isDirectory()) return manifestsUnder(child);
      return /\.(ya?ml|json)$/i.test(entry.name) ? [child] : [];
    });
}

function node(folder: string, ...words: readonly string[]): Program {
  return { command: process.execPath, words, folder, binFolder };
}

const lintIn = (folder: string, ...words: readonly string[]): Program =>
  node(folder, path.join(binFolder, "kubectl-dbops"), "lint", "-o", "concise", ...words);

/** A folder of one file: what lies beside a file is read as its context. */
function folderOf(name: string, file: string, text: string): string {
  const folder = path.join(workFolder, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, file), text);
  return folder;
}

function wholeSet(): void {
  const { ratio } = ratioOf(lintIn(setFolder, "."), node(setFolder, path.join(here, "bench/read-only.cjs")), 7);
  line("whole set / only reading it", `${ratio.toFixed(2)} x`, "5 x", ratio <= 5);
  const { mebibytes } = costOf(lintIn(setFolder, "."), 3);
  line("whole set, peak memory", `${mebibytes.toFixed(0)} MiB`, "130 MiB", mebibytes <= 130);
}

function oneFile(): void {
  const shop = manifestsUnder(path.join(root, "examples/shop"));
  const [source = ""] = shop.filter((each) => /kind: StatefulSet/.test(readFileSync(each, "utf8")));
  const folder = folderOf("file", "postgres.yaml", readFileSync(source, "utf8"));
  const hasKubectl = spawnSync("kubectl", ["version", "--client"], { stdio: "ignore" }).status === 0;
  const through = (plugin: string, ...words: readonly string[]): Program =>
    hasKubectl
      ? { command: "kubectl", words: [plugin, ...words], folder, binFolder }
      : { command: `kubectl-${plugin}`, words, folder, binFolder };
  const { ratio } = ratioOf(through("dbops", "lint", "postgres.yaml"), through("nothing"), 21);
  const how = hasKubectl ? "through kubectl" : "started directly (no kubectl here)";
  line(`one file / an empty script, ${how}`, `${ratio.toFixed(2)} x`, "1.3 x", ratio <= 1.3);
}

function largeFiles(documents: readonly string[]): void {
  const many = costOf(lintIn(folderOf("many", "many.yaml", joinedTo(documents, large)), "many.yaml"), 1);
  line("50 MB of documents in one file, time", `${many.seconds.toFixed(1)} s`, "6 s", many.seconds <= 6);
  line(
    "50 MB of documents in one file, peak memory",
    `${many.mebibytes.toFixed(0)} MiB`,
    "500 MiB",
    many.mebibytes <= 500,
  );
  const words = ["lint", "one.yaml"];
  const program = node(
    folderOf("one", "one.yaml", largeDocument(large)),
    path.join(binFolder, "kubectl-dbops"),
    ...words,
  );
  const one = costOf(program, 3);
  const isNamed = /too large/.test(one.output);
  line(
    `one document of 50 MB${isNamed ? ", named as not linted" : ", NOT NAMED"}, peak memory`,
    `${one.mebibytes.toFixed(0)} MiB`,
    "200 MiB",
    isNamed && one.mebibytes <= 200,
  );
}

/** A bundle of its own, as an editor loads it: the loader of these tools makes every function slower. */
async function bundled(name: string): Promise<string> {
  const outfile = path.join(workFolder, `${name}.mjs`);
  await esbuild.build({
    entryPoints: [path.join(here, `bench/${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return outfile;
}

async function editing(documents: readonly string[]): Promise<void> {
  const { timesOfTyping, withLines } = (await import(await bundled("editing"))) as typeof import("./bench/editing.ts");
  for (const [lines, goal] of [
    [5000, 8],
    [300, 2],
  ] as const) {
    const times = timesOfTyping(withLines(documents, lines), 300);
    const slow = percentile(times, 95);
    const name = `a keystroke in ${lines} lines, p95 (median ${median(times).toFixed(1)} ms)`;
    line(name, `${slow.toFixed(1)} ms`, `${goal} ms`, slow <= goal);
  }
}

/** Milliseconds until the extension waits for a document, and until its engine is there; the goal is for its own code. */
function activation(): void {
  execFileSync(process.execPath, [path.join(root, "packages/vscode-dbops/build.mjs")], { stdio: ["ignore", 2, 2] });
  const times = Array.from({ length: 15 }, () => {
    const script = path.join(here, "bench/activation.cjs");
    const dist = path.join(root, "packages/vscode-dbops/dist");
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, dist], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split(" ").map(Number);
  });
  for (const [index, what] of [
    "activation of the extension",
    "loading its engine, once there is a manifest",
  ].entries()) {
    const time = median(times.map((each) => each[index] ?? Number.NaN));
    line(what, `${time.toFixed(1)} ms`, "50 ms", time <= 50);
  }
}

/** What the extension's session adds to the engine, in a large file and in a large folder. */
async function session(documents: readonly string[]): Promise<void> {
  const { withLines } = (await import(await bundled("editing"))) as typeof import("./bench/editing.ts");
  const { timesOfSession } = (await import(await bundled("session"))) as typeof import("./bench/session.ts");
  const folder = Array.from({ length: 500 }, (_, index) => documents[index % documents.length] ?? "");
  for (const [name, texts] of [
    ["in a file of 5000 lines", [withLines(documents, 5000)]],
    ["in a folder of 500 files", folder],
  ] as const) {
    const times = timesOfSession(texts, 100);
    const engine = median(times.engine);
    // Pairs, because a busy machine changes between them.
    const added = median(times.session.map((each, index) => each - (times.engine[index] ?? 0)));
    const how = `a keystroke ${name}: what the extension adds to ${engine.toFixed(1)} ms`;
    line(how, `${added.toFixed(1)} ms`, "3 ms", added <= 3);
  }
}

/** `scan -A` of 5000 objects in 50 namespaces, against kubectl getting the same kinds. */
async function cluster(): Promise<void> {
  if (assetsDir() === undefined) {
    process.stdout.write("a cluster: skipped, no API server (tools/kubernetes/build.sh builds one)\n");
    return;
  }
  const running = await start({ controllers: false });
  try {
    const number = await fillCluster(running);
    process.env.KUBECONFIG = running.kubeconfig;
    const scan = node(workFolder, path.join(binFolder, "kubectl-dbops"), "scan", "-A", "-o", "json");
    const kubectl = {
      command: "kubectl",
      words: ["get", kindsOfCluster, "-A", "-o", "json"],
      folder: workFolder,
      binFolder,
    };
    const { ratio } = ratioOf(scan, kubectl, 5);
    line(`scan of ${number} objects / kubectl get`, `${ratio.toFixed(2)} x`, "2 x", ratio <= 2);
    const { mebibytes } = costOf(scan, 3);
    line("scan, peak memory", `${mebibytes.toFixed(0)} MiB`, "250 MiB", mebibytes <= 250);
  } finally {
    await running.stop();
  }
}

try {
  const files = prepare(process.argv[2]);
  const texts = files.map((file) => readFileSync(file, "utf8"));
  wholeSet();
  oneFile();
  largeFiles(texts);
  const documents = texts
    .flatMap((text) => text.split(/^---.*\n/m))
    .filter((text) => /^kind:/m.test(text) && !text.includes("{{"));
  await editing(documents);
  await session(documents);
  activation();
  await cluster();
} finally {
  rmSync(workFolder, { recursive: true });
}
