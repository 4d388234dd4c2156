import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "max-connections-too-high",
  subject: "database",
  meta: {
    summary: "PostgreSQL accepts far more connections than it has processors or memory for.",
    rationale:
      "Each connection is a process: some megabytes before it sorts anything, and a share of the processors when it works. Hundreds working at once are slower than fifty (measured: 1.3 MB of private memory each at rest, 4.2 MB after queries of the catalog).",
    remedy: "Put a pooler in front of it and lower `max_connections`.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://wiki.postgresql.org/wiki/Number_Of_Database_Connections"],
    quietWhen: "it is 500 or less, and no more than 50 per core where cores are set.",
  },
  check({ engine, settings, container, resource }, { report }) {
    const most = settings.number("max_connections");
    if (engine !== "postgresql" || most?.value === undefined || most.origin === "default") return;
    const cores = (container?.resource("limits", "cpu") ?? container?.resource("requests", "cpu"))?.value;
    const perCore = cores === undefined ? 0 : Math.round(most.value / cores);
    // A small server with a hundred is everybody's default.
    if (most.value <= 500 && (perCore <= 50 || most.value <= 100)) return;
    report({
      message: `${nameOf(resource)} accepts ${most.value} connections${cores === undefined ? "" : ` on ${cores} ${cores === 1 ? "core" : "cores"}`}: when all work at once, that is ${most.value} processes sharing memory and processors.`,
      at: most.at,
    });
  },
});
