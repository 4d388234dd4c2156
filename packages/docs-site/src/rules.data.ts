// What the index of rules shows, from the rules themselves.
import { type AnyRule, allRules, builtInRules, categories, categoryOf, type Safety, type Severity } from "@dbops/core";
import { pagePath } from "./pages.ts";

export interface ListedRule {
  readonly id: string;
  readonly page: string;
  readonly severity: Severity;
  readonly isRecommended: boolean;
  readonly fix: Safety | "no";
  readonly summary: string;
}

export interface Subject {
  readonly name: string;
  readonly anchor: string;
  readonly rules: readonly ListedRule[];
}

declare const data: readonly Subject[];

export { data };

const listed = ({ id, meta }: AnyRule): ListedRule => ({
  id,
  page: `/${pagePath(`docs/rules/${id}.md`).replace(/\.md$/, ".html")}`,
  severity: meta.severity,
  isRecommended: meta.presets.includes("recommended"),
  fix: meta.fixable,
  summary: meta.summary,
});

export default {
  load: (): readonly Subject[] => [
    ...categories.map((name) => ({
      name,
      anchor: name,
      rules: allRules.filter(({ id }) => categoryOf(id) === name).map(listed),
    })),
    { name: "dbops itself", anchor: "dbops-itself", rules: builtInRules.map(listed) },
  ],
};
