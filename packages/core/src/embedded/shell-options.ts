/** What the words behind a shell's name say: its options, and at which word they end. */
export interface ShellOptionWords {
  /** The word behind the options: the script of `-c`, else its file. */
  readonly index: number;
  readonly isCommand: boolean;
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/** `-euo pipefail -c`, `-e -- /scripts/dump.sh`. */
export function readShellOptions(words: readonly (string | undefined)[]): ShellOptionWords {
  let errexit = false;
  let pipefail = false;
  let isCommand = false;
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      index++;
      break;
    }
    if (!/^[-+]/.test(word) || word === "-") break;
    if (word.startsWith("--")) continue;
    if (word.includes("e")) errexit = true;
    if (word.includes("c")) isCommand = true;
    if (word.endsWith("o")) {
      if (words[index + 1] === "pipefail") pipefail = true;
      if (words[index + 1] === "errexit") errexit = true;
      index++;
    }
  }
  return { index, isCommand, errexit, pipefail };
}
