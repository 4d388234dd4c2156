import { serverImageOf } from "../../domain/database/server-container.ts";
import { isUnread } from "../../domain/database/unread-configuration.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "configuration-not-loaded",
  subject: "database",
  meta: {
    summary:
      "A postgresql.conf is mounted but nothing tells the server to read it, or it makes the server listen only on localhost.",
    rationale:
      "The official image reads the postgresql.conf of the data directory. Another file counts only with `config_file`; it then replaces the whole file, and without `listen_addresses` the server accepts no connections from outside the Pod.",
    remedy:
      'Set `args: ["-c", "config_file=/etc/postgresql/postgresql.conf"]`, and `listen_addresses = \'*\'` in the file.',
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://hub.docker.com/_/postgres#database-configuration"],
    quietWhen: "the file is where an unofficial image looks for it, or another file includes it.",
  },
  check(database, { report }) {
    const { container, image, resource } = database;
    if (container === undefined || serverImageOf(image)?.family !== "postgres") return;
    if (container.overridesEntrypoint && !/postgres$/.test(container.argv[0]?.value ?? "")) return;
    const file = container.filesUnder("/").find(({ path }) => path.endsWith("/postgresql.conf"));
    if (file === undefined || file.path.startsWith(`${database.dataDirectory?.path.value ?? "?"}/`)) return;
    if (!container.argv.every(({ value }) => value !== undefined)) return;
    const line = container.argv.map(({ value }) => value ?? "").join(" ");
    if (line.includes(file.path)) {
      const text = file.content.value;
      if (text === undefined || /^[ \t]*(listen_addresses|include(_dir|_if_exists)?)\b/m.test(text)) return;
      if (/listen_addresses/.test(line)) return;
      report({
        message: `${serverName(database)} of ${nameOf(resource)} accepts no connections from outside its Pod: ${file.path} does not set listen_addresses, and the default is localhost.`,
        at: file.mount.node.nearest("mountPath"),
        severity: "error",
        presets: ["recommended", "ephemeral"],
      });
      return;
    }
    if (!isUnread(file, container)) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} does not read ${file.path}: the image reads the file in its data directory unless config_file names another.`,
      at: file.mount.node.nearest("mountPath"),
    });
  },
});
