import { type LoginRule, loginRules } from "../../domain/database/login-rules.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "login-rules-admit-no-pod",
  subject: "database",
  meta: {
    summary: "pg_hba.conf admits nobody from another Pod.",
    rationale:
      "Other Pods have addresses of their own: with lines for `local` and 127.0.0.1 only, each of them gets `no pg_hba.conf entry for host`.",
    remedy: "Add a line for the addresses of the Pods, such as `host all all 10.0.0.0/8 scram-sha-256`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/auth-pg-hba-conf.html"],
    quietWhen: "a line is for other addresses or is filled in later, a file is included, or no client is in view.",
  },
  check(database, { workspace, report }) {
    const { container, operator, resource } = database;
    if (operator !== undefined || container === undefined) return;
    const file = container.filesUnder("/").find(({ path }) => /(^|\/)pg_hba\.conf$/.test(path));
    const text = file?.content.value;
    if (file === undefined || text === undefined || /[$@{]/.test(text)) return;
    if (text.split("\n").some((line) => line.trimStart().startsWith("include"))) return;
    if (!isUsed(file.path, container.argv.map(({ value }) => value ?? "").join(" "))) return;
    const rules = loginRules(database);
    if (rules.length === 0 || !rules.every(isOfOwnPod)) return;
    const clients = workspace.topology.clients.filter(
      ({ host: { reaches } }) => reaches.state === "database" && reaches.database === database,
    );
    const [client] = clients;
    const [first] = rules;
    if (client === undefined || first === undefined) return;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} refuses ${nameOf(client.container.workload.resource)}: its pg_hba.conf admits connections from its own Pod only (${[...new Set(rules.map(({ address }) => address))].join(", ")}).`,
      at: first,
      related: [{ message: "a client from another Pod", at: client.host }],
    });
  },
});

function isUsed(path: string, argv: string): boolean {
  return argv.includes(`hba_file=${path}`) || argv.includes(`hba_file='${path}'`);
}

function isOfOwnPod({ address, method }: LoginRule): boolean {
  return method === "reject" || /^(127\.|::1|localhost$|samehost$)/.test(address);
}
