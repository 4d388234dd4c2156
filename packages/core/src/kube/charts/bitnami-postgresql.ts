import type { YamlNode } from "../../yaml/node.ts";
import {
  budgetOf,
  checksumOf,
  claimSpec,
  configured,
  type Defaults,
  entriesOf,
  fullName,
  imageOf,
  labelsOf,
  mapOf,
  objectOf,
  type PodSet,
  passwordAt,
  podSet,
  secretOf,
  servicesOf,
  shortened,
} from "./bitnami.ts";
import type { Chart, ReadRelease } from "./chart.ts";
import { type Shape, unknownText } from "./shape.ts";

/** bitnami/postgresql 17.1.0; values as they are since 11.0.0, which gave them their prefixes. https://github.com/bitnami/charts/tree/5165628/bitnami/postgresql */
const defaults: Defaults = {
  repository: "bitnami/postgresql",
  versions: { 11: "14", 12: "15", 13: "16", 14: "16", 15: "16", 16: "17", 17: "17" },
  presetSince: 15,
};
/** From 16.7 on passwords are files by default. */
const filesSince = 17;
const mountPath = "/bitnami/postgresql";

export const bitnamiPostgresql: Chart = {
  name: "postgresql",
  isFrom: (source) => /bitnami/i.test(source),
  oldest: 11,
  objectsOf,
};

function objectsOf(release: ReadRelease): readonly YamlNode[] {
  const { values } = release;
  const fullname = values.text("global.postgresql.fullnameOverride") || fullName(release);
  const architecture = values.text("architecture", "standalone");
  const name =
    architecture === "replication" ? shortened(`${fullname}-${values.text("primary.name", "primary")}`) : fullname;
  const objects: YamlNode[] = [];
  const add = (made: { readonly objects: readonly YamlNode[] }): void => {
    objects.push(...made.objects);
  };
  const extended = configured(release, {
    text: "primary.extendedConfiguration",
    existing: "primary.existingExtendedConfigmap",
    name: `${name}-extended-configuration`,
    key: "override.conf",
    mountPath: `${mountPath}/conf/conf.d/`,
    volume: "postgresql-extended-config",
  });
  const main = configured(release, {
    text: "primary.configuration",
    existing: "primary.existingConfigmap",
    name: `${name}-configuration`,
    key: "postgresql.conf",
    mountPath: `${mountPath}/conf`,
    volume: "postgresql-config",
  });
  const scripts = scriptsOf(release, name);
  for (const made of [extended, main, scripts]) add(made);
  const secret = secretsOf(release, fullname, architecture === "replication");
  objects.push(...secret.objects);
  const primary: PodSet = {
    ...common(release),
    name,
    headless: shortened(`${name}-hl`),
    checksum: checksumOf([...extended.objects, ...main.objects]),
    prefix: "primary.",
    component: "primary",
    replicas: 1,
    env: [
      ...secret.env,
      ...(architecture === "replication" || values.truth("primary.standby.enabled", false) !== false
        ? replicationOf(release, secret, values.truth("primary.standby.enabled", false) === true ? "slave" : "master")
        : []),
      ...(values.truth("primary.standby.enabled", false) === true
        ? [{ name: "POSTGRES_MASTER_HOST", value: values.scalar("primary.standby.primaryHost") }]
        : []),
    ],
    mounts: [...extended.mounts, ...main.mounts, ...scripts.mounts, ...shared(release).mounts],
    volumes: [...extended.volumes, ...main.volumes, ...scripts.volumes, ...shared(release).volumes],
  };
  objects.push(podSet(primary), ...budgetOf(primary), ...servicesOf(primary, "primary.service", "postgresql"));
  // Unknown is none: nothing is said of Pods that may not be there.
  if (architecture === "replication") {
    const readName = shortened(`${fullname}-${values.text("readReplicas.name", "read")}`);
    const readExtended = configured(release, {
      text: "readReplicas.extendedConfiguration",
      existing: "readReplicas.existingExtendedConfigmap",
      name: `${readName}-extended-configuration`,
      key: "override.conf",
      mountPath: `${mountPath}/conf/conf.d/`,
      volume: "postgresql-extended-config",
    });
    add(readExtended);
    const read: PodSet = {
      ...common(release),
      name: readName,
      headless: shortened(`${readName}-hl`),
      checksum: checksumOf(readExtended.objects),
      prefix: "readReplicas.",
      component: "read",
      replicas: values.scalar("readReplicas.replicaCount", 1),
      env: [...secret.env, ...replicationOf(release, secret, "slave"), { name: "POSTGRES_MASTER_HOST", value: name }],
      mounts: [...readExtended.mounts, ...shared(release).mounts],
      volumes: [...readExtended.volumes, ...shared(release).volumes],
    };
    objects.push(podSet(read), ...budgetOf(read), ...servicesOf(read, "readReplicas.service", "postgresql"));
  }
  return [...objects, ...backupOf(release, name, secret)];
}

