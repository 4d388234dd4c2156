import type { Command } from "../../embedded/command.ts";
import { shortImage } from "../../kube/image.ts";
import { knowsPipefail } from "../../kube/shell-of-image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pipefail-refused-by-shell",
  subject: "backup",
  meta: {
    summary: "`set -o pipefail` is used in a shell that does not support it.",
    rationale:
      "/bin/sh of Debian images is dash. Version 0.5.12 (Debian 12) answers `Illegal option -o pipefail` and exits with 2: no backup is ever taken.",
    remedy: "Use `command: [bash, -c]`: the Debian images have bash.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://manpages.debian.org/bookworm/dash/dash.1.en.html"],
    quietWhen: "the image is alpine-based (busybox supports pipefail), or its shell is not known.",
  },
  check({ container, resource }, { report }) {
    if (container?.image === undefined || container.image.isTemplated) return;
    const { image } = container;
    if (knowsPipefail("sh", image) !== false) return;
    // `set` is a special builtin: dash exits although `|| true` follows. In a subshell it may be tried.
    const options = container.commands.filter(
      (command) =>
        command.shell?.program === "sh" &&
        command.execIn === undefined &&
        command.words[0]?.text === "set" &&
        command.words.some((word) => word.text === "pipefail"),
    );
    if (options.some((command) => command.isConditional || isInSubshell(command))) return;
    const [option] = options;
    const isSh = /^(\/(usr\/)?bin\/)?sh$/.test(container.argv[0]?.value ?? "");
    const argument = isSh ? container.argv.find(({ value }) => value === "pipefail") : undefined;
    const at = option === undefined ? argument?.at : (option.words.find((word) => word.text === "pipefail") ?? option);
    if (at === undefined) return;
    report({
      message: `Every run of this ${resource.kind} fails at once: sh of ${shortImage(image)} is dash, which refuses "${option === undefined ? "" : "set "}-o pipefail" (Illegal option -o pipefail). Run the script with bash.`,
      at,
      related: [{ message: "Debian's sh is dash", at: image.node }],
    });
  },
});

/** `(set -o pipefail) 2>/dev/null && set -o pipefail` asks the shell first. */
function isInSubshell(command: Command): boolean {
  return /\(\s*$/.test(command.file.text.slice(0, command.span.start));
}
