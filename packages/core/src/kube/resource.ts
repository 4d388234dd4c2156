import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { Workload } from "./workload.ts";

/** A resource as findings name it. `namespace` is undefined when not written. */
export interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** One object of a manifest; items of a List are resources of their own. */
export interface Resource extends ResourceRef {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The object's root map. */
  readonly node: YamlNode;
  readonly document: ManifestDocument;
  /** Set when the object owns a Pod template. */
  readonly workload: Workload | undefined;
  /** Kustomize patch, values fragment, test assertion: recognised and counted, never judged as if complete. */
  readonly isPartial: boolean;
  /** It has an ownerReference: a controller or operator made it of another object, which is the one that people edit. */
  readonly isOwned: boolean;
  /** The release of a chart that it is made of: nobody wrote the object, only the values in it. */
  readonly madeBy: Resource | undefined;
  /** Something in view changes it in a way that is not known here: nobody can say what is applied. */
  readonly isUnsettled: boolean;
}
