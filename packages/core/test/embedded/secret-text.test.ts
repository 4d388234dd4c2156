import assert from "node:assert/strict";
import fc from "fast-check";
import { findDsns } from "../../src/embedded/dsn.ts";
import { secretsInText } from "../../src/embedded/secret-text.ts";
import { unreadValues } from "../../src/yaml/unread-values.ts";

function without(text: string, spans: readonly { readonly start: number; readonly end: number }[]): string {
  let shown = "";
  let at = 0;
  for (const { start, end } of spans) {
    shown += `${text.slice(at, start)}…`;
    at = end;
  }
  return shown + text.slice(at);
}

const hidden: readonly (readonly [text: string, shown: string])[] = [
  ["mysqldump -p'$hunter.' orders", "mysqldump -p'…' orders"],
  ["mysqldump -p'hun ter' orders", "mysqldump -p'…' orders"],
  ["mysqldump -phun,ter -h db orders", "mysqldump -p… -h db orders"],
  ["timeout 5 redis-cli -h cache -a hunter2 ping", "timeout 5 redis-cli -h cache -a … ping"],
  ["mysql%dump -u root -phunter2 orders", "mysql%dump -u root -p… orders"],
  ["?mysqldump -u root -phunter2 orders", "?mysqldump -u root -p… orders"],
  ["$BIN/?mysqldump -u root -phunter2 orders", "$BIN/?mysqldump -u root -p… orders"],
  ["UPDATE users SET pw = crypt('hunter2', gen_salt('bf'));", "UPDATE users SET pw = crypt('…', gen_salt('bf'));"],
  ["admin_passwrod = hunter2", "admin_passwrod = …"],
  ["host=pg pasword=hunter2 pool_size=3", "host=pg pasword=… pool_size=3"],
  ["mysqldump -u root pg_dump -phunter2 orders", "mysqldump -u root pg_dump -p… orders"],
  ["mysqldump -u r `date` orders -phunter2", "mysqldump -u r `date` orders -p…"],
  ["redis-cli -h `hostname` -a hunter2 ping", "redis-cli -h `hostname` -a … ping"],
  ["echo a` mysqldump -h `date` -phunter2", "echo a` mysqldump -h `date` -p…"],
  ["app:hunter2@tcp(orders-db:3306)/orders", "app:…@tcp(orders-db:3306)/orders"],
  ["export DSN=app:hun ter2@(orders-db:3306)/", "export DSN=app:…@(orders-db:3306)/"],
  ["mysql://app:hun/ter2@tcp(orders-db)/orders", "mysql://app:…@tcp(orders-db)/orders"],
  ["DB_DSN=app:hunter2@orders-db:5432/orders", "DB_DSN=app:…@orders-db:5432/orders"],
  ["psql -d app:hunter2@orders-db/orders", "psql -d app:…@orders-db/orders"],
  ["mc alias set s3 http://minio:9000 backup hunter2", "mc alias set s3 http://minio:9000 backup …"],
  [
    "mc --quiet config host add s3 http://minio backup hunter2 --api s3v4",
    "mc --quiet config host add s3 http://minio backup … --api s3v4",
  ],
  ["aws configure set aws_secret_access_key hunter2", "aws configure set aws_secret_access_key …"],
  ["rclone obscure hunter2", "rclone obscure …"],
  ["vault login hunter2", "vault login …"],
  ["docker login -u ci -p hunter2 registry", "docker login -u ci -p … registry"],
  ["lftp -u backup,hunter2 ftp://nas", "lftp -u backup,… ftp://nas"],
  ["smbclient -U backup%hunter2 //nas/dumps", "smbclient -U backup%… //nas/dumps"],
  ["  stats auth admin:hunter2", "  stats auth admin:…"],
  ["machine nas login backup password hunter2", "machine nas login backup password …"],
  ["<password>hunter2</password>", "<password>…</password>"],
  ["<default_password>hun ter2", "<default_password>…"],
  ["mysqldump 2>&1 -phunter2 orders", "mysqldump 2>&1 -p… orders"],
  ["mysqldump &>log -phunter2 orders", "mysqldump &>log -p… orders"],
  ["mysqldump >|dump -phunter2 orders", "mysqldump >|dump -p… orders"],
  ["mysqldump <(cat x) -phunter2 orders", "mysqldump <(cat x) -p… orders"],
  ["mysqldump -h $(cat $(ls)) -phunter2 orders", "mysqldump -h $(cat $(ls)) -p… orders"],
  ["ROWS=$(mysql -phunter2 orders)", "ROWS=$(mysql -p… orders)"],
  [
    "mysqldump -h $(cat /etc/host |\n  head -1) -phunter2 orders",
    "mysqldump -h $(cat /etc/host |\n  head -1) -p… orders",
  ],
  ["mongodump -u root -p hunter2 --out /b", "mongodump -u root -p … --out /b"],
  ["curl -u backup:hunter2 https://files", "curl -u backup:… https://files"],
  ["curl -ubackup:hunter2 https://files", "curl -ubackup:… https://files"],
  ['curl -H "Authorization: Bearer abc.def" https://files', 'curl -H "Authorization: …" https://files'],
  ["PGPASSWORD='hun ter' pg_dump -h db", "PGPASSWORD='…' pg_dump -h db"],
  ["PGPASSWORD=hunter2 pg_dump -h db", "PGPASSWORD=… pg_dump -h db"],
  ["pgbackrest --repo1-cipher-pass=hunter2 backup", "pgbackrest --repo1-cipher-pass=… backup"],
  ['echo "db:5432:*:app:hunter2" > .pgpass', 'echo "db:5432:*:app:…" > .pgpass'],
  ['"app" "hunter2"', '"app" "…"'],
  ['app" "hunter2"', 'app" "…"'],
  ["user app on >hunter2 ~* +@all", "user app on >… ~* +@all"],
  ["requirepass hunter2", "requirepass …"],
  ["password = hun ter # 2", "password = …"],
  ["primary_conninfo = 'host=db password=hunter2'", "primary_conninfo = 'host=db password=…'"],
  ["host=db password='hun ter' user=app", "host=db password='…' user=app"],
  ["Server=db;Password=hun ter;Database=shop", "Server=db;Password=…;Database=shop"],
  ["jdbc:postgresql://db/x?user=a&password=hunter2&ssl=true", "jdbc:postgresql://db/x?user=a&password=…&ssl=true"],
  ["postgres://app:hun,ter@db:5432/x", "postgres://app:…@db:5432/x"],
  ['postgres://app:hun ter"2@db:5432/x', "postgres://app:…@db:5432/x"],
  ["postgres://app:p@ss/word@db:5432/x", "postgres://app:…@ss/word@db:5432/x"],
  ["ALTER ROLE app PASSWORD 'hun''ter'", "ALTER ROLE app PASSWORD '…'"],
  ["ALTER ROLE app PASSWORD $$hunter2$$;", "ALTER ROLE app PASSWORD $$…$$;"],
  ["ALTER ROLE app PASSWORD $x$hunter2$x$;", "ALTER ROLE app PASSWORD $x$…$x$;"],
  [
    "CREATE USER a IDENTIFIED WITH mysql_native_password BY 'hunter2'",
    "CREATE USER a IDENTIFIED WITH mysql_native_password BY '…'",
  ],
  ['sh -c "mysqldump -phunter2 orders"', 'sh -c "mysqldump -p… orders"'],
  [`x: $\{POSTGRES_PASSWORD:-hunter2}`, `x: $\{POSTGRES_PASSWORD:-…}`],
  ['{"password": "hunter2", "user": "app"}', '{"password": "…", "user": "app"}'],
];

