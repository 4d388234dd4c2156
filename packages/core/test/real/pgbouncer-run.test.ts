import assert from "node:assert/strict";
import { PostgresClient } from "../support/postgres-client.ts";
import {
  describePgbouncers,
  freePort,
  needsServers,
  startPgbouncer,
  stop,
  stopServers,
} from "../support/real-servers.ts";

/** What rules say about a PgBouncer that loads its file and does not work: done with the program. */
describePgbouncers("a PgBouncer that loads its file", function (pgbouncer) {
  this.timeout(30_000);
  before(function () {
    needsServers(this);
  });
  after(stopServers);

  const ini = (port: number, settings: string): string =>
    `[databases]\norders = host=127.0.0.1 port=1\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\n${settings}\n`;

  /** What a client hears that asks for the database. */
  const answerTo = async (database: string, settings: string): Promise<string> => {
    const port = await freePort();
    const child = await startPgbouncer(pgbouncer, ini(port, settings), { "userlist.txt": '"shop" ""\n' });
    try {
      const client = await PostgresClient.open(port, "shop", database);
      client.close();
      return "welcome";
    } catch (error) {
      return (error as Error).message;
    } finally {
      await stop(child);
    }
  };

  it("does not start with TLS for clients and no key (pooler-tls-incomplete)", async () => {
    const port = await freePort();
    await assert.rejects(
      startPgbouncer(pgbouncer, ini(port, "auth_type = trust\nclient_tls_sslmode = require")),
      /TLS setup failed/,
    );
  });

  it("starts with TLS switched off (the quiet neighbour)", async () => {
    const port = await freePort();
    await stop(await startPgbouncer(pgbouncer, ini(port, "auth_type = trust\nclient_tls_sslmode = disable")));
  });

  it("refuses everybody without a list of users (pooler-knows-no-users)", async () => {
    assert.match(await answerTo("orders", "auth_type = trust"), /no such user|authentication failed/);
  });

  it("knows the databases that are written, and no other (pooler-database-unknown)", async () => {
    assert.match(await answerTo("billing", "auth_type = trust\nauth_file = userlist.txt"), /no such database: billing/);
  });

  it("lets anybody into its console with auth_type any (pooler-accepts-anyone)", async () => {
    assert.equal(await answerTo("pgbouncer", "auth_type = any"), "welcome");
  });

  it("listens nowhere on the network without listen_addr (pooler-listens-on-no-address)", async () => {
    await assert.rejects(
      startPgbouncer(
        pgbouncer,
        "[databases]\norders = host=127.0.0.1\n[pgbouncer]\nunix_socket_dir =\nauth_type = any\n",
      ),
      /nowhere to listen on/,
    );
  });
});
