import assert from "node:assert/strict";
import { findDsns, hasNoValue, parseKeywordDsn } from "../../src/embedded/dsn.ts";
import { type IniDialect, parseIni } from "../../src/embedded/ini.ts";
import { mysqlBytes, postgresBytes, redisBytes } from "../../src/embedded/units.ts";

describe("ini files", () => {
  const cases: readonly (readonly [name: string, dialect: IniDialect, text: string, entries: readonly string[]])[] = [
    [
      "pgbouncer",
      "pgbouncer",
      "[databases]\norders = host=db port=5432\n* = host=db\n[pgbouncer]\npool_mode=session\n",
      ["databases orders=host=db port=5432", "databases *=host=db", "pgbouncer pool_mode=session"],
    ],
    [
      "pgbouncer: comments stand at a line's start only",
      "pgbouncer",
      "; a\n# b\n[pgbouncer]\n  default_pool_size = 20 ; x\n",
      ["pgbouncer default_pool_size=20 ; x"],
    ],
    ["pgbouncer: a line without a value is none", "pgbouncer", "[pgbouncer]\nverbose\n%include x.ini\n", []],
    [
      "my.cnf: switches, quotes, comments",
      "mysql",
      "[mysqld]\nskip-name-resolve\nsql_mode = \"A,B\" # c\nmax_connections=50 # why\n!includedir /etc\n[client]\nuser='app'\n",
      ["mysqld skip-name-resolve=", "mysqld sql_mode=A,B", "mysqld max_connections=50", "client user=app"],
    ],
    [
      "postgresql.conf: = or a blank, quotes, comments",
      "postgresql",
      "shared_buffers = 4GB # ram\nmax_connections 50\nlog_line_prefix = 'it''s # %m'\n#work_mem = 1MB\nauth.x='y'\n",
      [" shared_buffers=4GB", " max_connections=50", " log_line_prefix=it's # %m", " auth.x=y"],
    ],
    [
      "redis.conf",
      "redis",
      'maxmemory 2gb\nsave 900 1\nrequirepass "se cret"\n# x\nsave ""\n',
      [" maxmemory=2gb", " save=900 1", " requirepass=se cret", " save="],
    ],
    ["Windows line ends", "pgbouncer", "[pgbouncer]\r\npool_mode = session\r\n", ["pgbouncer pool_mode=session"]],
    ["nothing", "pgbouncer", "", []],
  ];
  for (const [name, dialect, text, expected] of cases)
    it(name, () => {
      const entries = parseIni(text, dialect);
      assert.deepEqual(
        entries.map(({ section, key, value }) => `${section} ${key}=${value}`),
        expected,
      );
      for (const entry of entries) {
        assert.equal(text.slice(entry.keySpan.start, entry.keySpan.end), entry.key);
        if (entry.value !== "" && !/['"]/.test(text.slice(entry.valueSpan.start, entry.valueSpan.end)))
          assert.equal(text.slice(entry.valueSpan.start, entry.valueSpan.end), entry.value);
      }
    });
  it("a section written twice counts as two", () => {
    assert.deepEqual(
      parseIni("[a]\nx=1\n[a]\nx=2\n", "pgbouncer").map((entry) => entry.sectionNumber),
      [1, 2],
    );
  });
});

describe("memory units", () => {
  it("are each program's own", () => {
    assert.deepEqual(
      ["128MB", "1GB", "16384", "1.5GB", "1mb", "x"].map((text) => postgresBytes(text, "shared_buffers")),
      [128 * 1024 ** 2, 1024 ** 3, 16_384 * 8192, 1.5 * 1024 ** 3, undefined, undefined],
    );
    assert.deepEqual(["128M", "1g", "1024", "1MB", "1.5G"].map(mysqlBytes), [
      128 * 1024 ** 2,
      1024 ** 3,
      1024,
      undefined,
      undefined,
    ]);
    assert.deepEqual(["1k", "1kb", "2GB", "100", "1x"].map(redisBytes), [1000, 1024, 2 * 1024 ** 3, 100, undefined]);
  });
});

describe("connection URLs", () => {
  /** `protocol user@host:port,host/name?parameters`, with `:***` for a password and `:$` for a placeholder. */
  const told = (text: string): readonly string[] =>
    findDsns(text).map((dsn) => {
      const password = dsn.passwordSpan === undefined ? "" : dsn.isPasswordPlaceholder ? ":$" : ":***";
      const hosts = dsn.hosts.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`)).join(",");
      return `${dsn.protocol} ${dsn.user ?? ""}${password}@${hosts}/${dsn.databaseName ?? ""}`;
    });
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["postgres://app:secret@orders-db:5432/orders?sslmode=require", ["postgresql app:***@orders-db:5432/orders"]],
    ["postgresql+asyncpg://app@orders-db/orders", ["postgresql app@orders-db/orders"]],
    [
      "postgresql://app:$(DB_PASSWORD)@orders-db.shop.svc:5432/orders",
      ["postgresql app:$@orders-db.shop.svc:5432/orders"],
    ],
    ["postgresql://db-0.db:5432,db-1.db:5433/orders", ["postgresql @db-0.db:5432,db-1.db:5433/orders"]],
    ["postgres://app:pa@ss@orders-db/orders", ["postgresql app:***@orders-db/orders"]],
    ["postgres://app:pa/ss@orders-db/orders", ["postgresql app:***@orders-db/orders"]],
    ["postgres://orders-db:5432/orders?owner=ada@shop", ["postgresql @orders-db:5432/orders"]],
    ["jdbc:postgresql://orders-db:5432/orders?user=app&password=secret", ["postgresql app:***@orders-db:5432/orders"]],
    ["jdbc:mysql://orders-db/orders", ["mysql @orders-db/orders"]],
    ["mysql+pymysql://app:x@orders-db:3306/orders", ["mysql app:***@orders-db:3306/orders"]],
    ["mongodb://a:b@m-0.m:27017,m-1.m:27017/orders?replicaSet=rs0", ["mongodb a:***@m-0.m:27017,m-1.m:27017/orders"]],
    ["mongodb+srv://m.shop/orders", ["mongodb @m.shop/orders"]],
    ["redis://:secret@cache:6379/0", ["redis :***@cache:6379/0"]],
    ["rediss://cache", ["redis @cache/"]],
    ["postgres://[::1]:5432/orders", ["postgresql @[::1]:5432/orders"]],
    ["psql postgres://a/b; pg_dump postgres://c/d", ["postgresql @a/b", "postgresql @c/d"]],
    ["https://orders:80/x", []],
    ["postgres://", []],
    ["no url", []],
  ];
  for (const [text, expected] of cases) it(text, () => assert.deepEqual(told(text), expected));

  it("places are those of host, port and password", () => {
    const text = "url=postgres://app:secret@orders-db:5432/orders";
    const [dsn] = findDsns(text);
    const slice = (span: { readonly start: number; readonly end: number } | undefined): string =>
      text.slice(span?.start, span?.end);
    assert.deepEqual(
      [slice(dsn?.hosts[0]?.span), slice(dsn?.hosts[0]?.portSpan), slice(dsn?.passwordSpan)],
      ["orders-db", "5432", "secret"],
    );
  });

  it("a password that also is the user's name or the host stands where it stands", () => {
    const text = "postgres://app:app@app:5432/app";
    const [dsn] = findDsns(text);
    assert.deepEqual([dsn?.passwordSpan?.start, dsn?.hosts[0]?.span.start], [15, 19]);
  });

  const placeholders: readonly (readonly [string, boolean])[] = [
    ["$PASSWORD", true],
    ["$(PASSWORD)", true],
    ["<password>", true],
    ["{{ .Values.password }}", true],
    ["****", true],
    ["xxx", true],
    ["", true],
    ["__PW__", true],
    ["hunter2", false],
    ["pa$$", false],
  ];
  for (const [text, expected] of placeholders)
    it(`${JSON.stringify(text)} is ${expected ? "a placeholder" : "a value"}`, () =>
      assert.equal(hasNoValue(text), expected));
});

describe("keyword connection strings", () => {
  const told = (text: string): Readonly<Record<string, string>> | undefined => {
    const found = parseKeywordDsn(text)?.values;
    for (const { text: value, span } of found?.values() ?? [])
      if (!value.includes("'")) assert.equal(text.slice(span.start, span.end), value);
    return found === undefined
      ? undefined
      : Object.fromEntries([...found].map(([key, { text: value }]) => [key, value]));
  };
  it("of libpq", () =>
    assert.deepEqual(told("host=db port=5432 dbname='my orders' user=app password='it''s'"), {
      host: "db",
      port: "5432",
      dbname: "my orders",
      user: "app",
      password: "it's",
    }));
  it("of ADO.NET", () =>
    assert.deepEqual(told("Server=db;Port=5432;Database=orders;User Id=app;Pwd=x"), {
      host: "db",
      port: "5432",
      dbname: "orders",
      user: "app",
      password: "x",
    }));
  it("of pgbouncer", () =>
    assert.deepEqual(told("host=db dbname=orders pool_size=5"), { host: "db", dbname: "orders", pool_size: "5" }));
  it("of nothing", () => assert.equal(told("ghost=1 hello"), undefined));
});
