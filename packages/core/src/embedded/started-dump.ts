import { dumpPrograms, physicalPrograms } from "../facts/programs.ts";
import { own } from "../text/own.ts";
import { fileName } from "../text/scan.ts";
import { type Command, type ExecTarget, programOf, type Word } from "./command.ts";
import { readShellOptions } from "./shell-options.ts";
import { skipWrappers } from "./wrappers.ts";

/** What a command starts through others. */
interface Inside {
  readonly words: readonly Word[];
  /** undefined: it runs where the command does. */
  readonly exec: ExecTarget | undefined;
  /** The text that its shell reads; undefined: it is no shell. */
  readonly script: StartedScript | undefined;
}

interface StartedScript {
  readonly at: Word;
  readonly program: string;
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/**
 * What a command starts: `timeout 3600 pg_dump`, `kubectl exec orders-db-0 -- pg_dump`, `su - postgres -c "pg_dump …"`.
 * undefined: nothing else than itself.
 */
export function startedBy(words: readonly Word[]): Inside | undefined {
  let inner = skipWrappers(words);
  let exec: ExecTarget | undefined;
  if (/^(?:kubectl|oc)$/.test(fileName(inner[0]?.text ?? ""))) {
    const end = inner.findIndex(({ raw }) => raw === "--");
    const at = inner.findIndex(({ raw }) => raw === "exec");
    if (at < 0 || end < at) return undefined;
    exec = { pod: podOf(inner.slice(at + 1, end)), namespace: namespaceOf(inner.slice(1, end)) };
    inner = skipWrappers(inner.slice(end + 1));
  }
  const script = scriptOf(inner);
  return inner === words && script === undefined ? undefined : { words: inner, exec, script };
}

export function isDump(command: Pick<Command, "words">): boolean {
  const program = programOf(command);
  return own(dumpPrograms, program) !== undefined || own(physicalPrograms, program) !== undefined;
}

/** A script file that a command runs: `/scripts/dump.sh`, `bash -e /scripts/dump.sh`, `. /scripts/env.sh`. */
export interface StartedFile {
  readonly path: string;
  /** undefined: the kernel reads in its first line which. */
  readonly shell: { readonly program: string; readonly errexit: boolean; readonly pipefail: boolean } | undefined;
  /** It is read by the shell that is at it: `.`, `source`. */
  readonly isSourced: boolean;
}

export function fileStartedBy(words: readonly Word[]): StartedFile | undefined {
  const inner = skipWrappers(words);
  const program = inner[0]?.text ?? "";
  const rest = inner.slice(1);
  if (program === "." || program === "source") {
    const path = rest[0]?.text;
    return path === undefined ? undefined : { path, shell: undefined, isSourced: true };
  }
  if (/^(?:sh|bash|ash|dash)$/.test(fileName(program))) {
    const { index, isCommand, errexit, pipefail } = readShellOptions(rest.map(({ text }) => text));
    const path = isCommand ? undefined : rest[index]?.text;
    return path === undefined
      ? undefined
      : { path, shell: { program: fileName(program), errexit, pipefail }, isSourced: false };
  }
  return program.startsWith("/") ? { path: program, shell: undefined, isSourced: false } : undefined;
}

/** Options of kubectl exec that are followed by a value. */
const valued = /^(?:-n|--namespace|-c|--container|--context|--kubeconfig|--pod-running-timeout)$/;

function podOf(words: readonly Word[]): Word | undefined {
  return words.find(({ raw }, index) => !raw.startsWith("-") && !valued.test(words[index - 1]?.raw ?? ""));
}

function namespaceOf(words: readonly Word[]): Word | undefined {
  for (const [index, word] of words.entries()) {
    if (/^(?:-n|--namespace)$/.test(word.raw)) return words[index + 1];
    const option = /^(?:--namespace=|-n=?)/.exec(word.raw)?.[0].length ?? 0;
    const { file, span, yamlPath } = word;
    if (option > 0) return { file, span, yamlPath, text: word.text?.slice(option), raw: word.raw.slice(option) };
  }
  return undefined;
}

/** The word behind `sh -c` and `su postgres -c`. */
function scriptOf(words: readonly Word[]): StartedScript | undefined {
  const program = programOf({ words });
  const rest = words.slice(1);
  if (/^(?:su|runuser)$/.test(program)) {
    const option = rest.findIndex(({ raw }) => raw === "-c" || raw === "--command");
    const at = option < 0 ? undefined : rest[option + 1];
    return at && { at, program, errexit: false, pipefail: false };
  }
  if (!/^(?:sh|bash|ash|dash)$/.test(program)) return undefined;
  const { index, isCommand, errexit, pipefail } = readShellOptions(rest.map(({ text }) => text));
  const at = isCommand ? rest[index] : undefined;
  return at && { at, program, errexit, pipefail };
}
