import { engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-probe-always-passes",
  subject: "database",
  meta: {
    summary: "A redis-cli ping that nobody compares with PONG is always successful.",
    rationale:
      "redis-cli exits with 0 when the server answers with an error (measured on 7.0: NOAUTH). The Pod is ready while it loads its data or refuses the password.",
    remedy: "`sh -c 'redis-cli ping | grep -q PONG'`, with the password in REDISCLI_AUTH.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://redis.io/docs/latest/develop/tools/cli/"],
  },
  check({ engine, container }, { report }) {
    if (container === undefined || (engine !== "redis" && engine !== "valkey")) return;
    for (const kind of ["readinessProbe", "livenessProbe"]) {
      const command = container.node.at(kind, "exec", "command");
      const words = (command?.items() ?? []).map((item) => item.text() ?? "");
      const line = words.join(" ");
      if (
        command === undefined ||
        !/\b(redis|valkey)-cli\b.*\bping\b/i.test(line) ||
        /PONG|grep|\[|==|\.sh\b/.test(line)
      )
        continue;
      report({
        message: `This probe passes whatever ${engineNames[engine]} answers: ${/valkey/.test(line) ? "valkey-cli" : "redis-cli"} exits with 0 on NOAUTH, LOADING and MASTERDOWN too. Compare the answer with PONG.`,
        at: command,
        point: "key",
      });
      return;
    }
  },
});
