import { nameOf } from "../../domain/model/names.ts";
import { type Command, programOf } from "../../embedded/command.ts";
import { securityField } from "../../kube/security.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";

export default defineRule({
  id: "install-needs-root",
  subject: "container",
  meta: {
    summary: "A script installs packages where it may not: as a user, or on a read-only root filesystem.",
    rationale:
      "`apk add` and `apt-get install` write below /usr and /var and need root. In a backup or migration Job that runs as a user they end with `Permission denied`: the upload tool is missing, or the script stops before the dump.",
    remedy:
      "Use an image that has the program, or build one; an install at each run also depends on a mirror being up.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    quietWhen:
      "the user is not known or is root, packages go to a directory of the user's own, the script installs only where something is missing, or no backup, migration or database is involved.",
  },
  check(container, { workspace, report }) {
    if (!workspace.topology.concerns(container.workload)) return;
    const install = container.commands.find(installs);
    if (install === undefined) return;
    const why = mayNot(container);
    if (why === undefined) return;
    const program = programOf(install);
    report({
      message: `${program} of ${nameOf(container.workload.resource)} cannot install anything: ${why.because}, and ${install.decidesExit ? "the script ends there" : "what it was to install is missing afterward"}.`,
      at: install.words[0] ?? install,
      related: [{ message: why.because, at: why.at }],
    });
  },
});

const verbs: Readonly<Record<string, RegExp>> = {
  apk: /^add$/,
  "apt-get": /^(?:install|update)$/,
  apt: /^(?:install|update)$/,
  yum: /^(?:install|localinstall)$/,
  dnf: /^install$/,
  microdnf: /^install$/,
  tdnf: /^install$/,
  zypper: /^(?:install|in)$/,
};

function installs(command: Command): boolean {
  const verb = own(verbs, programOf(command));
  // `command -v aws || apk add aws-cli`; `if [ "$(id -u)" = 0 ]`
  if (verb === undefined || command.isConditional || command.unreached !== undefined) return false;
  return (
    command.execIn === undefined &&
    command.words.some(({ text }) => verb.test(text ?? "")) &&
    !command.words.some(({ text }) => /^(?:--root|--installroot|-p|--initdb|--usermode)/.test(text ?? ""))
  );
}

function mayNot(container: Parameters<typeof securityField>[0]) {
  const user = securityField(container, "runAsUser");
  const id = user?.integer();
  if (user !== undefined && id !== undefined && id > 0) return { because: `it runs as user ${id}`, at: user };
  const nonRoot = securityField(container, "runAsNonRoot");
  if (user === undefined && nonRoot?.boolean() === true)
    return { because: "it does not run as root (runAsNonRoot)", at: nonRoot };
  const readOnly = container.node.at("securityContext", "readOnlyRootFilesystem");
  return readOnly?.boolean() === true ? { because: "its root filesystem is read-only", at: readOnly } : undefined;
}
