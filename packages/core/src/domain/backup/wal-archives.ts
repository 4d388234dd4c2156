import { type Command, programOf } from "../../embedded/command.ts";
import { parseShell } from "../../embedded/shell.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { byDefault } from "../../yaml/fact.ts";
import type { Backup } from "../model/backup.ts";
import type { Database } from "../model/database.ts";
import { archiveTimeout } from "../operators/wal-terms.ts";
import { retentionOfTool } from "./tool-retention.ts";
import { storeOfTool } from "./tool-stores.ts";
import { whereCommandWrites, whereMounted } from "./whereabouts.ts";

/** The WAL that the server of a workload archives with a command; undefined: none, or nothing that the ledger knows of. */
export function archiveOfServer(database: Database, resources: ResourceIndex): Backup | undefined {
  const { container, engine, settings, resource } = database;
  const mode = settings.get("archive_mode")?.value;
  const setting = settings.get("archive_command");
  if (engine !== "postgresql" || container === undefined || (mode !== "on" && mode !== "always")) return undefined;
  const at = setting?.at;
  if (setting?.value === undefined || at === undefined) return undefined;
  const commands = parseShell(setting.value, { program: "sh", errexit: false, pipefail: false }, () => at);
  const copies = commands.find((each) => !asks.test(programOf(each)));
  if (copies === undefined) return undefined;
  const store = storeOfTool(copies, container);
  const lies =
    store === undefined
      ? whereCommandWrites(withFile(copies), container, database, resources)
      : "mount" in store.lies
        ? whereMounted(store.lies.mount, container, database, resources)
        : store.lies;
  return {
    method: "wal-archive",
    engine,
    resource,
    container: undefined,
    schedule: undefined,
    hosts: [],
    databases: [database],
    command: undefined,
    script: [],
    terms: {
      needsBase: true,
      recoveryPoint: archiveTimeout(database, 0, resource.node),
      keeps: retentionOfTool({ command: copies, container }, resources) ?? byDefault({ kind: "all" }, at),
      lies,
      ...(store?.folder === undefined ? {} : { folder: store.folder }),
    },
  };
}

/** Programs that only look, or say. */
const asks = /^(?:test|\[|\[\[|true|:|echo|printf|exit|date|logger|sleep)$/;

/** `cp %p /wal/%f` with the name of a segment in place of `%f`. A copy of a command or word has its place only where that is named. */
function withFile(command: Command): Command {
  const words = command.words.map(({ file, span, yamlPath, text, raw }) => ({
    file,
    span,
    yamlPath,
    text,
    raw: raw.replaceAll("%f", "segment"),
  }));
  const { file, span, yamlPath } = command;
  return { ...command, file, span, yamlPath, words };
}