const plain: readonly string[] = [
  "The probe gives mysqladmin nothing for -p$(MYSQL_ROOT_PASSWORD): there the kubelet expands nothing.",
  `\`kubectl exec orders-db-0 -- sh -c 'mysql -uroot -p"$MYSQL_ROOT_PASSWORD"' < orders.sql\``,
  "pg_dump -h orders-db -p 5432 -U app orders",
  "psql -p5432 -c 'SELECT 1'",
  "mysqldump --password orders",
  'mysqldump -p"$MYSQL_ROOT_PASSWORD" orders',
  "redis-cli -a $(REDIS_PASSWORD) ping",
  "--password=$(LIQUIBASE_PASSWORD)",
  "pg_dump --no-password orders",
  "postgres://app@orders-db:5432/orders",
  "redis://cache:6379/0",
  "http://orders:8080/health",
  "password_encryption = scram-sha-256",
  "--password-file=/run/secrets/db",
  "mkdir -p /backup && tar -C /data -cf - .",
  "server.port = 8080",
  "10:30:45 started",
  "registry.example.com:5000/postgres:16@sha256:12/ab",
  "postgres:16@sha256:1234",
  "git clone git@git.example.com:orders/db.git",
  "tcp(orders-db:3306)/orders",
  "app@tcp(orders-db:3306)/orders",
  "mc alias set s3 http://minio:9000",
  "host all all 0.0.0.0/0 md5",
];

