import { type Command, programOf, writtenLine } from "../../embedded/command.ts";
import { uploadMarkers } from "../../facts/backup-tools.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { isAnyIn } from "../../text/scan.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { Whereabouts } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { claimsOfDatabase } from "../storage/volumes.ts";
import { dumpDirectory, expandedText, finalTarget } from "./dump-directory.ts";
import { claimsOf } from "./read-backups.ts";
import { toolRunOf } from "./tool-runs.ts";
import { storeOfTool } from "./tool-stores.ts";
import { withVariables } from "./upload-target.ts";
import { runnerOf, uploadsOf } from "./uploads.ts";

/** Where a script, or the image that dumps by itself, leaves what it made. */
export function whereScriptWrites(backup: Backup, database: Database, resources: ResourceIndex): Fact<Whereabouts> {
  const { container, command, resource } = backup;
  const run = toolRunOf(backup, database);
  const store = run && storeOfTool(run.command, run.container);
  if (run !== undefined && store !== undefined)
    return "mount" in store.lies ? whereMounted(store.lies.mount, run.container, database, resources) : store.lies;
  if (container === undefined) return unknown(resource.node.nearest("spec"), "nothing in view says it");
  const uploads = uploadsOf(container, command).map((each) => {
    const runner = runnerOf(each, container);
    return isOnlyWhereSet(each, runner)
      ? unknown(each.words[0] ?? each, "it is uploaded only where a variable is set that is not in view")
      : whereUploaded(each, runner);
  });
  const known = uploads.filter((fact) => fact.value !== undefined);
  const best = known.find(({ value }) => value === "off-site") ?? known[0] ?? uploads[0];
  if (best !== undefined) return best;
  if (command === undefined) return whereImageWrites(container, database, resources);
  const at = command.words[0] ?? command;
  if (!container.commandsAreComplete) return unknown(at, "a script is not in view");
  const target = finalTarget(command, container.commands);
  const directory = dumpDirectory(command, target) ?? knownDirectory(target?.path ?? "", container);
  if (directory === undefined) return unknown(at, "where it is written is known only when it runs");
  return whereMounted(container.mountAt(directory), container, database, resources);
}

