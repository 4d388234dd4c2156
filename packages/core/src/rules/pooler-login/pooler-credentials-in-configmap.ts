import { nameOf } from "../../domain/model/names.ts";
import type { Pooler } from "../../domain/model/pooler.ts";
import { hasNoValue } from "../../embedded/dsn.ts";
import { readConnectionString, readPgbouncerFile } from "../../embedded/pgbouncer-file.ts";
import { entryKeys, readEntry } from "../../kube/mounted-files.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Span } from "../../text/span.ts";
import { partOf } from "../../yaml/part-of.ts";

export default defineRule({
  id: "pooler-credentials-in-configmap",
  subject: "resource",
  kinds: ["ConfigMap"],
  meta: {
    summary: "The pooler's userlist.txt, or a server's password in its pgbouncer.ini, is in a ConfigMap.",
    rationale:
      "userlist.txt contains passwords, or md5 hashes that are as good as passwords, and entries of `[databases]` can contain one. More people can read ConfigMaps than Secrets, and ConfigMaps end up in repositories.",
    remedy:
      "Put the file in a Secret, or use `auth_query`; without `password=` PgBouncer uses the password in userlist.txt.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#authentication-file-format"],
  },
  check(configMap, { workspace, report }) {
    for (const key of entryKeys(configMap)) {
      const entry = readEntry(configMap, key);
      const text = entry?.content.value;
      if (entry === undefined || text === undefined) continue;
      const written = serverPassword(text);
      if (written !== undefined)
        report({
          message: `${nameOf(configMap)} contains, in ${key}, the password that entry ${written.entry} uses to log in to the server: anyone who may read ConfigMaps has it.`,
          at: partOf(entry.node, text, written.span),
        });
      if (!/userlist/.test(key)) continue;
      const match = /^[ \t]*"([^"\n]*)"[ \t]+"([^"\n]+)"/m.exec(text);
      if (match === null || hasNoValue(match[2] ?? "") || /\$\{|\{\{/.test(match[2] ?? "")) continue;
      const start = text.indexOf(`"${match[2]}"`, match.index);
      const kind = /^SCRAM-/.test(match[2] ?? "")
        ? "a SCRAM verifier"
        : /^md5[0-9a-f]{32}$/i.test(match[2] ?? "")
          ? "an md5 hash"
          : "a password";
      const isOpen = isExample(match[2] ?? "");
      report({
        message: isOpen
          ? `${nameOf(configMap)} has a place for the password of user ${match[1]} in ${key}: whatever is filled in, anyone who may read ConfigMaps has it.`
          : `${nameOf(configMap)} contains ${kind} for user ${match[1]} in ${key}: anyone who may read ConfigMaps ${kind === "an md5 hash" ? "can log in with it" : "has it"}.`,
        ...(isOpen ? { severity: "info" as const } : {}),
        at: partOf(entry.node, text, { start, end: start + (match[2]?.length ?? 0) + 2 }),
        related: workspace.topology.poolers
          .filter((pooler) => isMountedBy(pooler, configMap))
          .map((pooler) => ({ message: "the pooler", at: pooler.resource.node.nearest("metadata", "name") })),
      });
    }
  },
});

function isMountedBy({ container, resource }: Pooler, configMap: Resource): boolean {
  const files = namespacesAgree(resource, configMap) ? (container?.filesUnder("/") ?? []) : [];
  return files.some(({ mount: { volume } }) => volume?.source === "config-map" && volume.sourceName === configMap.name);
}

/** The first entry of `[databases]` that says its password; the span is the parameter's name. */
function serverPassword(text: string): { readonly entry: string; readonly span: Span } | undefined {
  if (!/^[ \t]*\[databases\]/m.test(text)) return undefined;
  let section: string | undefined;
  for (const part of readPgbouncerFile(text)) {
    if (part.kind === "section") section = part.name;
    if (part.kind !== "entry" || section !== "databases") continue;
    const pair = readConnectionString(part.value).pairs.find(({ key }) => key === "password");
    if (pair === undefined || hasNoValue(pair.value) || isExample(pair.value) || /[$<{]/.test(pair.value)) continue;
    const { start, end } = pair.keySpan;
    return { entry: part.key, span: { start: part.valueSpan.start + start, end: part.valueSpan.start + end } };
  }
  return undefined;
}

/** What says that it is no password: `md5xxxxxxxx`, `SCRAM-SHA-256$4096:salt$hash`, `change_me`. */
function isExample(value: string): boolean {
  if (/^SCRAM-/.test(value)) return !/^SCRAM-SHA-256\$\d+:[\w+/=]+\$[\w+/=]+:[\w+/=]+$/.test(value);
  return /^(?:md5)?x{3,}$|change_?me/i.test(value);
}
