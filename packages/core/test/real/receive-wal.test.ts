import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { needsPrograms } from "../support/real-databases.ts";
import {
  freePort,
  postgresPrograms,
  runClient,
  serverFolder,
  serverUser,
  start,
  startPostgres,
  stop,
  stopServers,
} from "../support/real-servers.ts";

/** What the ledger says of a stream of WAL: pg_receivewal follows a PostgreSQL of the test's own. */
describe("pg_receivewal", function () {
  this.timeout(120_000);
  let port = 0;
  let receiver: ChildProcess | undefined;

  before(async function () {
    needsPrograms(this, "postgres");
    port = await startPostgres(20, "trust", undefined, ["wal_keep_size=0", "min_wal_size=32MB", "max_wal_size=32MB"]);
    sql("CREATE TABLE notes (line text)");
  });
  afterEach(async () => {
    if (receiver !== undefined) await stop(receiver);
    receiver = undefined;
    // A slot that stays would keep the WAL of the next test.
    while (sql("SELECT count(*) FROM pg_replication_slots WHERE active") !== "0") await sleep(50);
    sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
  });
  after(stopServers);

  function sql(text: string, at = port): string {
    const { status, said } = runClient("psql", [
      ...["-h", "127.0.0.1", "-p", `${at}`, "-U", "postgres", "-d", "postgres"],
      ...["-v", "ON_ERROR_STOP=1", "-Atqc", text],
    ]);
    assert.equal(status, 0, said);
    return said.trim();
  }

  const connection = (): readonly string[] => ["-h", "127.0.0.1", "-p", `${port}`, "-U", "postgres", "-w"];

  function archive(): string {
    const folder = path.join(serverFolder(), "wal");
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    return folder;
  }

  /** It says that it starts before its first file is there, and from that file it knows later where it stopped. */
  async function receive(into: string, ...words: readonly string[]): Promise<void> {
    receiver = await start(
      [`${postgresPrograms()}/pg_receivewal`, "--verbose", ...connection(), "-D", into, ...words],
      /starting log streaming/,
      path.dirname(into),
    );
    while (!readdirSync(into).some((name) => name.endsWith(".partial"))) await sleep(50);
  }

  /** Whether a text is in the WAL that was received; a segment that was just full has another name. */
  const holds = (folder: string, text: string): boolean =>
    readdirSync(folder)
      .map((name) => path.join(folder, name))
      .some((file) => existsSync(file) && readFileSync(file).includes(text));

  /** The server writes, and deletes what it does not need any more. */
  function fillAndRecycle(): void {
    for (let segment = 0; segment < 6; segment++) {
      sql("INSERT INTO notes SELECT repeat('x', 1000) FROM generate_series(1, 100)");
      sql("SELECT pg_switch_wal()");
      sql("CHECKPOINT");
    }
  }

  it("has each commit in its file at once, in a segment that is not full", async () => {
    const folder = archive();
    await receive(folder);
    sql("SELECT pg_switch_wal()");
    sql("INSERT INTO notes VALUES ('the last order')");
    for (let tries = 0; tries < 100 && !holds(folder, "the last order"); tries++) await sleep(100);
    assert.ok(holds(folder, "the last order"));
    assert.ok(readdirSync(folder).some((name) => name.endsWith(".partial")));
  });

  it("loses with a slot nothing that is written while it is down, and restores to the last commit", async () => {
    const folder = archive();
    const base = path.join(serverFolder(), "base");
    const { status, said } = runClient("pg_receivewal", [...connection(), "--slot", "archive", "--create-slot"]);
    assert.equal(status, 0, said);
    await receive(folder, "--slot", "archive");
    execFileSync(`${postgresPrograms()}/pg_basebackup`, [...connection(), "-D", base, "-X", "none", "-c", "fast"], {
      ...serverUser(),
      stdio: "pipe",
    });
    if (receiver !== undefined) await stop(receiver);
    fillAndRecycle();
    await receive(folder, "--slot", "archive");
    sql("INSERT INTO notes VALUES ('after the outage')");
    for (let tries = 0; tries < 100 && !holds(folder, "after the outage"); tries++) await sleep(100);
    if (receiver !== undefined) await stop(receiver);
    // A restore renames the segment that was not full.
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".partial")))
      renameSync(path.join(folder, name), path.join(folder, name.replace(".partial", "")));
    chmodSync(folder, 0o755);
    writeFileSync(path.join(base, "recovery.signal"), "");
    const other = await freePort();
    await start(
      [
        ...[`${postgresPrograms()}/postgres`, "-D", base, "-p", `${other}`],
        ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
        ...["-c", "max_connections=20", "-c", `restore_command=cp ${folder}/%f %p`],
      ],
      /archive recovery complete[\s\S]*ready to accept connections/,
      path.dirname(base),
    );
    assert.equal(sql("SELECT count(*) FROM notes WHERE line = 'after the outage'", other), "1");
  });

  it("has a gap without one: what the server recycled meanwhile is gone", async () => {
    const folder = archive();
    await receive(folder);
    if (receiver !== undefined) await stop(receiver);
    fillAndRecycle();
    const { status, said } = runClient("pg_receivewal", [...connection(), "-D", folder, "--no-loop"]);
    assert.notEqual(status, 0);
    assert.match(said, /requested WAL segment \S+ has already been removed/);
  });

  it("receives nothing with --create-slot, and writes to no pipe", () => {
    const folder = archive();
    const made = runClient("pg_receivewal", [...connection(), "-S", "once", "--create-slot", "-D", folder]);
    assert.equal(made.status, 0, made.said);
    assert.deepEqual(readdirSync(folder), []);
    assert.match(runClient("pg_receivewal", [...connection(), "-D", "-"]).said, /could not open directory "-"/);
    assert.equal(existsSync("-"), false);
    assert.equal(runClient("pg_receivewal", [...connection(), "-S", "once", "--drop-slot"]).status, 0);
  });
});
