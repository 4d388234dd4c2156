import { nameOf } from "../domain/model/names.ts";
import type { Resource } from "../kube/resource.ts";
import type { CutUnit } from "../project/cut-units.ts";
import { faultOf } from "../text/thrown.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import { crashDraft } from "./built-in-findings.ts";
import type { Draft } from "./drafts.ts";
import type { LintInput } from "./lint.ts";

/** What becomes of faults of ours: each ends what it happens in, and one in a file that was not asked for is nobody's. */
export interface Faults {
  guard<T>(unit: CutUnit, doing: string, read: () => T, otherwise: T): T;
  readonly inDocument: (error: unknown, document: ManifestDocument) => void;
  readonly inResource: (error: unknown, resource: Resource) => void;
}

/** Adds a finding for each fault, or throws it where the run asks for that. */
export function faultsOf({ project, requested, onCrash }: LintInput, drafts: Draft[]): Faults {
  const crashed = new Set<CutUnit>();
  return {
    guard(unit, doing, read, otherwise) {
      try {
        return read();
      } catch (error) {
        if (onCrash === "throw") throw error;
        const file = unit.files.find(({ uri }) => requested.has(uri));
        const isKnown = crashed.has(unit); // what fails once fails for each rule
        crashed.add(unit);
        if (file !== undefined && !isKnown)
          drafts.push(crashDraft(doing, faultOf(error), { file, span: { start: 0, end: 0 }, yamlPath: [] }, project));
        return otherwise;
      }
    },
    inDocument(error, { file, span }) {
      if (onCrash === "throw") throw error;
      const at = { file, span: { start: span.start, end: span.start }, yamlPath: [] };
      if (requested.has(file.uri)) drafts.push(crashDraft("it read this document", faultOf(error), at, project));
    },
    inResource(error, resource) {
      if (onCrash === "throw") throw error;
      if (requested.has(resource.document.file.uri))
        drafts.push(
          crashDraft(`it read ${nameOf(resource)}`, faultOf(error), resource.node.nearest("kind"), project, resource),
        );
    },
  };
}
