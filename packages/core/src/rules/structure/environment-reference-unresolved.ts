import { nameOf } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "environment-reference-unresolved",
  subject: "container",
  meta: {
    summary: "A variable's value refers to another variable in a way that the kubelet does not expand.",
    rationale:
      "The kubelet expands `$(NAME)` only for variables defined above it in the list, and never `$NAME`. What it does not expand stays in the text: a URL with a literal `$(DB_PASSWORD)` is refused by the server.",
    remedy: "Define the variable first and write `$(NAME)`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/",
    ],
    quietWhen: "a part of the environment is not in view, or the value is a script.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const isOurs =
      workspace.topology.databaseOf(workload) !== undefined || workspace.topology.poolerOf(container) !== undefined;
    const items = container.node.at("env")?.items() ?? [];
    const names = items.map((item) => item.string("name") ?? "");
    for (const [index, item] of items.entries()) {
      const value = item.at("value");
      const text = value?.string();
      const name = names[index] ?? "";
      if (value === undefined || text === undefined || text.includes("\n") || !(isOurs || databaseWord.test(name)))
        continue;
      const fault = faultOf(text, names, index, container);
      if (fault === undefined) continue;
      const isFatal = connects.test(name);
      report({
        message: `${name} of ${nameOf(workload.resource)} keeps ${fault.written} literally: ${fault.why}.`,
        at: placeOf(value, text, fault.written),
        ...(isFatal ? { severity: "error" as const, presets: ["recommended" as const, "ephemeral" as const] } : {}),
      });
    }
  },
});

const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL)|PGPASS/i;
const connects = /UR[IL]$|DSN$|HOST(NAME)?$|PORT$|PASS(WORD)?$|ADDR(ESS)?$|CONNECTION(_?STRING)?$/i;

function faultOf(
  text: string,
  names: readonly string[],
  index: number,
  container: Container,
): { readonly written: string; readonly why: string } | undefined {
  for (const match of text.matchAll(/(\$?)\$\(([A-Za-z_]\w*)\)/g)) {
    const [whole, dollar, name = ""] = match;
    const first = names.indexOf(name);
    if (dollar === "$" || (first >= 0 && first < index)) continue;
    if (first > index)
      return {
        written: whole,
        why: `Kubernetes expands only variables defined above it, and ${name} is defined below`,
      };
    // envFrom comes first, whatever it holds; a Service's variables are there too.
    const isSet = container.environment.written().some((setting) => setting.name === name);
    if (isSet || !container.environment.isComplete || /_SERVICE_(HOST|PORT)|_PORT(_|$)/.test(name)) continue;
    return { written: whole, why: `no variable ${name} is set` };
  }
  const shell = /(?<![$\\])\$([A-Za-z_]\w*)/.exec(text);
  // Only where the variable exists is it meant as one: `pa$$word` may be a password.
  if (shell !== null && names.includes(shell[1] ?? ""))
    return { written: shell[0], why: `Kubernetes expands only $(${shell[1]})` };
  return undefined;
}

function placeOf(value: YamlNode, text: string, written: string): ReturnType<YamlNode["inside"]> {
  const start = text.indexOf(written);
  return value.inside({ start, end: start + written.length });
}
