import { type LoginRule, loginRules } from "../../domain/database/login-rules.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "login-rule-too-weak",
  subject: "database",
  meta: {
    summary: "A line of pg_hba.conf admits a network without a password, or with one that can be read on the way.",
    rationale:
      "`trust` lets anyone who connects be any user, superusers included. `password` sends the password in the clear, readable on any network without TLS. `md5` accepts passwords stored as md5 hashes, and anyone who has such a hash can log in with it; PostgreSQL 18 warns about it.",
    remedy: "Use `scram-sha-256`, with `hostssl`, for the users and addresses that need it.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/auth-pg-hba-conf.html",
      "https://www.postgresql.org/docs/current/auth-password.html",
    ],
    quietWhen:
      "the line is for the Pod itself (local, 127.0.0.1), a line above it refuses everyone, or it uses scram-sha-256, certificates or another authority.",
  },
  check(database, { report }) {
    let onlyTls = false;
    for (const rule of loginRules(database)) {
      // The first line that fits decides.
      if (refusesAll(rule) && rule.type === "host") return;
      if (refusesAll(rule) && rule.type === "hostnossl") onlyTls = true;
      if (isOwnPod(rule) || /[$<{]/.test(rule.text) || /\bclientcert=/.test(rule.text)) continue;
      const { method, users, address, type } = rule;
      const from = address === "all" || address === "0.0.0.0/0" ? "anywhere" : address;
      const everybody = users === "all" || /^"?postgres"?$/.test(users);
      if (method === "trust")
        report({
          message: `${nameOf(database.resource)} lets anyone log in from ${from} as ${users === "all" ? "any user, superusers included" : `user ${users}`}, without a password (pg_hba: ${rule.text}).`,
          at: rule,
          ...(everybody ? {} : { severity: "warning" as const }),
        });
      else if (method === "password" && type !== "hostssl" && !onlyTls)
        report({
          message: `Clients of ${nameOf(database.resource)} from ${from} send their passwords in the clear, even without TLS (pg_hba: ${rule.text}).`,
          at: rule,
          severity: "warning",
        });
      else if (method === "md5" && everybody)
        report({
          message: `All users of ${nameOf(database.resource)}, superusers included, may log in from ${from} with md5, which PostgreSQL 18 deprecates: if a password is stored as an md5 hash, the hash is enough (pg_hba: ${rule.text}).`,
          at: rule,
          severity: "info",
          presets: [],
        });
    }
  },
});

function refusesAll({ method, databases, users, address }: LoginRule): boolean {
  return method === "reject" && databases === "all" && users === "all" && /^(all|0\.0\.0\.0\/0)$/.test(address);
}

function isOwnPod({ address }: LoginRule): boolean {
  return /^(127\.|::1|localhost$|samehost$)/.test(address);
}
