import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { editFix, refusedBefore } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { quoteValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "environment-value-not-string",
  subject: "container",
  meta: {
    summary: "The value of an environment variable is a number or boolean, which the API server refuses.",
    rationale:
      "`value: 5432` is a number in YAML. The API server answers `cannot unmarshal number into Go struct field EnvVar.value of type string`, and nothing is applied.",
    remedy: "Quote the value.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables",
    ],
  },
  check(container, { workspace, report }) {
    if (!concernsDatabases(container.workload, workspace.topology)) return;
    for (const item of container.node.at("env")?.items() ?? []) {
      const value = item.at("value");
      if (value === undefined || value.kind !== "scalar" || typeof value.value === "string" || value.value === null)
        continue;
      const written = value.file.slice(value.span);
      report({
        message: `The API server refuses ${nameOf(container.workload.resource)}: the value of ${item.text("name") ?? "a variable"} is a ${typeof value.value}, but environment variables must be strings.`,
        at: value,
        fixes: [
          editFix({
            title: `Quote ${written}`,
            safety: "safe",
            consequence: refusedBefore,
            edits: quoteValue(value),
          }),
        ],
      });
    }
  },
});
