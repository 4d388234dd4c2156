import { allRules, builtInRules } from "@dbops/core";

/** Each rule and what it finds, for completion. The build writes their values here: who completes a word cannot wait for the engine. */
export const ruleNames: readonly (readonly [id: string, summary: string])[] = [...allRules, ...builtInRules].map(
  ({ id, meta }) => [id, meta.summary],
);
