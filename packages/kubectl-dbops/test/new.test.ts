import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { dbops, type Outcome } from "./support/run.ts";

describe("kubectl dbops new", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "dbops-new-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...words: readonly string[]): Outcome => dbops(folder, ["new", ...words]);
  const mistake = (expected: RegExp, ...words: readonly string[]): void => {
    const { code, out, err } = run(...words);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, expected);
  };

  it("lists manifests without a name, one a line, and describes one", () => {
    const { out } = run();
    assert.match(out, /^db-postgresql {2,}PostgreSQL 18/m);
    assert.match(out, /^db-cloudnative-pg {2,}CloudNativePG/m);
    assert.match(run("db-storage-class", "--describe").out, /provisioner {2}The driver \(ebs\.csi\.aws\.com \| /);
  });

  it("prints what is set in every place, with or without the db- before the name", () => {
    const { out, code } = run("postgresql", "--set", "name=billing-db", "--set=size=80Gi");
    assert.equal(code, 0);
    assert.equal(out.match(/billing-db/g)?.length, 11);
    assert.match(out, /storage: 80Gi/);
    assert.doesNotMatch(out, /orders-db|\{\{/);
  });

  it("writes a file, which lints without a finding, and refuses to overwrite it", () => {
    assert.match(run("db-pgbouncer", "-o", "pooler.yaml").err, /Wrote pooler\.yaml/);
    const file = path.join(folder, "pooler.yaml");
    assert.match(readFileSync(file, "utf8"), /pool_mode = transaction/);
    writeFileSync(file, "mine\n");
    mistake(/already exists; nothing was written/, "db-valkey", "-o", "pooler.yaml");
    assert.equal(readFileSync(file, "utf8"), "mine\n");
    run("db-valkey", "-o", "pooler.yaml", "--force");
    assert.match(readFileSync(file, "utf8"), /valkey-server/);
  });

  it("refuses values of which no manifest comes", () => {
    const refused = (value: string, expected: RegExp, name = "db-postgresql"): void =>
      mistake(expected, name, "--set", value);
    refused("name=123", /begins with a letter/);
    refused("name=a,size=9Gi", /has no comma; repeat --set for each value/);
    refused("name=a: b", /lower-case letters, digits and hyphens/);
    refused("size=20", /it is 20 bytes; did you mean 20Gi\?/);
    refused("size=big", /it is no size: write 20Gi/);
    refused("memory=64Mi", /at least 256Mi/);
    refused("database=Orders-1", /lower-case letters, digits and underscores/);
    refused("schedule=0 0 31 2 *", /no date matches it/, "db-backup-cronjob");
    refused("schedule=daily", /not a schedule of five fields/, "db-backup-cronjob");
  });

  it("sizes the server's memory by the container's", () => {
    assert.match(run("db-postgresql", "--set", "memory=16Gi").out, /shared_buffers=4GB/);
    assert.match(run("db-postgresql", "--set", "memory=1Gi").out, /shared_buffers=256MB/);
    assert.match(run("db-mysql", "--set", "memory=3Gi").out, /innodb-buffer-pool-size=1536M/);
    assert.match(run("db-redis", "--set", "memory=2Gi").out, /--maxmemory 1433mb/);
    assert.match(run("db-mongodb", "--set", "memory=8Gi").out, /wiredTigerCacheSizeGB=2\.95/);
  });

  it("names what was meant", () => {
    mistake(/did you mean db-postgresql\?/, "postgresq");
    mistake(/did you mean size\?/, "db-valkey", "--set", "siz=1Gi");
    mistake(/needs a value/, "db-valkey", "--set", "size");
    mistake(/new needs a name/, "--set", "size=1Gi");
    mistake(/no such file/, "db-valkey", "-o", "nowhere/valkey.yaml");
    assert.ok(!existsSync(path.join(folder, "nowhere")));
  });
});
