import { splitImage } from "../kube/image.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A Pod template with what the API server fills in, so that a default that somebody writes out is no change.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go; a test asks a real API server.
 */
export function withDefaults(template: unknown): unknown {
  return change(template, "metadata", (metadata) => ({ ...metadata, creationTimestamp: undefined }), "spec", podSpec);
}

function podSpec(spec: Fields): Fields {
  const { serviceAccount, ...rest } = spec;
  return {
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    terminationGracePeriodSeconds: 30,
    ...without(rest, [""], ["hostNetwork", "hostPID", "hostIPC"]),
    serviceAccountName: or(spec.serviceAccountName, serviceAccount),
    containers: list(spec.containers, container),
    initContainers: list(spec.initContainers, container),
    volumes: list(spec.volumes, volume),
  };
}

function container(fields: Fields): Fields {
  const filled = {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(fields.image),
    ...without(fields, [""], ["stdin", "stdinOnce", "tty"]),
    // An empty one is not none here.
    securityContext:
      fields.securityContext === undefined ? undefined : { isWritten: true, ...Object(fields.securityContext) },
    ports: list(fields.ports, (port) => ({ protocol: "TCP", ...without(port, ["", 0]) })),
    env: list(fields.env, (variable) => change(without(variable, [""]), "valueFrom", valueFrom) as Fields),
    envFrom: list(fields.envFrom, (source) => without(source, [""])),
    volumeMounts: list(fields.volumeMounts, (mount) => without(mount, ["", false])),
    volumeDevices: list(fields.volumeDevices, (device) => device),
  };
  return change(
    filled,
    "livenessProbe",
    probe,
    "readinessProbe",
    probe,
    "startupProbe",
    probe,
    "lifecycle",
    lifecycle,
  ) as Fields;
}

const lifecycle = (fields: Fields): Fields => change(fields, "postStart", handler, "preStop", handler) as Fields;
const handler = (fields: Fields): Fields => change(fields, "httpGet", httpGet, "grpc", grpc) as Fields;
const httpGet = (fields: Fields): Fields => ({ path: "/", scheme: "HTTP", ...without(fields, [""]) });
const grpc = (fields: Fields): Fields => ({ service: "", ...fields });
const probe = (fields: Fields): Fields => ({
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...without(handler(fields), [0]),
});

const valueFrom = (fields: Fields): Fields => change(fields, "fieldRef", fieldRef) as Fields;
const fieldRef = (fields: Fields): Fields => ({ apiVersion: "v1", ...fields });

/** The mode of files in a volume of a ConfigMap and the like: 0644. */
const files = (fields: Fields): Fields => ({
  defaultMode: 420,
  ...fields,
  items: list(fields.items, (item) => change(item, "fieldRef", fieldRef) as Fields),
  sources: list(fields.sources, projection),
});
const projection = (fields: Fields): Fields =>
  change(
    fields,
    "serviceAccountToken",
    (token) => ({ expirationSeconds: 3600, ...token }),
    "downwardAPI",
    (source) => ({ ...source, items: list(source.items, (item) => change(item, "fieldRef", fieldRef) as Fields) }),
  ) as Fields;
const volume = (fields: Fields): Fields =>
  change(
    fields,
    "configMap",
    files,
    "secret",
    files,
    "projected",
    files,
    "downwardAPI",
    files,
    "hostPath",
    (path) => without(path, [""]),
    "emptyDir",
    (source) => without(source, [""]),
    "persistentVolumeClaim",
    (claim) => without(claim, [false]),
  ) as Fields;

/** Always for `latest` and an image without a tag. https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting */
function pullPolicy(image: unknown): string {
  const { tag, digest } = splitImage(typeof image === "string" ? image : "");
  return digest === undefined && (tag === undefined || tag === "latest") ? "Always" : "IfNotPresent";
}

/** Fields that hold one of these values, or switches that are off, are the same as none: the server drops them when it writes. */
function without(fields: Fields, values: readonly unknown[], switches: readonly string[] = []): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) =>
        value !== null &&
        value !== undefined &&
        !values.includes(value) &&
        !(value === false && switches.includes(name)),
    ),
  );
}

const or = (one: unknown, other: unknown): unknown => (one === undefined || one === null || one === "" ? other : one);

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(items: unknown, of: (item: Fields) => Fields): unknown {
  return Array.isArray(items) ? items.map((item) => (isFields(item) ? of(item) : item)) : items;
}

/** A copy with some of its maps changed. */
function change(value: unknown, ...steps: readonly (string | ((fields: Fields) => Fields))[]): unknown {
  if (!isFields(value)) return value;
  const copy: Record<string, unknown> = { ...value };
  for (let index = 0; index < steps.length; index += 2) {
    const key = steps[index] as string;
    const field = copy[key];
    if (isFields(field)) copy[key] = (steps[index + 1] as (fields: Fields) => Fields)(field);
  }
  return copy;
}
