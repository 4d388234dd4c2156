import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { type Command, type Word, writtenLine } from "../../embedded/command.ts";
import { serverPrograms } from "../../facts/programs.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { knowsPipefail } from "../../kube/shell-of-image.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertInText } from "../../yaml/edit.ts";

export default defineRule({
  id: "server-not-told-to-stop",
  subject: "database",
  meta: {
    summary: "A shell runs as process 1 in front of the server and passes no signal on.",
    rationale:
      "Kubernetes signals only process 1. If that is `sh` with the server as its child, the signal stops there: the server keeps running and is killed when the grace period is over. Each restart, drain and update then begins with crash recovery (measured: dash keeps the server as a child, bash replaces itself with its last command).",
    remedy: "Put `exec` in front of the server's command, on the last line of the script.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
      "https://docs.docker.com/reference/dockerfile/#exec-form-entrypoint-example",
    ],
    quietWhen:
      "the script replaces itself (`exec`), traps signals, is a single command, runs under an init program, a preStop hook may stop the server, or the image's `sh` is not known to be dash.",
  },
  check(database, { report }) {
    const { container, workload, resource } = database;
    if (container === undefined || workload === undefined || database.durability !== "durable") return;
    const found = serverBehindShell(database);
    // A hook may stop the server by its own means.
    if (container.node.at("lifecycle", "preStop") !== undefined) return;
    if (found === undefined || workload.podSpec.boolean("shareProcessNamespace") === true) return;
    const grace = integerFact(workload.podSpec, ["terminationGracePeriodSeconds"], 30);
    const after = grace.value === undefined ? "after the grace period" : `after ${grace.value} s`;
    report({
      message: `${serverName(database)} of ${nameOf(resource)} is never told to stop: sh is process 1 and passes no signal on, so Kubernetes kills the server ${after}, each time.`,
      at: found.word,
      fixes: [
        editFix({
          title: `Put exec in front of ${found.program}`,
          safety: "unsafe",
          consequence: "Restarts every instance, which are killed one last time.",
          edits: insertInText(found.word, found.word.raw, "exec ", "before"),
        }),
      ],
    });
  },
});

/** The server's command in a script of `sh` that stays; undefined: there is none, or it is replaced. */
function serverBehindShell(database: Database): { readonly word: Word; readonly program: string } | undefined {
  const { container } = database;
  if (container === undefined || !container.commandsAreComplete) return undefined;
  // A mounted script has its own first line; only what stands in the command itself is judged.
  const shell = container.argv[0]?.value ?? "";
  if (!/^(\/bin\/)?(sh|dash)$/.test(shell) || !/^-[^\Wc]*c\w*$/.test(container.argv[1]?.value ?? "")) return undefined;
  // Which shell `sh` is decides: bash replaces itself by its last command.
  if (knowsPipefail("sh", container.image) !== false) return undefined;
  const { commands } = container;
  const last = commands.at(-1);
  if (commands.length < 2 || last === undefined || commands.some(keepsSignals)) return undefined;
  const [word] = last.words;
  if (word?.text === undefined || !serverPrograms.test(word.text) || last.feeds !== undefined) return undefined;
  const line = word.file.text.slice(word.file.text.lastIndexOf("\n", word.span.start) + 1, word.span.start);
  if (/\b(exec|gosu|su-exec|tini|dumb-init|runuser|chroot|setpriv)\b/.test(line.split(/[;&|]/).at(-1) ?? ""))
    return undefined;
  return { word, program: word.text };
}

function keepsSignals(command: Command): boolean {
  return /^(trap|wait|exec|tini|dumb-init)\b/.test(writtenLine(command));
}
