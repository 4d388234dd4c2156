import type { Command } from "../../embedded/command.ts";
import { type IniEntry, parseIni } from "../../embedded/ini.ts";
import type { Container } from "../../kube/container.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import { expandedText } from "./dump-directory.ts";
import { withVariables } from "./upload-target.ts";

/** The words of a command, with what its script and its container's variables say put in. */
export function wordsOf(command: Command, container: Container): readonly string[] {
  return command.words.map(({ raw }) => withVariables(expandedText(raw, command), container));
}

/** The value of one of these options: `-r VALUE`, `--retention-policy=VALUE`. */
export function optionIn(words: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const name = names.find((each) => word === each || word.startsWith(`${each}=`));
    if (name !== undefined) return word === name ? words[index + 1] : word.slice(name.length + 1);
  }
  return undefined;
}

/**
 * An option of pgBackRest: of its command, of a variable, of a file in view. undefined: none of them sets it, Unknown: one that is not in
 * view may. https://pgbackrest.org/command.html
 */
export function pgbackrestOption(name: string, command: Command, container: Container): Fact<string> | undefined {
  const at = command.words[0] ?? command;
  const written = optionIn(wordsOf(command, container), `--${name}`);
  if (written !== undefined) return known(written, at);
  const variable = container.environment.get(`PGBACKREST_${name.toUpperCase().replaceAll("-", "_")}`);
  if (variable !== undefined) return variable;
  const entry = iniUnder(container, "/etc/pgbackrest").find(({ key }) => key === name);
  if (entry !== undefined) return known(entry.value, at);
  return container.filesAreComplete && container.environment.isComplete
    ? undefined
    : unknown(at, "a part of its configuration is not in view");
}

/** The lines of all ini files below a directory that ConfigMaps and Secrets in view put there, and of the file of its name. */
export function iniUnder(container: Container, directory: string): readonly IniEntry[] {
  const texts = [
    ...container.filesUnder(directory).map(({ content }) => content.value),
    container.fileAt(`${directory}.conf`)?.value,
  ];
  return texts.flatMap((text) => (text === undefined ? [] : parseIni(text, "mysql")));
}
