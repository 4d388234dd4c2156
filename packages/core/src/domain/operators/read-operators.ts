import { parseIni } from "../../embedded/ini.ts";
import type { Engine } from "../../facts/engines.ts";
import type { ImageReference } from "../../kube/image.ts";
import { readImage } from "../../kube/image.ts";
import { integerFact, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Setting } from "../../yaml/settings.ts";
import { engineSettings, settingInText } from "../database/server-settings.ts";
import type { Database, OperatorName } from "../model/database.ts";

/** How one operator's custom resource writes what dbops asks of a database. */
interface OperatorShape {
  readonly operator: OperatorName;
  readonly engine: Engine;
  readonly instances: (node: YamlNode) => Fact<number>;
  /** The version field or image. */
  readonly version: readonly (readonly string[])[];
  readonly image: readonly string[] | undefined;
  /** Maps of parameters, or texts of option files. */
  readonly parameters: readonly (readonly string[])[];
  /** The operator computes defaults of its own: an unwritten parameter is unknown. */
  readonly hasOwnDefaults?: boolean;
}

/** The sum of a list's counts (`instances[].replicas`); Unknown when one of them is. */
function sumOf(node: YamlNode, list: readonly string[], field: string, defaultValue: number): Fact<number> {
  const items = node.at(...list)?.items() ?? [];
  const at = node.at(...list);
  if (at === undefined || items.length === 0) return unknown(keyOf(node.nearest(...list)), "no instances are written");
  const counts = items.map((item) => integerFact(item, [field], defaultValue));
  const missing = counts.find((fact) => fact.value === undefined);
  if (missing !== undefined) return missing;
  const first = counts[0];
  const sum = counts.reduce((total, fact) => total + (fact.value ?? 0), 0);
  return first === undefined || first.value === undefined ? byDefault(sum, keyOf(at)) : { ...first, value: sum };
}

const shapes: Readonly<Record<string, OperatorShape>> = {
  // https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/
  Cluster: {
    operator: "cloudnative-pg",
    engine: "postgresql",
    instances: (node) => integerFact(node, ["spec", "instances"], 1),
    version: [["spec", "imageCatalogRef", "major"]],
    image: ["spec", "imageName"],
    parameters: [["spec", "postgresql", "parameters"]],
  },
  // https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/
  postgresql: {
    operator: "zalando",
    engine: "postgresql",
    instances: (node) => integerFact(node, ["spec", "numberOfInstances"], 1),
    version: [["spec", "postgresql", "version"]],
    image: ["spec", "dockerImage"],
    parameters: [["spec", "postgresql", "parameters"]],
    hasOwnDefaults: true, // Spilo derives max_connections and shared_buffers from the memory
  },
  PostgresCluster: {
    operator: "crunchy-pgo",
    engine: "postgresql",
    instances: (node) => sumOf(node, ["spec", "instances"], "replicas", 1),
    version: [["spec", "postgresVersion"]],
    image: ["spec", "image"],
    parameters: [
      ["spec", "patroni", "dynamicConfiguration", "postgresql", "parameters"],
      ["spec", "config", "parameters"],
    ],
  },
  PerconaPGCluster: {
    operator: "percona-pg",
    engine: "postgresql",
    instances: (node) => sumOf(node, ["spec", "instances"], "replicas", 1),
    version: [["spec", "postgresVersion"]],
    image: ["spec", "image"],
    parameters: [["spec", "patroni", "dynamicConfiguration", "postgresql", "parameters"]],
  },
  PerconaXtraDBCluster: {
    operator: "percona-pxc",
    engine: "mysql",
    instances: (node) => integerFact(node, ["spec", "pxc", "size"], 3),
    version: [],
    image: ["spec", "pxc", "image"],
    parameters: [["spec", "pxc", "configuration"]],
    hasOwnDefaults: true, // the operator tunes the buffer pool and max_connections
  },
  PerconaServerMongoDB: {
    operator: "percona-psmdb",
    engine: "mongodb",
    instances: (node) => sumOf(node, ["spec", "replsets"], "size", 3),
    version: [],
    image: ["spec", "image"],
    parameters: [],
  },
  MariaDB: {
    operator: "mariadb-operator",
    engine: "mariadb",
    instances: (node) => integerFact(node, ["spec", "replicas"], 1),
    version: [],
    image: ["spec", "image"],
    parameters: [["spec", "myCnf"]],
  },
};

