import type { Container, MountedFile } from "../../kube/container.ts";
import { serverImageOf } from "./server-container.ts";

/**
 * Whether PostgreSQL never sees a file that is mounted outside its data directory: the official image reads the postgresql.conf of that
 * directory, and nothing in view names or includes another one. https://hub.docker.com/_/postgres#database-configuration
 */
export function isUnread(file: MountedFile, container: Container): boolean {
  if (serverImageOf(container.image)?.family !== "postgres") return false;
  const { argv, environment, filesAreComplete, overridesEntrypoint } = container;
  if (overridesEntrypoint && !/postgres$/.test(argv[0]?.value ?? "")) return false;
  if (!filesAreComplete || argv.some(({ value }) => value === undefined)) return false;
  const data = environment.get("PGDATA");
  if (data !== undefined && data.value === undefined) return false;
  if ([data?.value ?? home, home].some((directory) => file.path.startsWith(`${directory}/`))) return false;
  // A start script or PGDATA that copies or includes it may name its directory only.
  if (/config_file|include|\.conf/.test(argv.map(({ value }) => value ?? "").join(" "))) return false;
  // So may a script of the first start, or the file that is read.
  const folder = file.path.slice(0, file.path.lastIndexOf("/"));
  return container.filesUnder("/").every((other) => other === file || other.content.value?.includes(folder) === false);
}

const home = "/var/lib/postgresql";
