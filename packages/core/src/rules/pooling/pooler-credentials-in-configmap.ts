import { nameOf } from "../../domain/names.ts";
import { entryKeys, readEntry } from "../../kube/mounted-files.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-credentials-in-configmap",
  subject: "resource",
  kinds: ["ConfigMap"],
  meta: {
    summary: "The pooler's userlist.txt is in a ConfigMap.",
    rationale:
      "userlist.txt holds passwords, or md5 hashes that are as good as passwords. ConfigMaps are readable for more people than Secrets and land in repositories.",
    remedy: "Put userlist.txt into a Secret, or use `auth_query`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#authentication-file-format"],
  },
  check(configMap, { workspace, report }) {
    if (configMap.isPatched) return;
    for (const key of entryKeys(configMap)) {
      const entry = readEntry(configMap, key);
      const text = entry?.content.value;
      if (entry === undefined || text === undefined || !/userlist/.test(key)) continue;
      const match = /^\s*"([^"]*)"\s+"([^"]+)"/m.exec(text);
      if (match === null || /[$<{]/.test(match[2] ?? "")) continue;
      const start = text.indexOf(`"${match[2]}"`, match.index);
      const kind = /^SCRAM-/.test(match[2] ?? "")
        ? "a SCRAM verifier"
        : /^md5/i.test(match[2] ?? "")
          ? "an md5 hash"
          : "a password";
      report({
        message: `${nameOf(configMap)} holds ${kind} for user ${match[1]} in ${key}: whoever may read ConfigMaps ${kind === "an md5 hash" ? "can log in with it" : "has it"}.`,
        at: entry.node.inside({ start, end: start + (match[2]?.length ?? 0) + 2 }),
        related: workspace.topology.poolers
          .slice(0, 1)
          .map((pooler) => ({ message: "the pooler", at: pooler.resource.node.nearest("metadata", "name") })),
      });
    }
  },
});