/** The database that an operator's custom resource describes; undefined for other objects. */
export function readOperatorDatabase(resource: Resource): Database | undefined {
  const shape = Object.hasOwn(shapes, resource.kind) ? shapes[resource.kind] : undefined;
  if (shape === undefined) return undefined;
  const { node } = resource;
  const image = shape.image === undefined ? undefined : readImage(node.at(...shape.image));
  const version = readVersion(resource, shape, image);
  const major = version.value === undefined ? undefined : Number(/^\d+/.exec(version.value)?.[0]);
  const settingsAt = keyOf(node.nearest(...(shape.parameters[0] ?? ["spec"])));
  const written = shape.parameters.flatMap((path) => readParameters(node.at(...path)));
  const instances = shape.instances(node);
  const declared = resource.annotations["dbops/data"];
  return {
    engine: shape.engine,
    version,
    major: Number.isInteger(major) ? major : undefined,
    resource,
    workload: undefined,
    container: undefined,
    operator: shape.operator,
    image,
    instances,
    replication: known("operator", instances.at),
    settings: engineSettings(shape.engine, written, shape.hasOwnDefaults !== true, settingsAt),
    dataDirectory: undefined,
    port: byDefault(
      shape.engine === "postgresql" ? 5432 : shape.engine === "mongodb" ? 27017 : 3306,
      keyOf(node.nearest("spec")),
    ),
    durability: declared === "cache" || declared === "ephemeral" ? declared : "durable",
  };
}

function readVersion(resource: Resource, shape: OperatorShape, image: ImageReference | undefined): Fact<string> {
  for (const path of shape.version) {
    const node = resource.node.at(...path);
    if (node !== undefined) return textFact(node);
  }
  const at = image?.node ?? keyOf(resource.node.nearest(...(shape.image ?? ["spec"])));
  const tag = image?.isTemplated === true ? undefined : image?.tag;
  const match = tag === undefined ? null : /(?:^|ppg|mongodb|[a-z])?(\d+(?:\.\d+)*)/.exec(tag);
  return match?.[1] === undefined ? unknown(at, "the operator chooses the version") : known(match[1], at);
}

function readParameters(node: YamlNode | undefined): readonly Setting[] {
  if (node === undefined) return [];
  const text = node.string();
  if (text !== undefined) return parseIni(text, "mysql").map((entry) => settingInText(entry, node));
  return node.entries().map(([name, value]) => ({ name, value: textFact(value), nameAt: keyOf(value) }));
}

/** Names of the Services that the operator makes for a cluster, by what they lead to. */
export function operatorServices(database: Database): OperatorServices {
  let services = servicesOf.get(database);
  if (services === undefined) {
    services = nameServices(database);
    servicesOf.set(database, services);
  }
  return services;
}

type OperatorServices = ReadonlyMap<string, "primary" | "replicas" | "any" | "pooler">;

// Every host name that is not a Service in view is compared with them.
const servicesOf = new WeakMap<Database, OperatorServices>();

function nameServices(database: Database): OperatorServices {
  const { name } = database.resource;
  const names: Readonly<
    Record<OperatorName, readonly (readonly [string, "primary" | "replicas" | "any" | "pooler"])[]>
  > = {
    "cloudnative-pg": [
      [`${name}-rw`, "primary"],
      [`${name}-ro`, "replicas"],
      [`${name}-r`, "any"],
    ],
    zalando: [
      [name, "primary"],
      [`${name}-repl`, "replicas"],
      [`${name}-pooler`, "pooler"],
      [`${name}-pooler-repl`, "pooler"],
    ],
    "crunchy-pgo": [
      [`${name}-primary`, "primary"],
      [`${name}-ha`, "primary"],
      [`${name}-replicas`, "replicas"],
      [`${name}-pgbouncer`, "pooler"],
    ],
    "percona-pg": [
      [`${name}-primary`, "primary"],
      [`${name}-ha`, "primary"],
      [`${name}-replicas`, "replicas"],
      [`${name}-pgbouncer`, "pooler"],
    ],
    "percona-pxc": [
      [`${name}-haproxy`, "primary"],
      [`${name}-haproxy-replicas`, "replicas"],
      [`${name}-proxysql`, "primary"],
      [`${name}-pxc`, "any"],
    ],
    "percona-psmdb": [
      [`${name}-mongos`, "any"],
      [`${name}-rs0`, "any"],
    ],
    "mariadb-operator": [
      [name, "any"],
      [`${name}-primary`, "primary"],
      [`${name}-secondary`, "replicas"],
      [`${name}-internal`, "any"],
    ],
  };
  return new Map(database.operator === undefined ? [] : names[database.operator]);
}
