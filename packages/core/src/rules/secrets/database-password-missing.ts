import { serverImageOf } from "../../domain/database/server-container.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { filedVariables, requiredPasswords } from "../../facts/entrypoint-passwords.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";

export default defineRule({
  id: "database-password-missing",
  subject: "database",
  meta: {
    summary: "The image's entrypoint exits because no password is set, or because it is set twice.",
    rationale:
      "On an empty volume the official images create a data directory only with a password, or with an explicit opt-out. Setting both a variable and its `_FILE` twin also makes them exit. With an existing data directory neither is checked: the next restore or new environment finds out.",
    remedy: "Set the variable from a Secret, once.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: Object.values(requiredPasswords).map(({ source }) => source),
    quietWhen: "a part of the environment is not in view, or the image's entrypoint is replaced.",
  },
  check(database, { report }) {
    const { container, image, resource } = database;
    const family = serverImageOf(image)?.family;
    if (container === undefined || family === undefined) return;
    const { environment } = container;
    const isSet = (name: string): boolean => environment.written().some((setting) => setting.name === name);
    const twice = filedVariables.find((name) => isSet(name) && isSet(`${name}_FILE`));
    if (twice !== undefined && Object.hasOwn(requiredPasswords, family)) {
      report({
        message: `${serverName(database)} of ${nameOf(resource)} does not start: both ${twice} and ${twice}_FILE are set.`,
        at: environment.written().find(({ name }) => name === twice)?.nameAt ?? container.node,
      });
      return;
    }
    const wanted = own(requiredPasswords, family);
    if (wanted === undefined || container.overridesEntrypoint || !environment.isComplete) return;
    if (wanted.oneOf.some(isSet)) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} does not start on an empty volume: ${wanted.oneOf[0]} is not set.`,
      at: container.node.at("env") ?? container.node.nearest("name"),
      point: container.node.at("env") === undefined ? "value" : "key",
    });
  },
});
