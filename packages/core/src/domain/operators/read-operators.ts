import { parseIni } from "../../embedded/ini.ts";
import type { Engine } from "../../facts/engines.ts";
import { groupOf, type Kind } from "../../facts/kinds.ts";
import type { ImageReference } from "../../kube/image.ts";
import { readImage } from "../../kube/image.ts";
import { textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Setting } from "../../yaml/settings.ts";
import { engineSettings, settingInText } from "../database/server-settings.ts";
import type { Database } from "../model/database.ts";
import type {
  BackupSources,
  DeclaredDatabase,
  Opening,
  OperatedDatabase,
  Operator,
  OperatorBackup,
  Refusal,
  ServiceRole,
} from "../model/operator.ts";
import type { Pooler } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";
import { operators } from "./index.generated.ts";

const byKind: ReadonlyMap<string, Operator> = new Map(
  operators.flatMap((operator) =>
    Object.entries(operator.kinds).flatMap(([kind, groups]) =>
      groups.map((group) => [`${group}/${kind}`, operator] as const),
    ),
  ),
);

/** The operator whose custom resource this is: `MariaDB` of one API group is not that of another. */
function operatorOf({ apiVersion, kind }: Pick<Resource, "apiVersion" | "kind">): Operator | undefined {
  return byKind.get(`${groupOf(apiVersion)}/${kind}`);
}

/** Whether one operator reads both, under the API group that it had before and the one that it has now. */
export function areOfOneOperator(
  one: Pick<Resource, "apiVersion" | "kind">,
  other: Pick<Resource, "apiVersion" | "kind">,
): boolean {
  const operator = operatorOf(one);
  return operator !== undefined && operator === operatorOf(other);
}

/** Whether it is a resource of a database's operator. */
export function isOfOperator(resource: Pick<Resource, "apiVersion" | "kind">): boolean {
  return operatorOf(resource) !== undefined;
}

/** The database inside a server that a resource declares; undefined: it declares none. */
export function declaredDatabase(resource: Resource): DeclaredDatabase | undefined {
  const declares = operatorOf(resource)?.declaresDatabase;
  return resource.kind === "Database" ? declares?.(resource) : undefined;
}

/** The database that an operator's custom resource describes; undefined for other objects. */
export function readOperatorDatabase(resource: Resource): Database | undefined {
  const operator = operatorOf(resource);
  const shape =
    operator !== undefined && Object.hasOwn(operator.databases, resource.kind)
      ? operator.databases[resource.kind]
      : undefined;
  if (operator === undefined || shape === undefined) return undefined;
  const { node } = resource;
  const image = shape.image === undefined ? undefined : readImage(node.at(...shape.image));
  const version = readVersion(resource, shape, image);
  const major = version.value === undefined ? undefined : Number(/^\d+/.exec(version.value)?.[0]);
  const settingsAt = keyOf(node.nearest(...(shape.parameters[0] ?? ["spec"])));
  const written = shape.parameters.flatMap((path) => readParameters(node.at(...path)));
  const instances = shape.instances(node);
  const declared = resource.annotations["dbops/data"];
  const keepsNothing =
    (shape.keepsNothingWithout !== undefined && node.at(...shape.keepsNothingWithout) === undefined) ||
    shape.isEphemeral?.(node) === true;
  return {
    engine: shape.engine,
    version,
    major: Number.isInteger(major) ? major : undefined,
    resource,
    workload: undefined,
    container: undefined,
    operator: {
      ...shape,
      name: operator.name,
      title: operator.title,
      onDelete: operator.onDelete,
      ...(operator.majorUpgrade === undefined ? {} : { majorUpgrade: operator.majorUpgrade }),
      ...(operator.bootstraps === undefined ? {} : { bootstraps: operator.bootstraps }),
    },
    image,
    instances,
    replication: known("operator", instances.at),
    settings: engineSettings(shape.engine, written, shape.hasOwnDefaults !== true, settingsAt),
    dataDirectory: undefined,
    port: byDefault(ports[shape.engine] ?? 5432, keyOf(node.nearest("spec"))),
    durability: declared === "cache" || declared === "ephemeral" ? declared : keepsNothing ? "cache" : "durable",
  };
}

