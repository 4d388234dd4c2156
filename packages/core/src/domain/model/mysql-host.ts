import type { HostReference } from "./reach.ts";

/** Whether a host is a server of MySQL or MariaDB: by the server in view, else by its URL or the name of its variable. */
export function isMysqlHost({ protocol, reaches }: Pick<HostReference, "protocol" | "reaches">): boolean {
  return reaches.state === "database"
    ? /^(?:mysql|mariadb)$/.test(reaches.database.engine)
    : /^(?:mysql|mariadb)/.test(protocol ?? "");
}
