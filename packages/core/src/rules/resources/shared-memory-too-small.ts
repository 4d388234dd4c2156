import { sharedMemoryUse } from "../../domain/database/shared-memory.ts";
import { nameOf, serverName, shortName } from "../../domain/model/names.ts";
import { editFix } from "../../rule/fix.ts";
import { mountEmptyDir } from "../../rule/mount-volume.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

/** What container runtimes give. */
const runtimeDefault = 64 * 2 ** 20;

export default defineRule({
  id: "shared-memory-too-small",
  subject: "database",
  meta: {
    summary: "PostgreSQL has only the 64 MiB of /dev/shm that container runtimes provide.",
    rationale:
      "Parallel queries exchange rows in /dev/shm. One larger hash join uses up 64 MiB: `could not resize shared memory segment … No space left on device`.",
    remedy: "Mount an `emptyDir` with `medium: Memory` at /dev/shm; it counts against the memory limit.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://github.com/CrunchyData/postgres-operator/issues/2783",
      "https://hub.docker.com/_/postgres",
      "https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-HASH-MEM-MULTIPLIER",
    ],
    quietWhen:
      "something is mounted at /dev/shm; if the settings limit one query to 64 MiB it is reported only in `all`; without parallel workers not at all.",
  },
  check(database, { report }) {
    const { engine, container, workload, resource } = database;
    if (engine !== "postgresql" || container === undefined || workload === undefined) return;
    if (
      container.mounts.some((mount) => directoryPath(mount.mountPath) === "/dev/shm") ||
      workload.podSpec.boolean("hostIPC") === true
    )
      return;
    const use = sharedMemoryUse(database);
    if (use === undefined) return;
    const isExceeded = use.bytes > runtimeDefault;
    report({
      message: isExceeded
        ? `${serverName(database)} of ${nameOf(resource)} has 64Mi of shared memory, but ${use.formula}: the query fails with "could not resize shared memory segment".`
        : `${serverName(database)} has 64Mi of shared memory: a parallel query can fail with "could not resize shared memory segment".`,
      at: container.node.nearest("volumeMounts"),
      point: container.node.at("volumeMounts") === undefined ? "value" : "key",
      ...(!isExceeded ? { severity: "info" as const, presets: [] } : {}),
      fixes: [
        editFix({
          title: "Mount memory at /dev/shm",
          safety: "unsafe",
          consequence: `Restarts every instance of ${shortName(resource)}; its contents count against the memory limit.`,
          edits: mountEmptyDir(container, { name: "shared-memory", path: "/dev/shm", medium: "Memory" }),
        }),
      ],
    });
  },
});
