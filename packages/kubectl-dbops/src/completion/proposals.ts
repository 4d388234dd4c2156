import type { Completion } from "../flags.ts";
import { ruleNames } from "../rule-names.ts";
import { snippets } from "../snippets.generated.ts";

/**
 * What Cobra's completion scripts, and so kubectl, do with the answer, as a sum of bits.
 * https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
 */
export const directives = { anyFile: 0, noSpace: 2, noFile: 4, filesWithExtension: 8, foldersOnly: 16 } as const;

type Proposal = readonly [value: string, description: string];

/** Values with what they mean, or extensions of file names, as the directive says. */
export interface Candidates {
  readonly values: readonly Proposal[];
  readonly directive: number;
}

export const nothing: Candidates = { values: [], directive: directives.noFile };

const files: Readonly<Record<"file" | "folder" | "manifest", Candidates>> = {
  file: { values: [], directive: directives.anyFile },
  folder: { values: [], directive: directives.foldersOnly },
  manifest: {
    values: [
      ["yaml", ""],
      ["yml", ""],
      ["json", ""],
    ],
    directive: directives.filesWithExtension,
  },
};

/** Those that begin with what is typed. */
export function proposals(
  values: readonly Proposal[],
  typed: string,
  directive: number = directives.noFile,
): Candidates {
  return { values: values.filter(([value]) => value.startsWith(typed)), directive };
}

/** Where words come from that no table holds. */
export interface Sources {
  /** @param positionals the words before, without flags */
  propose(completes: Completion | undefined, typed: string, positionals: readonly string[]): Candidates;
}

/** Names that only another program knows: branches and tags of git, what kubectl sees. */
export type Named = "revision" | "context" | "namespace" | "claim";

/** @param namesOf what there is of a kind; asked only when one is completed */
export function sourcesWith(namesOf: (what: Named) => readonly string[]): Sources {
  return {
    propose(completes, typed, [name]) {
      switch (completes) {
        case undefined:
          return nothing;
        case "file":
        case "folder":
        case "manifest":
          return files[completes];
        case "rule":
          return proposals(ruleNames, typed);
        case "rules":
          return listOfRules(typed);
        case "snippet":
          return proposals(
            snippets.map((each) => [each.name, each.summary]),
            typed,
          );
        case "placeholder":
          return placeholdersOf(name, typed);
        case "revision":
        case "context":
        case "namespace":
        case "claim":
          return proposals(
            namesOf(completes).map((each) => [each, ""]),
            typed,
          );
        default:
          return words(completes, typed);
      }
    },
  };
}

/** `sarif`, `replicas=`, `removed:`, `sarif=FILE`: what ends in a sign goes on, and after one comes a file, a number or a name. */
function words(values: readonly string[], typed: string): Candidates {
  const isOpen = values.some((value) => /[=:]$/.test(value));
  if (/[=:]/.test(typed)) return isOpen ? nothing : files.file;
  return proposals(
    values.map((value) => [value, ""]),
    typed,
    isOpen ? directives.noFile + directives.noSpace : directives.noFile,
  );
}

/** A list goes on behind its last comma, and names no rule twice. */
function listOfRules(typed: string): Candidates {
  const done = typed.slice(0, typed.lastIndexOf(",") + 1);
  const named = new Set(done.split(","));
  return proposals(
    ruleNames.flatMap(([id, summary]) => (named.has(id) ? [] : [[`${done}${id}`, summary] as const])),
    typed,
    directives.noFile + directives.noSpace,
  );
}

function placeholdersOf(name: string | undefined, typed: string): Candidates {
  const snippet = snippets.find((each) => each.name === name || each.name === `db-${name}`);
  return proposals(
    (snippet?.placeholders ?? []).map((each) => [`${each.name}=`, each.description]),
    typed,
    directives.noFile + directives.noSpace,
  );
}
