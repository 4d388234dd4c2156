import { type Command, programOf } from "../../embedded/command.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";

/**
 * Whether a script in view changes a Cluster of CloudNativePG with kubectl (`kubectl patch cluster orders …`): what its manifest lacks
 * may be added there.
 */
export function isChangedByScript({ name }: Resource, resources: ResourceIndex): boolean {
  return changes(resources).some((change) => change.name === undefined || change.name === name);
}

interface Change {
  /** undefined: known only when it runs, or in a text that it applies. */
  readonly name: string | undefined;
}

const changes = oncePer((resources: ResourceIndex): readonly Change[] =>
  [...resources].flatMap(({ workload }) =>
    (workload?.containers ?? []).flatMap(({ commands }) => commands.flatMap((command) => changeOf(command) ?? [])),
  ),
);

const kind = /^clusters?(?:\.postgresql(?:\.cnpg\.io)?)?$/;

function changeOf(command: Command): Change | undefined {
  if (programOf(command) !== "kubectl") return undefined;
  const words = command.words.map(({ text }) => text);
  if (!words.some((word) => /^(?:patch|apply|replace|set|edit)$/.test(word ?? ""))) return undefined;
  if (command.input !== undefined)
    return /\bkind: Cluster\b/.test(command.input.text) ? { name: undefined } : undefined;
  for (const [index, word] of words.entries()) {
    const [what = "", name] = (word ?? "").split("/");
    if (kind.test(what)) return { name: name ?? words[index + 1] };
  }
  return undefined;
}
