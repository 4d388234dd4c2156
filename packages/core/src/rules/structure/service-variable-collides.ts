import { nameOf, shortName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { serviceVariableReaders } from "../../facts/service-variables.ts";
import type { Container } from "../../kube/container.ts";
import { shortImage } from "../../kube/image.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { serviceBehindVariable } from "../../kube/service-links.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey } from "../../yaml/edit.ts";
import { type Place, textAt } from "../../yaml/node.ts";

export default defineRule({
  id: "service-variable-collides",
  subject: "container",
  meta: {
    summary: "A Service's name creates a variable that a container reads as a port number.",
    rationale:
      "Kubernetes gives every Pod variables for each Service in its namespace: a Service called `redis` creates `REDIS_PORT=tcp://10.0.3.7:6379`. If an image or script reads that name and the manifest does not set it, it gets the URL instead of a number.",
    remedy: "Set the variable in `env`, or set `enableServiceLinks: false` in the Pod's spec.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    yieldsTo: ["pooler-port-from-service-link"],
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
      "https://github.com/kubernetes/kubernetes/issues/65130",
    ],
    quietWhen:
      "the variable is set, service links are off, a part of the environment is not in view, the Service is headless, or nothing in view reads the name.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const links = workload.podSpec.at("enableServiceLinks");
    if (links?.boolean() === false || hasPlaceholder(links?.text() ?? "")) return;
    if (workspace.resources.ofKind("Service").length === 0) return;
    const found = readByImage(container, workspace) ?? readInView(container, workspace);
    if (found === undefined) return;
    const { variable, service, effect, at } = found;
    const port = service.node.at("spec", "ports")?.items()[0]?.text("port") ?? "5432";
    report({
      message: `Service ${shortName(service)} sets ${variable}=tcp://…:${port} in the Pods of ${nameOf(workload.resource)}: ${effect}.`,
      at,
      related: [{ message: "the Service", at: service.node.nearest("metadata", "name") }],
      fixes: [
        editFix({
          title: "Turn off service links",
          safety: "unsafe",
          consequence: `Restarts the Pods of ${shortName(workload.resource)}; the other Service variables disappear too.`,
          edits: insertKey(workload.podSpec, "enableServiceLinks", false),
        }),
      ],
    });
  },
});

interface Collision {
  readonly variable: string;
  readonly service: Resource;
  readonly effect: string;
  readonly at: Place;
}

function isFree(variable: string, container: Container): boolean {
  return container.environment.isComplete && container.environment.get(variable) === undefined;
}

/** The image's entrypoint is known to read the name. */
function readByImage(container: Container, { resources, unit }: Workspace): Collision | undefined {
  const { image } = container;
  if (image === undefined || container.role === "init") return undefined;
  for (const reader of serviceVariableReaders) {
    if (!reader.image.test(image.name) || !isFree(reader.variable, container)) continue;
    if (reader.fromMajor !== undefined && !(Number(/^\d+/.exec(image.tag ?? "")?.[0]) >= reader.fromMajor)) continue;
    const service = serviceBehindVariable(reader.variable, container.workload.resource, resources, unit.nameMade);
    if (service === undefined) continue;
    return { variable: reader.variable, service, effect: `${shortImage(image)} ${reader.effect}`, at: image.node };
  }
  return undefined;
}

const databaseName =
  /^(PG|POSTGRES|POSTGRESQL|PSQL|PGBOUNCER|DB|DATABASE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY)(_.*)?_PORT$/;

/** A command line, script or variable in view names it. */
function readInView(container: Container, { resources, unit }: Workspace): Collision | undefined {
  const { node } = container;
  const written = [...(node.at("command")?.items() ?? []), ...(node.at("args")?.items() ?? [])];
  const places: readonly { readonly text: string; readonly at: Place }[] = [
    ...(node.at("env")?.items() ?? []).flatMap((item) => {
      const value = item.at("value");
      return value === undefined ? [] : [{ text: value.text() ?? "", at: value as Place }];
    }),
    // Scripts are only taken apart where the name may stand.
    ...(written.some((word) => word.text()?.includes("_PORT") === true)
      ? container.commands.flatMap((command) => command.words.map((word) => ({ text: word.raw, at: word as Place })))
      : []),
  ];
  for (const { text, at } of places) {
    if (!text.includes("_PORT")) continue;
    for (const match of text.matchAll(/\$[({]?([A-Z][A-Z0-9_]*_PORT)\b(?!_)/g)) {
      const variable = match[1] ?? "";
      if (!databaseName.test(variable) || !isFree(variable, container) || isAssigned(variable, container)) continue;
      const service = serviceBehindVariable(variable, container.workload.resource, resources, unit.nameMade);
      if (service === undefined) continue;
      return { variable, service, effect: "a URL is used as a port number", at };
    }
  }
  return undefined;
}

/** A script gives it a value of its own before. */
function isAssigned(variable: string, container: Container): boolean {
  const assignment = new RegExp(`(^|[\\s;&])${variable}=`);
  return container.argv.some((word) => assignment.test(word.value ?? textAt(word.at)));
}
