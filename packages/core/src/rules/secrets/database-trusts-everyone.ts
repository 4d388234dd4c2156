import { openingService } from "../../domain/hosts/exposure.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-trusts-everyone",
  subject: "database",
  meta: {
    summary: "The database lets everyone in without a password.",
    rationale:
      "`trust` and empty root passwords are written into a new data directory and stay there: every Pod in the cluster is superuser.",
    remedy:
      "For a new database set a password from a Secret. On an existing one change pg_hba.conf or the users; removing the variable changes nothing.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://hub.docker.com/_/postgres#postgres_host_auth_method"],
  },
  check(database, { workspace, report }) {
    const { container, engine, resource } = database;
    // redis-without-password speaks of caches.
    if (container === undefined || engine === "redis" || engine === "valkey") return;
    const isOn = (value: string | undefined): boolean => value !== undefined && /^(yes|true|1)$/i.test(value);
    const trust = container.environment.get("POSTGRES_HOST_AUTH_METHOD");
    const empty = ["MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "ALLOW_EMPTY_PASSWORD"]
      .map((name) => container.environment.get(name))
      .find((fact) => isOn(fact?.value));
    const at = engine === "postgresql" && trust?.value === "trust" ? trust.at : empty?.at;
    if (at === undefined) return;
    const isOpen = openingService(database, workspace.resources) !== undefined;
    report({
      message:
        engine === "postgresql" && trust?.value === "trust"
          ? `Anyone who can reach ${nameOf(resource)} is superuser without a password (POSTGRES_HOST_AUTH_METHOD=trust)${isOpen ? ", even from outside the cluster" : ""}.`
          : `Anyone who can reach ${nameOf(resource)} can log in without a password${isOpen ? ", even from outside the cluster" : ""}: empty passwords are allowed.`,
      at,
      ...(isOpen ? { severity: "error" as const } : {}),
    });
  },
});
