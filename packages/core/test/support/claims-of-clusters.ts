import { createProject, type LiveObject, lint, liveClaims, liveFile } from "../../src/index.ts";

/** The name under which the work for them is counted. */
export const claims = "claims of a cluster, their Pods and snapshots";

const namespace = "shop";

/** Shows so many claims, ten of a StatefulSet, half of which are in use. */
export function showClaims(number: number): void {
  const files = Array.from({ length: number / 10 }, (_, set) => objectsOf(`db${set}`))
    .flat()
    .map(liveFile);
  const project = createProject({
    files,
    configs: [],
    root: "/",
    view: "cluster",
    today: "2026-11-24",
    rules: [],
    cluster: { readAt: "2026-11-24T00:00:00Z", unread: new Set() },
  });
  const result = lint({ project, requested: new Set(files.map(({ uri }) => uri)), onCrash: "throw" });
  if (liveClaims(result, new Set()).length !== number) throw new Error("claims are missing");
}

function objectsOf(name: string): readonly LiveObject[] {
  const labels = { app: name };
  const spec = { containers: [{ name: "postgres", image: "postgres:17" }] };
  const set = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace, uid: name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      volumeClaimTemplates: [{ metadata: { name: "data" } }],
    },
  };
  return [set, ...Array.from({ length: 10 }, (_, ordinal) => around(name, ordinal)).flat()];
}

function around(set: string, ordinal: number): readonly LiveObject[] {
  const claimName = `data-${set}-${ordinal}`;
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: claimName, namespace },
    spec: { volumeName: `pv-${claimName}` },
    status: { phase: "Bound" },
  };
  const snapshot = {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshot",
    metadata: { name: `of-${claimName}`, namespace },
    spec: { source: { persistentVolumeClaimName: claimName } },
  };
  const volume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pv-${claimName}` },
    spec: { persistentVolumeReclaimPolicy: "Retain", claimRef: { namespace, name: claimName } },
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${set}-${ordinal}`,
      namespace,
      ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: set, uid: set }],
    },
    spec: { containers: [], volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] },
  };
  return [claim, snapshot, volume, ...(ordinal < 5 ? [pod] : [])];
}
