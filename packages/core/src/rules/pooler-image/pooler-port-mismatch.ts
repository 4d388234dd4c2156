import { shortName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-port-mismatch",
  subject: "host",
  meta: {
    summary: "A client connects to a port that the pooler or database does not listen on.",
    rationale:
      "Poolers listen on 6432, 5432 or whatever their image chose; 5 of 30 public snippets used the wrong port.",
    remedy: "Use the port that the message names; a headless Service maps none, one with a cluster IP does.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#listen_port"],
    quietWhen: "the port is in a variable whose name dbops cannot match, or the Service is not in view.",
  },
  check(host, { report }) {
    const { reaches, port } = host;
    if (port === undefined || (reaches.state !== "pooler" && reaches.state !== "database")) return;
    const { service } = reaches;
    const what = reaches.state === "pooler" ? reaches.pooler.software : engineNames[reaches.database.engine];
    const name = service === undefined ? host.host : `Service ${shortName(service)}`;
    let accepted: readonly number[];
    let mapped: string | undefined;
    if (service !== undefined && service.node.string("spec", "clusterIP") !== "None") {
      if (service.isUnsettled) return;
      accepted = (service.node.at("spec", "ports")?.items() ?? []).flatMap((item) => item.integer("port") ?? []);
    } else {
      const listening =
        reaches.state === "pooler"
          ? reaches.pooler.settings.number("listen_port")
          : reaches.database.operator === undefined
            ? reaches.database.port
            : undefined;
      if (
        listening?.value === undefined ||
        (reaches.state === "database" &&
          (reaches.database.settings.get("port") === undefined || !reaches.database.settings.isComplete) &&
          reaches.database.engine !== "postgresql")
      )
        return;
      accepted = [listening.value];
      const ports = service?.node.at("spec", "ports")?.items() ?? [];
      const target = ports.find((item) => item.integer("port") === port)?.text("targetPort");
      if (target !== undefined && target !== `${port}`)
        mapped = `${name} is headless and maps no ports (${port} to ${target}): clients reach the Pods themselves, where ${what} listens on ${listening.value}`;
    }
    if (accepted.length === 0 || accepted.includes(port)) return;
    report({
      message: `${host.writtenBy.kind} ${host.writtenBy.name} connects to port ${port} of ${host.host}, where nothing answers: ${mapped ?? `${name} has ${accepted.length === 1 ? `port ${accepted[0]}` : `ports ${accepted.join(", ")}`} for ${what}`}.`,
      at: host.portAt ?? host,
      subject: host.writtenBy,
      ...(service === undefined
        ? {}
        : { related: [{ message: `Service ${shortName(service)}`, at: service.node.nearest("spec", "ports") }] }),
    });
  },
});
