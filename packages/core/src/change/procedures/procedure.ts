import type { Side } from "../change.ts";

/** A way through one change, in the order of its steps. */
export interface Procedure {
  readonly kind: ProcedureKind;
  /** `Recreate StatefulSet shop/orders-db and keep its Pods running` */
  readonly title: string;
  /** What its users notice of it, and for how long. */
  readonly outage: string;
  /** Definitions that the commands of the steps use, as text for a POSIX shell. */
  readonly setup: readonly string[];
  readonly steps: readonly Step[];
}

type ProcedureKind =
  | "recreate"
  | "grow"
  | "carry-volumes"
  | "replace-volumes"
  | "move-files"
  | "change-owner"
  | "upgrade"
  | "restore"
  | "scale-down"
  | "delete";

export interface Step {
  readonly title: string;
  /** Text for a POSIX shell with kubectl. A person runs it where `by` says so: the tool, the password or the place is theirs. */
  readonly commands: readonly string[];
  readonly by: "script" | "person";
  /** What is different afterward; undefined: nothing. */
  readonly changes: string | undefined;
  /** undefined: the commands themselves fail where it did not work. */
  readonly check: Check | undefined;
  /** undefined: there is nothing to take back. */
  readonly wayBack: string | undefined;
  /** Afterward data can be had only from a backup. */
  readonly isPointOfNoReturn: boolean;
}

export interface Check {
  readonly commands: readonly string[];
  readonly expects: string;
}

/** What becomes of the data is decided elsewhere: there is nothing to carry out by hand, and this says why. */
export interface NoProcedure {
  readonly says: string;
}

/** The command that applies an object, as the new text or the old one has it: `kubectl apply -f shop/db.yaml`. */
export type Applies = (side: Side) => string;

/** A step that a script can run. */
export function step(
  title: string,
  commands: readonly string[],
  changes: string | undefined,
  wayBack: string | undefined,
  { check, by = "script", isPointOfNoReturn = false }: Partial<Pick<Step, "check" | "by" | "isPointOfNoReturn">> = {},
): Step {
  return { title, commands, by, changes, check, wayBack, isPointOfNoReturn };
}
