import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** What a server answers in place of what it would; undefined: as it would. */
export type Behavior = (
  request: {
    readonly path: string;
    readonly headers: IncomingMessage["headers"];
    readonly method: string;
    readonly asked: number;
  },
  response: ServerResponse,
) => boolean;

export interface FakeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A server that lists objects as an API server does, for what a real one does not do when asked: be slow, forget, refuse. */
export interface FakeCluster {
  readonly server: string;
  /** Paths that were asked for, with their queries. */
  readonly paths: readonly string[];
  /** A kubeconfig for it, with more fields of its cluster, user and context where given. */
  kubeconfig(more?: { readonly cluster?: object; readonly user?: object; readonly context?: object }): string;
  stop(): Promise<void>;
}

const resources = [
  ["v1", "Namespace", "namespaces", false],
  ["v1", "Pod", "pods", true],
  ["v1", "Service", "services", true],
  ["v1", "Secret", "secrets", true],
  ["v1", "PersistentVolumeClaim", "persistentvolumeclaims", true],
  ["v1", "PersistentVolume", "persistentvolumes", false],
  ["apps/v1", "StatefulSet", "statefulsets", true],
  ["policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", true],
  ["batch/v1", "CronJob", "cronjobs", true],
  ["example.com/v1", "Widget", "widgets", true],
] as const;

export async function startFakeCluster(
  objects: readonly FakeObject[],
  behave: Behavior = () => false,
  { pageSize = 500, isOld = false }: { readonly pageSize?: number; readonly isOld?: boolean } = {},
): Promise<FakeCluster> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    paths.push(path);
    const asked = paths.filter((each) => each === path).length;
    if (behave({ path, headers: request.headers, method: request.method ?? "", asked }, response)) return;
    const send = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const url = new URL(path, "http://localhost");
    if (url.pathname === "/api" || url.pathname === "/apis") {
      const isCore = url.pathname === "/api";
      const own = resources.filter(([apiVersion]) => (apiVersion === "v1") === isCore);
      if (isOld) send(200, isCore ? { kind: "APIVersions", versions: ["v1"] } : oldGroups());
      else send(200, { kind: "APIGroupDiscoveryList", items: aggregated(own) });
      return;
    }
    const list = /^\/(?:api|apis)\/(.*?)(?:\/namespaces\/([^/]+))?(?:\/([a-z]+))?$/.exec(url.pathname);
    const [, apiVersion = "", namespace, plural] = list ?? [];
    const found = resources.find((each) => each[0] === apiVersion && each[2] === plural);
    if (plural === undefined || found === undefined) {
      const own = resources.filter(
        (each) => each[0] === apiVersion || `${each[0]}/${each[2]}` === url.pathname.replace(/^\/apis?\//, ""),
      );
      send(200, {
        kind: "APIResourceList",
        resources: own.map(([, kind, name, namespaced]) => ({ name, kind, namespaced, verbs: ["get", "list"] })),
      });
      return;
    }
    const all = objects.filter(
      (each) =>
        each.apiVersion === apiVersion &&
        each.kind === found[1] &&
        (namespace === undefined || each.metadata.namespace === namespace),
    );
    const start = Number(url.searchParams.get("continue") ?? 0);
    const items = all.slice(start, start + pageSize).map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
    const next = start + pageSize < all.length ? { continue: String(start + pageSize) } : {};
    send(200, { apiVersion, kind: `${found[1]}List`, metadata: next, items });
  });
  // As a proxy it leads to itself, whatever it is asked for.
  server.on("connect", (_request, socket) => {
    const { port } = server.address() as AddressInfo;
    const tunnel = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    tunnel.pipe(socket).pipe(tunnel);
    tunnel.on("error", () => socket.destroy());
    socket.on("error", () => tunnel.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    server: address,
    paths,
    kubeconfig: ({ cluster = {}, user = {}, context = {} } = {}) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "fake",
        clusters: [{ name: "fake", cluster: { server: address, ...cluster } }],
        users: [{ name: "ada", user: { token: "t0ken", ...user } }],
        contexts: [{ name: "fake", context: { cluster: "fake", user: "ada", namespace: "shop", ...context } }],
      }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function aggregated(own: readonly (typeof resources)[number][]): readonly object[] {
  return [...new Set(own.map(([apiVersion]) => apiVersion))].map((apiVersion) => {
    const [group, version] = apiVersion === "v1" ? ["", "v1"] : apiVersion.split("/");
    return {
      metadata: { name: group },
      versions: [
        {
          version,
          resources: own
            .filter((each) => each[0] === apiVersion)
            .map(([, kind, resource, isNamespaced]) => ({
              resource,
              responseKind: { kind },
              scope: isNamespaced ? "Namespaced" : "Cluster",
              verbs: ["get", "list", "watch"],
            })),
        },
      ],
    };
  });
}

function oldGroups(): object {
  const versions = [...new Set(resources.map(([apiVersion]) => apiVersion))].filter((each) => each !== "v1");
  return {
    kind: "APIGroupList",
    groups: versions.map((groupVersion) => ({
      name: groupVersion.split("/")[0],
      versions: [{ groupVersion }],
      preferredVersion: { groupVersion },
    })),
  };
}
