import { programOf } from "../../embedded/command.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import type { Retention } from "../model/backup-terms.ts";
import { iniUnder, optionIn, pgbackrestOption, wordsOf } from "./tool-options.ts";
import type { ToolRun as Run } from "./tool-runs.ts";

const day = 86_400;

/** How long a tool keeps base backups, by what deletes them in view; undefined: the command is of no tool with a retention of its own. */
export function retentionOfTool(run: Run, resources: ResourceIndex): Fact<Retention> | undefined {
  const at = run.command.words[0] ?? run.command;
  switch (programOf(run.command)) {
    case "pgbackrest":
      return retentionOfPgbackrest(run);
    case "barman":
      return retentionOfBarman(run);
    case "wal-g":
    case "wal-e":
      return deletedBy(run, resources, /^wal-[ge]$/, walgKeeps) ?? byDefault({ kind: "all" }, at);
    case "barman-cloud-backup":
    case "barman-cloud-wal-archive":
      return deletedBy(run, resources, /^barman-cloud-backup-delete$/, cloudKeeps) ?? byDefault({ kind: "all" }, at);
    case "pbm":
      return deletedBy(run, resources, /^pbm$/, pbmKeeps) ?? byDefault({ kind: "all" }, at);
    default:
      return undefined;
  }
}

/** Without `repo1-retention-full` pgBackRest keeps everything; its type is a count unless `time`, in days. */
function retentionOfPgbackrest({ command, container }: Run): Fact<Retention> {
  const at = command.words[0] ?? command;
  const full = pgbackrestOption("repo1-retention-full", command, container);
  if (full === undefined) return byDefault({ kind: "all" }, at);
  if (full.value === undefined) return full;
  const number = Number(full.value);
  if (!/^\d+$/.test(full.value)) return unknown(full.at, "its retention cannot be read");
  return pgbackrestOption("repo1-retention-full-type", command, container)?.value === "time"
    ? known({ kind: "time", seconds: number * day }, full.at)
    : known({ kind: "copies", copies: number }, full.at);
}

/** `retention_policy` of the server, or of all; without one Barman keeps everything (run with 3.4). */
function retentionOfBarman({ command, container }: Run): Fact<Retention> {
  const at = command.words[0] ?? command;
  const entries = [...iniUnder(container, "/etc/barman"), ...iniUnder(container, "/etc/barman.d")];
  const server = wordsOf(command, container).at(-1);
  const policy =
    entries.findLast(({ section, key }) => section === server && key === "retention_policy") ??
    entries.findLast(({ section, key }) => section === "barman" && key === "retention_policy");
  if (policy !== undefined) return barmanPolicy(policy.value, at);
  return entries.some(({ section }) => section === server)
    ? byDefault({ kind: "all" }, at)
    : unknown(at, "Barman's configuration is not in view");
}

/** `RECOVERY WINDOW OF 4 WEEKS`, `REDUNDANCY 3`. */
export function barmanPolicy(text: string, at: Place): Fact<Retention> {
  const match = /^(?:RECOVERY +WINDOW +OF +(\d+) +(DAY|WEEK|MONTH)S?|REDUNDANCY +(\d+))$/i.exec(text.trim());
  if (match === null) return unknown(at, "its retention policy is not valid, or filled in later");
  if (match[3] !== undefined) return known({ kind: "copies", copies: Number(match[3]) }, at);
  const days = { day: 1, week: 7, month: 31 }[match[2]?.toLowerCase() ?? ""] ?? 1;
  return known({ kind: "time", seconds: Number(match[1]) * days * day }, at);
}

/** What commands in view of a tool delete, in the same namespace; the first that says it. */
function deletedBy(
  { container }: Run,
  resources: ResourceIndex,
  program: RegExp,
  keeps: (words: readonly string[], at: Place) => Fact<Retention> | undefined,
): Fact<Retention> | undefined {
  const from = container.workload.resource;
  for (const run of toolRuns(resources)) {
    if (!program.test(programOf(run.command)) || !namespacesAgree(run.container.workload.resource, from)) continue;
    const found = keeps(wordsOf(run.command, run.container), run.command.words[0] ?? run.command);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The commands in view of tools that delete with a command. */
const toolRuns = oncePer((resources: ResourceIndex): readonly Run[] =>
  [...resources].flatMap(({ workload }) =>
    (workload?.containers ?? []).flatMap((container) =>
      container.commands
        .filter((command) => /^(?:wal-[ge]|pbm|barman-cloud-backup-delete)$/.test(programOf(command)))
        .map((command) => ({ command, container })),
    ),
  ),
);

/** Without --confirm WAL-G only says what it would delete. https://wal-g.readthedocs.io/#delete */
function walgKeeps(words: readonly string[], at: Place): Fact<Retention> | undefined {
  const verb = words.indexOf("delete");
  if (verb < 0 || isRehearsal(words)) return undefined;
  const mode = words[verb + 1];
  if (mode === "retain") {
    const count = words.slice(verb + 2).find((word) => /^\d+$/.test(word));
    return count === undefined
      ? unknown(at, "how many it retains is known only when it runs")
      : known({ kind: "copies", copies: Number(count) }, at);
  }
  if (mode !== "before") return undefined;
  const days = /(\d{1,5}) ?days?/.exec(words.slice(verb + 2).join(" "))?.[1];
  return days === undefined
    ? unknown(at, "the age in its delete is known only when it runs")
    : known({ kind: "time", seconds: Number(days) * day }, at);
}

function cloudKeeps(words: readonly string[], at: Place): Fact<Retention> | undefined {
  const policy = optionIn(words, "-r", "--retention-policy");
  return policy === undefined || isRehearsal(words) ? undefined : barmanPolicy(policy, at);
}

function pbmKeeps(words: readonly string[], at: Place): Fact<Retention> | undefined {
  if (!/^(?:cleanup|delete-backup)$/.test(words[1] ?? "") || isRehearsal(words)) return undefined;
  const age = optionIn(words, "--older-than");
  const days = /^(\d+)d$/.exec(age ?? "")?.[1];
  if (age === undefined) return undefined;
  return days === undefined
    ? unknown(at, "the age in its cleanup is known only when it runs")
    : known({ kind: "time", seconds: Number(days) * day }, at);
}

/**
 * Whether a command that deletes old backups only says what it would delete: WAL-G without --confirm, pgBackRest and barman-cloud with
 * --dry-run; PBM without --yes asks, and without an answer deletes nothing (cmd/pbm/common.go, 2026-07).
 */
export function isRehearsal(words: readonly string[]): boolean {
  if (words.includes("--dry-run")) return true;
  const program = words[0]?.split("/").at(-1);
  if (words.slice(1).some((word) => /^["']?[$`]/.test(word))) return false;
  if (program === "wal-g") return words.includes("delete") && !words.some((word) => /^--confirm(?:=true)?$/.test(word));
  if (program === "wal-e") return words.includes("delete") && !words.includes("--confirm");
  return (
    program === "pbm" &&
    /^(?:cleanup|delete-backup|delete-pitr)$/.test(words[1] ?? "") &&
    !words.some((word) => /^(?:-y|--yes|-f|--force)$/.test(word))
  );
}
