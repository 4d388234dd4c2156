import assert from "node:assert/strict";
import { postgresFault, postgresSettings } from "../../src/domain/database/refused-postgres-setting.ts";
import { settingFault } from "../../src/domain/database/refused-setting.ts";
import { choices, numbers, switches, texts } from "../../src/facts/postgres-settings.ts";
import { PostgresClient } from "../support/postgres-client.ts";
import { needsPrograms, postgresData, tryServer } from "../support/real-databases.ts";
import { needsServers, serverFolder, startPostgres, stopServers } from "../support/real-servers.ts";

/** What database-setting-invalid says of a value, and what the servers do with it. */
describe("settings against the real servers", function () {
  this.timeout(60_000);
  after(stopServers);

  describe("PostgreSQL", () => {
    let client: PostgresClient;
    let isVersion15 = false;
    before(async function () {
      needsServers(this);
      client = await PostgresClient.open(await startPostgres(20), "postgres", "postgres");
      isVersion15 = ((await client.query("SHOW server_version_num"))[0]?.[0] ?? "").startsWith("15");
    });
    after(() => client?.close());

    it("has the settings of our table, with the same units and ranges", async function () {
      if (!isVersion15) return this.skip(); // the table is that of 15
      const rows = await client.query(
        "SELECT name, vartype, coalesce(unit, '-'), coalesce(min_val, '-'), coalesce(max_val, '-'), array_to_string(enumvals, '|') FROM pg_settings WHERE context <> 'internal'",
      );
      const ofType = (type: RegExp): readonly (readonly string[])[] => rows.filter((row) => type.test(row[1] ?? ""));
      const names = (text: string): readonly string[] => text.trim().split(/\s+/).sort();
      const sorted = (found: readonly (readonly string[])[]): readonly string[] =>
        found.map((row) => row[0] ?? "").sort();
      assert.deepEqual(names(switches), sorted(ofType(/bool/)));
      assert.deepEqual(names(texts), sorted(ofType(/string/)));
      assert.deepEqual(
        numbers.trim().split("\n").sort(),
        ofType(/integer|real/)
          .map(([name, type, unit, least, most]) => `${name} ${type?.[0]} ${unit} ${least} ${most}`)
          .sort(),
      );
      const words = new Map(ofType(/enum/).map((row) => [row[0], row[5]]));
      for (const line of choices.trim().split("\n")) {
        const [name, list] = line.split(" ");
        assert.equal(words.get(name), list, name);
      }
    });

    it("refuses what we call invalid and takes what we do not, for every setting", async () => {
      const forSwitches = "1 0 2 on off of o true T yes n maybe enabled".split(" ");
      const forNumbers = [
        ..."1 0 -1 -2 64 on 512MB 512Mi 512mb 1G 25% 4kB 0x10 010 1.5 .5 1e3 10s 10min 10m 5d 100ms 1us 99999999999".split(
          " ",
        ),
        "8 kB",
        " 10 ",
      ];
      const forChoices =
        "on off true 1 minimal replica archive debug debug5 try auto lz4 md5 TLSv1.2 local ALWAYS none".split(" ");
      const wrong: string[] = [];
      for (const [name, setting] of postgresSettings()) {
        if (setting === "other" || setting === "text") continue;
        for (const value of setting === "switch" ? forSwitches : "kind" in setting ? forNumbers : forChoices) {
          let refusal: string | undefined;
          try {
            await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
          } catch (error) {
            refusal = (error as Error).message;
          }
          // Checks beyond type and range look at the machine: how deep its stack is, whether a file exists.
          if (refusal !== undefined && !/outside the valid range|: "|requires a/.test(refusal)) continue;
          const fault = postgresFault(name, value, 15);
          if ((refusal === undefined) !== (fault === undefined))
            wrong.push(
              `${name} = ${value}: the server says ${refusal ?? "nothing"}, we say ${fault?.why ?? "nothing"}`,
            );
        }
      }
      assert.deepEqual(wrong, []);
    });

    it("knows no max_connection", async () => {
      await assert.rejects(
        client.query("ALTER SYSTEM SET max_connection = 100"),
        /unrecognized configuration parameter/,
      );
      assert.match(postgresFault("max_connection", "100", 15)?.why ?? "", /did you mean max_connections\?/);
    });
  });

  describe("PostgreSQL that starts", () => {
    let data: string;
    before(function () {
      needsPrograms(this, "postgres");
      data = postgresData();
    });
    const cases: readonly (readonly [settings: string, said: RegExp | undefined])[] = [
      [
        "max_connections=3",
        /superuser_reserved_connections \(3\) must be less than max_connections \(3\)|must be less than/,
      ],
      ["wal_level=minimal", /WAL streaming .*requires wal_level/],
      [
        "wal_level=minimal max_wal_senders=0 archive_mode=on",
        /WAL archival cannot be enabled when wal_level is "minimal"/,
      ],
      ["min_wal_size=16MB", /min_wal_size.*must be at least twice/],
      ["max_connections=4 wal_level=minimal max_wal_senders=0 min_wal_size=32MB", undefined],
      ["shared_preload_libraries=auto_explain,pg_cron", /could not access file "pg_cron": No such file or directory/],
      ["shared_preload_libraries=auto_explain", undefined],
    ];
    for (const [settings, said] of cases)
      it(`${said === undefined ? "starts" : "does not start"} with ${settings}`, () => {
        const words = `listen_addresses= unix_socket_directories=${serverFolder()} fsync=off ${settings}`.split(" ");
        const result = tryServer("postgres", ["-D", data, ...words.flatMap((word) => ["-c", word])]);
        if (said === undefined) assert.match(result.said, /ready to accept connections/);
        else {
          assert.ok(result.ends && result.status !== 0, result.said);
          assert.match(result.said, said);
        }
      });
  });

  describe("Redis", () => {
    before(function () {
      needsPrograms(this, "redis-server");
    });
    const cases: readonly (readonly [name: string, value: string])[] = [
      ["maxmemory", "100Mi"],
      ["maxmemory", "80%"],
      ["maxmemory", "1.5gb"],
      ["maxmemory", "100mb"],
      ["maxmemory", "1G"],
      ["repl-backlog-size", "1Mi"],
      ["appendonly", "true"],
      ["appendonly", "YES"],
      ["maxmemory-policy", "allkeys_lru"],
      ["maxmemory-policy", "ALLKEYS-LRU"],
      ["save", "60,1000"],
      ["save", "60 1000"],
      ["appendfsync", "often"],
      ["maxclients", "0"],
      ["databases", "16"],
      ["protected-mode", "false"],
      ["tcp-keepalive", "-1"],
    ];
    for (const [name, value] of cases)
      it(`${name} ${value}`, () => {
        const fault = settingFault("redis", name, value, 7);
        // Without a port it loads its settings and ends.
        const { said } = tryServer("redis-server", ["--port", "0", `--${name}`, value]);
        assert.equal(/FATAL CONFIG FILE ERROR/.test(said), fault !== undefined, said);
        assert.equal(/Configuration loaded/.test(said), fault === undefined, said);
      });
  });

  describe("MariaDB", () => {
    before(function () {
      needsPrograms(this, "mariadbd");
    });
    // Its data directory is empty, so it ends in any case; where it takes the value, with another error.
    const cases: readonly (readonly [name: string, value: string])[] = [
      ["innodb_buffer_pool_size", "75%"],
      ["innodb_buffer_pool_size", "1Gi"],
      ["innodb_buffer_pool_size", "64MB"],
      ["max_connections", "abc"],
      ["max_connections", "100"],
      ["sync_binlog", "on"],
    ];
    for (const [name, value] of cases)
      it(`${name} ${value}`, () => {
        const fault = settingFault("mariadb", name, value, 10);
        const { said } = tryServer(
          "mariadbd",
          ["--no-defaults", `--datadir=${serverFolder()}`, `--${name}=${value}`],
          5000,
        );
        assert.equal(/Error while setting value/.test(said), fault !== undefined, said);
      });
  });
});
