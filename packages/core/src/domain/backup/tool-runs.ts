import type { Command } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import type { Backup } from "../model/backup.ts";
import type { Database } from "../model/database.ts";

/** A command, and the container whose files and variables it sees. */
export interface ToolRun {
  readonly command: Command;
  readonly container: Container;
}

/** The command that takes a backup where it runs: with `kubectl exec` in the server's own container. */
export function toolRunOf({ command, container }: Backup, database: Database | undefined): ToolRun | undefined {
  const at = command?.execIn === undefined ? container : database?.container;
  return command === undefined || at === undefined ? undefined : { command, container: at };
}
