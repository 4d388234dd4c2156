import { hasKnownPort } from "../../domain/hosts/listening.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { mayListenBesides } from "../../facts/ports.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "service-port-serves-nothing",
  subject: "resource",
  kinds: ["Service"],
  meta: {
    summary: "A Service of a database or pooler sends connections to a port that nothing listens on.",
    rationale:
      "A named targetPort that no container declares gives the Service no endpoint for that port; a port number that the server does not listen on gives `connection refused`. An undeclared containerPort alone is harmless: declaring it is documentation.",
    remedy: "Set `targetPort` to the port that the server listens on, or name that port in the container.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports"],
  },
  check(service, { workspace, report }) {
    if (service.node.string("spec", "type") === "ExternalName") return;
    const workloads = workspace.resources.selectedBy(service).filter((workload) => !workload.resource.isUnsettled);
    const [workload] = workloads;
    if (workload === undefined || workloads.length > 1) return;
    const { topology } = workspace;
    const database = topology.databaseOf(workload);
    const poolers = topology.poolers.filter((pooler) => pooler.workload === workload);
    if (database === undefined && poolers.length === 0) return;
    const declared = workload.containers.flatMap((container) => container.ports);
    // What an image of a known pooler listens on decides, not what the manifest declares.
    const known = new Set(poolers.filter(hasKnownPort).map(({ container }) => container));
    const believed = workload.containers.filter((container) => !known.has(container)).flatMap(({ ports }) => ports);
    const written = workload.containers.flatMap((container) => container.node.at("ports")?.items() ?? []);
    if (written.some((each) => hasPlaceholder(`${each.text("name") ?? ""} ${each.text("containerPort") ?? ""}`)))
      return;
    for (const port of service.node.at("spec", "ports")?.items() ?? []) {
      const target = port.at("targetPort");
      const name = target?.string();
      if (target !== undefined && name !== undefined && !/^\d+$/.test(name)) {
        if (/[$<{]/.test(name) || declared.some((candidate) => candidate.name === name)) continue;
        report({
          message: `${nameOf(service)} sends port ${port.text("port") ?? "?"} to a port named ${name}, but no container of ${nameOf(workload.resource)} has a port of that name: the Service has no endpoint.`,
          at: target,
        });
        continue;
      }
      const number = Number(target?.text() ?? port.text("port"));
      if (!Number.isInteger(number)) continue;
      if (believed.some((candidate) => candidate.number === number)) continue;
      if (database !== undefined && mayListenBesides(database.engine, number)) continue;
      // Only where every container's port is known can a number be wrong.
      const listening = [
        ...(database === undefined ? [] : [{ port: database.port.value, by: serverName(database) }]),
        ...poolers.map((pooler) => ({ port: pooler.settings.number("listen_port")?.value, by: pooler.software })),
      ];
      const mains = workload.containers.filter(({ role }) => role !== "init");
      const isShared = new Set(listening.map((each) => each.port)).size < listening.length; // pooler-shares-port says it
      if (
        mains.length !== listening.length ||
        isShared ||
        listening.some((each) => each.port === undefined || each.port === number)
      )
        continue;
      report({
        message: `${nameOf(service)} sends port ${port.text("port") ?? "?"} to ${number}, where nothing listens: ${listening.map((each) => `${each.by} listens on ${each.port}`).join(", ")}.`,
        at: target ?? port.nearest("port"),
      });
    }
  },
});
