import type { LiveWorld } from "../../kube/live-world.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { SourceFile } from "../../text/source-file.ts";
import type { ManifestDocument } from "../../yaml/document.ts";
import type { Topology } from "./topology.ts";

/** How much of the world is shown: a rule about something absent needs `folder`, one about what runs needs `cluster`. */
export type View = "file" | "folder" | "cluster";

/** What is applied together. */
export interface Unit {
  readonly name: string;
  readonly kind: "folder" | "kustomization" | "chart" | "stdin" | "cluster";
  readonly files: readonly SourceFile[];
  readonly documents: readonly ManifestDocument[];
  /**
   * The name that an object of a file gets from the prefixes and suffixes of a kustomization, which resources here do not have: references
   * to objects get it, and values of variables, arguments and files do not. undefined: it changes none, or may change values as well.
   */
  nameMade?(uri: string, name: string): string;
}

/** All a rule may look at; one per unit, frozen. */
export interface Workspace {
  readonly view: View;
  readonly unit: Unit;
  readonly resources: ResourceIndex;
  readonly topology: Topology;
  /** All units read: ask it before saying "there is no". */
  readonly everything: { readonly resources: ResourceIndex; readonly topologies: readonly Topology[] };
  /** ISO date (`2026-11-24`) given by the host: facts that age compare with it. */
  readonly today: string;
  /** Of a cluster: everything that is there. `resources` are then what people wrote, without what controllers made of it. */
  readonly live: LiveWorld | undefined;
  /** Where the configuration says that the backups of these databases are defined; undefined: it does not say. */
  readonly backupsAre: "here" | "elsewhere" | undefined;
}
