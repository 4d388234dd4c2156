import { changesOf, nameBuild } from "../../domain/migration/script.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "concurrent-build-hangs-in-flyway",
  subject: "script",
  meta: {
    summary: "Flyway's own lock is a transaction that a concurrent index build waits for.",
    rationale:
      "Since 9.1 Flyway keeps its lock in a transaction of a second connection while it runs the script. CREATE INDEX CONCURRENTLY waits for every older transaction, and Flyway ends that one only after the script: the migration hangs until someone kills it.",
    remedy: "Set `FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK=false` in the container that migrates.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/flyway/flyway/issues/3682", "https://github.com/flyway/flyway/issues/3508"],
    yieldsTo: ["concurrent-build-in-transaction"],
    quietWhen:
      "the setting is written, the image is older than 9.1, or Flyway runs inside an application, whose configuration is not in view.",
  },
  check(script, { report }) {
    const first = changesOf(script, "create-index", "reindex").find(({ isConcurrent }) => isConcurrent);
    if (first === undefined || script.tool !== "Flyway") return;
    const runner = script.migrations.find(({ container }) => isAffected(container));
    if (runner === undefined) return;
    report({
      message: `${nameBuild(first)} hangs: it waits for the transaction in which Flyway keeps its own lock (postgresql.transactional.lock, true by default).`,
      at: first.at,
      related: [{ message: "runs Flyway", at: runner.container.node.nearest("image") }],
    });
  },
});

function isAffected(container: Container): boolean {
  const { image, argv, environment, filesAreComplete } = container;
  if (image === undefined || image.isTemplated || !/(^|\/)flyway$/.test(image.name)) return false;
  const [, major = "", minor = ""] = /^(\d+)(?:\.(\d+))?/.exec(image.tag ?? "") ?? [];
  if (Number(major) < 9 || (major === "9" && minor === "0")) return false;
  const isSet = /transactional[._]lock/i;
  return (
    filesAreComplete &&
    argv.every(({ value }) => value !== undefined && !isSet.test(value)) &&
    !environment.written().some(({ name }) => isSet.test(name)) &&
    !container.filesUnder("/").some(({ content }) => isSet.test(content.value ?? ""))
  );
}
