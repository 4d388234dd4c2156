import { primaryServerOf } from "../../domain/database/redis-replication.ts";
import { serverImageOf } from "../../domain/database/server-container.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-replica-cannot-log-in",
  subject: "database",
  meta: {
    summary: "A Redis replica has no password for a primary that asks for one.",
    rationale:
      "The primary answers NOAUTH, the replica keeps trying, and its Pod passes a ping all the while: readers of it get nothing, or what it had before, and a failover promotes an empty server (measured: `master_link_status:down`, 0 keys).",
    remedy:
      "Give the replica `masterauth` with the primary's password. Give it to the primary, too: after a failover the two change places.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#setting-a-replica-to-authenticate-to-a-master",
    ],
    quietWhen:
      "a configuration file of either server is not in view, its start script mentions `masterauth`, or the image sets it from its own variables.",
  },
  check(database, { workspace, report }) {
    const primary = primaryServerOf(database, workspace);
    if (primary === undefined || !isReadable(database) || !isReadable(primary)) return;
    const password = primary.settings.get("requirepass");
    if (password === undefined || isEmpty(password.value)) return;
    if (database.settings.get("masterauth") !== undefined || mentionsMasterauth(database)) return;
    const link = database.settings.get("replicaof") ?? database.settings.get("slaveof");
    if (link === undefined) return;
    report({
      message:
        primary === database
          ? `The replicas of ${nameOf(database.resource)} cannot copy its primary: it asks for a password, and they have no masterauth. The link stays down.`
          : `${nameOf(database.resource)} cannot copy ${nameOf(primary.resource)}: ${shortName(primary.resource)} asks for a password, and the replica has no masterauth. The link stays down.`,
      at: link.at,
      related: [{ message: "the primary's requirepass", at: password.at }],
    });
  },
});

/** Every setting of the server is in view, and no entrypoint adds `masterauth` from variables of its own. */
function isReadable({ settings, image }: Database): boolean {
  return settings.isComplete && serverImageOf(image)?.family === "redis";
}

function isEmpty(password: string | undefined): boolean {
  return password !== undefined && password.replaceAll(/["']/g, "").trim() === "";
}

function mentionsMasterauth({ container }: Database): boolean {
  return (
    container?.commands.some(({ words }) => words.some((word) => (word.text ?? word.raw).includes("masterauth"))) ===
    true
  );
}
