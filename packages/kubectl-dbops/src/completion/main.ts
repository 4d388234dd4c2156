import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { complete } from "./complete.ts";
import { type Named, sourcesWith } from "./proposals.ts";

const words = process.argv.slice(3);

/** What programs say of each: a name per line, for kubectl perhaps after its kind. */
const commands: Readonly<Record<Named, () => readonly [program: string, ...words: readonly string[]]>> = {
  revision: () => ["git", "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"],
  context: () => ["kubectl", "config", "get-contexts", "-o", "name", ...asFlag("kubeconfig")],
  namespace: () => ["kubectl", "get", "namespaces", ...fromCluster()],
  claim: () => ["kubectl", "get", "persistentvolumeclaims", ...fromCluster(), ...asFlag("namespace", "n")],
};

/** A cluster that does not answer at once is not waited for. */
function fromCluster(): readonly string[] {
  return ["-o", "name", "--request-timeout=2s", ...asFlag("context"), ...asFlag("kubeconfig"), ...asFlag("as")];
}

/** The values of a flag on the line that is being typed: `--name v`, `--name=v`, `-n v`, `-n=v`, `-nv`. */
function given(name: string, short = ""): readonly string[] {
  const [long, brief] = [`--${name}`, `-${short}`];
  return words.flatMap((word, index) => {
    if (word === long || (short !== "" && word === brief)) return words[index + 1] ?? [];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
    const isBrief = short !== "" && word.startsWith(brief) && !word.startsWith("--");
    return isBrief ? word.slice(brief.length).replace(/^=/, "") : [];
  });
}

/** The last of them, as kubectl takes it. */
function asFlag(name: string, short?: string): readonly string[] {
  const value = given(name, short).at(-1) ?? "";
  return value === "" ? [] : [`--${name}`, value];
}

/** None where a program, a repository or a cluster is missing: completion never complains. */
function namesOf(what: Named): readonly string[] {
  const from = given("from").filter((each) => each !== "");
  if (from.length > 0 && what !== "revision") return namesInFiles(what, from);
  const [program, ...rest] = commands[what]();
  return printedBy(program, rest)
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => (what === "namespace" || what === "claim" ? name.slice(name.indexOf("/") + 1) : name));
}

/** With --from the cluster is in files: another one's claims would be wrong. dbops itself reads them. */
function namesInFiles(what: Named, from: readonly string[]): readonly string[] {
  if (what === "context") return [];
  const flags = [...from.map((each) => `--from=${each}`), ...(what === "claim" ? asFlag("namespace", "n") : [])];
  const [program, ...rest] = itself();
  try {
    const { claims } = JSON.parse(printedBy(program, [...rest, "pvc", "list", "-o", "json", ...flags])) as {
      readonly claims: readonly { readonly namespace: string; readonly name: string }[];
    };
    return [...new Set(claims.map(({ namespace, name }) => (what === "namespace" ? namespace : name)))];
  } catch {
    return [];
  }
}

/** The command that this completes: a script for Node, or a single executable, which is its own. */
function itself(): readonly [program: string, ...words: readonly string[]] {
  const [program = "", script = ""] = [process.execPath, process.argv[1]];
  const isScript = existsSync(script) && realpathSync(script) !== realpathSync(program);
  return isScript ? [program, script.replace(/kubectl_complete-dbops$/, "kubectl-dbops")] : [program];
}

function printedBy(program: string, rest: readonly string[]): string {
  const { stdout } = spawnSync(program, rest, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 4000,
    maxBuffer: 1 << 26,
  });
  return stdout ?? "";
}

const { values, directive } = complete(words, sourcesWith(namesOf));
const lines = values.map(([value, description]) => (description === "" ? value : `${value}\t${description}`));
process.stdout.write([...lines, `:${directive}`, ""].join("\n"));
