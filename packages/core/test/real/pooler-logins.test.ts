import assert from "node:assert/strict";
import { PostgresClient } from "../support/postgres-client.ts";
import {
  describePgbouncers,
  freePort,
  needsServers,
  runClient,
  startPgbouncer,
  startPostgres,
  stop,
  stopServers,
} from "../support/real-servers.ts";

/** Which stored passwords log in where: a PostgreSQL that asks for SCRAM (its default from 14 on) behind PgBouncer. */
describePgbouncers("passwords of userlist.txt (pooler-password-unusable)", function (pgbouncer) {
  this.timeout(30_000);
  let postgres: number;
  let secret: string;

  const asAdmin = (sql: string): string => {
    const words = ["-h", "127.0.0.1", "-p", `${postgres}`, "-U", "postgres", "-Atc", sql, "postgres"];
    const { status, said } = runClient("psql", words, { PGPASSWORD: "postgres" });
    assert.equal(status, 0, said);
    return said.trim();
  };
  before(async function () {
    needsServers(this);
    postgres = await startPostgres(30, "scram-sha-256");
    asAdmin("CREATE ROLE shop LOGIN PASSWORD 'opensesame'");
    asAdmin("CREATE ROLE reports LOGIN PASSWORD 'opensesame'");
    secret = asAdmin("SELECT rolpassword FROM pg_authid WHERE rolname = 'shop'");
  });
  after(stopServers);

  const log = async (list: string, settings: string, entry = "", password = "opensesame"): Promise<string> => {
    const port = await freePort();
    const child = await startPgbouncer(
      pgbouncer,
      `[databases]\npostgres = host=127.0.0.1 port=${postgres} ${entry}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\n${settings}\n`,
      { "userlist.txt": list },
    );
    const words = ["-h", "127.0.0.1", "-p", `${port}`, "-U", "shop", "-Atc", "SELECT current_user", "postgres"];
    const { said } = runClient("psql", words, { PGPASSWORD: password, PGCONNECT_TIMEOUT: "10" });
    await stop(child);
    return said.trim().split("\n")[0] ?? "";
  };
  const listed = (stored: string): string => `"shop" "${stored}"\n"reports" "${stored}"\n`;
  const file = "auth_file = userlist.txt\nauth_type =";

  it("a plain password answers everything", async () => {
    for (const type of ["plain", "md5", "scram-sha-256"])
      assert.equal(await log(listed("opensesame"), `${file} ${type}`), "shop", type);
  });

  it("an md5 hash does not answer auth_type scram-sha-256", async () => {
    const hash = asAdmin("SELECT 'md5' || md5('opensesame' || 'shop')");
    assert.match(await log(listed(hash), `${file} scram-sha-256`), /SASL authentication failed/);
  });

  it("an md5 hash logs in to PgBouncer and not to the server", async () => {
    const hash = asAdmin("SELECT 'md5' || md5('opensesame' || 'shop')");
    assert.match(await log(listed(hash), `${file} md5`), /wrong password type/);
    assert.match(await log(listed(hash), `${file} trust`), /wrong password type/);
  });

  it("a SCRAM secret that is the server's own passes the login on", async () => {
    for (const type of ["md5", "scram-sha-256"])
      assert.equal(await log(listed(secret), `${file} ${type}`), "shop", type);
  });

  it("a SCRAM secret is nothing for a forced user of another name, whose password the entry does not say", async () => {
    const said = await log(listed(secret), `${file} scram-sha-256`, "user=reports");
    assert.match(said, /wrong password type/);
    const own = await log(`"shop" "opensesame"\n`, `${file} scram-sha-256`, "user=reports password=opensesame");
    assert.equal(own, "reports");
  });

  it("a SCRAM secret logs nobody in to the server whom PgBouncer asked for no password", async () => {
    assert.match(await log(listed(secret), `${file} trust`), /wrong password type/);
  });

  it("no file of users: PgBouncer runs, and refuses everybody (pooler-file-missing)", async () => {
    assert.match(await log("", "auth_file = elsewhere.txt\nauth_type = scram-sha-256"), /authentication failed/);
    assert.match(
      await log("", "auth_hba_file = elsewhere.conf\nauth_type = hba"),
      /login rejected|authentication failed|no authentication method is found/,
    );
  });

  it("an entry with user and password, and auth_type any, lets a stranger in (pooler-accepts-anyone)", async () => {
    assert.equal(await log("", "auth_type = any", "user=shop password=opensesame", "wrong"), "shop");
  });

  it("an administrator of PgBouncer stops everybody (application-administrates-pooler)", async () => {
    const port = await freePort();
    const child = await startPgbouncer(
      pgbouncer,
      `[databases]\npostgres = host=127.0.0.1 port=${postgres}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = trust\nauth_file = userlist.txt\nadmin_users = shop\n`,
      { "userlist.txt": listed("opensesame") },
    );
    const console = await PostgresClient.open(port, "shop", "pgbouncer");
    await console.query("PAUSE");
    console.close();
    await stop(child);
  });
});
