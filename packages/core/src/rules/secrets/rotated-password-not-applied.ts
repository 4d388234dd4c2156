import { serverImageOf } from "../../domain/database/server-container.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { requiredPasswords } from "../../facts/entrypoint-passwords.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "rotated-password-not-applied",
  subject: "database",
  meta: {
    summary: "A store rotates a password that the server reads only once, on an empty volume.",
    rationale:
      "The official images use the variable only when they create the data directory. After a rotation the clients have the new password and the server has the old one.",
    remedy:
      "Change the password in the server in the same step (`ALTER ROLE`), let an operator own it, or set `refreshInterval: 0` and rotate by hand.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/bitnami/charts/issues/17462",
      "https://hub.docker.com/_/postgres#environment-variables",
    ],
    quietWhen: "the ExternalSecret never refreshes, or the image applies the variable at every start.",
  },
  check(database, { workspace, report }) {
    const { container, image } = database;
    const family = serverImageOf(image)?.family;
    if (container === undefined || family === undefined) return;
    const initial = Object.hasOwn(requiredPasswords, family) ? requiredPasswords[family]?.oneOf : undefined;
    for (const item of container.node.at("env")?.items() ?? []) {
      const name = item.string("name") ?? "";
      const reference = item.at("valueFrom", "secretKeyRef", "name");
      const secret = reference?.string();
      if (
        reference === undefined ||
        secret === undefined ||
        initial?.includes(name) !== true ||
        !/PASSWORD$/.test(name)
      )
        continue;
      const source = workspace.resources
        .ofKind("ExternalSecret")
        .find((each) => (each.node.string("spec", "target", "name") ?? each.name) === secret);
      const interval = source?.node.at("spec", "refreshInterval");
      if (source === undefined || source.isUnsettled || /^0/.test(interval?.text() ?? "1h")) continue;
      if (source.node.string("spec", "refreshPolicy") === "CreatedOnce") continue;
      report({
        message: `${nameOf(source)} refreshes the password${interval?.text() === undefined ? "" : ` every ${interval.text()}`}, but ${serverName(database)} reads ${name} only on an empty volume: after a rotation logins fail.`,
        at: reference,
        related: [{ message: "the rotation", at: interval ?? source.node.nearest("spec") }],
      });
      return;
    }
  },
});
