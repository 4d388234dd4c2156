import { nameOf } from "../../domain/model/names.ts";
import { unknownToShell } from "../../embedded/shell-dialect.ts";
import { shortImage } from "../../kube/image.ts";
import { shellBehind } from "../../kube/shell-of-image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "script-needs-bash",
  subject: "container",
  meta: {
    summary: "A script uses what only bash knows, and the image's sh is dash or busybox's ash.",
    rationale:
      "Arrays and here-strings end such a shell with a syntax error: what comes after them never runs, neither the dump nor the check of it. dash has no `[[ ]]` either: the test fails whatever it compares, so that a check of the last dump passes or fails every time.",
    remedy: "Run the script with bash where the image has it (Debian's do), or write it for sh.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://manpages.debian.org/bookworm/dash/dash.1.en.html",
      "https://www.gnu.org/software/bash/manual/bash.html#Major-Differences-From-The-Bourne-Shell",
    ],
    quietWhen:
      "the shell of the image is not known, the script looks for bash itself, or no backup, migration, pooler or database is involved.",
  },
  check(container, { workspace, report }) {
    const { script, image } = container;
    if (script === undefined || !workspace.topology.concerns(container.workload)) return;
    const shell = shellBehind(script.program, image);
    if (shell === undefined || shell === "bash" || image === undefined) return;
    const unknown = unknownToShell(shell, script.text);
    if (unknown === undefined) return;
    const name = nameOf(container.workload.resource);
    const which = script.program === shell ? shell : `${script.program} of ${shortImage(image)} is ${shell}, which`;
    report({
      message:
        unknown.effect === "fails"
          ? `This test of ${name} fails whatever it compares: ${which} has no ${unknown.what}.`
          : `The script of ${name} ends here: ${which} has no ${unknown.what}, and nothing after this line runs.`,
      ...(unknown.effect === "fails" ? { severity: "warning" as const } : {}),
      at: script.placeOf(unknown.span),
      related: [{ message: `its sh is ${shell}`, at: image.node }],
    });
  },
});
