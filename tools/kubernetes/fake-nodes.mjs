// What a scheduler, kubelets and a storage driver would do, as far as the API shows it. It looks every 200 ms:
//  - a Node `fake-0` that is Ready;
//  - a Pending claim of a StorageClass gets a CSI volume (with WaitForFirstConsumer: once a Pod uses it), a grown claim its
//    capacity, a released volume with reclaimPolicy Delete is removed;
//  - a Pod is bound once its claims are Bound, then Running and Ready (a Job's Pod: Succeeded, or Failed where its image is of a
//    repository `fails/`); a deleted Pod goes at once.
// A Pod annotated `fake-nodes/state` stays: `pending` (unscheduled), `waiting` (ContainerCreating), `unready`, `crashing`.
const merge = "application/merge-patch+json";
const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");

export function runFakeNodes(api, { node = "fake-0", interval = 200 } = {}) {
  let stopped = false;
  let paused = false;
  let ip = 0;
  const items = async (url) => (await api("GET", url)).body.items ?? [];

  async function makeNode() {
    await api("POST", "/api/v1/nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: node,
        labels: {
          "kubernetes.io/hostname": node,
          "kubernetes.io/os": "linux",
          "topology.kubernetes.io/zone": "zone-a",
        },
      },
    });
    const size = { cpu: "64", memory: "256Gi", pods: "500", "ephemeral-storage": "1Ti" };
    await api(
      "PATCH",
      `/api/v1/nodes/${node}/status`,
      {
        status: {
          capacity: size,
          allocatable: size,
          addresses: [
            { type: "InternalIP", address: "10.1.0.1" },
            { type: "Hostname", address: node },
          ],
          conditions: [
            {
              type: "Ready",
              status: "True",
              reason: "KubeletReady",
              message: "fake",
              lastHeartbeatTime: now(),
              lastTransitionTime: now(),
            },
          ],
        },
      },
      merge,
    );
    // the API server taints every new Node until the (disabled) node lifecycle controller clears it
    await api("PATCH", `/api/v1/nodes/${node}`, { spec: { taints: null } }, merge);
  }

  async function volumes(pods) {
    const [claims, classes, pvs] = await Promise.all([
      items("/api/v1/persistentvolumeclaims"),
      items("/apis/storage.k8s.io/v1/storageclasses"),
      items("/api/v1/persistentvolumes"),
    ]);
    const key = (o) => `${o.metadata.namespace}/${o.metadata.name}`;
    const used = new Set(
      pods.flatMap((p) =>
        (p.spec.volumes ?? [])
          .filter((v) => v.persistentVolumeClaim)
          .map((v) => `${p.metadata.namespace}/${v.persistentVolumeClaim.claimName}`),
      ),
    );
    for (const claim of claims) {
      const { namespace, name, uid, deletionTimestamp } = claim.metadata;
      const wanted = claim.spec.resources?.requests?.storage;
      const phase = claim.status?.phase;
      const cls = classes.find((c) => c.metadata.name === claim.spec.storageClassName);
      if (
        phase === "Pending" &&
        !claim.spec.volumeName &&
        !deletionTimestamp &&
        cls &&
        !pvs.some((v) => v.metadata.name === `pvc-${uid}`) &&
        cls.provisioner !== "kubernetes.io/no-provisioner" &&
        (cls.volumeBindingMode !== "WaitForFirstConsumer" || used.has(key(claim)))
      ) {
        await api("POST", "/api/v1/persistentvolumes", {
          apiVersion: "v1",
          kind: "PersistentVolume",
          metadata: { name: `pvc-${uid}`, annotations: { "pv.kubernetes.io/provisioned-by": cls.provisioner } },
          spec: {
            capacity: { storage: wanted },
            accessModes: claim.spec.accessModes,
            storageClassName: cls.metadata.name,
            volumeMode: claim.spec.volumeMode,
            persistentVolumeReclaimPolicy: cls.reclaimPolicy ?? "Delete",
            mountOptions: cls.mountOptions,
            csi: { driver: cls.provisioner.replaceAll("/", "."), volumeHandle: `pvc-${uid}` },
            claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
          },
        });
      } else if (phase === "Bound" && wanted && claim.status.capacity?.storage !== wanted) {
        await api(
          "PATCH",
          `/api/v1/persistentvolumes/${claim.spec.volumeName}`,
          { spec: { capacity: { storage: wanted } } },
          merge,
        );
        await api(
          "PATCH",
          `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}/status`,
          { status: { capacity: { storage: wanted } } },
          merge,
        );
      }
    }
    for (const pv of pvs) {
      if (
        pv.status?.phase === "Released" &&
        pv.spec.persistentVolumeReclaimPolicy === "Delete" &&
        !pv.metadata.deletionTimestamp
      )
        await api("DELETE", `/api/v1/persistentvolumes/${pv.metadata.name}`);
    }
    return new Map(claims.map((c) => [key(c), c.status?.phase]));
  }

  function podStatus(pod, state) {
    const job = pod.metadata.ownerReferences?.some((o) => o.kind === "Job");
    const at = now();
    const done = job && state === undefined;
    const isFailed = done && pod.spec.containers.some((c) => c.image.includes("/fails/"));
    const up = state === undefined && !done;
    const phase = state === "waiting" ? "Pending" : isFailed ? "Failed" : done ? "Succeeded" : "Running";
    const running = { running: { startedAt: at } };
    const exited = (exitCode, reason) => ({ terminated: { exitCode, reason, startedAt: at, finishedAt: at } });
    const current =
      {
        waiting: { waiting: { reason: "ContainerCreating" } },
        crashing: { waiting: { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting failed container" } },
      }[state] ?? (isFailed ? exited(1, "Error") : done ? exited(0, "Completed") : running);
    const one = (c, ready, s) => ({
      name: c.name,
      image: c.image,
      imageID: "",
      ready,
      started: ready,
      restartCount: state === "crashing" ? 7 : 0,
      state: s,
      lastState: state === "crashing" ? exited(1, "Error") : {},
    });
    const condition = (type, ok, reason) => ({
      type,
      status: ok ? "True" : "False",
      lastTransitionTime: at,
      ...(ok ? {} : { reason }),
    });
    ip += 1;
    return {
      status: {
        phase,
        startTime: at,
        hostIP: "10.1.0.1",
        podIP: `10.2.${(ip >> 8) & 255}.${ip & 255}`,
        podIPs: [{ ip: `10.2.${(ip >> 8) & 255}.${ip & 255}` }],
        observedGeneration: pod.metadata.generation,
        conditions: [
          condition("PodScheduled", true),
          condition("Initialized", phase !== "Pending", "ContainersNotInitialized"),
          condition("ContainersReady", up, done ? "PodCompleted" : "ContainersNotReady"),
          condition("Ready", up, done ? "PodCompleted" : "ContainersNotReady"),
        ],
        containerStatuses: pod.spec.containers.map((c) => one(c, up, current)),
        ...(pod.spec.initContainers
          ? {
              initContainerStatuses: pod.spec.initContainers.map((c) =>
                c.restartPolicy === "Always"
                  ? one(c, up, current)
                  : one(
                      c,
                      phase !== "Pending",
                      phase === "Pending" ? { waiting: { reason: "PodInitializing" } } : exited(0, "Completed"),
                    ),
              ),
            }
          : {}),
      },
    };
  }

  async function turn() {
    const pods = await items("/api/v1/pods");
    const phases = await volumes(pods);
    for (const pod of pods) {
      const { namespace, name, uid, deletionTimestamp, annotations } = pod.metadata;
      const url = `/api/v1/namespaces/${namespace}/pods/${name}`;
      const state = annotations?.["fake-nodes/state"];
      const claims = (pod.spec.volumes ?? [])
        .filter((v) => v.persistentVolumeClaim)
        .map((v) => `${namespace}/${v.persistentVolumeClaim.claimName}`);
      if (deletionTimestamp) await api("DELETE", url, { gracePeriodSeconds: 0, preconditions: { uid } });
      else if (!pod.spec.nodeName) {
        if (state !== "pending" && claims.every((c) => phases.get(c) === "Bound")) {
          await api("POST", `${url}/binding`, {
            apiVersion: "v1",
            kind: "Binding",
            metadata: { name, namespace },
            target: { kind: "Node", name: node },
          });
        }
      } else if (pod.spec.nodeName === node && !["Succeeded", "Failed"].includes(pod.status.phase)) {
        const seen = pod.status.containerStatuses?.[0];
        const as =
          seen === undefined
            ? "new"
            : seen.ready
              ? "up"
              : seen.state?.waiting?.reason === "CrashLoopBackOff"
                ? "crashing"
                : pod.status.phase === "Pending"
                  ? "waiting"
                  : "unready";
        if (as !== (state ?? "up")) await api("PATCH", `${url}/status`, podStatus(pod, state), merge);
      }
    }
  }

  const ready = makeNode();
  const loop = (async () => {
    await ready;
    while (!stopped) {
      if (!paused) await turn().catch(() => {}); // conflicts and deletions between look and act: the next turn sees what is there
      await new Promise((r) => setTimeout(r, interval));
    }
  })();
  return {
    ready,
    pause: (on = true) => {
      paused = on;
    },
    stop: async () => {
      stopped = true;
      await loop;
    },
  };
}
