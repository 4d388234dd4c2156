import { nameOf } from "../../domain/model/names.ts";
import { decidesByMajority, isReplicated } from "../../domain/workspace/conditions.ts";
import { engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "quorum-of-two",
  subject: "database",
  meta: {
    summary: "Two members cannot afford to lose one: the majority of two is two.",
    rationale: "Engines that decide by majority survive the loss of (n - 1) / 2 members: none of two, one of three.",
    remedy: "Run three members, or one.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    yieldsTo: ["operator-resource-refused"],
    references: [
      "https://www.mongodb.com/docs/manual/core/replica-set-architectures/",
      "https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members",
    ],
  },

  check(database, { report }) {
    if (!decidesByMajority(database) || database.instances.value !== 2) return;
    if (database.operator === undefined && !isReplicated(database)) return;
    report({
      message: `2 members of ${engineNames[database.engine]} need each other for a majority: ${nameOf(database.resource)} stops when either one is down, twice as often as a single member.`,
      at: database.instances.at,
    });
  },
});
