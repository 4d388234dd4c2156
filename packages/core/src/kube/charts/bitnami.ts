import type { YamlNode } from "../../yaml/node.ts";
import type { ReadRelease } from "./chart.ts";
import { isNode, nodeOf, type Shape, unknownText } from "./shape.ts";

/**
 * What Bitnami's charts have in common: names, labels, images, Pods, volumes, Services and budgets.
 * https://github.com/bitnami/charts at 5165628 (2026-07): bitnami/common and the templates of the database charts.
 */

/** Versions whose defaults were read. */
export interface Defaults {
  /** The version of the program by major version of the chart. */
  readonly versions: Readonly<Record<number, string>>;
  readonly repository: string;
  /** From this major version on a Pod has resources of a preset by default. */
  readonly presetSince: number;
}

/** One set of Pods of a chart. */
export interface PodSet {
  readonly release: ReadRelease;
  readonly defaults: Defaults;
  readonly kind: "StatefulSet" | "Deployment";
  readonly name: string;
  /** What the headless Service is called. */
  readonly headless: string;
  /** Where its values are: `primary.`, or empty for the root. */
  readonly prefix: string;
  readonly component: string;
  readonly container: string;
  readonly port: number;
  readonly portPath: string;
  readonly replicas: Shape;
  readonly preset: string;
  readonly uid: number;
  readonly env: readonly Shape[];
  readonly args?: Shape;
  readonly command?: Shape;
  readonly mountPath: string;
  readonly mounts: readonly Shape[];
  readonly volumes: readonly Shape[];
  /** What changes with the files that the chart makes, so that the Pods restart with them. */
  readonly checksum: string;
  readonly probes: { readonly liveness: Probe; readonly readiness: Probe; readonly startup?: Probe };
  /** What the container is called that gives the volume to the server's user. */
  readonly ownerSetter: string;
  /** The claim's name in the template; `data` unless the chart says otherwise. */
  readonly volumeName?: string;
}

interface Probe {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
  readonly successThreshold?: number;
  readonly isOn: boolean;
  /** What follows `/bin/sh -c`. */
  readonly command: readonly string[];
}

/** `common.names.fullname`; a placeholder with the usual name where it is not known. */
export function fullName({ values, release, chart }: ReadRelease): string {
  const override = values.text("fullnameOverride");
  if (override !== undefined && override !== "") return override;
  const name = values.text("nameOverride", chart) || chart;
  const usual = release.includes(name) ? release : shortened(`${release}-${name}`);
  return override === undefined ? `$\{${usual}}` : usual;
}

/** Names are cut where DNS ends. */
export function shortened(name: string): string {
  return name.slice(0, 63).replace(/-$/, "");
}

export function labelsOf(
  { release, chart, values }: ReadRelease,
  component: string | undefined,
): { [key: string]: Shape } {
  return {
    "app.kubernetes.io/instance": release,
    "app.kubernetes.io/name": values.text("nameOverride", chart) || chart,
    "app.kubernetes.io/managed-by": "Helm",
    ...(component === undefined ? {} : { "app.kubernetes.io/component": component }),
  };
}

function selectorOf(release: ReadRelease, component: string): { [key: string]: Shape } {
  const { "app.kubernetes.io/managed-by": _, ...labels } = labelsOf(release, component);
  return labels;
}

/** An object of the release. */
export function objectOf(
  { values, namespace }: ReadRelease,
  {
    apiVersion,
    kind,
    name,
    labels,
    annotations,
  }: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly labels?: Shape;
    readonly annotations?: Shape;
  },
  rest: { readonly [key: string]: Shape },
): YamlNode {
  return values.nodeOf({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...rest });
}

/** The image; the chart's own where the values name none, at the version that chose it. */
export function imageOf({ values, major, versionAt }: ReadRelease, { versions, repository }: Defaults): YamlNode {
  // Values that are not in view may name another tag, and hardly another program.
  const written = (path: string): string => values.written(path)?.text() ?? "";
  const [digest, tag, named] = [
    written("image.digest"),
    values.isUnknown("image.tag") ? unknownText : written("image.tag"),
    written("image.repository"),
  ];
  const registry = written("global.imageRegistry") || written("image.registry");
  // Charts that came later pull an image that is not known here.
  const known = major === undefined ? undefined : versions[major];
  const end = digest === "" ? `:${tag || (known === undefined ? unknownText : `${known}.x`)}` : `@${digest}`;
  const parts = ["image.digest", "image.tag", "image.repository", "image.registry", "global.imageRegistry"];
  const at = parts.map((path) => values.scalar(path) && values.written(path)).find((node) => node !== undefined);
  return nodeOf(`${registry || "docker.io"}/${named || repository}${end}`, at ?? versionAt);
}

