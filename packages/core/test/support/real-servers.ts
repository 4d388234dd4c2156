import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { PgbouncerVersion } from "../../src/domain/pgbouncer/version.ts";

const newestPgbouncer = fileURLToPath(new URL("../../../../node_modules/.cache/pgbouncer/run", import.meta.url));
const programs = {
  pgbouncer: ["/usr/sbin/pgbouncer", "/usr/local/bin/pgbouncer", "/usr/bin/pgbouncer"].find(existsSync),
  postgres: existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql")
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => `/usr/lib/postgresql/${version}/bin`)
        .find((folder) => existsSync(`${folder}/initdb`))
    : undefined,
};

/** A PgBouncer that tests run. */
export interface Pgbouncer {
  readonly program: string;
  readonly version: PgbouncerVersion;
}

/**
 * A suite for each PgBouncer on this machine: the installed one, and the newest, where `.ci/newest-pgbouncer` has fetched it. Where
 * none is installed the suite is there all the same, so that `needsServers` can say that it is skipped.
 */
export function describePgbouncers(what: string, suite: (this: Mocha.Suite, pgbouncer: Pgbouncer) => void): void {
  const found = [programs.pgbouncer, newestPgbouncer].filter((each) => each !== undefined && existsSync(each));
  if (!found.includes(newestPgbouncer))
    console.log("      SKIPPED: no newer PgBouncer (.ci/newest-pgbouncer fetches it)");
  for (const program of found.length === 0 ? [""] : found) {
    const version = versionOf(program ?? "");
    describe(`${what} (PgBouncer 1.${version.minor}.${version.patch})`, function () {
      suite.call(this, { program: program ?? "", version });
    });
  }
}

function versionOf(program: string): PgbouncerVersion {
  const text = program === "" ? "" : execFileSync(program, ["--version"], { encoding: "utf8" });
  const match = /PgBouncer 1\.(\d+)\.(\d+)/.exec(text);
  return { minor: Number(match?.[1] ?? 0), patch: Number(match?.[2] ?? 0) };
}

/** Skips loudly where PgBouncer or PostgreSQL is not installed; in CI that is a failure. */
export function needsServers(context: Mocha.Context): void {
  if (programs.pgbouncer !== undefined && programs.postgres !== undefined) return;
  const missing = Object.entries(programs).flatMap(([name, found]) => (found === undefined ? [name] : []));
  const what = `${missing.join(" and ")} is not installed (Debian's packages are pgbouncer and postgresql)`;
  if (process.env.CI === "true") throw new Error(`${what}, and in CI its tests may not be skipped`);
  console.log(`      SKIPPED: ${what}`);
  context.skip();
}

const started: ChildProcess[] = [];
const folders: string[] = [];

/** Both servers refuse to run as root: then they run as PostgreSQL's own user. */
export function serverUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  user ??= { uid: idOf("-u"), gid: idOf("-g") };
  return user;
}
let user: { readonly uid: number; readonly gid: number } | undefined;

/** A folder that the servers may write, gone at the end. */
export function serverFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-real-")));
  folders.push(folder);
  const { uid, gid } = serverUser();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** A port of the loopback address that nobody uses. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Milliseconds that a program has to start, or a client to end: a machine may be busy. */
const patience = 50_000;

/** Starts a server and waits until it says that it is ready; fails with what it said else. */
export async function start(words: readonly string[], ready: RegExp, cwd: string): Promise<ChildProcess> {
  const [program = "", ...rest] = words;
  const child = spawn(program, rest, { ...serverUser(), cwd, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready after ${patience / 1000} s:\n${said}`)), patience);
    const hear = (data: Buffer): void => {
      said += data.toString();
      if (!ready.test(said)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`exit ${code}:\n${said}`));
    });
    child.once("error", reject);
  });
  return child;
}

/** A PostgreSQL of its own on loopback; without `auth` nobody needs a password, else postgres has the password `postgres`. Gives its port. `more`: further settings. */
export async function startPostgres(
  maxConnections: number,
  auth: "trust" | "scram-sha-256" = "trust",
  at: { readonly address: string; readonly port: number } | undefined = undefined,
  more: readonly string[] = [],
): Promise<number> {
  const folder = serverFolder();
  const data = path.join(folder, "data");
  const port = at?.port ?? (await freePort());
  const secret = path.join(folder, "password");
  writeFileSync(secret, "postgres", { mode: 0o644 });
  const words = ["-A", auth, "--pwfile", secret, "-U", "postgres", "-N", "-D", data];
  execFileSync(`${programs.postgres}/initdb`, words, {
    ...serverUser(),
    cwd: folder,
    stdio: "pipe",
  });
  const settings = [
    `max_connections=${maxConnections}`,
    `listen_addresses=${at?.address ?? "127.0.0.1"}`,
    "unix_socket_directories=",
    "fsync=off",
    "wal_level=logical",
    ...more,
  ];
  await start(
    [`${programs.postgres}/postgres`, "-D", data, "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])],
    /ready to accept connections/,
    folder,
  );
  return port;
}

/** The folder of PostgreSQL's own programs. */
export function postgresPrograms(): string {
  return programs.postgres ?? "";
}

/** What one of PostgreSQL's own client programs (psql, pg_dump) says, and how it ends. */
export function runClient(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(`${programs.postgres}/${program}`, words, {
    encoding: "utf8",
    timeout: patience,
    env: { PATH: process.env.PATH, ...environment },
  });
  return { status, said: `${stdout}${stderr}` };
}

/** A PgBouncer that runs with this file, which must name a port of loopback and no Unix socket; `beside`: other files in its folder. */
export async function startPgbouncer(
  { program }: Pgbouncer,
  ini: string,
  beside: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const folder = serverFolder();
  for (const [name, text] of Object.entries(beside)) writeFileSync(path.join(folder, name), text, { mode: 0o644 });
  const file = path.join(folder, "pgbouncer.ini");
  writeFileSync(file, ini, { mode: 0o644 });
  return await start([program, file], /process up/, folder);
}

let scratch: string | undefined;

/**
 * What PgBouncer's loader says of a file. It then looks for a user that does not exist and ends: nothing listens, and hundreds of
 * files take seconds.
 */
export function loadIni({ program }: Pgbouncer, ini: string): { readonly isAccepted: boolean; readonly said: string } {
  scratch ??= serverFolder();
  const file = path.join(scratch, "try.ini");
  writeFileSync(file, ini, { mode: 0o644 });
  const { stderr, stdout } = spawnSync(program, ["-u", "nobody-of-that-name", file], {
    ...serverUser(),
    cwd: scratch,
    encoding: "utf8",
    timeout: 5000,
  });
  const said = `${stdout}${stderr}`;
  const isAccepted = /could not find user|no such user|unknown user/i.test(said);
  if (!isAccepted && !/FATAL/.test(said)) throw new Error(`neither accepted nor refused:\n${said}\n${ini}`);
  return { isAccepted, said };
}

/** Ends one server that a test started. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** Ends what was started, and removes its folders. */
export async function stopServers(): Promise<void> {
  // Taken at once: a suite that does not wait for this leaves alone what the next one starts meanwhile.
  const [children, made] = [started.splice(0), folders.splice(0)];
  for (const child of children.reverse()) await stop(child);
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
  scratch = undefined;
}
