import { isName } from "../../change/procedures/shell.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Topology } from "../../domain/model/topology.ts";
import { findDsns, hasNoValue } from "../../embedded/dsn.ts";
import { passwordsInSql } from "../../embedded/secret-text.ts";
import { filedVariables } from "../../facts/entrypoint-passwords.ts";
import { isPasswordName } from "../../facts/secret-names.ts";
import type { Container } from "../../kube/container.ts";
import { sqlGivenTo } from "../../kube/given-sql.ts";
import { readEntry } from "../../kube/mounted-files.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { celText, refuseSpec, templated } from "../../rule/admission.ts";
import type { Fix } from "../../rule/finding.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed, listed } from "../../text/listed.ts";
import { fileName } from "../../text/scan.ts";
import { insertKey, removeKey } from "../../yaml/edit.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";

/** What the entrypoint of a server's image takes a password from. */
const ownPasswords = filedVariables.filter((name) => name.endsWith("PASSWORD"));

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
    fixable: "unsafe",
    needs: "file",
    admission: refuseSpec(
      templated,
      `variables.servers.exists(c, has(c.env) && c.env.exists(e, e.name in [${ownPasswords.map(celText).join(", ")}] && has(e.value) && e.value.matches('^[A-Za-z0-9_.!@#%^&*+=-]{2,}$') && !e.value.matches('(?i)^(true|false|yes|no)$')))`,
    ),
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
        fixes: [fromSecret(found, subject)],
      });
    }
    for (const { resource, operator } of topology.databases) {
      const [first, ...more] = operator === undefined ? [] : passwordsInFirstSql(resource, resources);
      if (first === undefined) continue;
      report({
        message: `${first.name} of ${nameOf(resource)} sets a role's password in plain text in ${first.where}: anyone who can read the repository or the object has it.`,
        at: first.at,
        subject: resource,
        remedy:
          "Create the role without a password, and let the operator set it from a Secret (CloudNativePG: `managed.roles` with `passwordSecret`; PGO: `users`). Change the password: it stays in the history.",
        related: [
          ...more.slice(0, 4).map((each) => ({ message: "another one", at: each.at })),
          ...(first.readAt === undefined ? [] : [{ message: `${nameOf(resource)} names it here`, at: first.readAt }]),
        ],
        ...([first, ...more].every((each) => each.isPlaceholder) ? { severity: "info" as const } : {}),
      });
    }
    for (const [release, found] of passwordsOfReleases(resources)) {
      const [first] = found;
      if (first === undefined) continue;
      const names = found.map((each) => each.name);
      report({
        message: `The values of ${nameOf(release)} hold ${firstListed(names, 3)} in plain text: anyone who can read the repository or the ${release.kind} has ${names.length === 1 ? "it" : "them"}.`,
        at: first.at,
        subject: release,
        remedy:
          "Put it in a Secret that is not in the repository (External Secrets, Sealed Secrets, SOPS), name that Secret in the values (`existingSecret`), and rotate the old password: it stays in the history.",
        related: found.slice(1, 5).map((each) => ({ message: each.name, at: each.at })),
        ...(found.every((each) => each.isPlaceholder) ? { severity: "info" as const } : {}),
      });
    }
  },
});

/** Takes the values from a Secret that somebody makes; undefined where one of them is not written in the container itself. */
function fromSecret(found: readonly Found[], { name, node, workload }: Resource): Fix | undefined {
  const secret = `${name}-credentials`;
  if (!isName(secret)) return undefined;
  const entries = workload?.containers.flatMap((container) => container.node.at("env")?.items() ?? []) ?? [];
  const edits = found.map(({ at }) => {
    const entry = entries.find((each) => each.at("value")?.span.start === at.span.start && at.file === node.file);
    const key = entry?.text("name");
    if (entry === undefined || key === undefined) return undefined;
    const removed = removeKey(entry, "value");
    const inserted = insertKey(entry, "valueFrom", { secretKeyRef: { name: secret, key } });
    return removed === undefined || inserted === undefined ? undefined : [...inserted, ...removed];
  });
  const keys = listed([...new Set(found.map((each) => each.name))]);
  return editFix({
    title: `Take ${keys} from Secret ${secret}`,
    safety: "unsafe",
    consequence: `Restarts the Pods, which start only where Secret ${secret} has ${found.length === 1 ? "that key" : "these keys"}: make it first, with a new password, because the old one stays in the history.`,
    edits: edits.includes(undefined) ? undefined : edits.flatMap((each) => each ?? []),
  });
}

