import { memoryLimitOf } from "../../domain/database/memory-limit.ts";
import { sizeText } from "../../domain/database/size-text.ts";
import { serverName } from "../../domain/model/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";

/** The larger of half the memory above 1 GB and 256 MB. https://www.mongodb.com/docs/manual/reference/program/mongod/ */
const leastCache = 256 * 1024 ** 2;

export default defineRule({
  id: "memory-setting-exceeds-limit",
  subject: "database",
  meta: {
    summary: "The server's own memory setting does not fit the container's limit.",
    rationale:
      "shared_buffers, the InnoDB buffer pool, WiredTiger's cache or maxmemory fill up over time; connections, sorts and, for Redis, the copy made while saving come on top. At the limit the kernel kills the process.",
    remedy: "Leave a quarter of the limit free.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-resource.html",
      "https://redis.io/docs/latest/operate/oss_and_stack/management/admin/",
    ],
    quietWhen: "the limit or the setting is not set.",
  },
  check(database, { report }) {
    const { engine, settings } = database;
    const limit = memoryLimitOf(database);
    if (limit?.value === undefined) return;
    const setting =
      engine === "postgresql"
        ? "shared_buffers"
        : engine === "redis" || engine === "valkey"
          ? "maxmemory"
          : "innodb_buffer_pool_size";
    const gigabytes = engine === "mongodb" ? settings.number("wiredTigerCacheSizeGB") : undefined;
    const fact = engine === "mongodb" ? gigabytes : settings.bytes(setting);
    if (engine === "mongodb" && fact === undefined) {
      if (limit.value <= leastCache && settings.isComplete)
        report({
          message: `WiredTiger's cache is at least ${formatBytes(leastCache)} (the default), which does not fit the container's limit of ${formatBytes(limit.value)}: the kernel kills ${serverName(database)} as the cache fills.`,
          // mongod refuses a smaller cache than 0.25 GB, so it is the limit that has to give.
          remedy: "Raise the limit to 512Mi or more.",
          at: limit.at,
        });
      return;
    }
    if (fact?.value === undefined || fact.origin === "default") return;
    const name = engine === "mongodb" ? "wiredTigerCacheSizeGB" : setting;
    const bytes = engine === "mongodb" ? fact.value * 1024 ** 3 : fact.value;
    const share = bytes / limit.value;
    const size = engine === "mongodb" ? formatBytes(bytes) : sizeText(settings, setting);
    if (share <= 0.75) return;
    const isRedis = engine === "redis" || engine === "valkey";
    const remedy = isRedis
      ? "Leave half of the limit free where data is saved (a save copies pages that change meanwhile), else a quarter."
      : undefined;
    const related = [{ message: `the limit is ${formatBytes(limit.value)}`, at: limit.at }];
    if (share >= 1) {
      report({
        message: `${name} ${size} does not fit the container's limit of ${formatBytes(limit.value)}: the kernel kills the server as its memory fills.`,
        remedy,
        at: fact.at,
        severity: "error",
        related,
      });
      return;
    }
    if (isRedis) {
      const persists = settings.get("appendonly")?.value === "yes" || settings.get("save")?.value !== "";
      if (!persists) return;
    }
    report({
      message: `${name} ${size} is ${Math.round(share * 100)} % of the container's limit of ${formatBytes(limit.value)}: connections, sorts and copies of pages while saving need more than the rest.`,
      remedy,
      at: fact.at,
      related,
    });
  },
});
