import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { defineRule } from "../../rule/rule.ts";
import { count } from "../../text/count.ts";

/** Suffixes that people write for bytes and Kubernetes does not know. */
const unknownSuffix = /^\d+(?:\.\d+)?([KMGT]B|[mgt]|[kmg]b|[kmgt]i|mi?b|gi?b|[KMGT]iB)$/;

export default defineRule({
  id: "memory-unit-slip",
  subject: "container",
  meta: {
    summary: "The memory of a database has a unit that means something else, or nothing.",
    rationale:
      "`512m` is 512 thousandths of a byte: the API server accepts it, but a container with that limit cannot start. `1g` and `1GB` are refused.",
    remedy: "Write `Mi` or `Gi`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory",
      "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/",
    ],
    quietWhen: "the workload runs no database, pooler, migration or backup.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    if (!concernsDatabases(workload, workspace.topology)) return;
    for (const bound of ["limits", "requests"]) {
      const node = container.node.at("resources", bound, "memory");
      const text = node?.text();
      if (node === undefined || text === undefined) continue;
      const suffix = unknownSuffix.exec(text)?.[1];
      if (suffix === undefined) continue;
      const number = text.slice(0, -suffix.length);
      const meant = `${number}${suffix.slice(0, 1).toUpperCase()}i`;
      report({
        message:
          suffix === "m"
            ? `Memory ${text} of ${nameOf(workload.resource)} is ${count(Number(number) / 1000, "byte")}; for mebibytes write ${meant}.`
            : `The API server refuses ${nameOf(workload.resource)}: memory ${text} is not a valid quantity; write ${meant}.`,
        at: node,
      });
    }
  },
});
