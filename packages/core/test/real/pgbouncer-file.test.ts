import assert from "node:assert/strict";
import type { PgbouncerFaultKind } from "../../src/domain/pgbouncer/fault.ts";
import { faultsOfFile } from "../../src/domain/pgbouncer/file-faults.ts";
import { isGone, isOlder } from "../../src/domain/pgbouncer/version.ts";
import { type PgbouncerKey, pgbouncerKeys } from "../../src/facts/pgbouncer-keys.ts";
import { PostgresClient } from "../support/postgres-client.ts";
import {
  describePgbouncers,
  freePort,
  loadIni,
  needsServers,
  startPgbouncer,
  stop,
  stopServers,
} from "../support/real-servers.ts";

const ini = (settings: string, databases = "orders = host=127.0.0.1"): string =>
  `[databases]\n${databases}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nunix_socket_dir =\nauth_type = trust\n${settings}\n`;

/** A value that the type takes, and one that it does not. */
const samples: Readonly<Record<PgbouncerKey["type"], readonly [good: string, bad: string | undefined]>> = {
  int: ["12", "12k"],
  bool01: ["1", "true"],
  uint: ["4096", "4kB"],
  seconds: ["1.5", "30s"],
  enum: ["", "no-such-value"],
  string: ["plain", undefined],
  list: ["a, b", undefined],
};

