import type { CutUnit } from "../project/cut-units.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { NotLinted } from "./result.ts";

/** Why a document was not linted, as the reports say it; undefined for what was, and for what is none of our business. */
export function notLintedOf(document: ManifestDocument, unit: CutUnit): NotLinted | undefined {
  const isInChart = unit.kind === "chart" && /\/templates\//.test(document.file.uri);
  if (document.reason === undefined && !isInChart) return undefined;
  const base = {
    uri: document.file.uri,
    document: document.index + 1,
    span: document.errors[0]?.span ?? { start: document.span.start, end: document.span.start },
  };
  if (isInChart) {
    if (document.root === undefined && document.reason === undefined) return undefined;
    if (document.reason === "not-kubernetes") return undefined;
    return {
      ...base,
      reason: "template",
      message: "is a Helm template (render it: kubectl dbops lint --helm CHART)",
    };
  }
  switch (document.reason) {
    case "template":
      return {
        ...base,
        reason: "template",
        message: "is a template (render it and lint the result: … | kubectl dbops lint -)",
      };
    case "encrypted":
      return { ...base, reason: "encrypted", message: "is encrypted" };
    case "too-large":
      return { ...base, reason: "too-large", message: `is too large: ${document.errors[0]?.message ?? ""}` };
    case "not-yaml":
      return { ...base, reason: "not-yaml", message: `cannot be read: ${document.errors[0]?.message ?? ""}` };
    case "crashed":
      return { ...base, reason: "crashed", message: "was not read: dbops failed on it" };
    default:
      return undefined;
  }
}
