/** The home page of the project; empty: rule documentation is offline only. */
export const homePage: string = "";

/** The version of the packages; the build replaces it. */
declare const DBOPS_VERSION: string | undefined;
export const version: string = typeof DBOPS_VERSION === "string" ? DBOPS_VERSION : "development";

/** Where a rule is described on the web; undefined without a home page. */
export function linkOf(ruleId: string): string | undefined {
  return homePage === "" ? undefined : `${homePage}/blob/main/docs/rules/${ruleId}.md`;
}