/** What charts put into Secrets although it is written in the values of a release. */
function passwordsOfReleases(resources: Iterable<Resource>): ReadonlyMap<Resource, readonly Found[]> {
  const byRelease = new Map<Resource, Found[]>();
  for (const { kind, node, madeBy, isUnsettled } of resources) {
    if (kind !== "Secret" || madeBy === undefined || isUnsettled) continue;
    const found = byRelease.get(madeBy) ?? [];
    for (const [key, at] of node.at("stringData")?.entries() ?? []) {
      const text = at.text() ?? "";
      if (!isPasswordName(key.replaceAll("-", "_")) || text === "" || hasPlaceholder(text)) continue;
      if (found.some((each) => each.at.span.start === at.span.start)) continue;
      found.push({
        name: pathInValues(at) ?? key,
        at,
        readAt: undefined,
        where: "",
        isPlaceholder: isStandIn(text),
      });
    }
    byRelease.set(madeBy, found);
  }
  return byRelease;
}

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
      if (!isUrl && (/^(?:true|false|yes|no|\d)$|^[/$]|\$\(/i.test(text) || hasNoValue(text))) continue;
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

/** Texts in a custom resource, and names of ConfigMaps with texts, that its operator runs in a new database. */
const firstSql = [
  ["bootstrap", "initdb", "postInitSQL"],
  ["bootstrap", "initdb", "postInitTemplateSQL"],
  ["bootstrap", "initdb", "postInitApplicationSQL"],
] as const;
const firstSqlFiles = [
  ["bootstrap", "initdb", "postInitSQLRefs", "configMapRefs"],
  ["bootstrap", "initdb", "postInitTemplateSQLRefs", "configMapRefs"],
  ["bootstrap", "initdb", "postInitApplicationSQLRefs", "configMapRefs"],
  ["databaseInitSQL"],
] as const;

/** The same in what CloudNativePG and PGO run when they make the database. */
function passwordsInFirstSql(database: Resource, resources: ResourceIndex): readonly Found[] {
  const written = firstSql.flatMap((path) =>
    (database.node.at("spec", ...path)?.items() ?? []).map((at) => ({
      name: path.at(-1) ?? "",
      sql: at.string(),
      at,
      readAt: undefined,
      where: "the manifest",
    })),
  );
  const files = firstSqlFiles.flatMap((path) => {
    const node = database.node.at("spec", ...path);
    return (node?.kind === "sequence" ? node.items() : node === undefined ? [] : [node]).flatMap((reference) => {
      const object = resources.find("ConfigMap", reference.text("name") ?? "", database);
      const entry = object === undefined ? undefined : readEntry(object, reference.text("key") ?? "");
      return entry === undefined
        ? []
        : [
            {
              name: path.at(-1) === "configMapRefs" ? (path.at(-2) ?? "") : (path.at(-1) ?? ""),
              sql: entry.content.value,
              at: entry.content.at,
              readAt: reference,
              where: "a ConfigMap",
            },
          ];
    });
  });
  return [...written, ...files].flatMap(({ sql, at, ...found }) =>
    sql === undefined
      ? []
      : passwordsInSql(sql).map((span) => ({
          ...found,
          at: partOf(at, sql, span),
          isPlaceholder: isStandIn(sql.slice(span.start, span.end)),
        })),
  );
}

/** `auth.password`; undefined in values that are one text. */
function pathInValues({ yamlPath }: Place): string | undefined {
  const start = yamlPath.findIndex((key) => key === "values" || key === "valuesObject" || key === "set");
  return start < 0 || start === yamlPath.length - 1 ? undefined : yamlPath.slice(start + 1).join(".");
}

/** A word that people write where a password is to come, or where none is used. */
function isStandIn(password: string): boolean {
  return /^(change[-_]?me|password|secret|example|unused|not[-_]?used|ignored|dummy|fake|placeholder|x{3,}|todo|replace.*|your.*|<.*>)$/i.test(
    password,
  );
}

const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL|PGBOUNCER)|PGPASS/i;
