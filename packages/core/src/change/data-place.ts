import type { Database } from "../domain/model/database.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { VolumeSource } from "../kube/workload.ts";
import type { Place } from "../yaml/node.ts";
import { compare } from "./compare.ts";

/** Where a workload's server keeps its data, in terms that do not change when only a mount path does. */
export interface DataPlace {
  /** `claim template data`, `claim orders-data`, `emptyDir data`, `the container's own layer` */
  readonly volume: string;
  /** The directory below the volume's root; empty: the root. */
  readonly inside: string;
  /** The data outlives its Pod there. */
  readonly isLasting: boolean;
  /** No volume holds it: it goes with the container. */
  readonly isInContainer: boolean;
  /** Nobody wrote the directory: the image chooses it. */
  readonly isDefault: boolean;
  /** What decides it: the setting of the directory, or the mount. */
  readonly at: Place;
}

const names = {
  "claim-template": "claim template",
  claim: "claim",
  "host-path": "hostPath",
  nfs: "NFS volume",
  csi: "CSI volume",
  "empty-dir": "emptyDir",
  memory: "emptyDir",
  "ephemeral-claim": "ephemeral claim",
} as const;
const lasting: ReadonlySet<string> = new Set(["claim-template", "claim", "host-path", "nfs", "csi"]);
const passing: ReadonlySet<VolumeSource> = new Set([
  "empty-dir",
  "memory",
  "ephemeral-claim",
  "config-map",
  "secret",
  "projected",
]);

/** undefined: it is not known. */
export function dataPlaceOf({ dataDirectory, container, workload }: Database): DataPlace | undefined {
  const path = dataDirectory?.path;
  if (dataDirectory === undefined || path?.value === undefined || container === undefined) return undefined;
  const { mount } = dataDirectory;
  const isDefault = path.origin === "default";
  if (mount === undefined && workload !== undefined)
    return {
      volume: "the container's own layer",
      inside: path.value,
      isLasting: false,
      isInContainer: true,
      isDefault,
      at: path.at,
    };
  const source = mount?.volume?.source;
  if (mount?.volume === undefined || source === undefined || !Object.hasOwn(names, source)) return undefined;
  const { volume, subPath = "" } = mount;
  if (mount.node.at("subPathExpr") !== undefined || hasPlaceholder(`${subPath} ${volume.sourceName ?? ""}`))
    return undefined;
  const name = source === "claim" ? volume.sourceName : volume.node.text("hostPath", "path");
  const parts = `${subPath}/${path.value.slice(mount.mountPath.length)}`.split("/");
  return {
    volume: `${names[source as keyof typeof names]} ${name ?? volume.name}`,
    inside: parts.filter((part) => part !== "" && part !== ".").join("/"),
    isLasting: lasting.has(source),
    isInContainer: false,
    isDefault: isDefault && subPath === "",
    at: isDefault ? mount.node : path.at,
  };
}

/** The data does not outlive the Pod. A lasting volume beside the directory that the image chooses may be meant for it: not sure. */
export function goesWithItsPod(database: Database): boolean {
  const place = dataPlaceOf(database);
  if (place?.isInContainer === false) return !place.isLasting;
  return database.workload?.volumes.every(({ source }) => passing.has(source)) === true;
}

/** Whether both look in one place; undefined: it is not known. Where a Secret may decide it, the same text means the same place. */
export function areInOnePlace(before: Database, after: Database): boolean | undefined {
  const [old, young] = [dataPlaceOf(before), dataPlaceOf(after)];
  if (old !== undefined && young !== undefined)
    return (old.volume === young.volume && old.inside === young.inside) || (old.isDefault && young.isDefault);
  const isSame = deciding.every((path) => {
    const [one, other] = [before, after].map(
      ({ container, workload }) => (path[0] === "volumes" ? workload?.podSpec : container?.node)?.at(...path)?.value,
    );
    return compare(one, other) === "same" && !hasPlaceholder(JSON.stringify(other ?? ""));
  });
  return isSame ? true : undefined;
}

/** What says where a server keeps its data. */
const deciding = [["env"], ["envFrom"], ["args"], ["command"], ["volumeMounts"], ["volumes"]] as const;
