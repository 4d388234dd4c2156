import { BlockList, isIP } from "node:net";
import type { Surroundings } from "./source.ts";

/** The proxy of the environment, as Go reads it. https://pkg.go.dev/golang.org/x/net/http/httpproxy */
export function proxyFor({ protocol, hostname, port }: URL, env: Surroundings["env"]): string | undefined {
  // A variable that is empty says nothing.
  const proxy = protocol === "https:" ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  if (proxy === undefined || proxy === "") return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))) return undefined;
  const number = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  const isExempt = (env.NO_PROXY || env.no_proxy || "")
    .split(",")
    .some((each) => isExemptBy(each.trim().toLowerCase(), host, number));
  if (isExempt) return undefined;
  return /^(?:https?|socks5h?):\/\//.test(proxy) ? proxy : `http://${proxy}`;
}

/** Whether a host is meant by an entry of NO_PROXY: `*`, a network, an address, a name with what is below it, perhaps with a port. */
function isExemptBy(entry: string, host: string, port: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  const slash = entry.indexOf("/");
  if (slash >= 0) return isInNetwork(host, entry.slice(0, slash), entry.slice(slash + 1));
  const { name, asked } = partsOf(entry);
  if (asked !== undefined && asked !== port) return false;
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  const below = name.startsWith("*.") ? name.slice(1) : name;
  return below.startsWith(".") ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

/** `[::1]:6443`, `::1`, `api.shop:6443`. */
function partsOf(entry: string): { readonly name: string; readonly asked: string | undefined } {
  const [, bracketed, behind] = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { name: bracketed, asked: behind };
  const colon = entry.indexOf(":");
  const hasPort = colon >= 0 && colon === entry.lastIndexOf(":");
  return hasPort ? { name: entry.slice(0, colon), asked: entry.slice(colon + 1) } : { name: entry, asked: undefined };
}

function isInNetwork(host: string, network: string, prefix: string): boolean {
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}
