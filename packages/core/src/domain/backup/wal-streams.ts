import { type Command, programOf } from "../../embedded/command.ts";
import { streamPrograms } from "../../facts/programs.ts";
import type { Container } from "../../kube/container.ts";
import { own } from "../../text/own.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { BackupTerms } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { archiveTimeout } from "../operators/wal-terms.ts";
import { iniUnder, optionIn, wordsOf } from "./tool-options.ts";

/** Seconds until what the server writes is in the file of a stream, measured with pg_receivewal 15. */
const lag = 1;

/** Whether a command streams WAL from a server: `pg_receivewal`, `wal-g wal-receive`. */
export function streamsWal(command: Command): boolean {
  const program = own(streamPrograms, programOf(command));
  if (program === undefined) return false;
  const words = command.words.slice(1).map(({ text }) => text ?? "");
  if (words.some((word) => /^(?:--help|--version|--reset|--stop|-V|-\?)$/.test(word))) return false;
  if (words.some((word) => program.prepares?.test(word) === true)) return false;
  return program.takes === undefined || words.includes(program.takes);
}

/** What a stream promises: the changes until a moment ago, on top of a base backup that something else takes. */
export function streamTerms(command: Command, container: Container, database: () => Database | undefined): BackupTerms {
  const { resource } = container.workload;
  // One that a Job runs is as old as its last run.
  if (resource.kind === "CronJob" || resource.kind === "Job") return { needsBase: true };
  return {
    needsBase: true,
    get recoveryPoint() {
      return own(streamPrograms, programOf(command))?.storesSegments === true
        ? archiveTimeout(database(), 0, resource.node)
        : lagOf(command, container);
    },
  };
}

/** The server keeps for a slot what its receiver has not had yet; without one it recycles that. */
function lagOf(command: Command, container: Container): Fact<number> {
  const at = command.words[0] ?? command;
  const words = wordsOf(command, container);
  const slot = programOf(command) === "barman" ? slotOfBarman(words, container) : slotIn(words);
  if (slot === "unknown") return unknown(at, "Barman's configuration is not in view");
  return slot === "none"
    ? unknown(at, "it has no slot: what the server recycles while it is down is missing")
    : known(lag, at);
}

function slotIn(words: readonly string[]): "written" | "none" {
  const isWritten = optionIn(words, "-S", "--slot") !== undefined || words.some((word) => /^-S./.test(word));
  return isWritten ? "written" : "none";
}

/** `slot_name` of the server that the command names, or of all. */
function slotOfBarman(words: readonly string[], container: Container): "written" | "none" | "unknown" {
  const entries = [...iniUnder(container, "/etc/barman"), ...iniUnder(container, "/etc/barman.d")];
  const server = words.at(-1);
  if (!entries.some(({ section }) => section === server)) return "unknown";
  const isWritten = entries.some(
    ({ section, key }) => key === "slot_name" && (section === server || section === "barman"),
  );
  return isWritten ? "written" : "none";
}
