import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { builtDbops } from "./support/run.ts";

const megabyte = 1_000_000;
/** A text of 1 MB. */
const fill = (part: string): string => part.repeat(Math.ceil(megabyte / part.length)).slice(0, megabyte);

const configMap = (key: string, text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: files }\ndata:\n  ${key}: |\n${text.replace(/^/gm, "    ")}\n`;

const workload = (container: string, annotations = ""): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db${annotations} }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - name: db
${container}
      volumes: [{ name: files, configMap: { name: files } }]
`;

const server = (rest: string): string => workload(`          image: postgres:16.4\n${rest}`);
const variable = (text: string): string =>
  server(`          env: [{ name: DATABASE_URL, value: ${JSON.stringify(text)} }]`);
const argument = (text: string): string =>
  server(`          args: [postgres, -c, ${JSON.stringify(`shared_buffers=${text}`)}]`);
const script = (text: string): string => server(`          command: [sh, -c, ${JSON.stringify(text)}]`);
const probe = (text: string): string =>
  server(`          livenessProbe: { exec: { command: [sh, -c, ${JSON.stringify(`pg_isready ${text}`)}] } }`);
const mounted = (image: string, folder: string, key: string, text: string, args = ""): string =>
  `${workload(`          image: ${image}\n          ${args}\n          volumeMounts: [{ name: files, mountPath: ${folder} }]`)}---\n${configMap(key, text)}`;
const pooler = (text: string): string =>
  mounted("edoburu/pgbouncer:v1.23.1-p2", "/etc/pgbouncer", "pgbouncer.ini", text);
const logins = (text: string): string =>
  mounted("postgres:16.4", "/etc/pg", "pg_hba.conf", text, "args: [-c, hba_file=/etc/pg/pg_hba.conf]");
const settings = (text: string): string =>
  mounted("postgres:16.4", "/etc/pg", "postgresql.conf", text, "args: [-c, config_file=/etc/pg/postgresql.conf]");

