declare const DBOPS_VERSION: string | undefined;

/** The version of the package; the build replaces it. */
export const version: string = typeof DBOPS_VERSION === "string" ? DBOPS_VERSION : "development";
