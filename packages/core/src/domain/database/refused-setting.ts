import type { Engine } from "../../facts/engines.ts";
import { mysqlNumbers, redisChoices, redisMemory, redisNumbers, redisSwitches } from "../../facts/redis-settings.ts";
import { listed } from "../../text/listed.ts";
import { own } from "../../text/own.ts";
import { postgresFault, type ValueFault } from "./refused-postgres-setting.ts";

/** Why the server of an engine refuses a setting; undefined: it takes it, or that is not known. `name` is as written. */
export function settingFault(
  engine: Engine,
  name: string,
  text: string,
  major: number | undefined,
): ValueFault | undefined {
  const plain = name.replace(/^--/, "").toLowerCase();
  if (engine === "postgresql") return postgresFault(plain.replaceAll("-", "_"), text, major);
  if (engine === "redis" || engine === "valkey") return redisFault(plain, text.replace(/^(["'])(.*)\1$/, "$2"));
  if (engine === "mysql" || engine === "mariadb") return mysqlFault(plain.replaceAll("-", "_"), text);
  return undefined;
}

function redisFault(name: string, text: string): ValueFault | undefined {
  if (text === "") return undefined;
  if (redisMemory.has(name)) {
    if (/^\d+(b|kb?|mb?|gb?)?$/i.test(text)) return undefined;
    const meant = /^(\d+)([kmg])i?b?$/i.exec(text);
    return {
      why: "a size must be a whole number with b, k, kb, m, mb, g or gb",
      ...(meant === null ? {} : { instead: `${meant[1]}${meant[2]?.toLowerCase()}b` }),
    };
  }
  if (redisSwitches.has(name)) {
    if (/^(yes|no)$/i.test(text)) return undefined;
    const meant = /^(true|on|1|enabled?)$/i.test(text)
      ? "yes"
      : /^(false|off|0|disabled?)$/i.test(text)
        ? "no"
        : undefined;
    return { why: "it must be yes or no", ...(meant === undefined ? {} : { instead: meant }) };
  }
  const choice = own(redisChoices, name);
  if (choice !== undefined) {
    if (choice.includes(text.toLowerCase())) return undefined;
    const meant = text.toLowerCase().replaceAll("_", "-");
    return {
      why: `it must be ${listed(choice, "or")}`,
      ...(choice.includes(meant) ? { instead: meant } : {}),
    };
  }
  if (name === "save")
    return /^[\d\s]*$/.test(text) ? undefined : { why: 'it is pairs of seconds and changes: "60 1000"' };
  const range = own(redisNumbers, name);
  if (range === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) return { why: "it must be a whole number" };
  const [least, most] = range;
  return Number(text) >= least && Number(text) <= most ? undefined : { why: `the range is ${least} to ${most}` };
}

/** Only the first letter behind the digits is read: `1Gi` is 1G, `75%` ends the start. */
function mysqlFault(name: string, text: string): ValueFault | undefined {
  if (!mysqlNumbers.has(name) || text === "") return undefined;
  return /^\s*-?\d+\s*([kmgtpe].*)?$/i.test(text)
    ? undefined
    : { why: "it must be a whole number with K, M, G, T, P or E" };
}
