import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-pooler-rules-restrict-nothing",
  subject: "resource",
  kinds: ["Pooler"],
  meta: {
    summary: "pg_hba of a Pooler restricts nothing: CloudNativePG adds a line that admits everyone.",
    rationale:
      "The operator appends `host all all 0.0.0.0/0 md5` and `::/0` to what the resource writes. Anyone who matches none of the lines, or comes without TLS past a `hostssl`, is admitted by those.",
    remedy: "End the list with `host all all 0.0.0.0/0 reject` and `host all all ::/0 reject`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/cloudnative-pg/cloudnative-pg/issues/11273"],
    quietWhen: "a line refuses everyone else, or one is filled in later.",
  },
  check(pooler, { report }) {
    const rules = pooler.node.at("spec", "pgbouncer", "pg_hba");
    const lines = (rules?.items() ?? []).map((item) => item.text() ?? "");
    if (rules === undefined || lines.length === 0 || lines.some((line) => /[$<{]/.test(line))) return;
    const refuses = lines.some((line) => {
      const [type = "", databases, users, address = "", method] = line.trim().split(/\s+/);
      return (
        type === "host" &&
        databases === "all" &&
        users === "all" &&
        /^(0\.0\.0\.0\/0|all)$/.test(address) &&
        method === "reject"
      );
    });
    if (refuses) return;
    report({
      message: `pg_hba of ${nameOf(pooler)} keeps nobody out: CloudNativePG appends "host all all 0.0.0.0/0 md5", and no line before it rejects.`,
      at: rules,
      point: "key",
    });
  },
});
