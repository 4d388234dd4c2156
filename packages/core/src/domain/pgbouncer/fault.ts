import type { Span } from "../../text/span.ts";

/** One rule each. */
export type PgbouncerFaultKind =
  | "syntax"
  | "unknown"
  | "too-new"
  | "invalid"
  | "part-of-value"
  | "repeated"
  | "misread";

/** What PgBouncer does not take as it is meant, found as the program would. */
export interface PgbouncerFault {
  readonly kind: PgbouncerFaultKind;
  /** Offsets into the text. */
  readonly span: Span;
  /** What PgBouncer makes of it, a clause: `it knows no parameter pool_size in [pgbouncer]`. */
  readonly message: string;
  /** PgBouncer does not start with it. */
  readonly refuses: boolean;
  /** Everything that stands above it counts for nothing. */
  readonly losesAbove?: boolean;
  /** What was meant, where only one thing can have been: replaces the text at `span`. */
  readonly meant?: string;
  /** A comment that has to stand above the line. */
  readonly comment?: string;
}
