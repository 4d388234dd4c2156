import { nameOf } from "../../domain/model/names.ts";
import { sharingPoolerOf } from "../../domain/pooler/pool-mode.ts";
import { type Command, programOf } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "dump-through-pooler",
  subject: "container",
  meta: {
    summary: "A dump or restore goes through a pooler that shares server connections.",
    rationale:
      'pg_dump empties `search_path` before its transaction begins, and a restored dump does so in its first lines. In transaction mode that connection then goes to other clients, which get `relation "orders" does not exist` until it is closed (measured with 1.18 and 1.26). In statement mode pg_dump fails: `transaction blocks not allowed`.',
    remedy: "Connect dumps and restores to the database directly.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/features.html", "https://www.postgresql.org/docs/current/app-pgdump.html"],
    quietWhen: "the pool mode is session or not in view, or the container also names the database directly.",
  },
  check(container, { workspace, report }) {
    const { resource } = container.workload;
    const command = container.commands.find((each) => kindOf(each, container.commands) !== undefined);
    if (command === undefined) return;
    const through = sharingPoolerOf(workspace.topology.hostsIn(container));
    if (through === undefined) return;
    const program = programOf(command);
    const isRestore = kindOf(command, container.commands) === "restore";
    const fails = through.mode === "statement" && !isRestore;
    report({
      message: `${program} of ${nameOf(resource)} goes through ${nameOf(through.pooler.resource)} (pool_mode ${through.mode}): ${
        fails
          ? "it needs a transaction, and the pooler refuses transactions"
          : "it empties search_path on a server connection that other clients get next, and they no longer find their tables"
      }.`,
      at: command.words[0] ?? command,
      ...(fails || isRestore ? { severity: "error" as const } : {}),
      related: [
        { message: "the pooler", at: through.host },
        { message: "the pool mode", at: through.modeAt },
      ],
    });
  },
});

function kindOf(command: Command, all: readonly Command[]): "dump" | "restore" | undefined {
  const { words, readsFrom } = command;
  const program = programOf(command);
  if (/^pg_dump(all)?$/.test(program)) return "dump";
  if (program === "pg_restore") return words.some(({ text }) => text === "-f" || text === "-l") ? undefined : "restore";
  if (program !== "psql") return undefined;
  // `gunzip -c /backup/orders.sql.gz | psql`
  const unpacked = all.find(({ feeds }) => feeds === command);
  const isUnpacked =
    unpacked !== undefined &&
    /^(gunzip|zcat|gzip|pigz|zstd|zstdcat|unzstd|xz|xzcat|bzcat|bunzip2)$/.test(programOf(unpacked)) &&
    unpacked.words.some(({ text }) => /\.(sql|dump|backup)\.\w+$/.test(text ?? ""));
  const file = readsFrom?.text ?? "";
  const isDump = /\.(dump|backup|sql\.gz)$/.test(file) || (file.includes("dump") && file.endsWith(".sql"));
  return isUnpacked || isDump ? "restore" : undefined;
}
