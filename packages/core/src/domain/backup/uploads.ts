import { type Command, commandsAfter, linesOf } from "../../embedded/command.ts";
import { uploadMarkers } from "../../facts/backup-tools.ts";
import type { Container } from "../../kube/container.ts";
import { isAnyIn } from "../../text/scan.ts";

/** Commands that may carry a dump away: behind it in its own script, or anywhere in another container of the Pod. */
export function uploadsOf(container: Container, dump: Command | undefined): readonly Command[] {
  return container.workload.containers
    .flatMap((each) => (each === container && dump !== undefined ? commandsAfter(each.commands, dump) : each.commands))
    .filter((command) => linesOf([command]).some((line) => isAnyIn(line, uploadMarkers)));
}

/** The container of the same Pod that runs a command: its variables are the command's. */
export function runnerOf(command: Command, container: Container): Container {
  return container.workload.containers.find(({ commands }) => commands.includes(command)) ?? container;
}
