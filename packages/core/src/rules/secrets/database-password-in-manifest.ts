import { nameOf } from "../../domain/model/names.ts";
import { findDsns, isPlaceholder } from "../../embedded/dsn.ts";
import { isPasswordName } from "../../facts/secret-names.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "database-password-in-manifest",
  subject: "workload",
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
  check(workload, { workspace, report }) {
    const { resource } = workload;
    const found: {
      readonly name: string;
      readonly at: Place;
      readonly readAt: Place | undefined;
      readonly where: string;
      readonly isPlaceholder: boolean;
    }[] = [];
    for (const container of workload.containers) {
      const ours =
        workspace.topology.databaseOf(workload) !== undefined || workspace.topology.poolerOf(container) !== undefined;
      for (const { name, value, readAt, heldBy } of container.environment.written()) {
        if (value.value === "" || heldBy === "Secret") continue;
        const isConfigMap = heldBy === "ConfigMap";
        // `${PASSWORD}` in a ConfigMap is filled in later, and then stands there for all to read.
        if (value.value === undefined) {
          if (isConfigMap && ours && isPasswordName(name))
            found.push({ name, at: value.at, readAt, where: "a ConfigMap", isPlaceholder: false });
          continue;
        }
        const isUrl = findDsns(value.value).some((dsn) => dsn.passwordSpan !== undefined && !dsn.isPasswordPlaceholder);
        const isPassword = (ours || databaseWord.test(name)) && isPasswordName(name);
        if (!isUrl && !isPassword) continue;
        if (!isUrl && (/^(?:true|false|yes|no|\d)$|^[/$]|\$\(/.test(value.value) || isPlaceholder(value.value)))
          continue;
        if (found.some((each) => each.at.span.start === value.at.span.start && each.at.file === value.at.file))
          continue;
        const where = isConfigMap ? "a ConfigMap" : "the manifest";
        found.push({
          name,
          at: value.at,
          readAt,
          where,
          isPlaceholder:
            /^(changeme|change-me|change_me|password|secret|example|xxx+|todo|replace.*|your.*|<.*>)$/i.test(
              value.value,
            ),
        });
      }
    }
    const [first] = found;
    if (first === undefined) return;
    const names = [...new Set(found.map((each) => each.name))];
    report({
      message: `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""} of ${nameOf(resource)} ${names.length === 1 ? "holds a password" : "hold passwords"} in plain text in ${first.where}: anyone who can read the repository or list Pods or ConfigMaps has ${names.length === 1 ? "it" : "them"}.`,
      at: first.at,
      related: [
        ...found.slice(1, 5).map((each) => ({ message: each.name, at: each.at })),
        ...(first.readAt === undefined ? [] : [{ message: `${nameOf(resource)} reads it here`, at: first.readAt }]),
      ],
      ...(found.every((each) => each.isPlaceholder) ? { severity: "info" as const } : {}),
    });
  },
});

const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL|PGBOUNCER)|PGPASS/i;
