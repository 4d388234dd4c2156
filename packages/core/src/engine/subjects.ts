import { sideOf } from "../change/change.ts";
import type { MigrationScript } from "../domain/model/schema-change.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Container } from "../kube/container.ts";
import type { Resource } from "../kube/resource.ts";
import type { Workload } from "../kube/workload.ts";
import type { AnyRule, SubjectName, Subjects } from "../rule/rule.ts";

type Any = Subjects[SubjectName];

/** Finds every subject of a unit that a rule is about; workloads and containers are gathered once for all rules. */
export function subjectsIn(
  workspace: Workspace,
  scripts: readonly MigrationScript[],
): (rule: AnyRule) => Iterable<Any> {
  const { resources, topology, unit, live } = workspace;
  let workloads: readonly Workload[] | undefined;
  let containers: readonly Container[] | undefined;
  const allWorkloads = (): readonly Workload[] => {
    workloads ??= [...resources].flatMap((resource) => resource.workload ?? []);
    return workloads;
  };
  return (rule) => {
    switch (rule.subject) {
      case "document":
        // Nobody wrote the text of a live object.
        if (unit.kind === "cluster") return [];
        return unit.documents.filter((document) => document.root !== undefined);
      case "resource":
        return rule.kinds === undefined ? resources : rule.kinds.flatMap((kind) => resources.ofKind(kind));
      case "workload":
        return allWorkloads();
      case "container":
        containers ??= allWorkloads().flatMap((workload) => workload.containers);
        return containers;
      case "host":
        return topology.hosts;
      case "database":
        return rule.operator === undefined
          ? topology.databases
          : topology.databases.filter(({ operator }) => operator?.name === rule.operator);
      case "pooler":
        return topology.poolers;
      case "client":
        return topology.clients;
      case "migration":
        return topology.migrations;
      case "script":
        return scripts;
      case "backup":
        return topology.backups;
      case "workspace":
        return [workspace];
      case "live":
        return live === undefined || rule.kinds === undefined ? [] : rule.kinds.flatMap((kind) => live.ofKind(kind));
      case "change":
        return []; // of two texts: diff.ts hands them over
    }
  };
}

/** The object that a subject is written in. */
export function resourceOf(name: SubjectName, subject: Any): Resource | undefined {
  switch (name) {
    case "resource":
    case "live":
      return subject as Resource;
    case "workload":
    case "database":
    case "pooler":
    case "backup":
      return (subject as { readonly resource: Resource }).resource;
    case "container":
      return (subject as Subjects["container"]).workload.resource;
    case "client":
      return (subject as Subjects["client"]).container.workload.resource;
    case "migration":
      return (subject as Subjects["migration"]).workload.resource;
    case "change":
      return sideOf(subject as Subjects["change"]).resource;
    case "script":
      return (subject as Subjects["script"]).resource;
    case "host":
      return (subject as Subjects["host"]).writtenBy;
    default:
      return undefined;
  }
}
