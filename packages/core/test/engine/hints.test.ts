import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hintsIn } from "../../src/index.ts";
import { type Files, lintFiles } from "../support/lint.ts";

const example = (name: string): string =>
  readFileSync(new URL(`../../../../examples/${name}`, import.meta.url), "utf8");

/** The lines of a file that have hints, with these where an editor shows them. */
function shownIn(files: Files, name: string): readonly string[] {
  const result = lintFiles(files);
  const uri = `/shop/${name}`;
  const file = result.files.get(uri) ?? assert.fail();
  const hints = hintsIn(result, uri, { start: 0, end: file.text.length }, "2026-11-24T12:00:00Z");
  return hints.map(({ offset, text }) => {
    const { start, end } = file.lineSpan(file.positionAt(offset).line);
    return `${file.text.slice(start, offset).trim()} «${text}»${file.text.slice(offset, end)}`;
  });
}

describe("hints", () => {
  it("say a schedule as its operator reads it: CloudNativePG's first field is seconds", () => {
    const schedule = (text: string): string =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: { name: nightly }\nspec: { schedule: "${text}", cluster: { name: orders } }\n`;
    const line = (text: string): string => shownIn({ "a.yaml": schedule(text) }, "a.yaml").join();
    assert.match(line("0 2 * * *"), /schedule: "0 2 \* \* \*" «at minute 2 of every hour every day», cluster/);
    assert.match(line("0 0 2 * * *"), /«at 02:00 every day»/);
    assert.equal(line("$SCHEDULE"), "");
    const cron = `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: tidy }\nspec:\n  schedule: 0 3 * * * # at night\n  jobTemplate: { spec: { template: { spec: { containers: [{ name: tidy, image: busybox }] } } } }\n`;
    assert.deepEqual(shownIn({ "a.yaml": cron }, "a.yaml"), ["schedule: 0 3 * * * «at 03:00 every day» # at night"]);
  });

  it("say at a limit and at a pool what they add up to", () => {
    const files = { "cluster.yaml": example("good/cloudnative-pg/cluster.yaml") };
    assert.deepEqual(shownIn(files, "cluster.yaml").slice(1), [
      'max_connections: "200" «at least 60 of 197 connections during a rollout»',
      'default_pool_size: "20" «up to 60 server connections during a rollout»',
    ]);
  });

  it("say the defaults that decide at the image that has them, and no written ones", () => {
    const postgres = example("shop/postgres.yaml");
    const files = { "postgres.yaml": postgres, "api.yaml": example("shop/api.yaml") };
    assert.deepEqual(shownIn(files, "postgres.yaml"), [
      "image: postgres:16 «max_connections 100 by default»",
      "image: postgres:16 «data in /var/lib/postgresql/data»",
    ]);
    const moved = postgres.replace(
      "          env:\n",
      "          env:\n            - { name: PGDATA, value: /data/pg }\n",
    );
    assert.deepEqual(shownIn({ "postgres.yaml": moved }, "postgres.yaml"), []);
    const unsized = { ...files, "api.yaml": files["api.yaml"].replace("    default_pool_size = 20\n", "") };
    assert.deepEqual(shownIn(unsized, "api.yaml"), [
      "image: edoburu/pgbouncer:v1.24.1-p1 «default_pool_size 20 by default»",
    ]);
  });

  it("say the pool that a client's library has by default, after the whole URL", () => {
    const client = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.2.3
          env: [{ name: SPRING_DATASOURCE_URL, value: "jdbc:postgresql://postgres:5432/orders" }]
`;
    const files = { "postgres.yaml": example("shop/postgres.yaml"), "shop.yaml": client };
    assert.match(shownIn(files, "shop.yaml").join(), /:5432\/orders" «pool 10 \(HikariCP default\)» }\]$/);
    assert.deepEqual(shownIn({ "shop.yaml": client }, "shop.yaml"), []);
  });
});
