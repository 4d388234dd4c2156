import type { Fact } from "../yaml/fact.ts";
import type { Place } from "../yaml/node.ts";

/** Who opens how many server connections to one database, computed once for the rule, `pool` and the hover. */
export interface ConnectionBudget {
  /** max_connections minus reserved slots. */
  readonly limit: Fact<number>;
  /** `max_connections 100 - 3 reserved`. */
  readonly limitFormula: string;
  readonly atRest: number;
  readonly peak: number;
  readonly rollout: number;
  /** A term is not in view: the sums are lower bounds. */
  readonly isLowerBound: boolean;
  readonly rows: readonly {
    readonly label: string;
    readonly formula: string;
    readonly peak: number;
    readonly at: Place;
    /** The places of the terms, with what each contributes. */
    readonly terms: readonly { readonly message: string; readonly at: Place }[];
  }[];
}
