import { dumpPrograms, physicalPrograms } from "../facts/programs.ts";
import { own } from "../text/own.ts";
import { fileName } from "../text/scan.ts";
import type { ShellWord } from "./shell-words.ts";
import { skipWrappers } from "./wrappers.ts";

interface Inside {
  readonly words: readonly ShellWord[];
  readonly execIn: ShellWord | undefined;
}

/**
 * The dump that a command starts through others: `timeout 3600 pg_dump`, `kubectl exec orders-db-0 -- pg_dump`, `su - postgres -c
 * "pg_dump …"`. undefined: it starts none, or is one itself.
 */
export function dumpInside(words: readonly ShellWord[]): Inside | undefined {
  let inner = skipWrappers(words);
  let execIn: ShellWord | undefined;
  if (/^(?:kubectl|oc)$/.test(programOf(inner))) {
    const end = inner.findIndex(({ raw }) => raw === "--");
    const exec = inner.findIndex(({ raw }) => raw === "exec");
    if (exec < 0 || end < exec) return undefined;
    execIn = targetOf(inner.slice(exec + 1, end));
    inner = skipWrappers(inner.slice(end + 1));
  }
  const written = inner === words ? undefined : inner;
  const found = scriptOf(inner) ?? written;
  return found !== undefined && isDump(programOf(found)) ? { words: found, execIn } : undefined;
}

function programOf(words: readonly ShellWord[]): string {
  return fileName(words[0]?.text ?? "");
}

function isDump(program: string): boolean {
  return own(dumpPrograms, program) !== undefined || own(physicalPrograms, program) !== undefined;
}

/** Options of kubectl exec that are followed by a value. */
const valued = /^(?:-n|--namespace|-c|--container|--context|--kubeconfig|--pod-running-timeout)$/;

function targetOf(words: readonly ShellWord[]): ShellWord | undefined {
  return words.find(({ raw }, index) => !raw.startsWith("-") && !valued.test(words[index - 1]?.raw ?? ""));
}

/** The first command of the text behind `sh -c` and `su postgres -c`, its words all where the text is. */
function scriptOf(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  if (!/^(?:sh|bash|ash|dash|su)$/.test(programOf(words))) return undefined;
  const option = words.findIndex(({ raw }) => /^-[a-z]{0,3}c$/.test(raw));
  const script = option < 0 ? undefined : words[option + 1];
  if (script === undefined) return undefined;
  const [first = ""] = (script.text ?? script.raw.slice(1, -1)).split(/[|;&>\n]/);
  const parts = first.split(" ").filter((part) => part !== "");
  const begin = parts.findIndex((part) => !/^[A-Za-z_]\w{0,60}=/.test(part));
  return begin < 0
    ? undefined
    : parts.slice(begin).map((part) => ({ ...script, text: /[$`]/.test(part) ? undefined : part, raw: part }));
}