describe("secrets in a text", () => {
  for (const [text, expected] of hidden)
    it(`hides ${JSON.stringify(text)}`, () => assert.equal(without(text, secretsInText(text)), expected));
  for (const text of plain)
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(without(text, secretsInText(text)), text));

  it("holds every password of a URL that rules see", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9.,;"' _%!*-]{1,8}$/);
    fc.assert(
      fc.property(part, part, part, (user, password, tail) => {
        const text = `url=postgres://${user}:${password}@db:5432/x ${tail}`;
        const spans = secretsInText(text);
        for (const { passwordSpan, isPasswordPlaceholder } of findDsns(text)) {
          if (passwordSpan === undefined || isPasswordPlaceholder) continue;
          const isCovered = spans.some(({ start, end }) => start <= passwordSpan.start && passwordSpan.end <= end);
          const value = text.slice(passwordSpan.start, passwordSpan.end);
          assert.ok(isCovered || /^["']/.test(value) || /["']$/.test(value), `${text} ${JSON.stringify(spans)}`);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("reads any text once, however long it is", function () {
    this.timeout(60_000);
    for (const unit of [
      "://a:",
      "password=",
      "a=b ",
      '"',
      "'",
      "user ",
      ":5432:",
      "PASSWORD '",
      "-p'",
      "mysql ",
      "\\",
      "${",
      "password:\n",
      "password: |\n",
      "{a: ",
      "@",
      "a:b@(",
      "@(a)",
      "a:b@c:1",
      "<password>",
      "$a$",
    ]) {
      const text = unit.repeat(Math.ceil(300_000 / unit.length));
      const before = performance.now();
      secretsInText(text);
      unreadValues(text);
      assert.ok(performance.now() - before < 10_000, JSON.stringify(unit));
    }
  });
});

describe("values of what is not read", () => {
  for (const [text, expected] of [
    ["a: b: hunter2", "a: …: …"],
    ['password: "hunter2', 'password: "…'],
    ["  - name: x\n\tvalue: hunter2 # old", "  - name: …\n\tvalue: …"],
    ["script: |\n  hun ter\n  a: b", "script: |\n  …\n  a: …"],
    ["{name: a, value: hun,ter2}", "{name: …, value: …,…}"],
    ['{"a":"hun","b":["ter", 2', '{"a":"…","b":["…", …'],
    ["password: *hunter2", "password: *…"],
    ["- hunter2\n- a: [x, y", "- …\n- a: [… , …".replace(" ,", ",")],
    ["spec: [\n", "spec: [\n"],
  ] as const)
    it(`leaves the structure of ${JSON.stringify(text)}`, () =>
      assert.equal(without(text, unreadValues(text)), expected));
});