describePgbouncers("pgbouncer.ini against the real PgBouncer", function (pgbouncer) {
  this.timeout(60_000);
  const { version } = pgbouncer;
  before(function () {
    needsServers(this);
  });
  after(stopServers);

  /** The program and dbops agree; gives the kinds of what dbops found. */
  const assertAgree = (text: string): readonly PgbouncerFaultKind[] => {
    const { isAccepted, said } = loadIni(pgbouncer, text);
    const faults = faultsOfFile(text, version);
    const refused = faults.filter(({ refuses }) => refuses).map(({ message }) => message);
    assert.equal(
      refused.length === 0,
      isAccepted,
      `PgBouncer: ${said}\ndbops: ${refused.join("; ") || "takes it"}\n${text}`,
    );
    return faults.map(({ kind }) => kind);
  };

  const cases: readonly (readonly [what: string, text: string, kinds: readonly PgbouncerFaultKind[], said?: RegExp])[] =
    [
      ["a plain file", ini("pool_mode = transaction\ndefault_pool_size = 20"), []],
      [
        "an unknown key",
        ini("max_client_connections = 100"),
        ["unknown"],
        /unknown parameter: pgbouncer\/max_client_conn/,
      ],
      ["a key of another section", ini("pool_size = 20"), ["unknown"], /unknown parameter: pgbouncer\/pool_size/],
      ["dashes", ini("pool-mode = session"), ["unknown"]],
      ["upper case", ini("Pool_Mode = session"), ["unknown"]],
      [
        "a connection parameter of libpq",
        ini("", "a = host=b sslmode=require"),
        ["unknown"],
        /unrecognized connection parameter: sslmode/,
      ],
      ["a time with a unit", ini("query_wait_timeout = 30s"), ["invalid"], /invalid value "30s"/],
      ["a negative time", ini("query_timeout = -1"), ["invalid"]],
      ["a fraction of a number", ini("default_pool_size = 20.5"), ["invalid"]],
      ["a word for a switch", ini("log_connections = true"), ["invalid"]],
      ["a number with separators", ini("max_client_conn = 1,000"), ["invalid"]],
      ["an empty number", ini("max_client_conn ="), ["invalid"]],
      ["a mode that does not exist", ini("pool_mode = transactional"), ["invalid"]],
      ["a mode in capitals", ini("pool_mode = TRANSACTION"), []],
      ["hexadecimal", ini("max_client_conn = 0x1f4"), []],
      ["not octal at all", ini("unix_socket_mode = 0888"), ["invalid"]],
      ["a mode in a connection string", ini("", "a = host=b pool_mode=pooled"), ["invalid"], /invalid pool mode/],
      ["a port of words", ini("", "a = host=b port=five"), ["invalid"], /invalid port/],
      ["a comment behind a number", ini("max_client_conn = 100 ; many"), ["part-of-value"]],
      ["a comment behind a text", ini("server_reset_query = DISCARD ALL ; clean"), ["part-of-value"]],
      ["quotes around a mode", ini('pool_mode = "session"'), ["part-of-value"]],
      ["quotes around a text", ini('server_reset_query = "DISCARD ALL"'), ["part-of-value"]],
      [
        "a comment behind a connection string",
        ini("", "a = host=b ; c"),
        ["part-of-value"],
        /syntax error in connection string/,
      ],
      ["a colon", ini("pool_mode: session"), ["syntax"], /syntax error in configuration/],
      ["no value sign", ini("pool_mode"), ["syntax"]],
      [
        "a section of another name",
        "[database]\na = host=b\n[pgbouncer]\nlisten_addr = *\n",
        ["syntax"],
        /invalid section "database"/,
      ],
      ["no main section", "[databases]\na = host=b\n", ["syntax"], /main section missing/],
      ["a setting before the sections", "pool_mode = session\n[pgbouncer]\n", ["syntax"], /value without section/],
      ["a section without an end", "[pgbouncer\nlisten_addr = *\n", ["syntax"]],
      ["a URL", ini("", "a = postgresql://b/c"), ["syntax"], /syntax error in connection string/],
      ["an empty parameter", ini("", "a = host=b password="), ["syntax"]],
      ["a name in double quotes", ini("", '"a b" = host=c'), ["syntax"]],
      ["a name in single quotes", ini("", "'a b' = host=c"), isOlder(version, "1.25.0") ? ["syntax"] : []],
      ["a setting's name in single quotes", ini("'pool_mode' = session"), isOlder(version, "1.25.0") ? ["syntax"] : []],
      ["a quote within a quoted name", ini("", "'a''b' = host=c"), ["syntax"]],
      ["the reserved name", ini("", "pgbouncer = host=b"), ["syntax"], /is reserved/],
      ["a tab between two parameters", ini("", "a = host=b\tport=5432"), ["part-of-value"]],
      ["spaces around =", ini("", "a = host = b port = 5"), []],
      ["quoted values", ini("", "a = host='b' connect_query='select ''x'''"), []],
      ["a quote that does not end", ini("", "a = host=b connect_query='select 1"), ["syntax"]],
      [
        "something behind a quote",
        ini("", "a = host='b'port=5"),
        ["unknown"],
        /unrecognized connection parameter: ort/,
      ],
      ["a doubled quote at the end", ini("", "a = host='b' connect_query='select ''x''"), ["syntax"]],
      ["a port that is none", ini("", "a = host=b port=0"), ["invalid"], /invalid port: 0/],
      ["a peer with a name", `${ini("")}[peers]\na = host=b\n`, [isOlder(version, "1.19.0") ? "too-new" : "invalid"]],
      [
        "a peer without a host",
        `${ini("")}[peers]\n1 = port=5\n`,
        [isOlder(version, "1.19.0") ? "too-new" : "invalid"],
      ],
      ["a peer", `${ini("")}[peers]\n1 = host=b\n`, isOlder(version, "1.19.0") ? ["too-new"] : []],
      ["an empty connection string", ini("", "a ="), []],
      ["a setting behind a section", "[databases] a = host=b\n[pgbouncer] ; main\nlisten_addr = *\n", []],
      ["line ends of Windows", ini("pool_mode = session").replaceAll("\n", "\r\n"), []],
      ["a key twice", ini("max_client_conn = 1\nmax_client_conn = 2"), ["repeated"]],
      ["a number that is read as 0", ini("", 'a = host=b pool_size="20"'), ["misread"]],
      ["an octal number", ini("default_pool_size = 010"), ["misread"]],
    ];
  for (const [what, text, kinds, said] of cases)
    it(`${what}: ${kinds.join(", ") || "nothing to say"}`, () => {
      assert.deepEqual(assertAgree(text), kinds);
      if (said !== undefined) assert.match(loadIni(pgbouncer, text).said, said);
    });

  for (const section of ["pgbouncer", "databases", "users"] as const)
    it(`every key of [${section}] exists in the versions that are written down, and takes what its type says`, () => {
      const line = (key: string, value: string): string =>
        section === "pgbouncer"
          ? ini(`${key} = ${value}`)
          : section === "databases"
            ? ini("", `a = ${key}=${value}`)
            : `${ini("")}[users]\na = ${key}=${value}\n`;
      const accepted: (readonly [string, string])[] = [];
      for (const [key, known] of Object.entries(pgbouncerKeys[section])) {
        // Windows only; the loader of another file; a file or user that must exist is found out after loading.
        if (["service_name", "conffile", "logfile", "pidfile", "user", "job_name", "resolv_conf"].includes(key))
          continue;
        const [sample, bad] = samples[known.type];
        const good = known.type === "enum" ? (known.allowed?.[0] ?? "") : sample;
        if (isOlder(version, known.since)) assert.ok(assertAgree(line(key, good)).includes("too-new"), key);
        else if (isGone(version, known.until)) assert.ok(assertAgree(line(key, good)).includes("unknown"), key);
        else accepted.push([key, good]);
        if (bad !== undefined) assertAgree(line(key, bad));
      }
      // What exists is taken all at once.
      const pairs = accepted.map(([key, value]) => `${key}=${value}`);
      const all =
        section === "pgbouncer"
          ? ini(pairs.join("\n"))
          : line(pairs.join(" ").replace(/=.*/s, ""), pairs.join(" ").replace(/^[^=]*=/, ""));
      assert.deepEqual(
        assertAgree(all).filter((kind) => kind !== "repeated"),
        [],
      );
      assert.ok(accepted.length > 1);
    });

  it("reads numbers as dbops says they are read, and forgets what stands under the first of two headers", async () => {
    const port = await freePort();
    const open = ini(
      `listen_port = ${port}\nauth_type = any\ndefault_pool_size = 010\nquery_timeout = 0x10`,
      'orders = host=127.0.0.1 user=ada pool_size="20"\nbilling = host=127.0.0.1 user=ada max_db_connections=1k',
    );
    const running = await startPgbouncer(pgbouncer, `[pgbouncer]\nmax_client_conn = 77\n${open}`);
    const console = await PostgresClient.open(port, "ada", "pgbouncer");
    const config = new Map((await console.query("SHOW CONFIG")).map(([name = "", value = ""]) => [name, value]));
    const databases = await console.query("SHOW DATABASES");
    console.close();
    await stop(running);
    assert.deepEqual(
      ["max_client_conn", "default_pool_size", "query_timeout"].map((name) => config.get(name)),
      ["100", "8", "16"],
    );
    const orders = databases.find(([name]) => name === "orders");
    assert.ok(orders?.includes("0"), `pool_size="20" is 0: ${orders?.join(" ")}`);
  });

  it("agrees on hundreds of damaged files, some taken and some refused", function () {
    const rounds = Number(process.env.DBOPS_ROUNDS ?? 500);
    this.timeout(60_000 + rounds * 60);
    const seed = Number(process.env.DBOPS_SEED ?? 20_261_125);
    const next = random(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const good = cases.flatMap(([, text]) =>
      faultsOfFile(text, version).some(({ refuses }) => refuses) ? [] : [text],
    );
    const sources = [...cases.map(([, text]) => text), ...good, ...good, ...good, ...good];
    const pieces = [
      "=",
      " = ",
      "[",
      "]",
      "\n",
      "\n\n",
      "\r\n",
      ";",
      "# note\n",
      "'",
      '"',
      " ",
      "\t",
      "0",
      "-1",
      "1.5",
      "1e3",
      "0x1f",
      "010",
      "host=b",
      "pool_size=5 ",
      "port=0 ",
      "[users]\n",
      "[pgbouncer]\n",
      "[databases]\n",
      "[peers]\n",
      "\t",
      "max_client_conn = 5\n",
      "pool_mode=session",
      "%",
      ",",
      ".",
      "*",
      "true",
      "s",
      "é",
    ];
    const verdicts = { taken: 0, refused: 0 };
    for (let round = 0; round < rounds; round++) {
      let text = pick(sources);
      for (let times = 1 + Math.floor(next() * 2); times > 0; times--) {
        const start = Math.floor(next() * text.length);
        const end = next() < 0.5 ? start : Math.min(text.length, start + Math.floor(next() * 4));
        text = text.slice(0, start) + (next() < 0.6 ? pick(pieces) : "") + text.slice(end);
      }
      if (isExplained(text)) continue;
      assertAgree(text);
      verdicts[faultsOfFile(text, version).some(({ refuses }) => refuses) ? "refused" : "taken"]++;
    }
    const least = Math.min(verdicts.taken, verdicts.refused);
    assert.ok(least > rounds / 10, `both happen: ${JSON.stringify(verdicts)}`);
  });
});

/** Where dbops and the program differ, and why that is right. */
function isExplained(text: string): boolean {
  // dbops does not follow %include: the other file may not be in view.
  return /^\s*%include\s/m.test(text);
}

/** Mulberry32: the same files in each run of a seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
