import { nameOf } from "../../domain/model/names.ts";
import { removedPrograms } from "../../facts/removed-programs.ts";
import { shortImage } from "../../kube/image.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "client-program-removed",
  subject: "container",
  meta: {
    summary: "A probe, hook or script calls a client program that the image no longer has.",
    rationale:
      "Since 11 the mariadb images lack the mysql names, since 6 the mongo images lack the `mongo` shell. A probe that calls them never succeeds, a backup that calls them fails every night.",
    remedy: "Call the program that the message names.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: removedPrograms.map(({ source }) => source),
    quietWhen: "the tag does not say which series it is, or the script is not in view.",
  },
  check(container, { report }) {
    const { image, workload } = container;
    const major = Number(/^\d+/.exec(image?.tag ?? "")?.[0] ?? Number.NaN);
    const removed = removedPrograms.find((each) => image !== undefined && each.image.test(image.name));
    if (image === undefined || removed === undefined || !(major >= removed.fromMajor)) return;
    if (image.isTemplated) return;
    const calls: { readonly program: string; readonly at: Place; readonly from: string }[] = [];
    for (const { name, node, words } of execHandlersOf(container))
      for (const [index, word] of words.entries()) {
        // The first word, or a program at a command's place in a script.
        const found =
          index === 0
            ? [word]
            : [...word.matchAll(/(?:^|[;&|(]\s*|\bexec\s+)([\w-]+)(?=\s)/g)].map((match) => match[1] ?? "");
        for (const program of found) calls.push({ program, at: node.items()[index] ?? node, from: `its ${name}` });
      }
    for (const { words } of container.commands) {
      const [first] = words;
      if (first !== undefined) calls.push({ program: first.text ?? first.raw, at: first, from: "it" });
    }
    const seen = new Set<string>();
    for (const { program, at, from } of calls) {
      const name = program.replace(/^.*\//, "");
      const replacement = own(removed.replacements, name);
      if (replacement === undefined || seen.has(`${name} ${from}`)) continue;
      seen.add(`${name} ${from}`);
      report({
        message: `${shortImage(image)} of ${nameOf(workload.resource)} has no ${name}, which ${from} calls: it is called ${replacement} there.`,
        at,
      });
    }
  },
});
