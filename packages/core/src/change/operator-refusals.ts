import type { Refusal } from "../domain/model/operator.ts";
import { operatorRefusals } from "../domain/operators/read-operators.ts";
import type { Side } from "./change.ts";

/** What an operator refuses in the new text by itself. One that was refused before is not there to be changed. */
export function newRefusals(before: Side, after: Side): readonly Refusal[] {
  const refusalsOf = ({ resource, workspace }: Side): readonly Refusal[] =>
    operatorRefusals(resource, workspace.everything.resources);
  return refusalsOf(before).length > 0 ? [] : refusalsOf(after);
}