const presets: Readonly<
  Record<string, { readonly cpu: readonly [string, string]; readonly memory: readonly [string, string] }>
> = {
  nano: { cpu: ["100m", "150m"], memory: ["128Mi", "192Mi"] },
  micro: { cpu: ["250m", "375m"], memory: ["256Mi", "384Mi"] },
  small: { cpu: ["500m", "750m"], memory: ["512Mi", "768Mi"] },
  medium: { cpu: ["500m", "750m"], memory: ["1024Mi", "1536Mi"] },
  large: { cpu: ["1.0", "1.5"], memory: ["2048Mi", "3072Mi"] },
  xlarge: { cpu: ["1.0", "3.0"], memory: ["3072Mi", "6144Mi"] },
  "2xlarge": { cpu: ["1.0", "6.0"], memory: ["3072Mi", "12288Mi"] },
};

/** The volume of which nothing is known, mounted where values that are not in view may mount some: files may be there. */
const elsewhere = "values-elsewhere";

const unknownResources: Shape = { limits: { memory: unknownText }, requests: { memory: unknownText } };

function resourcesOf({ release: { values, major }, prefix, preset, defaults }: PodSet): Shape {
  const written = values.part(`${prefix}resources`);
  if (written === "unknown") return unknownResources;
  if (written !== undefined) return written;
  const named = values.scalar(`${prefix}resourcesPreset`);
  if (
    named === undefined &&
    values.written(`${prefix}resourcesPreset`) === undefined &&
    (major ?? Infinity) < defaults.presetSince
  )
    return unknownResources;
  const text = named?.text() ?? preset;
  if (text === "none") return undefined;
  const found = Object.hasOwn(presets, text) ? presets[text] : undefined;
  if (found === undefined) return unknownResources;
  const shape = {
    limits: { cpu: found.cpu[1], memory: found.memory[1], "ephemeral-storage": "2Gi" },
    requests: { cpu: found.cpu[0], memory: found.memory[0], "ephemeral-storage": "50Mi" },
  };
  return named === undefined ? shape : nodeOf(shape, named);
}

