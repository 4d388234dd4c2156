import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { SourceFile } from "../../text/source-file.ts";
import type { ManifestDocument } from "../../yaml/document.ts";
import type { Topology } from "./topology.ts";

/** How much of the world is shown: a rule about something absent needs `folder`. */
export type View = "file" | "folder" | "cluster";

/** What is applied together. */
export interface Unit {
  readonly name: string;
  readonly kind: "folder" | "kustomization" | "chart" | "stdin" | "cluster";
  readonly files: readonly SourceFile[];
  readonly documents: readonly ManifestDocument[];
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
  /** Where the configuration says that the backups of these databases are defined; undefined: it does not say. */
  readonly backupsAre: "here" | "elsewhere" | undefined;
}
