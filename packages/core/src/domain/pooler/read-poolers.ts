import { parseKeywordDsn } from "../../embedded/dsn.ts";
import { pgbouncerSection } from "../../embedded/pgbouncer-file.ts";
import { pgbouncerDefaults, poolerVariables } from "../../facts/pgbouncer.ts";
import { imageDefaults, imagesWithOwnDefaults } from "../../facts/pgbouncer-images.ts";
import type { Container, MountedFile } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { own } from "../../text/own.ts";
import type { Span } from "../../text/span.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import { type Setting, type Settings, settingsOf } from "../../yaml/settings.ts";
import { settingInText } from "../database/server-settings.ts";
import { numberOf, type Pooler, type PoolerRoute } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";
import { routesOfEnvironment } from "./environment-routes.ts";
import { poolerIn } from "./evident-pooler.ts";
import { type PlacedEntry, type PoolerConfiguration, readConfiguration } from "./pooler-configuration.ts";
import { type ProxyConfiguration, readPgpool, readProxysql } from "./read-proxies.ts";

/** Resolves a host as the pooler's Pod would. */
export type Resolve = (host: string, port: number | undefined, from: Resource, workload: Workload | undefined) => Reach;

const unknownReach: Reach = { state: "unknown" };

/** The poolers that a workload runs, as main containers or sidecars. */
export function readPoolers(workload: Workload, resolve: Resolve): readonly Pooler[] {
  const { resource } = workload;
  if (resource.kind === "Job" || resource.kind === "CronJob") return [];
  if ((resource.node.at("metadata", "ownerReferences")?.items().length ?? 0) > 0) return [];
  const poolers: Pooler[] = [];
  const mains = workload.containers.filter(({ role }) => role !== "init");
  for (const container of mains) {
    const own = poolerIn(container);
    if (own === undefined) continue;
    const others = mains.filter(
      (other) => other !== container && !/exporter|metrics|reload/.test(other.image?.name ?? ""),
    );
    poolers.push(readPooler(container, own.software, own.dialect, others.length > 0, resolve));
  }
  return poolers;
}

function readPooler(
  container: Container,
  software: Pooler["software"],
  dialect: string | undefined,
  isSidecar: boolean,
  resolve: Resolve,
): Pooler {
  const { workload } = container;
  const file = software === "pgbouncer" ? configurationFile(container, dialect) : undefined;
  const configuration = file?.content.value === undefined ? undefined : readConfiguration(container, file);
  let settings: Settings | undefined;
  let routes: readonly PoolerRoute[] | undefined;
  const reach = (host: string, port: number | undefined): Reach => resolve(host, port, workload.resource, workload);
  let proxy: ProxyConfiguration | undefined;
  const asProxy = (): ProxyConfiguration | undefined => {
    if (software !== "pgpool" && software !== "proxysql") return undefined;
    proxy ??= software === "pgpool" ? readPgpool(container, reach) : readProxysql(container, reach);
    return proxy;
  };
  return {
    software,
    resource: workload.resource,
    workload,
    container,
    operated: undefined,
    dialect,
    isSidecar,
    instances: workload.replicas,
    configuration: file,
    get settings() {
      settings ??= asProxy()?.settings ?? readSettings(container, dialect, file, configuration);
      return settings;
    },
    get routes() {
      routes ??=
        asProxy()?.routes ??
        (file === undefined
          ? routesOfEnvironment(container, dialect, reach)
          : routesOfFile(configuration?.entries ?? [], reach));
      return routes;
    },
  };
}

/** The pgbouncer.ini that a ConfigMap or Secret in view mounts. */
function configurationFile(container: Container, dialect: string | undefined): MountedFile | undefined {
  // Bitnami's entrypoint takes this directory, and writes any other file anew (libpgbouncer.sh, 2026-06).
  const base = dialect === "bitnami/pgbouncer" && !container.overridesEntrypoint ? "/bitnami/pgbouncer/conf" : "/";
  const files = container.filesUnder(base).filter((file) => file.content.value !== undefined);
  return (
    files.find((file) => /pgbouncer\.ini$/.test(file.path)) ??
    files.find((file) => pgbouncerSection.test(file.content.value ?? "")) ??
    fromInitContainer(container)
  );
}

