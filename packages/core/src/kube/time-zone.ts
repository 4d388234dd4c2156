/**
 * Abbreviations that JavaScript's Intl knows and the IANA database, which Kubernetes reads, does not.
 * https://github.com/unicode-org/icu/blob/main/icu4c/source/tools/tzcode/icuzones
 */
const notInDatabase: ReadonlySet<string> = new Set(
  "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST".split(" "),
);

/**
 * Why the API server refuses a time zone; undefined: it takes it. Names are those of the IANA database, letter for letter.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
 */
export function timeZoneFault(name: string): string | undefined {
  if (name.toLowerCase() === "local") return "it must name the zone, like Europe/Berlin";
  const unknown = "there is no such time zone";
  if (notInDatabase.has(name) || /^[+-]/.test(name)) return unknown;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone !== name && timeZone.toLowerCase() === name.toLowerCase()
      ? `the correct spelling is ${timeZone}`
      : undefined;
  } catch {
    return unknown;
  }
}
