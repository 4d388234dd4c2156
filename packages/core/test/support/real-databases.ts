import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { serverFolder, serverUser } from "./real-servers.ts";

const packages = {
  postgres: "postgresql",
  mariadbd: "mariadb-server",
  "mariadb-backup": "mariadb-backup",
  "redis-server": "redis-server",
  pgbackrest: "pgbackrest",
  barman: "barman",
} as const;
type Program = keyof typeof packages;

/** Where a database server is installed; undefined: it is not. */
export function pathOf(program: Program): string | undefined {
  const folders =
    program === "postgres" && existsSync("/usr/lib/postgresql")
      ? readdirSync("/usr/lib/postgresql")
          .sort((a, b) => Number(b) - Number(a))
          .map((version) => `/usr/lib/postgresql/${version}/bin`)
      : ["/usr/sbin", "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => `${folder}/${program}`).find(existsSync);
}

/** Skips loudly where a server is not installed; in CI that is a failure. */
export function needsPrograms(context: Mocha.Context, ...programs: readonly Program[]): void {
  const missing = programs.filter((program) => pathOf(program) === undefined);
  if (missing.length === 0) return;
  const what = `${missing.join(" and ")} is not installed (Debian's package is ${missing.map((program) => packages[program]).join(" and ")})`;
  if (process.env.CI === "true") throw new Error(`${what}, and in CI its tests may not be skipped`);
  console.log(`      SKIPPED: ${what}`);
  context.skip();
}

/** What a server says that is started with these words, and whether it ended by itself within the time. */
export function tryServer(
  program: Program,
  words: readonly string[],
  milliseconds = 1500,
): { readonly ends: boolean; readonly status: number | null; readonly said: string } {
  const result: SpawnSyncReturns<string> = spawnSync(pathOf(program) ?? "", words, {
    ...serverUser(),
    cwd: serverFolder(),
    encoding: "utf8",
    timeout: milliseconds,
    // PostgreSQL then takes its children along: the next one on the directory finds nobody.
    killSignal: program === "postgres" ? "SIGQUIT" : "SIGKILL",
  });
  return { ends: result.status !== null, status: result.status, said: `${result.stdout}${result.stderr}` };
}

/** A program beside the server, such as initdb; gives what it says when it fails. */
export function runBeside(program: Program, tool: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(path.join(path.dirname(pathOf(program) ?? ""), tool), words, {
    ...serverUser(),
    cwd: serverFolder(),
    encoding: "utf8",
    timeout: 60_000,
  });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

/** A folder below a new one of the servers' own, theirs too. */
export function subfolder(name: string): string {
  const folder = path.join(serverFolder(), name);
  mkdirSync(folder);
  const { uid, gid } = serverUser();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** A data directory that initdb has made. */
export function postgresData(): string {
  const data = path.join(serverFolder(), "data");
  execFileSync(
    path.join(path.dirname(pathOf("postgres") ?? ""), "initdb"),
    ["-A", "trust", "-U", "postgres", "-N", "-D", data],
    {
      ...serverUser(),
      cwd: serverFolder(),
      stdio: "pipe",
    },
  );
  return data;
}