function common(
  release: ReadRelease,
): Omit<PodSet, "name" | "headless" | "checksum" | "prefix" | "component" | "replicas" | "env" | "mounts" | "volumes"> {
  const { values } = release;
  const port = values.written("containerPorts.postgresql")?.text() ?? "5432";
  const user = userOf(release) ?? unknownText;
  const database = (values.scalar("global.postgresql.auth.database") ?? values.scalar("auth.database"))?.text();
  const named = database === undefined ? "" : ` -d "dbname=${database}"`;
  const ready = `exec pg_isready -U "${user === "" ? "postgres" : user}"${named} -h 127.0.0.1 -p ${port}`;
  const timing = { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6, isOn: true };
  const initialized = "[ -f /opt/bitnami/postgresql/tmp/.initialized ] || [ -f /bitnami/postgresql/.initialized ]";
  return {
    release,
    defaults,
    kind: "StatefulSet",
    container: "postgresql",
    port: 5432,
    portPath: "containerPorts.postgresql",
    preset: "nano",
    uid: 1001,
    mountPath,
    ownerSetter: "init-chmod-data",
    probes: {
      liveness: { ...timing, initialDelaySeconds: 30, command: [ready] },
      readiness: { ...timing, initialDelaySeconds: 5, command: ["-e", `${ready}\n${initialized}\n`] },
      startup: {
        ...timing,
        isOn: false,
        initialDelaySeconds: 30,
        timeoutSeconds: 1,
        failureThreshold: 15,
        command: [ready],
      },
    },
  };
}

/** What both sets of Pods mount: shared memory. */
function shared({ values }: ReadRelease): { readonly mounts: readonly Shape[]; readonly volumes: readonly Shape[] } {
  if (values.truth("shmVolume.enabled", true) === false) return { mounts: [], volumes: [] };
  return {
    mounts: [{ name: "dshm", mountPath: "/dev/shm" }],
    volumes: [{ name: "dshm", emptyDir: { medium: "Memory", sizeLimit: values.scalar("shmVolume.sizeLimit") } }],
  };
}

function userOf({ values }: ReadRelease): string | undefined {
  const global = values.text("global.postgresql.auth.username");
  return global === undefined ? undefined : global === "" ? values.text("auth.username") : global;
}

interface Login {
  readonly objects: readonly YamlNode[];
  readonly env: readonly Shape[];
  /** A variable with the password of a key of the Secret. */
  password(variable: string, key: string): Shape;
}

