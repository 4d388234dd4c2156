import type { Container } from "../../kube/container.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { HostReference } from "./reach.ts";

/** A container that connects to a database or a pooler. */
export interface Client extends ClientPool {
  readonly container: Container;
  readonly host: HostReference;
}

/** The connections of one Pod of a client. */
export interface ClientPool {
  /** The most that one Pod may hold; Unknown where no pool setting is in view, by default where its library is known. */
  readonly pool: Fact<number>;
  /** How it is made up: `pool 10 (HikariCP default)`, `4 workers x (5 + 10 overflow)`. */
  readonly poolFormula: string;
  /** What of them stays open; undefined: all. */
  readonly poolAtRest: number | undefined;
  /** Its programs fork processes with a pool each, and how many is not in view. */
  readonly mayFork: boolean;
}
