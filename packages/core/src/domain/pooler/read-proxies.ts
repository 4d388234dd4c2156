import { parseIni } from "../../embedded/ini.ts";
import type { Container, MountedFile } from "../../kube/container.ts";
import { fileName } from "../../text/scan.ts";
import type { Span } from "../../text/span.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import { type Setting, type Settings, settingsOf } from "../../yaml/settings.ts";
import { settingInText } from "../database/server-settings.ts";
import { emptyRoute, type PoolerRoute } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";

type ReachOf = (host: string, port: number | undefined) => Reach;

/** What counting needs of a proxy that is no PgBouncer. */
export interface ProxyConfiguration {
  readonly settings: Settings;
  readonly routes: readonly PoolerRoute[];
}

/**
 * Pgpool-II: pgpool.conf, or the variables of bitnami/pgpool (`PGPOOL_MAX_POOL`, `PGPOOL_BACKEND_NODES`) and pgpool/pgpool
 * (`PGPOOL_PARAMS_MAX_POOL`). https://www.pgpool.net/docs/latest/en/html/runtime-config-process.html
 */
export function readPgpool(container: Container, reach: ReachOf): ProxyConfiguration {
  const file = container.filesUnder("/").find(({ path }) => isNamed(path, "pgpool", ".conf"));
  const entries = file?.content.value === undefined ? [] : parseIni(file.content.value, "postgresql");
  const written: Setting[] = entries.map((entry) =>
    settingInText(entry, file?.content.at ?? container.node, file?.content.value ?? ""),
  );
  for (const setting of container.environment.written()) {
    const name = /^PGPOOL_(?:PARAMS_)?(\w+)$/.exec(setting.name)?.[1]?.toLowerCase();
    if (name !== undefined) written.push({ ...setting, name });
  }
  const isComplete = container.filesAreComplete && container.environment.isComplete;
  // Bitnami's image has a default of its own for max_pool.
  const isPlain = !/bitnami/.test(container.image?.name ?? "");
  const at = keyOf(container.node.nearest("env"));
  const settings = settingsOf(written, {
    isComplete,
    defaults: (name) => {
      if (name !== "num_init_children" && name !== "max_pool") return undefined;
      if (!isComplete || (name === "max_pool" && !isPlain)) return unknown(at, `${name} is not in view`);
      return byDefault(name === "max_pool" ? "4" : "32", at);
    },
  });
  return { settings, routes: [...backendNodes(settings, reach), ...backendHosts(settings, reach)] };
}

/** `0:postgres-0.postgres:5432,1:postgres-1.postgres:5432` */
function backendNodes(settings: Settings, reach: ReachOf): readonly PoolerRoute[] {
  const nodes = settings.get("backend_nodes");
  return (nodes?.value ?? "").split(",").flatMap((node): readonly PoolerRoute[] => {
    const match = /^\s*\d+:([^:]+)(?::(\d+))?/.exec(node);
    if (match === null || nodes === undefined) return [];
    const [, host = "", port] = match;
    return [routeTo(known(host, nodes.at), port === undefined ? undefined : Number(port), reach)];
  });
}

function backendHosts(settings: Settings, reach: ReachOf): readonly PoolerRoute[] {
  return settings.written().flatMap(({ name, value }): readonly PoolerRoute[] => {
    const number = /^backend_hostname(\d+)$/.exec(name)?.[1];
    if (number === undefined || value.value === undefined) return [];
    return [routeTo(value, settings.number(`backend_port${number}`)?.value, reach)];
  });
}

function routeTo(host: Fact<string>, port: number | undefined, reach: ReachOf): PoolerRoute {
  const route = emptyRoute(host.at, known("*", host.at));
  return { ...route, host, reaches: host.value === undefined ? route.reaches : reach(host.value, port) };
}

function isNamed(path: string, word: string, ending: string): boolean {
  const name = fileName(path);
  return name.includes(word) && name.endsWith(ending);
}

/** ProxySQL: the lines of mysql_servers in proxysql.cnf. https://proxysql.com/documentation/configuration-file/ */
export function readProxysql(container: Container, reach: ReachOf): ProxyConfiguration {
  const file = container.filesUnder("/").find(({ path }) => isNamed(path, "proxysql", ".cnf"));
  const isComplete = container.filesAreComplete && file !== undefined;
  return {
    settings: settingsOf([], { isComplete }),
    routes: file?.content.value === undefined ? [] : serversOf(file, file.content.value, reach),
  };
}

function serversOf(file: MountedFile, text: string, reach: ReachOf): readonly PoolerRoute[] {
  const opening = /\bmysql_servers\s*[=:]\s*\(/.exec(text);
  if (opening === null) return [];
  const start = opening.index + opening[0].length;
  const end = text.indexOf(")", start);
  return [...text.slice(start, Math.max(start, end)).matchAll(/\{([^{}]*)\}/g)].flatMap(
    (entry): readonly PoolerRoute[] => {
      const base = start + entry.index + 1;
      const read = (name: string): { readonly text: string; readonly span: Span } | undefined => {
        const match = new RegExp(`(?:^|[\\s,;])(?:${name})\\s*[=:]\\s*(?:"([^"]*)"|(\\d+))`, "d").exec(entry[1] ?? "");
        const [from, to] = match?.indices?.[1] ?? match?.indices?.[2] ?? [0, 0];
        return match === null
          ? undefined
          : { text: match[1] ?? match[2] ?? "", span: { start: base + from, end: base + to } };
      };
      const host = read("address|hostname");
      if (host === undefined || host.text.startsWith("/") || /[$<{%]/.test(host.text)) return [];
      const most = read("max_connections");
      const at = partOf(file.content.at, text, host.span);
      const port = Number(read("port")?.text ?? 3306);
      return [
        {
          ...routeTo(known(host.text, at), port, reach),
          poolSize:
            most === undefined
              ? byDefault(1000, at)
              : known(Number(most.text), partOf(file.content.at, text, most.span)),
        },
      ];
    },
  );
}
