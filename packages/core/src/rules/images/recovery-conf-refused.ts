import { nameOf, serverName } from "../../domain/model/names.ts";
import { type Command, programOf, type Word } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "recovery-conf-refused",
  subject: "database",
  meta: {
    summary: "A script writes recovery.conf, with which PostgreSQL 12 and later do not start.",
    rationale:
      'Since PostgreSQL 12 the settings of a standby are ordinary ones and `standby.signal` makes it one. A server that finds recovery.conf in its data directory ends with `using recovery command file "recovery.conf" is not supported`; elsewhere nothing reads it, and the copy becomes a primary of its own.',
    remedy:
      "Let `pg_basebackup -R` write `standby.signal` and primary_conninfo, or `touch` standby.signal and set primary_conninfo yourself; promote with `pg_promote()`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/recovery-config.html"],
    quietWhen:
      "the version is not known or older than 12, the script makes standby.signal in another branch, or it deletes or only looks for the file.",
  },
  check(database, { report }) {
    const { engine, major, workload, resource } = database;
    if (engine !== "postgresql" || major === undefined || major < 12 || workload === undefined) return;
    for (const container of workload.containers) {
      for (const command of container.commands) {
        const at = writesRecoveryConf(command);
        // A script for several versions makes a standby both ways.
        if (at === undefined || (command.isConditional && container.commands.some(writesSignal))) continue;
        report({
          message: `recovery.conf is refused by ${serverName(database)} of ${nameOf(resource)}: since PostgreSQL 12 a server that finds it does not start, and standby.signal makes a standby.`,
          at,
        });
        return;
      }
    }
  },
});

const file = /(?:^|\/)recovery\.conf["']?$/;

function writesRecoveryConf(command: Command): Place | undefined {
  const { writesTo, words } = command;
  if (command.execIn !== undefined || command.unreached !== undefined) return undefined;
  const isIt = (word: Word | undefined): boolean => word !== undefined && file.test(word.text ?? word.raw);
  if (isIt(writesTo)) return writesTo;
  if (!/^(?:cp|mv|tee|install|ln)$/.test(programOf(command))) return undefined;
  const last = words.at(-1);
  if (isIt(last)) return last;
  // Into the data directory, under its own name.
  const isInto = last !== undefined && /PGDATA|\/(?:pg)?data\b/.test(last.text ?? last.raw);
  return isInto ? words.slice(1, -1).find(isIt) : undefined;
}

function writesSignal({ words, writesTo }: Command): boolean {
  return [...words, ...(writesTo === undefined ? [] : [writesTo])].some(({ raw }) =>
    /(?:standby|recovery)\.signal/.test(raw),
  );
}