function probeOf({ release: { values }, prefix }: PodSet, name: string, probe: Probe | undefined): Shape {
  if (probe === undefined) return undefined;
  // What the chart does by itself is its own affair: when it kills a server is said of those who chose that.
  const isChosen = ["livenessProbe", "startupProbe", "customLivenessProbe", "customStartupProbe"].some(
    (each) => values.written(`${prefix}${each}`) !== undefined,
  );
  if (name === "livenessProbe" && !isChosen) return undefined;
  const custom = values.part(`${prefix}custom${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  if (custom === "unknown") return { exec: { command: [unknownText] }, failureThreshold: unknownText };
  if (custom !== undefined) return custom;
  const path = `${prefix}${name}`;
  const isOn = values.truth(`${path}.enabled`, probe.isOn);
  if (isOn === false) return undefined;
  const number = (field: Exclude<keyof Probe, "command">): Shape =>
    values.scalar(`${path}.${field}`, probe[field] ?? 1);
  return {
    exec: { command: ["/bin/sh", "-c", ...(isOn === undefined ? [unknownText] : probe.command)] },
    initialDelaySeconds: number("initialDelaySeconds"),
    periodSeconds: number("periodSeconds"),
    timeoutSeconds: number("timeoutSeconds"),
    failureThreshold: number("failureThreshold"),
    successThreshold: number("successThreshold"),
  };
}

interface Storage {
  readonly volumes: readonly Shape[];
  readonly templates: readonly Shape[];
  readonly mount: Shape;
}

/** Where the data is: a claim of each Pod, one that is there already, or nowhere. */
function storageOf({ release: { values }, prefix, mountPath, volumeName, kind, name: setName }: PodSet): Storage {
  const path = `${prefix}persistence`;
  const name = values.written(`${path}.volumeName`) ?? volumeName ?? "data";
  // Wherever it is mounted, the chart tells the server to keep its data there.
  const mount = {
    name,
    mountPath: values.written(`${path}.mountPath`) ?? mountPath,
    subPath: values.written(`${path}.subPath`) === undefined ? undefined : values.scalar(`${path}.subPath`),
  };
  const isOn = values.truth(`${path}.enabled`, true);
  if (isOn === false) {
    const at = values.written(`${path}.enabled`) ?? values.place;
    return { mount, templates: [], volumes: [nodeOf({ name, emptyDir: nodeOf({}, at) }, at)] };
  }
  const existing = values.scalar(`${path}.existingClaim`);
  if (isOn === undefined || existing !== undefined || kind === "Deployment") {
    const claimName = isOn === undefined ? unknownText : (existing ?? setName);
    return { mount, templates: [], volumes: [{ name, persistentVolumeClaim: { claimName } }] };
  }
  return {
    mount,
    volumes: [],
    templates: [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name, annotations: mapOf(values, `${path}.annotations`) },
        spec: claimSpec(values, path),
      },
    ],
  };
}

/** What a claim asks for. */
export function claimSpec(values: ReadRelease["values"], path: string): Shape {
  const modes = values.part(`${path}.accessModes`);
  return {
    accessModes: modes === undefined ? ["ReadWriteOnce"] : modes === "unknown" ? [unknownText] : modes,
    resources: { requests: { storage: values.scalar(`${path}.size`, "8Gi") } },
    storageClassName: storageClass(values, path),
    dataSource: mapOf(values, `${path}.dataSource`),
    selector: mapOf(values, `${path}.selector`),
  };
}

/** `common.storage.class`: `-` is how charts write the empty class. */
function storageClass(values: ReadRelease["values"], path: string): Shape {
  const named =
    values.scalar(`global.storageClass`) ??
    values.scalar(`${path}.storageClass`) ??
    values.scalar("global.defaultStorageClass");
  return named?.value === "-" ? nodeOf("", named) : named;
}

/** A map as it is written; what is not known is left out. */
export function mapOf(values: ReadRelease["values"], path: string): YamlNode | undefined {
  const part = values.part(path);
  return part === "unknown" ? undefined : part;
}

function affinityOf(set: PodSet): Shape {
  const { values } = set.release;
  const written = values.part(`${set.prefix}affinity`);
  if (written === "unknown") return undefined;
  if (written !== undefined) return written;
  const preset = values.text(`${set.prefix}podAntiAffinityPreset`, "soft");
  const term = {
    labelSelector: { matchLabels: selectorOf(set.release, set.component) },
    topologyKey: "kubernetes.io/hostname",
  };
  if (preset === "hard") return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  return preset === ""
    ? undefined
    : { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] } };
}

/** The StatefulSet or Deployment. */
export function podSet(set: PodSet): YamlNode {
  const { release, prefix, kind, name, component } = set;
  const { values } = release;
  const storage = storageOf(set);
  const labels = { ...labelsOf(release, component), ...entriesOf(mapOf(values, "commonLabels")) };
  const podLabels = { ...labels, ...entriesOf(mapOf(values, `${prefix}podLabels`)) };
  const retention = `${prefix}persistentVolumeClaimRetentionPolicy`;
  const fsGroup = values.truth(`${prefix}podSecurityContext.enabled`, true);
  return objectOf(
    release,
    {
      apiVersion: "apps/v1",
      kind,
      name,
      labels,
      annotations: annotationsOf(values, ["commonAnnotations", `${prefix}annotations`]),
    },
    {
      spec: {
        replicas: set.replicas,
        ...(kind === "StatefulSet"
          ? {
              serviceName: set.headless,
              updateStrategy: mapOf(values, `${prefix}updateStrategy`),
              podManagementPolicy: values.scalar(`${prefix}podManagementPolicy`),
            }
          : { strategy: mapOf(values, `${prefix}updateStrategy`) }),
        selector: { matchLabels: selectorOf(release, component) },
        persistentVolumeClaimRetentionPolicy:
          storage.templates.length === 0 || values.truth(`${retention}.enabled`, false) !== true
            ? undefined
            : {
                whenDeleted: values.scalar(`${retention}.whenDeleted`, "Retain"),
                whenScaled: values.scalar(`${retention}.whenScaled`, "Retain"),
              },
        template: {
          metadata: { labels: podLabels, annotations: podAnnotationsOf(set) },
          spec: {
            affinity: affinityOf(set),
            nodeSelector: mapOf(values, `${prefix}nodeSelector`),
            tolerations: mapOf(values, `${prefix}tolerations`),
            topologySpreadConstraints: mapOf(values, `${prefix}topologySpreadConstraints`),
            priorityClassName: values.scalar(`${prefix}priorityClassName`),
            terminationGracePeriodSeconds: values.scalar(`${prefix}terminationGracePeriodSeconds`),
            securityContext:
              fsGroup === false
                ? undefined
                : {
                    fsGroup: values.scalar(
                      `${prefix}podSecurityContext.fsGroup`,
                      fsGroup === undefined ? unknownText : set.uid,
                    ),
                  },
            initContainers: [...permissionsOf(set, storage), ...values.items(`${prefix}initContainers`, undefined)],
            containers: [containerOf(set, storage), ...values.items(`${prefix}sidecars`, undefined)],
            volumes: [
              { name: "empty-dir", emptyDir: {} },
              ...set.volumes,
              ...storage.volumes,
              ...values.items(`${prefix}extraVolumes`, undefined),
              ...(values.part(`${prefix}extraVolumeMounts`) === "unknown"
                ? [{ name: elsewhere, configMap: { name: unknownText } }]
                : []),
            ],
          },
        },
        volumeClaimTemplates: storage.templates.length === 0 ? undefined : storage.templates,
      },
    },
  );
}

/** The container that gives the volume to the server's user. */
function permissionsOf({ release: { values }, uid, ownerSetter }: PodSet, { mount }: Storage): readonly Shape[] {
  if (values.truth("volumePermissions.enabled", false) === false) return [];
  const { name, mountPath } = mount as { readonly name: Shape; readonly mountPath: Shape };
  const path = typeof mountPath === "object" && isNode(mountPath) ? mountPath.text() : mountPath;
  return [
    {
      name: ownerSetter,
      image: `docker.io/bitnami/os-shell:${unknownText}`,
      command: ["/bin/sh", "-ec", `chown -R ${uid}:${uid} ${String(path ?? unknownText)}`],
      securityContext: { runAsUser: 0 },
      volumeMounts: [{ name, mountPath }],
    },
  ];
}

function containerOf(set: PodSet, storage: Storage): Shape {
  const { release, prefix } = set;
  const { values } = release;
  const context = values.truth(`${prefix}containerSecurityContext.enabled`, true);
  // What runs, and on which port, is changed where others see it.
  const words = (path: string, usual: Shape): Shape => {
    const written = values.written(path);
    if (written === undefined || written.value === "") return usual;
    return written.kind === "scalar" ? [unknownText] : written.items().length === 0 ? usual : written;
  };
  const extra = [
    [`${prefix}extraEnvVarsCM`, "configMapRef"],
    [`${prefix}extraEnvVarsSecret`, "secretRef"],
  ].flatMap(([path = "", field = ""]) => {
    const name = values.scalar(path);
    return name === undefined ? [] : [{ [field]: { name } }];
  });
  const isDiagnostic = values.truth("diagnosticMode.enabled", false);
  return {
    name: set.container,
    image: imageOf(release, set.defaults),
    command: isDiagnostic === true ? ["sleep"] : words(`${prefix}command`, set.command),
    args: isDiagnostic === true ? ["infinity"] : words(`${prefix}args`, set.args),
    env: [...set.env, ...values.items(`${prefix}extraEnvVars`, undefined)],
    envFrom: [
      ...extra,
      ...(values.part(`${prefix}extraEnvVars`) === "unknown" ? [{ configMapRef: { name: unknownText } }] : []),
    ],
    ports: [{ name: `tcp-${set.container}`, containerPort: values.written(set.portPath) ?? set.port }],
    livenessProbe: probeOf(set, "livenessProbe", set.probes.liveness),
    readinessProbe: probeOf(set, "readinessProbe", set.probes.readiness),
    startupProbe: probeOf(set, "startupProbe", set.probes.startup),
    lifecycle: mapOf(values, `${prefix}lifecycleHooks`),
    resources: resourcesOf(set),
    securityContext:
      context === false
        ? undefined
        : {
            runAsUser: values.scalar(
              `${prefix}containerSecurityContext.runAsUser`,
              context === undefined ? unknownText : set.uid,
            ),
            runAsNonRoot: values.scalar(`${prefix}containerSecurityContext.runAsNonRoot`, true),
          },
    volumeMounts: [
      { name: "empty-dir", mountPath: "/tmp", subPath: "tmp-dir" },
      storage.mount,
      ...set.mounts,
      ...values.items(`${prefix}extraVolumeMounts`, { name: elsewhere, mountPath: "/values" }),
    ],
  };
}

export function entriesOf(node: YamlNode | undefined): { [key: string]: Shape } {
  return Object.fromEntries(node?.entries() ?? []);
}

function podAnnotationsOf({ release: { values }, prefix, checksum }: PodSet): Shape {
  const own = entriesOf(mapOf(values, `${prefix}podAnnotations`));
  const all = checksum === "" ? own : { "checksum/configuration": checksum, ...own };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** A number that another text changes. */
export function checksumOf(texts: readonly YamlNode[]): string {
  let sum = 0;
  for (const node of texts)
    for (const character of JSON.stringify(node.at("data")?.value ?? ""))
      sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 2_147_483_647;
  return sum === 0 ? "" : String(sum);
}

function annotationsOf(values: ReadRelease["values"], paths: readonly string[]): Shape {
  const all = Object.assign({}, ...paths.map((path) => entriesOf(mapOf(values, path)))) as { [key: string]: Shape };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** The budget of a set of Pods: charts before the table's may have none, which is not said of them. */
export function budgetOf({ release, prefix, name, component }: PodSet): readonly YamlNode[] {
  const { values } = release;
  if (values.truth(`${prefix}pdb.create`, true) === false) return [];
  const least = values.scalar(`${prefix}pdb.minAvailable`);
  const most = values.scalar(`${prefix}pdb.maxUnavailable`) ?? (least === undefined ? 1 : undefined);
  return [
    objectOf(
      release,
      { apiVersion: "policy/v1", kind: "PodDisruptionBudget", name, labels: labelsOf(release, component) },
      {
        spec: { minAvailable: least, maxUnavailable: most, selector: { matchLabels: selectorOf(release, component) } },
      },
    ),
  ];
}

/** The Services of a set of Pods: one that names each Pod, one for clients. */
export function servicesOf(set: PodSet, path: string, portKey: string): readonly YamlNode[] {
  const { release, name, headless, component, container, port } = set;
  const { values } = release;
  const labels = labelsOf(release, component);
  const selector = selectorOf(release, component);
  const servicePort = values.scalar(`${path}.ports.${portKey}`, port);
  const targetPort = `tcp-${container}`;
  return [
    objectOf(
      release,
      { apiVersion: "v1", kind: "Service", name: headless, labels },
      {
        spec: {
          type: "ClusterIP",
          clusterIP: "None",
          publishNotReadyAddresses: true,
          ports: [{ name: targetPort, port: servicePort, targetPort }],
          selector,
        },
      },
    ),
    ...(values.truth(`${path}.enabled`, true) === false
      ? []
      : [
          objectOf(
            release,
            {
              apiVersion: "v1",
              kind: "Service",
              name,
              labels,
              annotations: annotationsOf(values, ["commonAnnotations", `${path}.annotations`]),
            },
            {
              spec: {
                type: values.scalar(`${path}.type`, "ClusterIP"),
                loadBalancerSourceRanges: mapOf(values, `${path}.loadBalancerSourceRanges`),
                loadBalancerClass: values.scalar(`${path}.loadBalancerClass`),
                loadBalancerIP: values.scalar(`${path}.loadBalancerIP`),
                externalTrafficPolicy: values.scalar(`${path}.externalTrafficPolicy`),
                ports: [{ name: targetPort, port: servicePort, targetPort }],
                selector,
              },
            },
          ),
        ]),
  ];
}

/** A Secret with what the values say, and what the chart generates where they say nothing. */
export function secretOf(release: ReadRelease, name: string, entries: { readonly [key: string]: Shape }): YamlNode {
  return objectOf(
    release,
    { apiVersion: "v1", kind: "Secret", name, labels: labelsOf(release, undefined) },
    { type: "Opaque", stringData: entries },
  );
}

/** A password that the chart makes up where none is written. */
export function passwordAt({ values }: ReadRelease, ...paths: readonly string[]): Shape {
  for (const path of paths) {
    const found = values.scalar(path);
    if (found !== undefined) return found;
  }
  return unknownText;
}

/** A ConfigMap that the chart makes of a text, or one that is there already. */
export function configured(
  release: ReadRelease,
  {
    text,
    existing,
    name,
    key,
    mountPath,
    volume,
  }: {
    readonly text: string;
    readonly existing: string;
    readonly name: string;
    readonly key: string;
    readonly mountPath: string;
    readonly volume: string;
  },
): { readonly objects: readonly YamlNode[]; readonly mounts: readonly Shape[]; readonly volumes: readonly Shape[] } {
  const { values } = release;
  const [content, named] = [values.scalar(text), values.scalar(existing)];
  if (content === undefined && named === undefined) return { objects: [], mounts: [], volumes: [] };
  const isOwn = named === undefined && content?.kind === "scalar" && !values.isUnknown(text);
  return {
    objects: isOwn
      ? [
          objectOf(
            release,
            { apiVersion: "v1", kind: "ConfigMap", name, labels: labelsOf(release, undefined) },
            { data: { [key]: content } },
          ),
        ]
      : [],
    mounts: [{ name: volume, mountPath }],
    volumes: [{ name: volume, configMap: { name: named ?? (isOwn ? name : unknownText) } }],
  };
}
