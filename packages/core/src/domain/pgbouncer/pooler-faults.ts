import { cnpgPoolerParameters } from "../../facts/cnpg-pooler.ts";
import { poolerVariables } from "../../facts/pgbouncer.ts";
import { pgbouncerKeys } from "../../facts/pgbouncer-keys.ts";
import type { MountedFile } from "../../kube/container.ts";
import { closest } from "../../text/closest.ts";
import { oncePer } from "../../text/once.ts";
import type { Span } from "../../text/span.ts";
import { isNode, keyOf, type Place, type YamlNode } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { Pooler } from "../model/pooler.ts";
import { readConfiguration } from "../pooler/pooler-configuration.ts";
import { faultsOfEntry } from "./entry-faults.ts";
import type { PgbouncerFault } from "./fault.ts";
import { faultsOfFile, type IncludedPlace } from "./file-faults.ts";
import { faultsOfSetting } from "./setting-faults.ts";
import { type PgbouncerVersion, pgbouncerVersionOf, pgbouncerVersionOfPooler } from "./version.ts";

/** A fault of a pooler's configuration and where it is written. */
export interface PoolerFault extends PgbouncerFault {
  readonly at: Place;
  /** What holds the text: `pgbouncer.ini`, the variable, the operator's field. */
  readonly writtenIn: "file" | "variable" | "parameter";
  /** The operator that refuses the object before PgBouncer sees the setting. */
  readonly refusedBy?: string;
  /** The node that holds the text and where its line begins in the file; undefined: it cannot be edited. */
  readonly node: YamlNode | undefined;
}

/** Everything in a pooler's file, variables or custom resource that PgBouncer, the image or the operator does not take as meant. */
export const faultsOfPooler: (pooler: Pooler) => readonly PoolerFault[] = oncePer(readFaults);

function readFaults(pooler: Pooler): readonly PoolerFault[] {
  if (pooler.software !== "pgbouncer" || pooler.resource.isUnsettled) return [];
  if (pooler.container === undefined) return [...faultsOfParameters(pooler), ...faultsOfStrings(pooler.resource.node)];
  const version = pgbouncerVersionOf(pooler.container);
  const { configuration } = pooler;
  const text = configuration?.content.value;
  if (configuration === undefined || text === undefined) return faultsOfVariables(pooler);
  const { files } = readConfiguration(pooler.container, configuration);
  return files.flatMap(({ file, section }, index) => {
    const behind = new Map(files.slice(index + 1).map((each) => [each.file.path, each.sectionBehind]));
    const place = {
      section,
      isIncluded: file !== configuration,
      sectionBehind: (path: string): string => behind.get(path) ?? "",
    };
    return faultsIn(file, version, place);
  });
}

function faultsIn(
  { content }: MountedFile,
  version: PgbouncerVersion | undefined,
  place: IncludedPlace,
): readonly PoolerFault[] {
  const text = content.value ?? "";
  const node = isNode(content.at) && content.at.text() === text && !content.at.isShared ? content.at : undefined;
  return faultsOfFile(text, version, place).map((fault) => ({
    ...fault,
    at: partOf(content.at, text, fault.span),
    writtenIn: "file",
    node,
  }));
}

const whole = (text: string): Span => ({ start: 0, end: text.length });

/** What an image's entrypoint writes into the file unseen. */
function faultsOfVariables({ container, dialect }: Pooler): readonly PoolerFault[] {
  const names = dialect === undefined ? undefined : poolerVariables[dialect];
  if (names === undefined || container === undefined || container.overridesEntrypoint || !container.filesAreComplete)
    return [];
  return container.environment.written().flatMap(({ name, value, readAt }): readonly PoolerFault[] => {
    const parameter = names.get(name);
    // The images leave out what is empty. What stands in another object may be meant for another version.
    if (parameter === undefined || value.value === undefined || value.value === "" || name === "POSTGRESQL_USERNAME")
      return [];
    const entry = { keySpan: whole(name), value: value.value, valueSpan: whole(value.value) };
    return faultsOfSetting(parameter, entry, pgbouncerVersionOf(container))
      .filter(({ kind }) => kind !== "part-of-value" || !/^["']?(select|discard)/i.test(value.value ?? ""))
      .map((fault) => ({ ...fault, at: readAt ?? value.at, writtenIn: "variable", node: undefined }));
  });
}

/** Parameters in a custom resource: the operator's webhook refuses names, PgBouncer values. */
function faultsOfParameters({ operated, resource }: Pooler): readonly PoolerFault[] {
  const isCnpg = operated?.operator === "cloudnative-pg";
  const version = isCnpg ? pgbouncerVersionOfPooler(resource.node) : undefined;
  return (operated?.parameters?.entries() ?? []).flatMap(([name, node]): readonly PoolerFault[] => {
    const text = node.text();
    if (text === undefined) return [];
    const about = { writtenIn: "parameter" as const, node: undefined };
    if (isCnpg && !cnpgPoolerParameters.has(name) && Object.hasOwn(pgbouncerKeys.pgbouncer, name))
      return [
        {
          kind: "unknown",
          span: whole(name),
          message:
            name === "pool_mode" ? "pool_mode belongs in spec.pgbouncer.poolMode" : `the operator sets ${name} itself`,
          refuses: true,
          refusedBy: "CloudNativePG",
          at: keyOf(node),
          ...about,
        },
      ];
    const faults = faultsOfSetting(name, { keySpan: whole(name), value: text.trim(), valueSpan: whole(text) }, version);
    return faults.map((fault) => {
      const meant = isCnpg && fault.kind === "unknown" ? closest(name, cnpgPoolerParameters) : undefined;
      const message =
        isCnpg && fault.kind === "unknown"
          ? `there is no parameter ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`
          : fault.message;
      return {
        ...fault,
        message,
        ...(isCnpg && fault.kind === "unknown" ? { refusedBy: "CloudNativePG" } : {}),
        at: fault.kind === "unknown" || fault.kind === "too-new" ? keyOf(node) : node,
        ...about,
      };
    });
  });
}

/** Connection strings that PGO and Percona hand on: `config.databases` and `config.users`. */
function faultsOfStrings(resource: YamlNode): readonly PoolerFault[] {
  return (["databases", "users"] as const).flatMap((section) => {
    const entries = resource.at("spec", "proxy", "pgBouncer", "config", section)?.entries() ?? [];
    return entries.flatMap(([key, node]): readonly PoolerFault[] => {
      const value = node.text();
      if (value === undefined) return [];
      const entry = { kind: "entry" as const, key, keySpan: { start: 0, end: 0 }, value, valueSpan: whole(value) };
      return faultsOfEntry(entry, section, undefined).map((fault) => ({
        ...fault,
        at: fault.span.end === 0 ? keyOf(node) : node.inside(fault.span),
        writtenIn: "parameter",
        node: undefined,
      }));
    });
  });
}
