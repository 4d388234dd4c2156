import type { RenderedOrigins } from "../project/rendered-origins.ts";
import type { Location, RelatedLocation } from "../rule/finding.ts";
import type { Draft } from "./drafts.ts";

/** By the uri of the rendered text. */
export type Origins = ReadonlyMap<string, RenderedOrigins>;

/** Moves a finding about rendered text to the file and line that wrote the value; where none did it says so. */
export function relocate(draft: Draft, origins: Origins | undefined): Draft {
  const { finding } = draft;
  const found = origins?.get(finding.location.uri);
  if (found === undefined) return draft;
  const origin = found.originOf(finding.location);
  if (origin === undefined) {
    const note = { message: "rendered from a file that is not in view", ...(topOf(found) ?? finding.location) };
    return { ...draft, finding: { ...finding, related: [...finding.related, note] } };
  }
  const related = finding.related.map((each): RelatedLocation => {
    const at = origins?.get(each.uri)?.originOf(each);
    return at === undefined ? each : { ...at.location, message: each.message };
  });
  const top = topOf(found);
  related.push(...(origin.related ?? []));
  if (!origin.isWritten && top !== undefined)
    related.push({ ...top, message: `${found.made}: no file contains it as is` });
  return {
    ...draft,
    file: origin.file,
    renderedAt: finding.location,
    finding: { ...finding, location: origin.location, related },
  };
}

function topOf({ top }: RenderedOrigins): Location | undefined {
  return top === undefined ? undefined : { uri: top.uri, span: { start: 0, end: 0 }, yamlPath: [] };
}
