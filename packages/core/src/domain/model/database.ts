import type { Engine } from "../../facts/engines.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import type { ImageReference } from "../../kube/image.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Settings } from "../../yaml/settings.ts";
import type { OperatedDatabase, Operator } from "./operator.ts";

/** Where the data directory of a workload's server lives. */
export interface DataDirectory {
  /** The directory the server writes, from PGDATA, `--datadir`, settings or the image. */
  readonly path: Fact<string>;
  /** The mount that holds it; undefined: the container's own layer, gone with the container. */
  readonly mount: VolumeMount | undefined;
}

/** A server or cluster of servers. What CREATE DATABASE makes is a logical database. */
export interface Database {
  readonly engine: Engine;
  /** `16`, `16.4`, `8.0.36`; Unknown for `latest` or a variable. */
  readonly version: Fact<string>;
  /** The first number of `version`. */
  readonly major: number | undefined;
  readonly resource: Resource;
  /** undefined for an operator's custom resource. */
  readonly workload: Workload | undefined;
  /** The server's container in the workload. */
  readonly container: Container | undefined;
  /** The operator whose custom resource it is, and what that resource writes; undefined: a workload. */
  readonly operator:
    | (OperatedDatabase & Pick<Operator, "name" | "title" | "bootstraps" | "onDelete" | "majorUpgrade">)
    | undefined;
  readonly image: ImageReference | undefined;
  /** Server processes of this engine at rest. */
  readonly instances: Fact<number>;
  /** none: nothing in view makes the instances copies of each other. */
  readonly replication: Fact<"none" | "operator" | "patroni" | "own">;
  /** Server parameters (`max_connections`, `shared_buffers`, `innodb_buffer_pool_size`, `maxmemory`, …) with the version's defaults. */
  readonly settings: Settings;
  /** undefined for an operator's custom resource and for images whose directory is not known. */
  readonly dataDirectory: DataDirectory | undefined;
  /** Port the server listens on. */
  readonly port: Fact<number>;
  /** What the owner or the manifest itself says of the data: `dbops/data`, `--save ""` without AOF, a memory-only engine, emptyDir medium Memory. */
  readonly durability: "durable" | "cache" | "ephemeral";
}
