import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { PostgresClient } from "../support/postgres-client.ts";
import { runClient } from "../support/real-servers.ts";

/** Two clients of one pooler: what one of them does, the other must not notice. */
interface Pair {
  readonly port: number;
  readonly one: PostgresClient;
  readonly other: PostgresClient;
  /** A connection past the pooler. */
  readonly direct: PostgresClient;
}

/** What happens, as a word that differs between the modes. */
export interface Hazard {
  readonly what: string;
  readonly rules: string;
  readonly run: (pair: Pair) => Promise<string>;
  readonly session: string;
  readonly transaction: string;
}

/** What a server answers; `works` where it does not complain. Numbers of processes are left out. */
export const message = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "works";
  } catch (error) {
    return (error as Error).message.replace(/\d{4,}/g, "N");
  }
};
/** The first column of the first row. */
export const cell = async (client: PostgresClient, sql: string): Promise<string> =>
  (await client.query(sql))[0]?.[0] ?? "";

/** Each is done in session and in transaction mode. */
export const hazards: readonly Hazard[] = [
  {
    what: "a setting of one client holds for the other",
    rules: "session-state-through-pooler",
    run: async ({ one, other }) => {
      await one.query("SET lock_timeout = '7s'");
      return await cell(other, "SHOW lock_timeout");
    },
    session: "0",
    transaction: "7s",
  },
  {
    what: "a setting that the server reports follows its client",
    rules: "session-state-through-pooler (quiet)",
    run: async ({ one, other }) => {
      await one.query("SET TIME ZONE 'Asia/Tokyo'");
      await one.query("SET client_encoding TO latin1");
      await one.query("SET datestyle = 'SQL, DMY'");
      const others = await other.query(
        "SELECT current_setting('TimeZone'), current_setting('client_encoding'), current_setting('DateStyle')",
      );
      const own = await one.query(
        "SELECT current_setting('TimeZone'), current_setting('client_encoding'), current_setting('DateStyle')",
      );
      return own.join() === "Asia/Tokyo,LATIN1,SQL, DMY" && !/Tokyo|LATIN1|DMY/.test(others.join())
        ? "its own"
        : `${own.join()} / ${others.join()}`;
    },
    session: "its own",
    transaction: "its own",
  },
  {
    what: "two clients hold one advisory lock",
    rules: "migration-through-transaction-pooler",
    run: async ({ one, other }) => {
      await one.query("SELECT pg_advisory_lock(42)");
      return await cell(other, "SELECT pg_try_advisory_lock(42)");
    },
    session: "f",
    transaction: "t",
  },
  {
    what: "an advisory lock stays when its client has gone",
    rules: "migration-through-transaction-pooler",
    run: async ({ one, direct }) => {
      await one.query("SELECT pg_advisory_lock(43)");
      one.close();
      await delay(500);
      return await cell(direct, "SELECT pg_try_advisory_lock(43)");
    },
    session: "t",
    transaction: "f",
  },
  {
    what: "a lock of a transaction keeps the other out",
    rules: "migration-through-transaction-pooler (quiet)",
    run: async ({ one, direct }) => {
      await one.query("BEGIN");
      await one.query("SELECT pg_advisory_xact_lock(44)");
      return await cell(direct, "SELECT pg_try_advisory_lock(44)");
    },
    session: "f",
    transaction: "f",
  },
  {
    what: "the other sees a temporary table",
    rules: "session-state-through-pooler",
    run: async ({ one, other }) => {
      await one.query("CREATE TEMP TABLE basket (id int)");
      return await message(other.query("SELECT * FROM basket"));
    },
    session: 'relation "basket" does not exist',
    transaction: "works",
  },
  {
    what: "the other is refused a prepared name that it never used",
    rules: "session-state-through-pooler",
    run: async ({ one, other }) => {
      await one.query("PREPARE find AS SELECT 1");
      return await message(other.query("PREPARE find AS SELECT 2"));
    },
    session: "works",
    transaction: 'prepared statement "find" already exists',
  },
  {
    what: "the other fetches from a cursor WITH HOLD",
    rules: "session-state-through-pooler",
    run: async ({ one, other }) => {
      await one.query("BEGIN");
      await one.query("DECLARE report CURSOR WITH HOLD FOR SELECT 1");
      await one.query("COMMIT");
      return await message(other.query("FETCH report"));
    },
    session: 'cursor "report" does not exist',
    transaction: "works",
  },
  {
    what: "a notification comes",
    rules: "listen-through-pooler",
    run: async ({ one, other, direct }) => {
      await one.query("LISTEN orders");
      await other.query("SELECT 1");
      await direct.query("NOTIFY orders");
      await delay(300);
      return one.notified.join() || "nothing";
    },
    session: "orders",
    transaction: "nothing",
  },
  {
    what: "an index is built concurrently",
    rules: "(quiet)",
    run: async ({ one }) => await message(one.query("CREATE INDEX CONCURRENTLY ON orders (id)")),
    session: "works",
    transaction: "works",
  },
  {
    what: "a restored dump leaves the other without its search_path",
    rules: "dump-through-pooler",
    run: async ({ port, other }) => {
      const lines = ["SELECT pg_catalog.set_config('search_path', '', false);", "SELECT 1;"];
      const words = [
        "-h",
        "127.0.0.1",
        "-p",
        `${port}`,
        "-U",
        "shop",
        ...lines.flatMap((line) => ["-c", line]),
        "shop",
      ];
      const { status, said } = runClient("psql", words);
      assert.equal(status, 0, said);
      return await message(other.query("SELECT * FROM orders"));
    },
    session: "works",
    transaction: 'relation "orders" does not exist',
  },
];
