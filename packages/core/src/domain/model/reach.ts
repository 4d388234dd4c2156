import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Place } from "../../yaml/node.ts";
import type { Database } from "./database.ts";
import type { Pooler } from "./pooler.ts";

/** Where a host name leads. */
export type Reach =
  | {
      readonly state: "database";
      readonly database: Database;
      readonly instance: number | undefined;
      /** A Service for readers leads to the standbys, or to any instance; undefined: to the primary, as far as can be told. */
      readonly readers?: "standbys" | "any";
      readonly service: Resource | undefined;
    }
  | { readonly state: "pooler"; readonly pooler: Pooler; readonly service: Resource | undefined }
  | { readonly state: "workload"; readonly workload: Workload; readonly service: Resource | undefined }
  | {
      readonly state: "nothing";
      readonly because: "ordinal" | "namespace" | "not-headless" | "statefulset" | "governing";
      readonly near: Resource | undefined;
    }
  | { readonly state: "outside" | "unknown" };

/** A host name written in an environment variable, argument, setting or URL. */
export interface HostReference extends Place {
  readonly host: string;
  readonly port: number | undefined;
  readonly portAt: Place | undefined;
  /** URL scheme, or what the variable's name says: `postgresql`, `mysql`, `mongodb`, `redis`; undefined when not known. */
  readonly protocol: string | undefined;
  readonly user: string | undefined;
  readonly databaseName: string | undefined;
  /** A password stands in the URL itself (never its value). */
  readonly hasPassword: boolean;
  readonly writtenBy: Resource;
  readonly reaches: Reach;
}

/** The databases to which a host leads, through a pooler too. */
export function databasesAt(reach: Reach): readonly Database[] {
  if (reach.state === "database") return [reach.database];
  if (reach.state === "pooler")
    return reach.pooler.routes.flatMap((route) => (route.reaches.state === "database" ? [route.reaches.database] : []));
  return [];
}
