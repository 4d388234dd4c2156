import { type Settings, settingsFrom } from "@dbops/session";

/** What a client has under `dbops`, which may be anything: names with dots are looked up whole, then part by part. */
export function readSettings(given: unknown, refused: (name: string) => void): Settings {
  return settingsFrom({
    get: (name, otherwise) => {
      const found = lookUp(given, name);
      if (found === undefined || found === null) return otherwise;
      if (isLike(found, otherwise)) return found;
      refused(name);
      return otherwise;
    },
  });
}

function lookUp(given: unknown, name: string): unknown {
  if (!isObject(given)) return undefined;
  if (Object.hasOwn(given, name)) return given[name];
  const dot = name.indexOf(".");
  return dot < 0 ? undefined : lookUp(given[name.slice(0, dot)], name.slice(dot + 1));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value can be used where another one is: of its kind, and lists with what lists here hold. */
function isLike<T>(value: unknown, otherwise: T): value is T {
  if (otherwise === null || Array.isArray(otherwise))
    return Array.isArray(value) && value.every((each) => typeof each === "string" || isObject(each));
  return isObject(otherwise) ? isObject(value) : typeof value === typeof otherwise;
}
