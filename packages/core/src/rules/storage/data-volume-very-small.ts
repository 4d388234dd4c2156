import { nameOf, serverName } from "../../domain/model/names.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import type { Engine } from "../../facts/engines.ts";
import { formatBytes, parseQuantity } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "data-volume-very-small",
  subject: "database",
  meta: {
    summary: "The data volume barely has room for what the server writes on its own.",
    rationale:
      "PostgreSQL keeps up to 1 GB of WAL by default (`max_wal_size`), MySQL and MariaDB redo logs and their dictionary, MongoDB a journal, before you store a single row. A full volume stops the server.",
    remedy: "Request what the data will need in a year, from a class that can grow.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-MAX-WAL-SIZE",
      "https://dev.mysql.com/doc/refman/8.4/en/innodb-redo-log.html",
    ],
    quietWhen: "the size is not in view, or the data is declared a cache or ephemeral.",
  },
  check(database, { workspace, report }) {
    const { engine, resource, workload, dataDirectory, operator, durability } = database;
    if (!growing.has(engine) || durability !== "durable") return;
    const mount = dataDirectory?.mount;
    const claim =
      workload === undefined || mount === undefined
        ? undefined
        : claimOf(workload, mount.name, workspace.resources)?.spec.at("resources", "requests", "storage");
    const size = operator?.storage === undefined ? claim : resource.node.at(...operator.storage);
    const bytes = parseQuantity(size?.text() ?? "");
    if (size === undefined || bytes === undefined || bytes < 2 ** 20 || bytes > 2 ** 30) return;
    const wal = engine === "postgresql" && database.settings.get("max_wal_size") === undefined;
    report({
      message: `${operator === undefined ? serverName(database) : engine} of ${nameOf(resource)} has ${formatBytes(bytes)} for its data${wal ? ", but its WAL alone may take 1 GB (max_wal_size, by default)" : ""}: it stops when the volume is full.`,
      at: size,
    });
  },
});

const growing: ReadonlySet<Engine> = new Set(["postgresql", "mysql", "mariadb", "mongodb", "cassandra"]);
