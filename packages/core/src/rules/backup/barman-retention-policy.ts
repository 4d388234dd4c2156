import { barmanPolicy } from "../../domain/backup/tool-retention.ts";
import { programOf } from "../../embedded/command.ts";
import { type IniEntry, parseIni } from "../../embedded/ini.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "barman-retention-policy",
  subject: "container",
  meta: {
    summary: "Barman has no retention policy for a server, or one that it cannot read.",
    rationale:
      'Without `retention_policy` Barman keeps every base backup and all WAL, and its volume fills up: then no segment is archived, and WAL piles up on the server. With one that it cannot read (`14 days`) its own check fails, and each backup ends with "Impossible to start the backup".',
    remedy:
      "Set `retention_policy = RECOVERY WINDOW OF 14 DAYS`, or `REDUNDANCY 3`, for the server or under `[barman]`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://docs.pgbarman.org/"],
    quietWhen: "the server is passive or inactive, or a part of the configuration is not in view.",
  },
  check(container, { report }) {
    if (!container.commands.some((command) => programOf(command) === "barman") || !container.filesAreComplete) return;
    const entries = settingsOf(container);
    const global = entries.find(({ entry }) => entry.section === "barman" && entry.key === "retention_policy");
    const servers = new Map<string, Written[]>();
    for (const each of entries)
      if (each.entry.section !== "barman")
        servers.set(each.entry.section, [...(servers.get(each.entry.section) ?? []), each]);
    for (const [server, own] of servers) {
      const settingOf = (key: string): string | undefined =>
        own.findLast(({ entry }) => entry.key === key)?.entry.value;
      if (settingOf("conninfo") === undefined || settingOf("active") === "false") continue;
      if (settingOf("primary_ssh_command") !== undefined) continue;
      const policy = own.findLast(({ entry }) => entry.key === "retention_policy") ?? global;
      const [first] = own;
      if (policy === undefined && first !== undefined)
        report({
          message: `Barman keeps every base backup and all WAL of ${server}: no retention_policy is set, so its volume only fills up.`,
          at: first.node.inside(first.entry.keySpan),
        });
      if (policy === undefined || hasPlaceholder(policy.entry.value) || /[$`]/.test(policy.entry.value)) continue;
      if (policy.entry.value === "" || barmanPolicy(policy.entry.value, policy.node).value !== undefined) continue;
      report({
        message: `Barman refuses each backup of ${server}: it cannot read retention_policy "${policy.entry.value}".`,
        at: policy.node.inside(policy.entry.valueSpan),
        severity: "error",
      });
    }
  },
});

interface Written {
  readonly entry: IniEntry;
  readonly node: YamlNode;
}

/** https://docs.pgbarman.org/: /etc/barman.conf, and the files in /etc/barman.d. */
function settingsOf(container: Container): readonly Written[] {
  const files = [
    ...container.filesUnder("/etc/barman.conf"),
    ...container.filesUnder("/etc/barman.d"),
    ...container.filesUnder("/etc/barman"),
  ];
  return files.flatMap(({ content, node }) =>
    content.value === undefined || node === undefined
      ? []
      : parseIni(content.value, "mysql").map((entry) => ({ entry, node })),
  );
}
