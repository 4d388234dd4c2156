import type { Command } from "../../embedded/command.ts";
import { uploadMarker } from "../../facts/backup-tools.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-on-emptydir",
  subject: "backup",
  meta: {
    summary: "A dump is written to an emptyDir and never leaves the Pod.",
    rationale: "An emptyDir is deleted with its Pod: the job succeeds every night and there is no backup.",
    remedy: "Upload the dump in the same script, or write it to a claim or bucket.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir"],
    quietWhen: "another container or any program that may upload runs in the Pod.",
  },
  check({ container, resource, command, script, method }, { report }) {
    if (
      container === undefined ||
      command === undefined ||
      resource.isPatched ||
      (method !== "dump" && method !== "physical") ||
      resource.kind !== "CronJob"
    )
      return;
    const uses = container.workload.containers
      .flatMap((each) => each.commands)
      .map((each) => each.words.map((word) => word.raw).join(" "));
    // Clients of every kind may carry it away; only a script that is understood and does nothing else is judged.
    if (
      !container.commandsAreComplete ||
      script.some((each) => uploader.test(each.words.map((word) => word.raw).join(" "))) ||
      uses.some((line) => uploadMarker.test(line) || uploader.test(line))
    )
      return;
    if (container.workload.containers.some((each) => each.role !== "init" && each !== container)) return;
    const target = targetOf(command);
    if (target === undefined) return;
    const mount = container.mountAt(target);
    if (mount?.volume?.source !== "empty-dir" && mount?.volume?.source !== "memory") return;
    report({
      message: `The dump goes to emptyDir ${mount.name} and nothing carries it away: it is deleted with the Pod, minutes after it was written.`,
      at: mount.volume.node.nearest("emptyDir"),
      point: "key",
      related: [{ message: "the dump", at: command.words[0] ?? command }],
    });
  },
});

const uploader = /\b(python3?|node|java|upload|push|send|copy|sync|put|curl|wget|aws|kubectl)\b/;

/** Where a dump is written: the redirection at the end of its pipe, or -f, --file, --result-file. */
function targetOf(command: Command): string | undefined {
  let last = command;
  while (last.feeds !== undefined) last = last.feeds;
  const redirected = last.writesTo?.raw ?? command.writesTo?.raw;
  const words = command.words.map((word) => word.raw);
  const flagged = words
    .map(
      (word, index) =>
        /^(?:--file=|--result-file=|--archive=)(.+)$/.exec(word)?.[1] ??
        (word === "-f" || word === "--file" ? words[index + 1] : undefined),
    )
    .find((each) => each !== undefined);
  const path = (redirected ?? flagged)?.replace(/^["']|["']$/g, "");
  return path?.startsWith("/") === true ? (/^[^$`]*\//.exec(path)?.[0].replace(/\/$/, "") ?? undefined) : undefined;
}
