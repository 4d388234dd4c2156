import { nameOf } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import { type ExecHandler, execHandlersOf, runsThroughShell } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "probe-variable-not-expanded",
  subject: "container",
  meta: {
    summary: "An exec probe or hook names a variable that nothing expands.",
    rationale:
      "The kubelet runs the words of a probe without a shell: `$POSTGRES_USER` reaches the program literally, and `$(POSTGRES_USER)` is expanded only if the variable has its own `value`. pg_isready then asks for a user of that name and fills the server's log; other clients fail every time.",
    remedy: 'Use `["sh", "-c", "pg_isready -U \\"$POSTGRES_USER\\""]`, or leave the user out: pg_isready needs none.',
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-liveness-command",
      "https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/kubelet/container/helpers.go",
      "https://www.postgresql.org/docs/current/app-pg-isready.html",
    ],
    quietWhen: "a shell runs the command, or it is a placeholder that is filled in beforehand.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const { topology } = workspace;
    const isOurs = topology.databaseOf(workload)?.container === container || topology.poolerOf(container) !== undefined;
    if (!isOurs) return;
    for (const handler of execHandlersOf(container)) {
      if (runsThroughShell(handler.words)) continue;
      const index = handler.words.findIndex((word) => becomes(word, handler.name, container) !== "its value");
      const word = handler.words[index];
      if (word === undefined) continue;
      const isEmpty = becomes(word, handler.name, container) === "empty";
      const program = (handler.words[0] ?? "").replace(/^.*\//, "");
      // pg_isready does not log in: it passes whatever the user is called, and each run leaves a line in the server's log.
      const isHarmless = program === "pg_isready";
      if (isHarmless && isEmpty) continue;
      const why = isEmpty
        ? "there the kubelet expands only variables with their own value, and this one comes from elsewhere"
        : "without a shell nothing expands it";
      report({
        message: isHarmless
          ? `The ${handler.name} of ${nameOf(workload.resource)} asks for a user called ${word}: ${why}, and each run leaves an error in the server's log.`
          : `The ${handler.name} of ${nameOf(workload.resource)} gives ${program} ${isEmpty ? `nothing for ${word}` : `the literal ${word}`}: ${why}.`,
        at: handler.node.items()[index] ?? handler.node,
        ...(isHarmless ? { severity: "warning" as const, presets: ["recommended" as const] } : {}),
      });
    }
  },
});

/**
 * What a program gets for a word of an exec handler: the kubelet expands `$(NAME)` in probes from literal values only, to nothing
 * where the value comes from a Secret or field, and not at all in hooks or for `$NAME`.
 * https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/kubelet/container/helpers.go (ExpandContainerCommandOnlyStatic)
 */
function becomes(word: string, handler: ExecHandler["name"], container: Container): "its value" | "empty" | "literal" {
  if (/(^|=)\$\w+$/.test(word)) return "literal";
  const name = /\$\(([A-Za-z_]\w*)\)/.exec(word)?.[1];
  if (name === undefined) return "its value";
  if (handler === "preStop" || handler === "postStart") return "literal";
  const item = (container.node.at("env")?.items() ?? []).find((each) => each.string("name") === name);
  if (item === undefined) return "literal";
  return item.at("valueFrom") === undefined ? "its value" : "empty";
}