const ports: Readonly<Partial<Record<Engine, number>>> = {
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27017,
  redis: 6379,
  cassandra: 9042,
  elasticsearch: 9200,
};

function readVersion(resource: Resource, shape: OperatedDatabase, image: ImageReference | undefined): Fact<string> {
  if (shape.hasForeignVersion?.(resource.node) === true)
    return unknown(keyOf(resource.node.nearest("spec")), "it is another product's version");
  for (const path of shape.version) {
    const node = resource.node.at(...path);
    if (node !== undefined) return textFact(node);
  }
  const at = image?.node ?? keyOf(resource.node.nearest(...(shape.image ?? ["spec"])));
  const isVersioned = image?.isTemplated === false && shape.versionedImages?.test(image.name) !== false;
  const tag = isVersioned ? image.tag : undefined;
  const match = tag === undefined ? null : /(?:^|ppg|mongodb|[a-z])?(\d+(?:\.\d+)*)/.exec(tag);
  return match?.[1] === undefined ? unknown(at, "the operator chooses the version") : known(match[1], at);
}

function readParameters(node: YamlNode | undefined): readonly Setting[] {
  if (node === undefined) return [];
  const text = node.string();
  if (text !== undefined) return parseIni(text, "mysql").map((entry) => settingInText(entry, node, text));
  return node.entries().map(([name, value]) => ({ name, value: textFact(value), nameAt: keyOf(value) }));
}

/** The pooler that an operator's custom resource describes. */
export function readOperatorPooler(resource: Resource, clusterReach: (name: string) => Reach): Pooler | undefined {
  return operatorOf(resource)?.readPooler?.(resource, clusterReach);
}

/** The backups that an operator's custom resource asks for. */
export function readOperatorBackups(resource: Resource, sources: BackupSources): readonly OperatorBackup[] {
  return operatorOf(resource)?.backupsIn?.(resource, sources) ?? [];
}

/** The kinds of which an operator says something, sorted. */
function kindsWith(said: "pauses" | "refusals" | "openings"): readonly Kind[] {
  return [...new Set(operators.flatMap((operator) => Object.keys(operator[said] ?? {})))].sort() as Kind[];
}

export const pausedKinds = kindsWith("pauses");
export const refusedKinds = kindsWith("refusals");
export const openedKinds = kindsWith("openings");

/** The switches that are left on in a custom resource, and what then does not happen. */
export function operatorPauses(resource: Resource): readonly { readonly at: YamlNode; readonly effect: string }[] {
  return (operatorOf(resource)?.pauses?.[resource.kind] ?? []).flatMap(({ path, value, effect }) => {
    const at = resource.node.at(...path);
    return at?.text() === value ? [{ at, effect }] : [];
  });
}

/** Why its operator refuses a custom resource. */
export function operatorRefusals(resource: Resource, resources: ResourceIndex): readonly Refusal[] {
  return operatorOf(resource)?.refusals?.[resource.kind]?.(resource, resources) ?? [];
}

/** What in a custom resource opens its database, or a pooler of it, to the world outside the cluster. */
export function operatorOpenings(resource: Resource): readonly Opening[] {
  return operatorOf(resource)?.openings?.[resource.kind]?.(resource) ?? [];
}

/** Names of the Services that the operator makes for a cluster, by what they lead to. */
export const operatorServices = oncePer(
  ({ resource }: Database): ReadonlyMap<string, ServiceRole> =>
    new Map(operatorOf(resource)?.services(resource.name, resource.node) ?? []),
);

/** Labels by which the Pods of operators carry the name of their database. */
export const nameLabels: readonly string[] = [...new Set(operators.flatMap(({ nameLabels = [] }) => nameLabels))];
