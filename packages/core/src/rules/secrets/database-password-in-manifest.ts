import { nameOf } from "../../domain/model/names.ts";
import type { Topology } from "../../domain/model/topology.ts";
import { findDsns, hasNoValue } from "../../embedded/dsn.ts";
import { passwordsInSql } from "../../embedded/secret-text.ts";
import { isPasswordName } from "../../facts/secret-names.ts";
import type { Container } from "../../kube/container.ts";
import { sqlGivenTo } from "../../kube/given-sql.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import { fileName } from "../../text/scan.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";

export default defineRule({
  id: "database-password-in-manifest",
  subject: "workspace",
  meta: {
    summary: "A database password is written in the manifest or in a ConfigMap.",
    rationale:
      "Anyone who can read the repository, its history, or run `kubectl get pod -o yaml`, has the password. ConfigMaps are not protected like Secrets. The value is never printed here.",
    remedy:
      "Put it in a Secret that is not in the repository (External Secrets, Sealed Secrets, SOPS), refer to it with `secretKeyRef`, and rotate the old one: it stays in the history.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/configuration/secret/"],
    quietWhen: "the value is a variable or empty; a Secret in the manifest is left to secret scanners.",
  },
  check({ resources, topology }, { report }) {
    // Workloads that read one ConfigMap have one password: one finding at its place.
    const byPlace = new Map<string, { readonly found: readonly Found[]; readonly readers: Resource[] }>();
    for (const { workload } of resources) {
      if (workload === undefined || workload.resource.isUnsettled) continue;
      const found = passwordsIn(workload, topology);
      const [first] = found;
      if (first === undefined) continue;
      const place = `${first.at.file.uri} ${first.at.span.start}`;
      const same = byPlace.get(place);
      if (same === undefined) byPlace.set(place, { found, readers: [workload.resource] });
      else same.readers.push(workload.resource);
    }
    for (const { found, readers } of byPlace.values()) {
      const [first] = found;
      const [subject] = readers;
      if (first === undefined || subject === undefined) continue;
      const names = [...new Set(found.map((each) => each.name))];
      report({
        message: `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""} of ${firstListed(readers.map(nameOf), 3)} ${names.length === 1 ? "holds a password" : "hold passwords"} in plain text in ${first.where}: anyone who can read the repository or list Pods or ConfigMaps has ${names.length === 1 ? "it" : "them"}.`,
        at: first.at,
        subject,
        related: [
          ...found.slice(1, 5).map((each) => ({ message: each.name, at: each.at })),
          ...(first.readAt === undefined ? [] : [{ message: `${nameOf(subject)} reads it here`, at: first.readAt }]),
          ...readers.slice(1, 4).map((reader) => ({
            message: `${nameOf(reader)} reads it too`,
            at: reader.node.nearest("metadata", "name"),
          })),
        ],
        ...(found.every((each) => each.isPlaceholder) ? { severity: "info" as const } : {}),
      });
    }
  },
});

interface Found {
  readonly name: string;
  readonly at: Place;
  readonly readAt: Place | undefined;
  readonly where: string;
  readonly isPlaceholder: boolean;
}

function passwordsIn(workload: Workload, topology: Topology): readonly Found[] {
  const found: Found[] = [];
  for (const container of workload.containers) {
    const ours = topology.databaseOf(workload) !== undefined || topology.poolerOf(container) !== undefined;
    for (const { name, value, readAt, heldBy } of container.environment.written()) {
      if (value.value === "" || heldBy === "Secret") continue;
      const isConfigMap = heldBy === "ConfigMap";
      // `${PASSWORD}` in a ConfigMap is filled in later, and then stands there for all to read.
      if (value.value === undefined) {
        if (isConfigMap && ours && isPasswordName(name))
          found.push({ name, at: value.at, readAt, where: "a ConfigMap", isPlaceholder: false });
        continue;
      }
      const text = value.value;
      const inUrls = findDsns(text).flatMap(({ passwordSpan, isPasswordPlaceholder }) =>
        passwordSpan === undefined || isPasswordPlaceholder ? [] : [text.slice(passwordSpan.start, passwordSpan.end)],
      );
      const isUrl = inUrls.length > 0;
      const isPassword = (ours || databaseWord.test(name)) && isPasswordName(name);
      if (!isUrl && !isPassword) continue;
      if (!isUrl && (/^(?:true|false|yes|no|\d)$|^[/$]|\$\(/.test(text) || hasNoValue(text))) continue;
      if (found.some((each) => each.at.span.start === value.at.span.start && each.at.file === value.at.file)) continue;
      const where = isConfigMap ? "a ConfigMap" : "the manifest";
      found.push({ name, at: value.at, readAt, where, isPlaceholder: (isUrl ? inUrls : [text]).every(isStandIn) });
    }
    for (const each of [...passwordsInScripts(container), ...(ours ? passwordsInInitFiles(container) : [])])
      if (!found.some(({ at }) => at.span.start === each.at.span.start && at.file === each.at.file)) found.push(each);
  }
  return found;
}

/** `CREATE ROLE copy PASSWORD '…'` in what a container hands to psql or mysql. */
function passwordsInScripts(container: Container): readonly Found[] {
  return container.commands
    .flatMap((command) => sqlGivenTo(command, container))
    .flatMap(({ sql, at, inside }) => {
      const place = inside({ start: 0, end: 0 });
      const isFile = place.yamlPath[0] === "data" || place.yamlPath[0] === "stringData";
      if (place.yamlPath[0] === "stringData") return []; // a Secret
      return passwordsInSql(sql).map((span) => ({
        name: `SQL in container ${container.name}`,
        at: inside(span),
        readAt: isFile ? at : undefined,
        where: isFile ? "a ConfigMap" : "the manifest",
        isPlaceholder: isStandIn(sql.slice(span.start, span.end)),
      }));
    });
}

/** The same in the files that the image's entrypoint runs when it makes the database. */
function passwordsInInitFiles(container: Container): readonly Found[] {
  return container
    .filesUnder("/docker-entrypoint-initdb.d")
    .filter(({ mount }) => mount.volume?.source === "config-map")
    .flatMap(({ path, content, mount }) => {
      const { value: sql, at } = content;
      if (sql === undefined) return [];
      return passwordsInSql(sql).map((span) => ({
        name: fileName(path),
        at: partOf(at, sql, span),
        readAt: mount.node,
        where: "a ConfigMap",
        isPlaceholder: isStandIn(sql.slice(span.start, span.end)),
      }));
    });
}

/** A word that people write where a password is to come, or where none is used. */
function isStandIn(password: string): boolean {
  return /^(change[-_]?me|password|secret|example|unused|not[-_]?used|ignored|dummy|fake|placeholder|x{3,}|todo|replace.*|your.*|<.*>)$/i.test(
    password,
  );
}

const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL|PGBOUNCER)|PGPASS/i;