function secretsOf(release: ReadRelease, fullname: string, replicates: boolean): Login {
  const { values, major } = release;
  const existing = values.scalar("global.postgresql.auth.existingSecret") ?? values.scalar("auth.existingSecret");
  const user = userOf(release);
  const isCustom = user !== "" && user !== "postgres";
  const hasAdministrator = values.truth("auth.enablePostgresUser", true);
  const keyOf = (path: string, byDefault: string): string =>
    existing === undefined ? byDefault : (values.text(`auth.secretKeys.${path}`, byDefault) ?? unknownText);
  const [admin, own] = [keyOf("adminPasswordKey", "postgres-password"), keyOf("userPasswordKey", "password")];
  const isFiles = values.truth("auth.usePasswordFiles", major === undefined || major >= filesSince);
  const password = (variable: string, key: string): Shape =>
    isFiles === true
      ? { name: `${variable}_FILE`, value: `/opt/bitnami/postgresql/secrets/${key}` }
      : { name: variable, valueFrom: { secretKeyRef: { name: existing ?? fullname, key } } };
  const database = values.scalar("global.postgresql.auth.database") ?? values.scalar("auth.database");
  const env: Shape[] = [
    { name: "POSTGRESQL_PORT_NUMBER", value: values.written("containerPorts.postgresql")?.text() ?? "5432" },
    { name: "POSTGRESQL_VOLUME_DIR", value: values.scalar("primary.persistence.mountPath", mountPath) },
    { name: "PGDATA", value: values.scalar("postgresqlDataDir", `${mountPath}/data`) },
    ...(isCustom
      ? [
          { name: "POSTGRES_USER", value: user ?? unknownText },
          password("POSTGRES_PASSWORD", own),
          hasAdministrator === false ? undefined : password("POSTGRES_POSTGRES_PASSWORD", admin),
        ]
      : [
          hasAdministrator === false
            ? { name: "ALLOW_EMPTY_PASSWORD", value: "true" }
            : password("POSTGRES_PASSWORD", admin),
        ]),
    database === undefined ? undefined : { name: "POSTGRES_DATABASE", value: database },
    {
      name: "POSTGRESQL_SHARED_PRELOAD_LIBRARIES",
      value: values.scalar("postgresqlSharedPreloadLibraries", "pgaudit") ?? "",
    },
  ];
  if (existing !== undefined) return { objects: [], env, password };
  const global = "global.postgresql.auth";
  const entries: { [key: string]: Shape } = {
    "postgres-password": isCustom
      ? passwordAt(release, `${global}.postgresPassword`, "auth.postgresPassword")
      : passwordAt(
          release,
          `${global}.password`,
          "auth.password",
          `${global}.postgresPassword`,
          "auth.postgresPassword",
        ),
  };
  if (isCustom) entries.password = passwordAt(release, `${global}.password`, "auth.password");
  if (replicates) entries["replication-password"] = passwordAt(release, "auth.replicationPassword");
  return { objects: [secretOf(release, fullname, entries)], env, password };
}

function replicationOf({ values }: ReadRelease, { password }: Login, mode: string): readonly Shape[] {
  return [
    { name: "POSTGRES_REPLICATION_MODE", value: mode },
    { name: "POSTGRES_REPLICATION_USER", value: values.scalar("auth.replicationUsername", "repl_user") },
    password("POSTGRES_REPLICATION_PASSWORD", "replication-password"),
  ];
}

/** Scripts that run when the database is made. */
function scriptsOf(release: ReadRelease, name: string): ReturnType<typeof configured> {
  const { values } = release;
  const [own, existing, secret] = [
    mapOf(values, "primary.initdb.scripts"),
    values.scalar("primary.initdb.scriptsConfigMap"),
    values.scalar("primary.initdb.scriptsSecret"),
  ];
  const isOwn = own !== undefined && existing === undefined;
  const configMap = existing ?? (isOwn ? `${name}-init-scripts` : undefined);
  const directory = "/docker-entrypoint-initdb.d/";
  return {
    objects: isOwn
      ? [
          objectOf(
            release,
            { apiVersion: "v1", kind: "ConfigMap", name: `${name}-init-scripts`, labels: labelsOf(release, undefined) },
            { data: entriesOf(own) },
          ),
        ]
      : [],
    mounts: [
      ...(configMap === undefined ? [] : [{ name: "custom-init-scripts", mountPath: directory }]),
      ...(secret === undefined ? [] : [{ name: "custom-init-scripts-secret", mountPath: `${directory}secret` }]),
    ],
    volumes: [
      ...(configMap === undefined ? [] : [{ name: "custom-init-scripts", configMap: { name: configMap } }]),
      ...(secret === undefined ? [] : [{ name: "custom-init-scripts-secret", secret: { secretName: secret } }]),
    ],
  };
}

