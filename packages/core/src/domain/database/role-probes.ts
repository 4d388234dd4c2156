import type { Container } from "../../kube/container.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** https://patroni.readthedocs.io/en/latest/rest_api.html#health-check-endpoints */
const primaryOnly = /^\/(?:primary|master|leader|read-write)?(?:\?.*)?$/;

const asked = /:8008(\/(?:primary|master|leader|read-write)?)(?=["'\s;]|$)/;

/** What a probe asks for that Patroni answers with 200 on the primary only, `/` where it names no path; undefined: it asks something else. */
export function primaryProbe(
  container: Container,
  probe: "livenessProbe" | "startupProbe" | "readinessProbe",
): { readonly path: string; readonly at: YamlNode } | undefined {
  const get = container.node.at(probe, "httpGet");
  return get === undefined ? primaryFetched(container, probe) : primaryGot(get, container);
}

function primaryGot(get: YamlNode, { ports }: Container): { readonly path: string; readonly at: YamlNode } | undefined {
  const written = get.at("path");
  // The API server fills in `/`, which is Patroni's name for `/primary` too.
  const path = written === undefined ? "/" : written.string();
  const port = get.at("port");
  const number = port?.integer() ?? ports.find(({ name }) => name !== undefined && name === port?.string())?.number;
  return number === 8008 && path !== undefined && primaryOnly.test(path) ? { path, at: written ?? get } : undefined;
}

function primaryFetched(
  container: Container,
  probe: string,
): { readonly path: string; readonly at: YamlNode } | undefined {
  const handler = execHandlersOf(container).find(({ name }) => name === probe);
  const line = handler?.words.join(" ") ?? "";
  // Another question beside it (`|| …/replica`) may pass on the other members, and curl without -f passes whatever the answer is.
  if (handler === undefined || /\|\||\n/.test(line)) return undefined;
  const fails = /\bwget\b/.test(line) || (/\bcurl\b/.test(line) && /\s(?:-[a-zA-Z]{0,8}f|--fail)/.test(line));
  const path = fails ? asked.exec(line)?.[1] : undefined;
  return path === undefined ? undefined : { path, at: handler.node };
}