/** What once took seconds, minutes or all memory, or may at the next careless pattern; each is a file. */
const texts: Readonly<Record<string, string>> = {
  "# lines before a % line": `${fill("#\n")}%include x\n`,
  "28 # and a % line": `${"# ".repeat(28)}\n%{ for }\n`,
  "{{ without an end": `kind: Pod\n${fill("{{ ")}`,
  "blank lines": fill("\n"),
  "one line of blanks": fill(" "),
  "carriage returns": fill("\r"),
  "anchors in one line": `kind: Pod\n${fill("&a ")}`,
  "open brackets": `kind: Pod\na: ${fill("[")}`,
  "open braces": `kind: Pod\na: ${fill("{a: ")}`,
  "a JSON file of brackets": `{"kind":"Pod","a":${fill("[")}`,
  "dashes 10,000 deep": `kind: Pod\na:\n  ${"- ".repeat(10_000)}a\n`,
  "140,000 aliases": `kind: ConfigMap\napiVersion: v1\na: &a b\nx:\n${"  - *a\n".repeat(140_000)}`,
  "aliases of aliases": `kind: ConfigMap\napiVersion: v1\nx0: &x0 [a, a]\n${Array.from({ length: 40 }, (_, index) => `x${index + 1}: &x${index + 1} [*x${index}, *x${index}]`).join("\n")}\n`,
  "100,000 keys": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${Array.from({ length: 100_000 }, (_, index) => `  k${index}: v`).join("\n")}\n`,
  "a ConfigMap of blank lines": configMap("a.txt", fill("\n")),
  "a ConfigMap of URLs": configMap("a.txt", fill("://a:")),
  "a ConfigMap of mysql": configMap("a.txt", fill("mysql ")),
  "listen_addr of addresses": pooler(`[pgbouncer]\nlisten_addr = ${fill("::1\t")}`),
  "a setting of blanks": pooler(`[pgbouncer]\nauth_type = ${fill(" ")}x`),
  "pgbouncer.ini of blank lines": pooler(`[pgbouncer]\n${fill("\n")}`),
  "a database of blanks": pooler(`[databases]\na = host=b${fill(" ")};`),
  "a database of quotes": pooler(`[databases]\na = host='${fill("''")}`),
  "a key of 1 MB": pooler(`[pgbouncer]\n${fill("a")} = 1`),
  "a number of 1 MB": pooler(`[pgbouncer]\nserver_lifetime = ${fill("1.")}`),
  "pg_hba.conf of #": logins(fill("#")),
  "pg_hba.conf of words": logins(fill("a ")),
  "postgresql.conf of =": settings(fill("=")),
  "postgresql.conf of blanks": settings(`a = 'b'${fill(" ")}`),
  "a variable of URLs": variable(fill("a://a:")),
  "a variable of logins": variable(fill("postgres://a:b@c/d?e ")),
  "a variable of $(": variable(fill("$(")),
  "an argument of commas": argument(fill(",")),
  "an argument of paths": argument(fill("/a.conf")),
  "60,000 arguments": server(`          args: [${"-c, ".repeat(120_000)}a]`),
  "a probe of blanks": probe(`-d${fill(" ")}x`),
  "|| true": script(fill("a || true ")),
  "&& in a row": script(fill("a && b ")),
  "$( nested": script(fill("$(")),
  "{ nested": script(fill("{ ")),
  "( nested": script(fill("(")),
  "options of alembic": script(`alembic ${fill("-a b ")}`),
  "options of npm": script(fill("npm --")),
  assignments: script(fill("A=B ")),
  exports: script(Array.from({ length: 60_000 }, (_, index) => `export A${index}=b`).join("\n")),
  dumps: script(fill("pg_dump a | gzip > b\n")),
  "a comment of blanks": `# dbops-disable ${fill(" --")}\n${server("")}`,
  "a comment of until": `# dbops-disable x ${fill("(until ")}\n${server("")}`,
  "a comment of one word": `# dbops-disable ${fill("a")}\n${server("")}`,
  "an annotation of words": workload(
    "          image: postgres:16.4",
    `, annotations: { dbops/ignore: ${JSON.stringify(fill("a "))} }`,
  ),
  "an image of pgbouncer": workload(`          image: ${fill("pgbouncer")}/`),
  "variables that expand each other": server(
    `          env:\n            - { name: A0, value: xxxxxxxxxx }\n${Array.from({ length: 10 }, (_, index) => `            - { name: A${index + 1}, value: "${`$(A${index})`.repeat(10)}" }`).join("\n")}`,
  ),
  "12,000 mounts": server(
    `          volumeMounts: [${Array.from({ length: 12_000 }, (_, index) => `{ name: v, mountPath: /m${index} }`).join(", ")}]`,
  ),
  "replicas of 20 digits": server("").replace("serviceName: db", "serviceName: db\n  replicas: 99999999999999999999"),
  "a cluster of 20 digits":
    "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: a }\nspec: { instances: 99999999999999999999, storage: { size: 1Gi } }\n",
};

// 2 s on a machine of its own; a busy one gets ten times as much, where each of these once took minutes.
const limit = 20_000;

describe("1 MB of anything", () => {
  const root = mkdtempSync(path.join(tmpdir(), "dbops-time-"));
  after(() => rmSync(root, { recursive: true }));
  let number = 0;
  for (const [name, text] of Object.entries(texts)) {
    it(`is linted or named in time: ${name}`, () => {
      const folder = path.join(root, `${number++}`);
      mkdirSync(path.join(folder, ".git"), { recursive: true });
      writeFileSync(path.join(folder, "a.yaml"), text);
      const { code, err } = builtDbops(folder, ["lint", "a.yaml"], limit);
      assert.ok(code === 0 || code === 1, `exit code ${code}: ${err.slice(0, 300)}`);
      assert.doesNotMatch(err, /dbops failed/);
    }).timeout(2 * limit);
  }
});
