import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "workload-never-runs",
  subject: "workload",
  meta: {
    summary: "The API server refuses the workload, or accepts it but no Pod is ever created.",
    rationale:
      "Some faults are refused at once; a StatefulSet name of more than 52 characters is accepted but no Pod is created, because the Pods' label `controller-revision-hash` becomes longer than 63 characters.",
    remedy: "Correct the field named in the message.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/apis/apps/validation/validation.go",
      "https://github.com/kubernetes/kubernetes/issues/64023",
    ],
    quietWhen: "the workload runs no database, pooler, migration or backup: schema validators check the rest.",
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (!concernsDatabases(workload, workspace.topology)) return;
    for (const { at, why } of [...ofObject(workload), ...ofFileModes(workload), ...ofContainers(workload)])
      report({ message: `${nameOf(resource)} ${why}.`, at });
  },
});

interface Fault {
  readonly at: Place;
  readonly why: string;
}

/** Kinds whose Pods always restart. */
const serving = new Set(["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"]);
const longestStatefulSet = 52;
const longestCronJob = 52;

function ofObject({ resource, podSpec }: Workload): readonly Fault[] {
  const faults: Fault[] = [];
  const { node, kind, name } = resource;
  const policy = podSpec.at("restartPolicy");
  const text = policy?.string();
  if (policy !== undefined && serving.has(kind) && (text === "Never" || text === "OnFailure"))
    faults.push({ at: policy, why: `is refused with restartPolicy ${text}: its Pods always restart` });
  if (kind === "Job" || kind === "CronJob") {
    if (policy === undefined)
      faults.push({ at: keyOf(podSpec), why: "is refused without a restartPolicy: a Job accepts OnFailure or Never" });
    else if (text === "Always")
      faults.push({ at: policy, why: "is refused with restartPolicy Always: a Job accepts OnFailure or Never" });
  }
  if (kind === "CronJob" && name.length > longestCronJob && !/[$<{]/.test(name))
    faults.push({
      at: node.nearest("metadata", "name"),
      why: `is refused: its name has ${name.length} characters, and its Jobs' names leave room for ${longestCronJob}`,
    });
  if (kind !== "StatefulSet") return faults;
  if (name.length > longestStatefulSet && !/[$<{]/.test(name))
    faults.push({
      at: node.nearest("metadata", "name"),
      why: `creates no Pods: its name has ${name.length} characters, and a label made from it has room for ${longestStatefulSet}`,
    });
  if (name.includes(".") && !/[$<{]/.test(name))
    faults.push({
      at: node.nearest("metadata", "name"),
      why: "is refused: the name of a StatefulSet cannot contain dots",
    });
  const service = node.at("spec", "serviceName");
  if (service?.string()?.includes(".") === true && !/[$<{]/.test(service.string() ?? ""))
    faults.push({
      at: service,
      why: `is refused by Kubernetes 1.36 and later, and before that its Pods get no names: serviceName must be a Service's name, not ${service.string()}`,
    });
  const strategy = node.at("spec", "strategy");
  if (strategy !== undefined)
    faults.push({
      at: keyOf(strategy),
      why: "has a strategy, which belongs to Deployments: a StatefulSet's is called updateStrategy, and this one is dropped",
    });
  const update = node.at("spec", "updateStrategy");
  if (update?.string("type") === "OnDelete" && update.at("rollingUpdate") !== undefined)
    faults.push({
      at: keyOf(update.nearest("rollingUpdate")),
      why: "is refused: updateStrategy OnDelete does not allow rollingUpdate",
    });
  return faults;
}

function ofContainers({ containers }: Workload): readonly Fault[] {
  return containers.flatMap((container) => {
    const seen = new Set<string>();
    const mounts = container.mounts.flatMap(({ mountPath, node }) => {
      const isTwice = seen.has(mountPath);
      seen.add(mountPath);
      return isTwice
        ? [
            {
              at: node.nearest("mountPath"),
              why: `is refused: container ${container.name} mounts two volumes at ${mountPath}`,
            },
          ]
        : [];
    });
    const variables = (container.node.at("env")?.items() ?? []).flatMap((item) => {
      const value = item.at("value");
      const source = item.at("valueFrom");
      if (value === undefined || source === undefined || (value.text() ?? "") === "") return [];
      // A patch adds the value to the variable of its base: it is what has to change.
      const isOfPatch = value.file !== source.file;
      return [
        {
          at: keyOf(isOfPatch ? value : source),
          why: `is refused: variable ${item.text("name") ?? ""} has both a value and a valueFrom`,
        },
      ];
    });
    return [...mounts, ...variables, ...ofSubPaths(container), ...ofHugePages(container)];
  });
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath-expanded-environment */
function ofSubPaths(container: Container): readonly Fault[] {
  return container.mounts.flatMap(({ node }) => {
    const written = node.at("subPathExpr");
    if (written === undefined) return [];
    if (node.at("subPath") !== undefined)
      return [
        { at: written, why: `is refused: container ${container.name} has both subPath and subPathExpr for one mount` },
      ];
    const name = /\$\((\w+)\)/.exec(written.text() ?? "")?.[1];
    if (name === undefined || !container.environment.isComplete || container.environment.get(name) !== undefined)
      return [];
    return [
      {
        at: written,
        why: `has Pods that never start: subPathExpr names $(${name}), which container ${container.name} does not have`,
      },
    ];
  });
}

/** Modes are octal in people's minds and decimal in `640`. https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
function ofFileModes({ podSpec }: Workload): readonly Fault[] {
  const sources = (podSpec.at("volumes")?.items() ?? []).flatMap((volume) => [
    ...["secret", "configMap", "downwardAPI", "projected"].flatMap((field) => volume.at(field) ?? []),
    ...(volume.at("projected", "sources")?.items() ?? []).flatMap((source) => source.entries().map(([, node]) => node)),
  ]);
  const modes = sources.flatMap((source) => [
    ...(source.at("defaultMode") === undefined ? [] : [source.nearest("defaultMode")]),
    ...(source.at("items")?.items() ?? []).flatMap((item) => item.at("mode") ?? []),
  ]);
  return modes.flatMap((node) => {
    const mode = node.integer();
    if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
    const isMeantOctal = /^[0-7]{3}$/.test(node.file.slice(node.span));
    const why = `is refused: mode ${mode} is ${mode.toString(8)} in octal, beyond 777`;
    return [{ at: node, why: isMeantOctal ? `${why}; write 0${mode} for the octal number` : why }];
  });
}

/** https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/ */
function ofHugePages(container: Container): readonly Fault[] {
  const limits = container.node.at("resources", "limits")?.entries() ?? [];
  return limits.flatMap(([name, node]) => {
    if (!name.startsWith("hugepages-")) return [];
    const request = container.node.at("resources", "requests", name);
    if (request !== undefined && differ(request, node))
      return [
        { at: request, why: `is refused: it requests ${name} ${request.text()} but limits them to ${node.text()}` },
      ];
    const hasOthers = [...limits, ...(container.node.at("resources", "requests")?.entries() ?? [])].some(([each]) =>
      /^(memory|cpu)$/.test(each),
    );
    return hasOthers ? [] : [{ at: node, why: `is refused: ${name} require cpu or memory as well` }];
  });
}

function differ(a: YamlNode, b: YamlNode): boolean {
  const [one, other] = [a.text(), b.text()];
  if (one === undefined || other === undefined) return false;
  return (parseQuantity(one) ?? one) !== (parseQuantity(other) ?? other) && !hasPlaceholder(one + other);
}
