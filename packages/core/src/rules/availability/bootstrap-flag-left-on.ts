import { all, nameOf } from "../../domain/model/names.ts";
import { bootstrapArguments, bootstrapVariables } from "../../facts/bootstrap-flags.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "bootstrap-flag-left-on",
  subject: "database",
  meta: {
    summary: "A flag that bootstraps a new cluster is set permanently.",
    rationale:
      "Galera, group replication and etcd are bootstrapped by force once, after all members were lost. If the flag stays on, the member's next restart creates a second cluster next to the running one: both accept writes.",
    remedy: "Remove the flag as soon as the first member runs.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/bitnami/containers/issues/54037",
      "https://galeracluster.com/library/documentation/crash-recovery.html",
    ],
    quietWhen: "one member runs, or a script decides at run time.",
  },
  check({ container, instances, resource, workload }, { report }) {
    if (container === undefined || workload === undefined) return;
    if (instances.value === undefined || instances.value < 2) return;
    const found = flagOf(container);
    if (found === undefined) return;
    report({
      message: `${found.name} is set for ${all(instances.value)} members of ${nameOf(resource)}: the next one that restarts bootstraps a second cluster apart from the others.`,
      at: found.at,
    });
  },
});

function flagOf(container: Container): { readonly name: string; readonly at: Place } | undefined {
  for (const { name, value } of container.environment.written())
    if (bootstrapVariables.some((flag) => flag.name.test(name) && flag.value.test(value.value ?? "")))
      return { name, at: value.at };
  const word = container.argv.find(({ value }) => bootstrapArguments.test(value ?? ""));
  return word?.value === undefined ? undefined : { name: word.value, at: word.at };
}