/** The chart's own backup: a dump of all databases onto a claim. */
function backupOf(release: ReadRelease, name: string, { password }: Login): readonly YamlNode[] {
  const { values } = release;
  const isOn = values.truth("backup.enabled", false);
  if (isOn === false) return [];
  const path = "backup.cronjob";
  const command = values.part(`${path}.command`);
  const existing = values.scalar(`${path}.storage.existingClaim`);
  const claim = `${name}-pgdumpall`;
  const directory = values.scalar(`${path}.storage.mountPath`, "/backup/pgdump");
  const isKnown = isOn === true && command !== "unknown";
  return [
    ...(isOn === true && existing === undefined && values.truth(`${path}.storage.enabled`, true) === true
      ? [
          objectOf(
            release,
            {
              apiVersion: "v1",
              kind: "PersistentVolumeClaim",
              name: claim,
              labels: labelsOf(release, "pg_dumpall"),
              annotations: { "helm.sh/resource-policy": values.scalar(`${path}.storage.resourcePolicy`) },
            },
            { spec: claimSpec(values, `${path}.storage`) },
          ),
        ]
      : []),
    objectOf(
      release,
      { apiVersion: "batch/v1", kind: "CronJob", name: claim, labels: labelsOf(release, "pg_dumpall") },
      {
        spec: {
          schedule: values.scalar(`${path}.schedule`, "@daily"),
          timeZone: values.scalar(`${path}.timeZone`),
          concurrencyPolicy: values.scalar(`${path}.concurrencyPolicy`, "Allow"),
          startingDeadlineSeconds: values.scalar(`${path}.startingDeadlineSeconds`),
          jobTemplate: {
            spec: {
              ttlSecondsAfterFinished: values.scalar(`${path}.ttlSecondsAfterFinished`),
              template: {
                metadata: { labels: labelsOf(release, "pg_dumpall") },
                spec: {
                  restartPolicy: values.scalar(`${path}.restartPolicy`, "OnFailure"),
                  containers: [
                    {
                      name: claim,
                      image: imageOf(release, defaults),
                      command: isKnown
                        ? (command ?? ["/bin/bash", "-c", dump])
                        : ["/bin/bash", "-c", `pg_dumpall ${unknownText}`],
                      env: [
                        { name: "PGUSER", value: "postgres" },
                        password("PGPASSWORD", "postgres-password"),
                        { name: "PGHOST", value: name },
                        {
                          name: "PGPORT",
                          value: values.text("primary.service.ports.postgresql", "5432") ?? unknownText,
                        },
                        { name: "PGDUMP_DIR", value: directory },
                      ],
                      volumeMounts: [{ name: "datadir", mountPath: directory }],
                    },
                  ],
                  volumes: [
                    {
                      name: "datadir",
                      persistentVolumeClaim: { claimName: isOn === undefined ? unknownBackup : (existing ?? claim) },
                    },
                  ],
                },
              },
            },
          },
        },
      },
    ),
  ];
}

const unknownBackup = "$".concat("{backup}");

const dump =
  `PGPASSWORD="\${PGPASSWORD:-$(< "$PGPASSWORD_FILE")}" pg_dumpall --clean --if-exists --load-via-partition-root ` +
  `--quote-all-identifiers --no-password --file="\${PGDUMP_DIR}/pg_dumpall-$(date '+%Y-%m-%d-%H-%M').pgdump"`;