/** `if [ -n "$BUCKET" ]; then aws s3 cp … "s3://$BUCKET"; fi`, where what sets BUCKET is not in view. */
function isOnlyWhereSet(upload: Command, { commands, environment }: Container): boolean {
  if (!upload.isConditional) return false;
  return commands.some(
    (test) =>
      /^(?:\[|\[\[|test)$/.test(programOf(test)) &&
      test.words.some(({ raw }) => raw === "-n" || raw === "-z") &&
      variablesIn(test).some(
        (name) => variablesIn(upload).includes(name) && environment.get(name)?.value === undefined,
      ),
  );
}

function variablesIn({ words }: Command): readonly string[] {
  return words.flatMap(({ raw }) => [...raw.matchAll(/\$\{?(\w+)/g)].map((match) => match[1] ?? ""));
}

/** The directory of a target that the container's variables complete: `$BACKUP_DIR/orders-$(date +%F).dump`. */
function knownDirectory(written: string, container: Container): string | undefined {
  const path = withVariables(written, container);
  const known = /^[^$`]*/.exec(path)?.[0] ?? "";
  return known.startsWith("/") ? known.slice(0, known.lastIndexOf("/")) || "/" : undefined;
}

/** `S3_BUCKET` and its kin, or the only volume that it may write. */
function whereImageWrites(container: Container, database: Database, resources: ResourceIndex): Fact<Whereabouts> {
  const names = container.environment.written().map(({ name }) => name);
  const endpoint = container.environment.get("S3_ENDPOINT") ?? container.environment.get("AWS_ENDPOINT_URL");
  if (names.some((name) => /^(?:S3|AWS|B2|GCS|AZURE)_/.test(name)))
    return endpoint !== undefined && endpoint.value === undefined
      ? unknown(endpoint.at, endpoint.because)
      : whereStoreIs(endpoint?.value, endpoint?.at ?? keyOf(container.node));
  const [only, ...more] = container.mounts.filter(
    ({ isReadOnly, volume }) => !isReadOnly && volume?.source !== "config-map" && volume?.source !== "secret",
  );
  return only === undefined || more.length > 0
    ? unknown(keyOf(container.node), "its image decides where it writes")
    : whereMounted(only, container, database, resources);
}

/** Where one command of a server writes what it archives: `cp %p /wal/segment`, `aws s3 cp %p s3://…`. */
export function whereCommandWrites(
  command: Command,
  container: Container,
  database: Database,
  resources: ResourceIndex,
): Fact<Whereabouts> {
  const at = command.words[0] ?? command;
  if (isAnyIn(writtenLine(command), uploadMarkers)) return whereUploaded(command, container);
  const target = withVariables(expandedText((command.writesTo ?? command.words.at(-1))?.raw ?? "", command), container);
  if (!/^\/[\w./-]+$/.test(target)) return unknown(at, "where it archives to is not known");
  return whereMounted(
    container.mountAt(target.slice(0, target.lastIndexOf("/")) || "/"),
    container,
    database,
    resources,
  );
}

/** Where what is written to a mount is; without one it goes with the Pod. */
export function whereMounted(
  mount: VolumeMount | undefined,
  container: Container,
  database: Database,
  resources: ResourceIndex,
): Fact<Whereabouts> {
  if (mount === undefined) return known("pod", keyOf(container.node.nearest("volumeMounts")));
  const { volume } = mount;
  const at = volume?.node ?? mount.node;
  if (container.workload === database.workload && mount.name === database.dataDirectory?.mount?.name)
    return known("data-volume", at);
  switch (volume?.source) {
    case "empty-dir":
    case "memory":
    case "ephemeral-claim":
      return known("pod", at);
    case "host-path":
      return known("node", at);
    case "claim-template":
      return volume.claimSpec === undefined
        ? unknown(at, "its claim is not in view")
        : whereClaimIs(volume.claimSpec.string("storageClassName"), database, resources, at);
    case "claim": {
      const name = volume.sourceName ?? "";
      if (claimsOf(database).has(name)) return known("data-volume", at);
      const claim = resources.find("PersistentVolumeClaim", name, container.workload.resource);
      if (claim === undefined) return unknown(at, `claim ${name} is not in view`);
      return whereClaimIs(claim.node.string("spec", "storageClassName"), database, resources, at);
    }
    default:
      return unknown(
        at,
        volume?.source === "nfs" ? "where the NFS server is, is not known" : "its volume is not known",
      );
  }
}

/** A class that hands out buckets or file shares may lead anywhere. */
const shares = /s3|gcs|bucket|blob|rclone|nfs|smb|cifs/i;

function whereClaimIs(
  storageClass: string | undefined,
  database: Database,
  resources: ResourceIndex,
  at: VolumeMount["node"],
): Fact<Whereabouts> {
  if (shares.test(storageClass ?? "")) return unknown(at, `where volumes of class ${storageClass} are is not known`);
  const data = claimsOfDatabase(database, resources).map(({ spec }) => spec.string("storageClassName"));
  const isSame = data.length > 0 && data.every((each) => each === storageClass);
  return known(isSame ? "same-class" : "cluster", at);
}

const clouds = /^(?:gsutil|gcloud|az|azcopy|b2)$/;

/** The store to which one command of a script uploads. */
function whereUploaded(command: Command, container: Container): Fact<Whereabouts> {
  const words = command.words.map(({ raw }) => withVariables(expandedText(raw, command), container));
  const program = programOf(command);
  const at = command.words[0] ?? command;
  const option = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ??
    (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  const variable = (name: string): Fact<string> | undefined => container.environment.get(name);
  if (clouds.test(program)) return known("off-site", at);
  if (program === "aws" || program === "s5cmd") {
    const endpoint = variable("AWS_ENDPOINT_URL_S3") ?? variable("AWS_ENDPOINT_URL") ?? variable("S3_ENDPOINT_URL");
    const written = option("--endpoint-url");
    if (written === undefined && endpoint !== undefined && endpoint.value === undefined)
      return unknown(at, "its endpoint is not in view");
    return whereStoreIs(written ?? endpoint?.value, at);
  }
  if (program === "restic") {
    const repository = option("-r") ?? option("--repo") ?? variable("RESTIC_REPOSITORY")?.value;
    if (repository === undefined) return unknown(at, "its repository is not in view");
    const scheme = /^(s3|b2|gs|azure|rest|sftp|swift):/.exec(repository)?.[1];
    if (scheme === undefined) return unknown(at, "where its repository is, is not known");
    if (scheme === "b2" || scheme === "gs" || scheme === "azure" || scheme === "swift") return known("off-site", at);
    return whereStoreIs(repository.slice(scheme.length + 1), at);
  }
  if (program === "mc") {
    const alias = words.findLast((word) => /^[\w-]+\//.test(word))?.split("/")[0];
    const address = alias === undefined ? undefined : addressOfAlias(alias, container);
    if (address !== undefined) return whereStoreIs(address, at);
  }
  if (program === "curl") {
    const url = words.find((word) => /^(?:https?|ftps?|sftp):\/\//.test(word));
    return url === undefined ? unknown(at, "its URL is known only when it runs") : whereStoreIs(url, at);
  }
  return unknown(at, `where ${program === "" ? "it" : program} uploads to is set up elsewhere`);
}

/** The address of an alias of mc: `mc alias set NAME ADDRESS …`, or MC_HOST_NAME. */
export function addressOfAlias(alias: string, container: Container): string | undefined {
  for (const command of container.workload.containers.flatMap(({ commands }) => commands)) {
    const words = command.words.map(({ raw }) => withVariables(expandedText(raw, command), container));
    const at = words.indexOf(alias);
    if (programOf(command) === "mc" && /^(?:set|add)$/.test(words[at - 1] ?? "")) return words[at + 1];
  }
  return container.environment.get(`MC_HOST_${alias}`)?.value;
}