/** An init container often copies the mounted file into an emptyDir, filling in secrets: the text is still the configuration. */
function fromInitContainer(container: Container): MountedFile | undefined {
  for (const init of container.workload.containers) {
    if (init.role !== "init") continue;
    const file = init.filesUnder("/").find((candidate) => pgbouncerSection.test(candidate.content.value ?? ""));
    if (file !== undefined) return file;
  }
  return undefined;
}

function readSettings(
  container: Container,
  dialect: string | undefined,
  file: MountedFile | undefined,
  configuration: PoolerConfiguration | undefined,
): Settings {
  const at = keyOf(container.node.nearest("env"));
  const variables = dialect === undefined ? undefined : poolerVariables[dialect];
  const written: Setting[] = [];
  if (file !== undefined) {
    // A repeated [pgbouncer] header resets every parameter: only the last section counts (measured, 1.18 and 1.25).
    const own = (configuration?.entries ?? []).filter((entry) => entry.section === "pgbouncer");
    const last = Math.max(0, ...own.map((entry) => entry.sectionNumber));
    for (const entry of own) {
      if (entry.sectionNumber !== last) continue;
      const setting = settingInText(entry, entry.file.content.at, entry.file.content.value ?? "");
      const value = entry.isOverridable
        ? unknown(setting.value.at, "a file that is included after it is not in view")
        : setting.value;
      written.push({ ...setting, value });
    }
  } else if (variables !== undefined) {
    for (const setting of container.environment.written()) {
      const name = variables.get(setting.name);
      if (name !== undefined) written.push({ ...setting, name });
    }
  }
  const isReadable =
    file !== undefined
      ? configuration?.isComplete === true
      : variables !== undefined &&
        !imagesWithOwnDefaults.has(dialect ?? "") &&
        container.environment.isComplete &&
        container.filesAreComplete;
  const fallback = dialect === undefined ? undefined : imageDefaults[dialect];
  return settingsOf(written, {
    isComplete: isReadable,
    defaults: (name) => {
      if (!isReadable) return undefined;
      const value = (file === undefined ? own(fallback, name) : undefined) ?? pgbouncerDefaults.get(name);
      return value === undefined ? undefined : byDefault(value, file === undefined ? at : file.content.at);
    },
  });
}

function routesOfFile(
  entries: readonly PlacedEntry[],
  reach: (host: string, port: number | undefined) => Reach,
): readonly PoolerRoute[] {
  return entries
    .filter((entry) => entry.section === "databases")
    .map((entry): PoolerRoute => {
      const { at: whole, value: text = "" } = entry.file.content;
      const place = (span: Span): Place => partOf(whole, text, span);
      const values = parseKeywordDsn(entry.value)?.values ?? new Map<string, { text: string; span: Span }>();
      const fact = (name: string): Fact<string> | undefined => {
        const found = values.get(name);
        if (found === undefined) return undefined;
        const at = place({
          start: entry.valueSpan.start + found.span.start,
          end: entry.valueSpan.start + found.span.end,
        });
        return /\$|\{\{|^<|%/.test(found.text) ? unknown(at, "it is filled in later") : known(found.text, at);
      };
      const port = numberOf(fact("port"));
      const host = fact("host");
      return {
        at: place(entry.keySpan),
        databaseName: known(entry.key, place(entry.keySpan)),
        host,
        reaches: host?.value === undefined ? unknownReach : reach(host.value, port?.value),
        poolSize: numberOf(fact("pool_size")),
        reserve: numberOf(fact("reserve_pool_size") ?? fact("reserve_pool")),
        maxConnections: numberOf(fact("max_db_connections")),
        poolMode: fact("pool_mode"),
        user: fact("user"),
        hasPassword: values.has("password"),
        port,
        balance: fact("load_balance_hosts"),
      };
    });
}
