import { type Command, programOf } from "../../embedded/command.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { StoreFolder, Whereabouts } from "../model/backup-terms.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { folderOfUrl, storeFolder } from "../storage/store-folder.ts";
import { optionIn, pgbackrestOption, wordsOf } from "./tool-options.ts";

/** Where a backup tool keeps what it takes: a store, or a mount of its container. */
export interface ToolStore {
  readonly lies: Fact<Whereabouts> | { readonly mount: VolumeMount | undefined };
  readonly folder?: StoreFolder | undefined;
}

/** The store of a tool that keeps backups itself, by its options and variables; undefined: the command is of none. */
export function storeOfTool(command: Command, container: Container): ToolStore | undefined {
  const program = programOf(command);
  const at = command.words[0] ?? command;
  switch (program) {
    case "wal-g":
    case "wal-e":
      return storeOfWalg(command, container);
    case "pgbackrest":
      return storeOfPgbackrest(command, container);
    case "barman":
      // https://docs.pgbarman.org/: barman_home
      return { lies: { mount: container.mountAt("/var/lib/barman") } };
    case "barman-cloud-backup":
    case "barman-cloud-wal-archive":
    case "barman-cloud-backup-delete":
    case "barman-cloud-restore": {
      const words = wordsOf(command, container);
      const provider = optionIn(words, "--cloud-provider") ?? "aws-s3";
      const url = words.find((word) => /^(?:s3|gs|https):\/\//.test(word));
      if (provider !== "aws-s3") return { lies: known("off-site", at), folder: folderOfUrl(url, undefined) };
      const endpoint = optionIn(words, "--endpoint-url") ?? container.environment.get("AWS_ENDPOINT_URL")?.value;
      return { lies: whereStoreIs(endpoint, at), folder: folderOfUrl(url, endpoint) };
    }
    default:
      return undefined;
  }
}

/** https://github.com/wal-g/wal-g/blob/master/docs/STORAGES.md (2026-08) */
function storeOfWalg(command: Command, { environment, mountAt }: Container): ToolStore {
  const at = command.words[0] ?? command;
  const variable = (...names: readonly string[]): Fact<string> | undefined =>
    names.map((name) => environment.get(name)).find((fact) => fact !== undefined);
  const s3 = variable("WALG_S3_PREFIX", "WALE_S3_PREFIX");
  if (s3 !== undefined) {
    const endpoint = variable("AWS_ENDPOINT", "WALE_S3_ENDPOINT");
    if (endpoint !== undefined && endpoint.value === undefined) return { lies: endpoint };
    if (endpoint === undefined && !environment.isComplete)
      return { lies: unknown(at, "whether its store has an endpoint of its own is not in view") };
    return { lies: whereStoreIs(endpoint?.value, s3.at), folder: folderOfUrl(s3.value, endpoint?.value) };
  }
  const google = variable("WALG_GS_PREFIX", "WALE_GS_PREFIX");
  const cloud = google ?? variable("WALG_AZ_PREFIX", "WALG_OSS_PREFIX", "WALG_SWIFT_PREFIX", "WALE_SWIFT_PREFIX");
  if (cloud !== undefined) return { lies: known("off-site", cloud.at), folder: folderOfUrl(google?.value, undefined) };
  const path = variable("WALG_FILE_PREFIX", "WALE_FILE_PREFIX")?.value;
  if (path !== undefined) return { lies: { mount: mountAt(path) } };
  return { lies: unknown(at, "its store is set up elsewhere") };
}

/** https://pgbackrest.org/configuration.html#section-repository: without a type the repository is a directory. */
function storeOfPgbackrest(command: Command, container: Container): ToolStore {
  const option = (name: string): Fact<string> | undefined => pgbackrestOption(`repo1-${name}`, command, container);
  const at = command.words[0] ?? command;
  const host = option("host");
  if (host?.value !== undefined)
    return { lies: unknown(host.at, "where its repository host keeps it is set up there") };
  const type = option("type");
  const bucket = option("s3-bucket");
  const endpoint = option("s3-endpoint");
  if (type?.value === "s3" || bucket?.value !== undefined) {
    if (endpoint !== undefined && endpoint.value === undefined) return { lies: endpoint };
    const prefix = (option("path")?.value ?? "/var/lib/pgbackrest").replace(/^\//, "");
    return {
      lies: whereStoreIs(endpoint?.value, at),
      folder: storeFolder("s3", bucket?.value, prefix, endpoint?.value),
    };
  }
  if (type?.value === "gcs" || type?.value === "azure") return { lies: known("off-site", type.at) };
  const path = option("path");
  const open = [type, path].find((fact) => fact !== undefined && fact.value === undefined);
  if (open !== undefined) return { lies: unknown(at, "where its repository is, is set up elsewhere") };
  return { lies: { mount: container.mountAt(path?.value ?? "/var/lib/pgbackrest") } };
}
