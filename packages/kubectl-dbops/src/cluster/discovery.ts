import { UsageError } from "../io.ts";
import type { Answer, AskServer } from "./answers.ts";
import type { ApiKind, ServedKind } from "./source.ts";

type Data = { readonly [key: string]: unknown };

/** All resources of a server in two answers, since 1.26: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery */
const aggregated = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat("application/json")
  .join(",");

/** Which of these kinds a server has, each in the version that it prefers. @throws UsageError where it does not say */
export async function servedKinds(
  wanted: readonly ApiKind[],
  ask: AskServer,
  server: string,
): Promise<readonly ServedKind[]> {
  const groups = new Set(wanted.map(({ group }) => group));
  const lists = await Promise.all(["/api", "/apis"].map((path) => resourcesAt(path, groups, ask, server)));
  const isWanted = new Set(wanted.map(({ kind, group }) => `${kind}.${group}`));
  const found = new Map<string, ServedKind>();
  for (const served of lists.flat()) {
    const key = `${served.kind}.${served.group}`;
    // The first version is the preferred one.
    if (isWanted.has(key) && !found.has(key)) found.set(key, served);
  }
  return [...found.values()];
}

async function resourcesAt(
  path: string,
  groups: ReadonlySet<string>,
  ask: AskServer,
  server: string,
): Promise<readonly ServedKind[]> {
  const answer = await ask(path, { accept: aggregated });
  const body = mapIn(answer);
  if (answer.status === 403) throw new UsageError(`${server} does not say which kinds it has: ${messageOf(answer)}`);
  if (answer.status >= 500) throw new UsageError(`${server} fails (${answer.status}): ${messageOf(answer)}`);
  if (answer.status !== 200 || body === undefined)
    throw new UsageError(
      `${server} is no API server of Kubernetes: ${path} answers ${answer.status}${body === undefined ? " without JSON" : ""}`,
    );
  if (body.kind === "APIGroupDiscoveryList") return listOf(body.items).flatMap(ofGroup);
  const versions =
    path === "/api"
      ? listOf<string>(body.versions).map((version) => ({ group: "", apiVersion: version, path: `/api/${version}` }))
      : listOf<Data>(body.groups).flatMap((group) => {
          const name = String(group.name);
          const preferred = (group.preferredVersion as Data | undefined)?.groupVersion;
          return [{ groupVersion: preferred }, ...listOf<Data>(group.versions)]
            .filter(
              ({ groupVersion }, index) =>
                typeof groupVersion === "string" && (index === 0 || groupVersion !== preferred),
            )
            .map(({ groupVersion }) => ({
              group: name,
              apiVersion: String(groupVersion),
              path: `/apis/${groupVersion}`,
            }));
        });
  const wanted = versions.filter(({ group }) => groups.has(group));
  const lists = await Promise.all(wanted.map(async (version) => ({ version, list: mapIn(await ask(version.path)) })));
  return lists.flatMap(({ version, list }) =>
    listOf<Data>(list?.resources).flatMap((each) =>
      servedBy(each.kind, each.name, each.namespaced === true, each.verbs, version),
    ),
  );
}

function ofGroup(item: unknown): readonly ServedKind[] {
  const group = item as Data;
  const name = String((group.metadata as Data | undefined)?.name ?? "");
  return listOf<Data>(group.versions).flatMap((each) => {
    const version = String(each.version);
    const apiVersion = name === "" ? version : `${name}/${version}`;
    const path = name === "" ? `/api/${version}` : `/apis/${apiVersion}`;
    return listOf<Data>(each.resources).flatMap((resource) =>
      servedBy(
        (resource.responseKind as Data | undefined)?.kind,
        resource.resource,
        resource.scope === "Namespaced",
        resource.verbs,
        { group: name, apiVersion, path },
      ),
    );
  });
}

function servedBy(
  kind: unknown,
  plural: unknown,
  isNamespaced: boolean,
  verbs: unknown,
  version: Pick<ServedKind, "group" | "apiVersion" | "path">,
): readonly ServedKind[] {
  if (typeof kind !== "string" || typeof plural !== "string" || plural.includes("/")) return [];
  return listOf(verbs).includes("list") ? [{ kind, plural, isNamespaced, ...version }] : [];
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}

/** An answer's map; undefined: it is something else. */
export function mapIn({ body }: Answer): Data | undefined {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Data) : undefined;
}

/** What a server says about a refusal, without the identity of who asked twice. */
export function messageOf(answer: Answer): string {
  const message = mapIn(answer)?.message;
  return typeof message === "string" && message !== "" ? (message.split("\n")[0] ?? "") : `it answers ${answer.status}`;
}
