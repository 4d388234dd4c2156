import { findDsns } from "../../embedded/dsn.ts";
import type { Container } from "../../kube/container.ts";
import type { Place } from "../../yaml/node.ts";

/** A timeout that holds for every statement of a run, and where it is set. */
export interface SessionTimeout {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/** Also as a URL writes it: `-c%20lock_timeout%3D5s`. */
const inOptions = /(?:-c(?: |%20|\+)?|--)(lock_timeout|statement_timeout)(?:=|%3D)([\w.]+)/i;

/** A lock_timeout or statement_timeout that is sent at login: in PGOPTIONS, for tools that read it, or in the options of a URL. 0 is none. */
export function sessionTimeoutOf(
  { environment, argv }: Container,
  readsPgOptions: boolean,
): SessionTimeout | undefined {
  const written = environment.written().flatMap(({ name, value, readAt }) => {
    const options = name === "PGOPTIONS" ? (readsPgOptions ? [value.value ?? ""] : []) : optionsIn(value.value);
    return options.map((text) => ({ text, at: readAt ?? value.at }));
  });
  const given = argv.flatMap(({ value, at }) => optionsIn(value).map((text) => ({ text, at })));
  for (const { text, at } of [...written, ...given]) {
    const [, name, value] = inOptions.exec(text) ?? [];
    if (name !== undefined && value !== undefined && !/^0+\D*$/.test(value)) return { name, value, at };
  }
  return undefined;
}

function optionsIn(text: string | undefined): readonly string[] {
  if (text?.includes("://") !== true) return [];
  return findDsns(text).flatMap(({ parameters }) => parameters.get("options") ?? []);
}
