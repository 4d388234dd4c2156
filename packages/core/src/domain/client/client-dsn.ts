import { type Dsn, findDsns } from "../../embedded/dsn.ts";
import type { Container } from "../../kube/container.ts";
import { knownText } from "../../yaml/fact.ts";
import type { Setting } from "../../yaml/settings.ts";
import type { HostReference } from "../model/reach.ts";

/** A connection string of a container that names a host. */
export interface ClientDsn {
  /** The variable that holds it. */
  readonly setting: Setting;
  readonly dsn: Dsn;
  /** `postgresql`, `postgresql+asyncpg`, … as written, without `jdbc:`; empty: a string without one. */
  readonly scheme: string;
  readonly isJdbc: boolean;
  /** By lower-case name; a secret's value is never among them, and one that is not known holds `opaque` characters. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The URLs in a container's environment that lead to a host. */
export function dsnsTo(container: Container, { host }: HostReference): readonly ClientDsn[] {
  return container.environment.written().flatMap((setting): readonly ClientDsn[] => {
    const text = knownText(setting.value);
    if (text?.includes(host) !== true) return [];
    return findDsns(text)
      .filter((dsn) => dsn.hosts.some((each) => each.host === host))
      .map((dsn) => {
        const written = text.slice(dsn.span.start, dsn.span.end);
        const isJdbc = written.startsWith("jdbc:");
        return {
          setting,
          dsn,
          isJdbc,
          scheme: written.includes("://")
            ? (isJdbc ? written.slice(5) : written).replace(/:\/\/.*/s, "").toLowerCase()
            : "",
          parameters: new Map(
            [...dsn.parameters].flatMap(([name, value]) =>
              /password/i.test(name) ? [] : [[name.toLowerCase(), decode(value)]],
            ),
          ),
        };
      });
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
