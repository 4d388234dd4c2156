import { memoryLimitOf } from "../../domain/database/memory-limit.ts";
import { sizeText } from "../../domain/database/size-text.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

/** The worst case never happens; twice the limit is reached long before it. */
const tolerated = 2;

export default defineRule({
  id: "memory-settings-overcommit",
  subject: "database",
  meta: {
    summary: "All connections together may use several times the container's memory limit.",
    rationale:
      "Each sort or hash of each connection may use `work_mem` (MySQL: its sort, join and read buffers), on top of the shared cache. If some of them are busy at once, the kernel kills a backend, and PostgreSQL then restarts all of them.",
    remedy:
      "Use fewer connections through a pooler, or a smaller `work_mem`, raised for the role or query that needs it.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM",
      "https://dev.mysql.com/doc/refman/8.4/en/memory-use.html",
    ],
    quietWhen:
      "the sum is below twice the limit, the limit or a configuration file is not in view, or none of the settings is set.",
  },
  check(database, { report }) {
    const limit = memoryLimitOf(database);
    if (limit?.value === undefined || limit.value <= 0 || !database.settings.isComplete) return;
    const need = database.engine === "postgresql" ? ofPostgres(database) : ofMysql(database);
    if (need === undefined || need.bytes <= limit.value * tolerated) return;
    report({
      message: `${need.formula} = ${formatBytes(need.bytes)} for ${nameOf(database.resource)}, but its limit is ${formatBytes(limit.value)}: when some of the connections sort at once, the kernel kills the server.`,
      at: need.at,
      related: [{ message: "the limit", at: limit.at }],
    });
  },
});

interface Need {
  readonly bytes: number;
  readonly formula: string;
  readonly at: Place;
}

function ofPostgres({ settings }: Database): Need | undefined {
  const buffers = settings.bytes("shared_buffers");
  const connections = settings.number("max_connections");
  const work = settings.bytes("work_mem");
  if (buffers?.value === undefined || connections?.value === undefined || work?.value === undefined) return undefined;
  const written = [work, connections].find(({ origin }) => origin === "written");
  if (written === undefined) return undefined;
  return {
    bytes: buffers.value + connections.value * work.value,
    formula: `shared_buffers ${sizeText(settings, "shared_buffers")} + ${connections.value} connections x work_mem ${sizeText(settings, "work_mem")}`,
    at: written.at,
  };
}

const perConnection = ["sort_buffer_size", "join_buffer_size", "read_buffer_size", "read_rnd_buffer_size"] as const;

function ofMysql({ engine, settings }: Database): Need | undefined {
  if (engine !== "mysql" && engine !== "mariadb") return undefined;
  const pool = settings.bytes("innodb_buffer_pool_size");
  const connections = settings.number("max_connections");
  if (pool?.value === undefined || connections?.value === undefined) return undefined;
  const terms = perConnection.flatMap((name) => {
    const fact = settings.bytes(name);
    return fact?.value === undefined || fact.origin !== "written" ? [] : [{ name, bytes: fact.value, at: fact.at }];
  });
  const [first] = terms;
  if (first === undefined) return undefined;
  const each = terms.reduce((sum, { bytes }) => sum + bytes, 0);
  const names = terms.map(({ name }) => `${name} ${sizeText(settings, name)}`).join(" + ");
  return {
    bytes: pool.value + connections.value * each,
    formula: `innodb_buffer_pool_size ${sizeText(settings, "innodb_buffer_pool_size")} + ${connections.value} connections x ${terms.length === 1 ? names : `(${names})`}`,
    at: first.at,
  };
}
