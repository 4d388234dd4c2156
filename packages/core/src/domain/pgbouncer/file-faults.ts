import { type PgbouncerEntry, readPgbouncerFile } from "../../embedded/pgbouncer-file.ts";
import { type PgbouncerSection, pgbouncerSections, sectionsSince } from "../../facts/pgbouncer-keys.ts";
import { append } from "../../text/append.ts";
import { closest } from "../../text/closest.ts";
import { own } from "../../text/own.ts";
import type { Span } from "../../text/span.ts";
import { faultsOfEntry } from "./entry-faults.ts";
import type { PgbouncerFault } from "./fault.ts";
import { faultsOfSetting } from "./setting-faults.ts";
import { isOlder, type PgbouncerVersion } from "./version.ts";

const isSection = (name: string): name is PgbouncerSection => (pgbouncerSections as readonly string[]).includes(name);

/** Where a file begins in another one that includes it, and which section is open behind each file that it includes. */
export interface IncludedPlace {
  /** undefined: it is no included file; "": nobody knows. */
  readonly section: string | undefined;
  readonly isIncluded: boolean;
  /** "": it is not in view. */
  readonly sectionBehind: (path: string) => string;
}

const byItself: IncludedPlace = { section: undefined, isIncluded: false, sectionBehind: () => "" };

/** PgBouncer ends at the first line that it cannot read: so many show what kind of file it is. */
const mostErrors = 100;

/** The faults of a pgbouncer.ini, or of a file that it includes. What somebody fills in later is passed over. */
export function faultsOfFile(
  text: string,
  version: PgbouncerVersion | undefined,
  place: IncludedPlace = byItself,
): readonly PgbouncerFault[] {
  if (/\{\{|\{%|<%/.test(text)) return [];
  const faults: PgbouncerFault[] = [];
  const parts = readPgbouncerFile(text, !isOlder(version, "1.25.0"));
  const seen = new Map<string, Map<string, PgbouncerEntry>>();
  let section = place.section;
  let errors = 0;
  let mains = section === "pgbouncer" ? 1 : 0;
  // Behind a header that does not end nobody knows which section was meant.
  let isLost = place.isIncluded || parts.some(({ kind }) => kind === "include");
  for (const part of parts) {
    if (part.kind === "section") {
      section = part.name;
      append(faults, faultsOfSection(section, part.span, version));
      if (section !== "pgbouncer") continue;
      mains++;
      // Everything is new again, so that nothing is written twice.
      seen.delete(section);
      if (mains > 1) faults.push(secondHeader(part.span));
    } else if (part.kind === "include") {
      section = place.sectionBehind(part.path);
    } else if (part.kind === "error") {
      if (errors++ < mostErrors) faults.push(syntaxFault(text, part.span, section));
      if (!text.startsWith("[", part.span.start)) continue;
      section = "";
      isLost = true;
    } else if (part.kind === "entry" && section === undefined) {
      const message = `${part.key} appears before the first section`;
      faults.push({ kind: "syntax", span: part.keySpan, message, refuses: true });
    } else if (part.kind === "entry" && section !== undefined && isSection(section)) {
      if (isOlder(version, sectionsSince[section])) continue;
      const ofSection = seen.get(section) ?? new Map<string, PgbouncerEntry>();
      const earlier = ofSection.get(part.key);
      if (earlier !== undefined) faults.push(writtenAgain(earlier));
      seen.set(section, ofSection.set(part.key, part));
      append(
        faults,
        section === "pgbouncer" ? faultsOfSetting(part.key, part, version) : faultsOfEntry(part, section, version),
      );
    }
  }
  const [first] = parts;
  if (mains === 0 && !isLost && first !== undefined) {
    const span = "keySpan" in first ? first.keySpan : first.span;
    // A setting before any header is the same fault: the header is missing.
    if (!faults.some((fault) => fault.span.start === span.start))
      faults.push({ kind: "syntax", span, message: "there is no [pgbouncer] section", refuses: true });
  }
  return faults;
}

function secondHeader(span: Span): PgbouncerFault {
  const message =
    "a second [pgbouncer] header resets every parameter to its default: everything under the first one is lost";
  return { kind: "repeated", span, message, refuses: false, losesAbove: true };
}

function writtenAgain({ key, keySpan }: PgbouncerEntry): PgbouncerFault {
  const message = `${key} is set again below, and the last one wins`;
  return { kind: "repeated", span: keySpan, message, refuses: false };
}

function faultsOfSection(name: string, span: Span, version: PgbouncerVersion | undefined): readonly PgbouncerFault[] {
  if (!isSection(name)) {
    const meant = closest(name.toLowerCase(), pgbouncerSections);
    return [
      {
        kind: "syntax",
        span,
        message: `there is no section [${name}]${meant === undefined ? "" : `; did you mean [${meant}]?`}`,
        refuses: true,
        ...(meant === undefined ? {} : { meant: `[${meant}]` }),
      },
    ];
  }
  const since = own(sectionsSince, name);
  return since !== undefined && isOlder(version, since)
    ? [{ kind: "too-new", span, message: `the section [${name}] exists only since ${since}`, refuses: true }]
    : [];
}

function syntaxFault(text: string, span: Span, section: string | undefined): PgbouncerFault {
  const line = text.slice(span.start, span.end);
  const why = line.startsWith("[")
    ? "the section has no ]"
    : /^["']/.test(line)
      ? line.startsWith("'")
        ? "a name in quotes is allowed only since 1.25"
        : "a name cannot be in double quotes"
      : /^[\w.*-]+\s*:/.test(line)
        ? "a setting needs =, not a colon"
        : section === "databases" && /^[\w.*-]*[^\w.*\s=-]/.test(line)
          ? "a name can contain only letters, digits, and _ . * -"
          : "the line has no =";
  return { kind: "syntax", span, message: why, refuses: true };
}
