import { passesWhateverRedisAnswers } from "../../domain/database/redis-ping.ts";
import { engineNames } from "../../facts/engines.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-probe-always-passes",
  subject: "database",
  meta: {
    summary: "A redis-cli ping whose answer is not compared with PONG always succeeds.",
    rationale:
      "redis-cli exits with 0 when the server answers with an error (measured on 7.0: NOAUTH). The Pod counts as ready while Redis loads its data or refuses the password.",
    remedy: "Use `sh -c 'redis-cli ping | grep -q PONG'`, with the password in REDISCLI_AUTH.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://redis.io/docs/latest/develop/tools/cli/"],
  },
  check({ engine, container }, { report }) {
    if (container === undefined || (engine !== "redis" && engine !== "valkey")) return;
    const handler = execHandlersOf(container).find(
      (each) => /^(readiness|liveness)Probe$/.test(each.name) && passesWhateverRedisAnswers(each),
    );
    if (handler === undefined) return;
    const client = handler.words.some((word) => word.includes("valkey-cli")) ? "valkey-cli" : "redis-cli";
    report({
      message: `This probe passes whatever ${engineNames[engine]} answers: ${client} exits with 0 on NOAUTH, LOADING and MASTERDOWN too. Compare the answer with PONG.`,
      at: handler.node,
      point: "key",
    });
  },
});
