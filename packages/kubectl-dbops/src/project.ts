/** The homepage of the root package.json, which the build puts here; empty: rule documentation is offline only. */
declare const DBOPS_HOME_PAGE: string | undefined;
const homePage: string = typeof DBOPS_HOME_PAGE === "string" ? DBOPS_HOME_PAGE : "";

/** The version of the packages; the build replaces it. */
declare const DBOPS_VERSION: string | undefined;
export const version: string = typeof DBOPS_VERSION === "string" ? DBOPS_VERSION : "development";

/** Where a rule is described on the web; undefined without a home page. */
export function linkOf(ruleId: string): string | undefined {
  return homePage === "" ? undefined : `${homePage}/blob/main/docs/rules/${ruleId}.md`;
}

/** The schema of configurations on the web, of this version; undefined without a home page. */
export function schemaLink(): string | undefined {
  return homePage === "" ? undefined : `${homePage}/raw/v${version}/docs/configuration.schema.json`;
}
