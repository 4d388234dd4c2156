import type { Command } from "../../embedded/command.ts";
import type { MigrationLock, MigrationWait } from "../../facts/migration-tools.ts";
import type { Container } from "../../kube/container.ts";
import type { Workload } from "../../kube/workload.ts";
import type { HostReference } from "./reach.ts";

/** A schema migration that runs in a container of the workload. */
export interface Migration {
  /** `alembic`, `flyway`, `liquibase`, `prisma`, … */
  readonly tool: string;
  /** How the tool keeps two runs apart. */
  readonly lock: MigrationLock;
  /** What a second run does while the first holds the lock; undefined: it takes none, or that is not known. */
  readonly wait: MigrationWait | undefined;
  readonly container: Container;
  readonly workload: Workload;
  /** undefined: the image's own entrypoint migrates. */
  readonly command: Command | undefined;
  readonly where: "init" | "start-command" | "job";
  /** Hosts that the container names. */
  readonly hosts: readonly HostReference[];
}
