import type { AnyRule } from "../rule/rule.ts";
import type { Draft } from "./drafts.ts";

/** One cause, one finding: drops what yields to another rule that reports the same place. */
export function withoutYielding(drafts: readonly Draft[], rules: readonly AnyRule[]): readonly Draft[] {
  const yielding = new Map(rules.flatMap(({ id, meta }) => (meta.yieldsTo === undefined ? [] : [[id, meta.yieldsTo]])));
  const placeOf = (ruleId: string, { finding }: Draft): string =>
    `${ruleId} ${finding.location.uri} ${finding.location.span.start}`;
  const spoken = new Set(drafts.map((draft) => placeOf(draft.finding.ruleId, draft)));
  return drafts.filter(
    (draft) => yielding.get(draft.finding.ruleId)?.some((other) => spoken.has(placeOf(other, draft))) !== true,
  );
}
