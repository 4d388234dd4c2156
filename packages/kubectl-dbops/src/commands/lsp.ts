import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { serve } from "../language-server.ts";
import { linkOf, version } from "../project.ts";
import { descriptionOf, expand, withTabStops } from "../snippet.ts";
import { snippets } from "../snippets.generated.ts";
import { runExplain } from "./explain.ts";

/** Answers an editor on stdin and stdout until it goes: https://microsoft.github.io/language-server-protocol/ */
export function runLsp(_args: Arguments, io: Io): Promise<number> {
  serve({
    ...io.conversation(),
    version,
    pageOf: linkOf,
    explain: (ruleId) => explained(ruleId, io),
    snippets: () =>
      snippets.map((snippet) => ({
        name: snippet.name,
        summary: snippet.summary,
        description: descriptionOf(snippet),
        snippet: `${withTabStops(snippet).trimEnd()}\n$0`,
        text: expand(snippet),
      })),
  });
  // The server ends the process with the exit code that its protocol asks for.
  return new Promise<number>(() => {});
}

/** What `explain` prints. */
function explained(ruleId: string, io: Io): string {
  let text = "";
  const out = (part: string): void => {
    text += part;
  };
  runExplain(
    { positionals: [ruleId], has: () => false, value: () => undefined, values: () => [] },
    { ...io, isOutputTerminal: false, isErrorTerminal: false, out },
  );
  return text;
}
