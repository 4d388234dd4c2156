import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { VolumeMount } from "../../kube/container.ts";
import { isSet } from "../claims.ts";
import { code, dumpAndTry, planIt, restoreDump } from "./ahead.ts";

/**
 * The steps of a server that keeps its data where it goes with the Pod, to a volume that stays. `path`: its data directory;
 * `mount`: one that misses it, or that leads to what does not stay.
 */
export function ontoVolume(database: Database, path: string, mount: VolumeMount | undefined): readonly string[] {
  const { resource, container } = database;
  const name = nameOf(resource);
  const isElsewhere = mount !== undefined && mount.volume?.source !== "empty-dir";
  if (isElsewhere)
    return [
      dumpAndTry(database),
      `Change the mountPath of ${mount.name} from ${mount.mountPath} to ${path}, and apply that: the server starts empty.`,
      restoreDump(database),
    ];
  const place = `mount it at ${path} of container ${container?.name}${mount === undefined ? "" : ` in place of ${mount.name}`}`;
  return [
    dumpAndTry(database),
    ...(isSet(resource)
      ? [
          `Add a template to ${code("spec.volumeClaimTemplates")} of ${name}, and ${place}. Do not apply that yet.`,
          planIt(
            "the API server takes no new template for a StatefulSet that exists, so it is replaced without its Pods",
          ),
        ]
      : [`Add a PersistentVolumeClaim, and ${place}. Apply that: the server starts empty.`]),
    restoreDump(database),
  ];
}
