import { asksForScram } from "../../domain/database/password-storage.ts";
import { count, nameOf, serverName, shortName } from "../../domain/model/names.ts";
import type { Pooler, PoolerRoute } from "../../domain/model/pooler.ts";
import { type ListedUser, listedUsers } from "../../domain/pooler/pooler-users.ts";
import type { Report } from "../../rule/rule.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-password-unusable",
  subject: "pooler",
  meta: {
    summary: "The password stored in the pooler cannot be used to log in.",
    rationale:
      "An md5 hash cannot answer SCRAM: neither when `auth_type = scram-sha-256` asks the client for it, nor when PostgreSQL 14 or later asks PgBouncer. A SCRAM secret works only for the user whose client has just logged in with it, so not for an entry that forces another user, and not without a password check. The client gets `server login failed: wrong password type` (measured with 1.18 and 1.26 on PostgreSQL 15).",
    remedy:
      "Store the server's own SCRAM secret (`SELECT rolpassword FROM pg_authid`) with `auth_type = scram-sha-256`, or use `auth_user` with `auth_query`. For edoburu/pgbouncer set `AUTH_TYPE: scram-sha-256`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#authentication-file-format",
      "https://www.postgresql.org/docs/current/auth-password.html",
    ],
    quietWhen:
      "the list or the server is not in view, the server keeps md5 hashes, or the entry contains the password.",
  },
  check(pooler, { report }) {
    const { software, container, dialect, configuration } = pooler;
    if (software !== "pgbouncer" || container === undefined) return;
    const found =
      configuration === undefined
        ? dialect === "edoburu/pgbouncer" && !container.overridesEntrypoint
          ? storedByEdoburu(pooler)
          : undefined
        : unusableUser(pooler);
    if (found !== undefined) report(found);
  },
});

function scramServer({ reaches }: PoolerRoute): string | undefined {
  return reaches.state === "database" && asksForScram(reaches.database) ? serverName(reaches.database) : undefined;
}

function unusableUser(pooler: Pooler): Report | undefined {
  const users = listedUsers(pooler);
  const type = pooler.settings.get("auth_type");
  if (users === undefined || type?.value === undefined) return undefined;
  const name = nameOf(pooler.resource);
  const md5 = users.filter(({ stored }) => stored === "md5");
  const [first] = md5;
  const related = [{ message: `auth_type ${type.value}`, at: type.at }];
  if (first !== undefined && type.value.toLowerCase() === "scram-sha-256") {
    const who = md5.length === 1 ? `user ${first.name}` : `${count(md5.length, "user")} (${first.name}, …)`;
    return {
      message: `PgBouncer of ${name} refuses ${who}: an md5 hash cannot answer auth_type scram-sha-256.`,
      at: first.at,
      related,
    };
  }
  for (const route of pooler.routes) {
    const server = scramServer(route);
    const forced = route.user;
    if (server === undefined || route.hasPassword || (forced !== undefined && forced.value === undefined)) continue;
    const at = route.host?.at ?? route.at;
    // Who logs in to the server: the user that the entry forces, or each client under its own name.
    const logsIn = users.filter((user) => forced === undefined || user.name === forced.value);
    const unusable = logsIn.find(({ stored }) => isUnusable(stored, forced?.value, type.value));
    if (unusable === undefined) continue;
    return {
      message: `PgBouncer of ${name} cannot log in to ${server} as ${unusable.name}: ${why(unusable, forced?.value, type.value)}.`,
      at: unusable.at,
      ...(unusable.stored === "md5" ? { severity: "warning" as const } : {}),
      related: [{ message: `requires SCRAM: ${server}`, at }, ...related],
    };
  }
  return undefined;
}

function isUnusable(stored: ListedUser["stored"], forced: string | undefined, type: string): boolean {
  if (stored === "md5") return true;
  return stored === "scram" && (forced !== undefined || /^(trust|any)$/i.test(type));
}

function why({ stored }: ListedUser, forced: string | undefined, type: string): string {
  if (stored === "md5") return "an md5 hash cannot answer SCRAM, which servers ask for by default since 14";
  return forced === undefined
    ? `a SCRAM secret needs the client's password, and auth_type ${type} does not ask for one`
    : "a SCRAM secret is not a password, and the entry forces this user on every client";
}

/** The image writes an md5 hash into its list, unless AUTH_TYPE is plain or scram-sha-256 (entrypoint.sh, 2026-06). */
function storedByEdoburu({ container, routes, settings, resource }: Pooler): Report | undefined {
  const environment = container?.environment;
  if (container === undefined || environment === undefined || !environment.isComplete) return undefined;
  const hasPassword = environment.get("DB_PASSWORD") ?? environment.get("DATABASE_URL");
  const type = settings.get("auth_type");
  if (hasPassword === undefined || type?.value === undefined || /^(plain|scram-sha-256)$/i.test(type.value))
    return undefined;
  const reached = routes.find((route) => scramServer(route) !== undefined);
  if (reached?.reaches.state !== "database") return undefined;
  const { database } = reached.reaches;
  return {
    message: `PgBouncer of ${nameOf(resource)} cannot log in to ${shortName(database.resource)} (${serverName(database)}): with AUTH_TYPE ${type.value}${type.origin === "default" ? " (the image's default)" : ""} edoburu/pgbouncer stores an md5 hash, which cannot answer SCRAM.`,
    at: type.origin === "default" ? container.node.nearest("env") : type.at,
    ...(type.origin === "default" ? { point: "key" as const } : {}),
    severity: "warning",
    related: [{ message: "the server", at: database.resource.node.nearest("metadata", "name") }],
  };
}
