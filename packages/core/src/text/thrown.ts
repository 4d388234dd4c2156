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

/** Libraries make an error of each fault of a text, and a stack of each takes longer than reading. */
export function withoutStacks<T>(read: () => T): T {
  const limits = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = limits;
  limits.stackTraceLimit = 0;
  try {
    return read();
  } finally {
    if (stackTraceLimit === undefined) delete limits.stackTraceLimit;
    else limits.stackTraceLimit = stackTraceLimit;
  }
}
