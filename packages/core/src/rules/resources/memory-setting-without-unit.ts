import { nameOf } from "../../domain/model/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";

/** Below this part of the container's limit a bare number was meant in another unit, and megabytes would fit. */
const leastShare = 1 / 50;

export default defineRule({
  id: "memory-setting-without-unit",
  subject: "database",
  meta: {
    summary: "A memory setting of PostgreSQL is a bare number and means far less than it looks.",
    rationale:
      "Without a unit `shared_buffers` and `effective_cache_size` count pages of 8 kB and `maintenance_work_mem` kilobytes: `shared_buffers = 512` is 4 MB. The server starts, and reads nearly everything from disk.",
    remedy: "Add the unit: `512MB`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES"],
    quietWhen:
      "the container has no memory limit, the number is a fair share of it, or it cannot have been meant as megabytes (65536 pages).",
  },
  check({ engine, settings, container, resource }, { report }) {
    const limit = container?.resource("limits", "memory");
    if (engine !== "postgresql" || limit?.value === undefined) return;
    for (const [name, unit] of [
      ["shared_buffers", "pages of 8 kB"],
      ["effective_cache_size", "pages of 8 kB"],
      ["maintenance_work_mem", "kilobytes"],
    ] as const) {
      const written = settings.get(name);
      const bytes = settings.bytes(name);
      if (written?.value === undefined || written.origin !== "written" || bytes?.value === undefined) continue;
      if (!/^\s*\d+\s*$/.test(written.value) || bytes.value >= limit.value * leastShare) continue;
      // Read as megabytes it would be more than there is: somebody counted in the setting's own unit.
      if (Number(written.value) * 2 ** 20 > limit.value) continue;
      report({
        message: `${name} ${written.value.trim()} of ${nameOf(resource)} is ${formatBytes(bytes.value)}, because a bare number counts ${unit}: far too little for a limit of ${formatBytes(limit.value)}.`,
        at: written.at,
        related: [{ message: "the limit", at: limit.at }],
      });
    }
  },
});
