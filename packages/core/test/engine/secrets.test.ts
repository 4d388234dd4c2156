import assert from "node:assert/strict";
import { Concealment } from "../../src/engine/concealment.ts";
import { fileSecrets } from "../../src/engine/secret-spans.ts";
import { SourceFile } from "../../src/text/source-file.ts";
import { parseDocuments } from "../../src/yaml/parse.ts";
import { lintFiles } from "../support/lint.ts";

/** A text with `…` where secrets stand. */
function shown(text: string): string {
  const file = new SourceFile("/shop/db.yaml", text);
  let result = "";
  let at = 0;
  for (const { start, end } of fileSecrets(file, parseDocuments(file, { skipPrefilter: true })).spans) {
    if (end <= at) continue;
    result += `${text.slice(at, Math.max(at, start))}${start >= at ? "…" : ""}`;
    at = end;
  }
  return result + text.slice(at);
}

const hidden: readonly (readonly [text: string, shown: string])[] = [
  ["- name: POSTGRES_PASSWORD\n  value: hunter2", "- name: POSTGRES_PASSWORD\n  value: …"],
  ['- {name: MYSQL_PWD, value: "x y"}', '- {name: MYSQL_PWD, value: "…"}'],
  [`- name: ${"P".repeat(200)}_PASSWORD\n  value: hunter2`, `- name: ${"P".repeat(200)}_PASSWORD\n  value: …`],
  ["- name: MYSQL_ROOT_PASSWORD\n  value: 12345", "- name: MYSQL_ROOT_PASSWORD\n  value: …"],
  ["- {name: POSTGRES_PASSWORD, value:hunter2}", "- {name: POSTGRES_PASSWORD, value:…}"],
  ["password: hunter2", "password: …"],
  ["superuserPassword: hunter2", "superuserPassword: …"],
  [
    "kind: Secret\ndata:\n  ca.crt: TUlJ\nstringData: {user: app}",
    "kind: Secret\ndata:\n  ca.crt: …\nstringData: {user: …}",
  ],
  ["url: redis://:hunter2@cache:6379", "url: redis://:…@cache:6379"],
  [
    "url: jdbc:postgresql://db/orders?user=app&password=hunter2&ssl=true",
    "url: jdbc:postgresql://db/orders?user=app&password=…&ssl=true",
  ],
  ["dsn: host=db password='hunter2' user=app", "dsn: host=db password='…' user=app"],
  ["args: [redis-server, --requirepass, hunter2]", "args: [redis-server, --requirepass, …]"],
  ["args:\n  - --password\n  - hunter2", "args:\n  - --password\n  - …"],
  ["args: [sh, -c, 'mariadb-dump -uroot -phunter2 orders']", "args: [sh, -c, 'mariadb-dump -uroot -p… orders']"],
  ["sql: |\n  CREATE ROLE app PASSWORD 'hunter2';\n", "sql: |\n  CREATE ROLE app PASSWORD '…';\n"],
  ["kind: Pod\n...\n  value: hunter2\n# a: b\n", "kind: Pod\n...\n  value: …\n# …: …\n"],
  ["# old: postgres://app:hunter2@db/orders", "# old: postgres://app:…@db/orders"],
];

const plain: readonly string[] = [
  "secretKeyRef: {name: shop-db, key: password}",
  "secretName: shop-db",
  "- name: POSTGRES_PASSWORD_FILE\n  value: /run/secrets/password",
  "- name: POSTGRES_PASSWORD\n  value: $(OTHER)",
  "- name: MYSQL_ALLOW_EMPTY_PASSWORD\n  value: yes",
  "url: postgresql://app:$(PGPASSWORD)@db/orders",
  "url: postgresql://app@db:5432/orders",
  "command: [psql, -p, '5432']",
  "command: [mysqladmin, ping, -h, localhost]",
  "password_encryption: scram-sha-256",
  "passwordSecretRef: shop-db",
  "image: postgres:16",
];

describe("the secrets of a file", () => {
  for (const [text, expected] of hidden)
    it(`hides the value of ${JSON.stringify(text)}`, () => {
      assert.equal(shown(text), expected);
    });
  for (const text of plain)
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      assert.equal(shown(text), text);
    });
});

const conceal = (text: string): string => new Concealment(new Map(), () => []).line(text, []);

describe("conceal", () => {
  it("takes secrets, line breaks and escape sequences out of a message", () => {
    assert.equal(
      conceal("runs `PGPASSWORD=hunter2 psql postgres://app:x@db`"),
      "runs `PGPASSWORD=… psql postgres://app:…@db`",
    );
    assert.equal(conceal("StatefulSet a\n  b \u001b[31mred"), "StatefulSet a b \ufffd[31mred");
  });

  it("takes what looks like a secret out of an object's identity", () => {
    const { findings } = lintFiles({
      "db.yaml":
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: "postgres://app:hunter2@db/x" }\nspec: { template: { spec: { containers: [{ name: db, image: "postgres:16" }] } } }\n',
    });
    assert.ok(findings.some(({ subject }) => subject?.name === "postgres://app:…@db/x"));
    assert.ok(!JSON.stringify(findings).includes("hunter2"));
  });

  it("leaves sentences about passwords alone", () => {
    for (const message of [
      "The password is an argument of pg_dump: process lists show it.",
      "The password POSTGRES_PASSWORD of StatefulSet orders stands in the manifest: whoever reads the repository has it.",
      "2 passwords (DB_PASSWORD, REPLICATION_PASSWORD) of orders stand in a ConfigMap: whoever may list Pods has them.",
      "redis of Deployment cache asks for no password: whoever connects reads and deletes everything.",
      "Whoever reaches db is superuser without a password (POSTGRES_HOST_AUTH_METHOD=trust).",
    ])
      assert.equal(conceal(message), message);
  });
});
