import { dataPlaceOf } from "../../change/data-place.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-engine-changed",
  subject: "change",
  meta: {
    summary: "Another engine is started on the data of the old one, or beside it.",
    rationale:
      "Engines do not read each other's files, even where they look alike: MariaDB does not start on the data dictionary of MySQL 8, and Valkey does not load a dump of Redis 7.4.",
    remedy: "Give the new engine a claim of its own, and move the data with a dump.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://mariadb.com/kb/en/upgrading-from-mysql-to-mariadb/", "https://valkey.io/topics/migration/"],
    quietWhen:
      "the data is declared a cache or ephemeral or is not on a volume that outlives its Pod, or Valkey takes over from Redis 7.2 or older.",
  },
  check({ before, after, isRenamed }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.durability !== "durable") return;
    if (old.engine === young.engine || old.engine === "other" || young.engine === "other") return;
    const [from, to] = [dataPlaceOf(old), dataPlaceOf(young)];
    if (from?.isLasting !== true || to === undefined) return;
    if (to.volume !== from.volume) {
      if (to.isLasting) return; // a volume of its own
      report({
        verdict: "starts-empty",
        message: `${serverName(young)} of ${nameOf(young.resource)} starts empty: it keeps its data in ${to.volume}, and what ${serverName(old)} wrote stays in ${from.volume}.`,
        at: young.image?.node ?? young.resource.node.nearest("spec"),
        related: [{ message: "until now", at: old.image?.node ?? old.resource.node.nearest("spec") }],
      });
      return;
    }
    if (old.engine === "redis" && young.engine === "valkey" && !isAfter72(old.version.value)) return;
    report({
      verdict: "does-not-start",
      message: `${serverName(young)} of ${nameOf(young.resource)} gets the volume of ${serverName(old)} (${from.volume}): ${engineNames[young.engine]} does not read files of ${engineNames[old.engine]}.`,
      at: young.image?.node ?? young.resource.node.nearest("spec"),
      related: [{ message: "until now", at: old.image?.node ?? old.resource.node.nearest("spec") }],
    });
  },
});

/** Redis 7.4 writes a format that no Valkey reads; of an unknown version nothing is said. */
function isAfter72(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? "0").split(".").map(Number);
  return major > 7 || (major === 7 && minor >= 4);
}
