import type { Kind } from "../facts/kinds.ts";
import { namespacesAgree } from "./namespace.ts";
import { nearestOf } from "./nearest.ts";
import type { Resource } from "./resource.ts";
import type { ResourceIndex } from "./resource-index.ts";
import { isEmptySelector, matchesSelector, readLabelMap, readLabelSelector, type Selector } from "./selector.ts";
import type { Workload } from "./workload.ts";

/** What an object selects; undefined: nothing, by design or because its kind does not. */
export function selectorOf(resource: Resource): Selector | undefined {
  const node = resource.node.at("spec", "selector");
  if (node === undefined || node.kind !== "map") return undefined;
  if (
    resource.kind === "Service" ||
    resource.kind === "ReplicationController" ||
    resource.kind === "DeploymentConfig"
  ) {
    const selector = readLabelMap(node);
    return isEmptySelector(selector) ? undefined : selector;
  }
  return readLabelSelector(node);
}

interface Selecting {
  readonly resource: Resource;
  readonly selector: Selector;
}

/** Builds the indexes once; every question is a look-up, not a loop over the unit. */
export function indexResources(all: readonly Resource[]): ResourceIndex {
  const resources = all.filter((resource) => !resource.isPartial);
  const byKind = new Map<string, Resource[]>();
  const byName = new Map<string, Resource[]>();
  const workloadsByPair = new Map<string, Workload[]>();
  const selectorsByPair = new Map<string, Selecting[]>();
  const byExpressions = new Map<string, Selecting[]>();
  const selectingAll = new Map<string, Resource[]>();
  const targeted = new Map<string, Resource[]>();
  for (const resource of resources) {
    push(byKind, resource.kind, resource);
    push(byName, `${resource.kind}/${resource.name}`, resource);
    const { workload } = resource;
    if (workload !== undefined) {
      for (const [key, value] of Object.entries(workload.podLabels)) push(workloadsByPair, `${key}=${value}`, workload);
    }
    const selector = workload === undefined ? selectorOf(resource) : undefined;
    const pair = selector?.pairs[0];
    if (selector !== undefined && pair !== undefined)
      push(selectorsByPair, `${resource.kind}:${pair[0]}=${pair[1]}`, { resource, selector });
    else if (selector !== undefined && isEmptySelector(selector)) push(selectingAll, resource.kind, resource);
    else if (selector !== undefined) push(byExpressions, resource.kind, { resource, selector });
    const target = resource.node.at("spec", "scaleTargetRef") ?? resource.node.at("spec", "targetRef");
    if (target !== undefined)
      push(targeted, `${resource.kind}:${target.text("kind") ?? "Deployment"}/${target.text("name") ?? ""}`, resource);
  }
  const inNamespace = (
    found: readonly Resource[] | undefined,
    from: Pick<Resource, "namespace">,
  ): readonly Resource[] => (found ?? []).filter((resource) => namespacesAgree(resource, from));
  // Hundreds of empty selectors beside hundreds of workloads are answered by namespace, not pair by pair.
  const workloads = resources.flatMap((resource) => resource.workload ?? []);
  const workloadsIn = memoized((namespace) =>
    workloads.filter((workload) => namespacesAgree(workload.resource, { namespace })),
  );
  const selectingAllIn = memoized((namespace, kind: Kind) => inNamespace(selectingAll.get(kind), { namespace }));
  return {
    size: resources.length,
    [Symbol.iterator]: () => resources[Symbol.iterator](),
    ofKind: (kind: Kind) => byKind.get(kind) ?? [],
    find: (kind, name, from) => nearestOf(byName.get(`${kind}/${name}`), from),
    selectedBy: (from) => {
      const selector = selectorOf(from);
      if (selector === undefined) return [];
      if (isEmptySelector(selector)) return workloadsIn(from.namespace);
      const pair = selector.pairs[0];
      const candidates = pair === undefined ? workloads : (workloadsByPair.get(`${pair[0]}=${pair[1]}`) ?? []);
      return candidates.filter(
        (workload) => namespacesAgree(workload.resource, from) && matchesSelector(selector, workload.podLabels),
      );
    },
    selecting: (kind, workload) => {
      const pairs = Object.entries(workload.podLabels).flatMap(
        ([key, value]) => selectorsByPair.get(`${kind}:${key}=${value}`) ?? [],
      );
      const matching = [...pairs, ...(byExpressions.get(kind) ?? [])].flatMap(({ resource, selector }) =>
        namespacesAgree(resource, workload.resource) && matchesSelector(selector, workload.podLabels) ? [resource] : [],
      );
      const all = selectingAllIn(workload.resource.namespace, kind);
      return matching.length === 0 ? all : [...matching, ...all];
    },
    targeting: (kind, target) => inNamespace(targeted.get(`${kind}:${target.kind}/${target.name}`), target),
  };
}

/** Answers each question about a namespace, and what else is said, once. */
function memoized<Rest extends readonly string[], T extends object>(
  answer: (namespace: string | undefined, ...rest: Rest) => T,
): typeof answer {
  const known = new Map<string, T>();
  return (namespace, ...rest) => {
    const key = [namespace ?? "", ...rest].join("/");
    const value = known.get(key) ?? answer(namespace, ...rest);
    known.set(key, value);
    return value;
  };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
