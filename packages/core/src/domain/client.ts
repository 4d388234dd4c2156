import type { Container } from "../kube/container.ts";
import type { Fact } from "../yaml/fact.ts";
import type { HostReference } from "./reach.ts";

/** A container that connects to a database or a pooler. */
export interface Client {
  readonly container: Container;
  readonly host: HostReference;
  /** Connections one Pod may hold; Unknown where no pool setting is in view. */
  readonly pool: Fact<number>;
}
