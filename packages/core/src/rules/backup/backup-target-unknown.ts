import { meantObject } from "../../domain/model/meant-object.ts";
import { nameOf } from "../../domain/model/names.ts";
import { groupOf, operatedKinds } from "../../facts/kinds.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-target-unknown",
  subject: "backup",
  meta: {
    summary: "An operator's backup names a database that is not there.",
    rationale:
      "The operator waits for the object that the backup names, or fails at each run. The database beside it, whose name differs by a letter, has no backup.",
    remedy: "Write the name of the object as its metadata has it.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: operatedKinds,
    references: ["https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/logical_backup.md"],
    quietWhen:
      "no database of the operator in view has nearly that name, or a name is filled in later. Backups of CloudNativePG are a rule of their own.",
  },
  check({ databases, resource, target }, { workspace, report }) {
    const group = groupOf(resource.apiVersion);
    const name = target?.value;
    if (target === undefined || name === undefined || databases.length > 0 || group === "postgresql.cnpg.io") return;
    const found = workspace.everything.topologies
      .flatMap((topology) => topology.databases)
      .map((database) => database.resource)
      .filter((each) => groupOf(each.apiVersion) === group);
    const meant = meantObject(name, resource, found);
    if (meant === undefined) return;
    report({
      message: `${nameOf(resource)} backs up nothing: no ${meant.kind} ${name} is in view; did you mean ${meant.name}?`,
      at: target.at,
    });
  },
});
