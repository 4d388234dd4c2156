import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { mayListenBesides } from "../../facts/ports.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "service-mixes-database-pods",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary:
      "One Service selects the Pods of two separate databases, or those of another program, which does not listen on its port.",
    rationale:
      "A Service sends each connection to any ready Pod with the labels of its selector, whether or not something listens there. `app: shop` on the application, the database and the backup job makes all of them endpoints of one Service: a share of the connections is refused, and the share changes with the replicas.",
    remedy: "Give each program a label of its own (`app.kubernetes.io/component`) and select that one, too.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service"],
    quietWhen:
      "servers may replicate or keep nothing, or the Service is written twice, for files of which one is applied; of another program, the Service is headless, its target port has a name, both programs may listen there, or a Pod has a container that declares no port.",
  },
  check(service, { workspace, report }) {
    const address = service.node.text("spec", "clusterIP") ?? "";
    const type = service.node.text("spec", "type") ?? "";
    if (type === "ExternalName" || hasPlaceholder(`${address} ${type}`)) return;
    const selected = workspace.resources.selectedBy(service).filter(isSettled);
    const databases = selected.flatMap((workload) => workspace.topology.databaseOf(workload) ?? []);
    const [database] = databases;
    if (database === undefined) return;
    const [one, other] = separate(databases);
    // A Service that is written twice belongs to files of which one is applied.
    const isWrittenOnce = workspace.resources
      .ofKind("Service")
      .every((each) => each === service || each.name !== service.name || !namespacesAgree(each, service));
    if (one !== undefined && other !== undefined && isWrittenOnce) {
      report({
        message: `${nameOf(service)} leads to ${nameOf(one.resource)} and ${nameOf(other.resource)}: they are separate databases, nothing replicates between them, and each client reaches one or the other.`,
        at: service.node.nearest("spec", "selector"),
        point: "key",
        related: [one, other].flatMap(({ workload }) =>
          workload === undefined ? [] : [{ message: "these labels match", at: labelsOf(workload) }],
        ),
      });
      return;
    }
    // Who asks DNS for Pods chooses one.
    if (address === "None") return;
    const others = selected.filter(
      (each) =>
        workspace.topology.databaseOf(each) === undefined &&
        each.containers.every(({ image }) => image?.isTemplated === false),
    );
    for (const port of service.node.at("spec", "ports")?.items() ?? []) {
      const number = Number(port.text("targetPort") ?? port.text("port"));
      if (!Number.isInteger(number)) continue;
      const [message, workload] = refused(number, database, others, workspace) ?? [];
      if (message === undefined || workload === undefined) continue;
      report({
        message: `${nameOf(service)} also selects the Pods of ${nameOf(workload.resource)}: ${message}.`,
        at: service.node.nearest("spec", "selector"),
        point: "key",
        related: [{ message: "these labels match", at: labelsOf(workload) }],
      });
      return;
    }
  },
});

/** Plain servers that each keep data of their own, by their names: of one name in two kinds one is applied. */
function separate(databases: readonly Database[]): readonly Database[] {
  const [first, ...others] = databases.filter(
    ({ replication, durability, instances, workload }) =>
      workload !== undefined && replication.value === "none" && durability === "durable" && instances.value !== 0,
  );
  const second = others.find(
    (each) =>
      each.engine === first?.engine &&
      each.port.value === first.port.value &&
      each.resource.name !== first.resource.name,
  );
  return first === undefined || second === undefined ? [] : [first, second];
}

function isSettled({ resource }: Workload): boolean {
  return !resource.isUnsettled;
}

/** Whose Pods do not listen on the port, and what that means. */
function refused(
  port: number,
  database: Database,
  others: readonly Workload[],
  { topology }: Workspace,
): readonly [message: string, workload: Workload] | undefined {
  const { workload } = database;
  if (workload === undefined) return undefined;
  const server = serverName(database);
  if (database.port.value === port) {
    const stranger = others.find(
      (each) => declares(each, port) === false && !topology.poolers.some((pooler) => pooler.workload === each),
    );
    return stranger === undefined
      ? undefined
      : [`connections to ${server} that land there are refused, because nothing listens on ${port}`, stranger];
  }
  const served = others.find((each) => declares(each, port) === true);
  if (served === undefined || declares(workload, port) !== false || mayListenBesides(database.engine, port))
    return undefined;
  return [
    `connections to ${nameOf(served.resource)} that land there are refused, because ${server} does not listen on ${port}`,
    workload,
  ];
}

/** Whether a container of the Pod declares the port; undefined: one declares none, or what it declares is filled in later. */
function declares(workload: Workload, port: number): boolean | undefined {
  const running = workload.containers.filter(({ role }) => role !== "init");
  if (running.some(({ ports }) => ports.some((each) => each.number === port))) return true;
  const isKnown = running.every(
    ({ node, ports }) => ports.length > 0 && !(node.at("ports")?.items() ?? []).some(isFilledIn),
  );
  return isKnown ? false : undefined;
}

function isFilledIn(port: YamlNode): boolean {
  return hasPlaceholder(port.text("containerPort") ?? "");
}

function labelsOf({ template }: Workload): YamlNode {
  return template.nearest("metadata", "labels");
}
