import { serverName, shortName } from "../../domain/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { editFix } from "../../rule/fix.ts";
import { mountEmptyDir } from "../../rule/mount-volume.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "shared-memory-too-small",
  subject: "database",
  meta: {
    summary: "PostgreSQL has the 64 MiB of /dev/shm that container runtimes give.",
    rationale:
      "Parallel queries exchange rows in /dev/shm. 64 MiB are used up by one larger hash join: `could not resize shared memory segment … No space left on device`.",
    remedy: "Mount an `emptyDir` with `medium: Memory` at /dev/shm; it counts against the memory limit.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://github.com/CrunchyData/postgres-operator/issues/2783", "https://hub.docker.com/_/postgres"],
    quietWhen: "something is mounted at /dev/shm; below a 2Gi limit with default settings it speaks only in `all`.",
  },
  check(database, { report }) {
    const { engine, container, workload, settings, resource } = database;
    if (engine !== "postgresql" || container === undefined || workload === undefined || resource.isPatched) return;
    if (
      container.mounts.some((mount) => mount.mountPath.replace(/\/+$/, "") === "/dev/shm") ||
      workload.podSpec.boolean("hostIPC") === true
    )
      return;
    const limit = container.resource("limits", "memory");
    const parallel = settings.get("max_parallel_workers_per_gather");
    const work = settings.bytes("work_mem");
    const raised = [
      parallel?.value !== undefined && parallel.origin === "written" && Number(parallel.value) > 2
        ? `max_parallel_workers_per_gather ${parallel.value}`
        : undefined,
      work?.value !== undefined && work.origin === "written" && work.value >= 64 * 1024 ** 2
        ? `work_mem ${formatBytes(work.value)}`
        : undefined,
      limit?.value !== undefined && limit.value >= 2 * 1024 ** 3 ? `a limit of ${formatBytes(limit.value)}` : undefined,
    ].filter((each) => each !== undefined);
    report({
      message:
        raised.length === 0
          ? `${serverName(database)} has 64Mi of shared memory: a parallel query can fail with "could not resize shared memory segment".`
          : `${serverName(database)} has 64Mi of shared memory with ${raised.join(", ")}: parallel queries fail with "could not resize shared memory segment".`,
      at: container.node.nearest("volumeMounts"),
      point: container.node.at("volumeMounts") === undefined ? "value" : "key",
      ...(raised.length === 0 ? { severity: "info" as const, presets: [] } : {}),
      fixes: [
        editFix({
          title: "Mount memory at /dev/shm",
          safety: "unsafe",
          consequence: `Restarts every instance of ${shortName(resource)}; what is used there counts against the memory limit.`,
          edits: mountEmptyDir(container, { name: "shared-memory", path: "/dev/shm", medium: "Memory" }),
        }),
      ],
    });
  },
});
