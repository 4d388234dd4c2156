import type { Command } from "../../src/embedded/command.ts";
import { parseShell, type ShellStart } from "../../src/embedded/shell.ts";
import { SourceFile } from "../../src/text/source-file.ts";

/** The commands of a script; places are offsets into it. */
export function commandsOf(script: string, start: Partial<ShellStart> = {}): readonly Command[] {
  const file = new SourceFile("/shop/dump.sh", script);
  return parseShell(script, { program: "sh", errexit: false, pipefail: false, ...start }, (span) => ({
    file,
    span,
    yamlPath: [],
  }));
}
