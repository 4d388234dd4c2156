/**
 * What went wrong in code of ours, for people who report it. Errors about data (a pattern, a zone, JSON) quote it, and it may hold a
 * secret: of those the kind has to do. Errors of the system name files.
 */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return "no error";
  const isOfSystem = typeof (error as Error & { readonly code?: unknown }).code === "string";
  return isOfSystem || error instanceof TypeError || error instanceof ReferenceError ? error.message : error.name;
}

/** Where it went wrong, without what `faultOf` leaves out. */
export function stackOf(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  return [faultOf(error), ...frames].join("\n");
}
