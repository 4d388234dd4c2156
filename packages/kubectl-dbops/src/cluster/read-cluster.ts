import { kindsInClusters, type LiveObject, soundObject } from "@dbops/core";
import { UsageError } from "../io.ts";
import { type AskServer, TooLarge } from "./answers.ts";
import { mapIn, messageOf, servedKinds } from "./discovery.ts";
import {
  byName,
  type ClusterObjects,
  type ClusterSource,
  isReadInAllNamespaces,
  type Scope,
  type ServedKind,
  type UnreadKind,
} from "./source.ts";

/** As kubectl asks: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
const pageSize = 500;
/** A server that never comes to an end is not read to it. */
const mostPages = 4000;
const atOnce = 8;

/** Reads the databases' world, page by page; a kind that may not be read is named, and the others are read. @throws UsageError */
export async function readCluster(
  ask: AskServer,
  { name: server, flags }: Pick<ClusterSource, "name" | "flags">,
  scope: Scope,
): Promise<ClusterObjects> {
  const readAt = new Date().toISOString();
  const { namespace, progress } = scope;
  progress("asking which kinds there are");
  const kinds = await servedKinds(scope.kinds ?? kindsInClusters(), ask, server);
  const objects: LiveObject[] = [];
  const unread: UnreadKind[] = [];
  let done = 0;
  const readOne = async (served: ServedKind): Promise<void> => {
    const { kind, group } = served;
    const isWide = !served.isNamespaced || namespace === undefined || isReadInAllNamespaces(served);
    const listIn = (where: string | undefined): Promise<Listed> =>
      listKind(served, where, ask, scope.keepsManagers === true ? (object) => object : withoutManagers);
    let list = await listIn(isWide ? undefined : namespace);
    if ("status" in list && list.status === 403 && served.isNamespaced && namespace !== undefined && isWide) {
      const own = await listIn(namespace);
      if (!("status" in own)) unread.push({ kind, group, reason: "forbidden-elsewhere", message: list.message });
      list = own;
    }
    if ("status" in list) {
      // The kind went with its definition.
      if (list.status !== 404)
        unread.push({ kind, group, reason: list.status === 403 ? "forbidden" : "failed", message: list.message });
    } else for (const item of list.items) objects.push(item);
    done++;
    progress(`reading: ${objects.length} objects, ${done} of ${kinds.length} kinds`);
  };
  const queue = [...kinds];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await readOne(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const isNothing = kinds.length > 0 && unread.length === kinds.length;
  if (isNothing && unread.some(({ reason }) => reason === "failed"))
    throw new UsageError(
      `${server}: nothing could be read: ${unread.find(({ reason }) => reason === "failed")?.message}`,
    );
  if (isNothing && unread.every(({ reason }) => reason === "forbidden"))
    throw new UsageError(
      `${server}: nothing may be read: ${unread[0]?.message}; kubectl dbops rbac scan${flags} shows what is needed`,
    );
  const order = (a: UnreadKind, b: UnreadKind): number => (a.kind < b.kind ? -1 : 1);
  return { objects: objects.sort(byName), unread: unread.sort(order), problems: [], readAt };
}

type Listed = { readonly items: readonly LiveObject[] } | { readonly status: number; readonly message: string };

/** All objects of a kind. Where the server no longer knows the place in the list (410), it is read once more from the start. */
async function listKind(
  served: ServedKind,
  namespace: string | undefined,
  ask: AskServer,
  kept: (object: LiveObject) => LiveObject,
): Promise<Listed> {
  const within = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const url = `${served.path}${within}/${served.plural}`;
  let limit = pageSize;
  let items: LiveObject[] = [];
  let token = "";
  let isAgain = false;
  for (let page = 0; page < mostPages; page++) {
    const query = `${url}?limit=${limit}${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`;
    const answer = await ask(query).catch((error: unknown) => {
      if (error instanceof TooLarge) return error;
      throw error;
    });
    if (answer instanceof TooLarge) {
      // A server that gives all at once, whatever is asked, gives too much for one object as well.
      if (limit === 1) return { status: 500, message: answer.message };
      limit = Math.max(1, Math.floor(limit / 8));
      continue;
    }
    if (answer.status === 410 && token !== "" && !isAgain) {
      isAgain = true;
      items = [];
      token = "";
      continue;
    }
    const body = mapIn(answer);
    if (answer.status !== 200 || !Array.isArray(body?.items))
      return { status: answer.status === 200 ? 500 : answer.status, message: messageOf(answer) };
    for (const item of body.items) {
      const object = whole(item, served);
      if (object !== undefined) items.push(kept(object));
    }
    token = String((body.metadata as { readonly continue?: unknown } | undefined)?.continue ?? "");
    if (token === "") return { items };
  }
  return { status: 500, message: `the list has more than ${mostPages} pages` };
}

/** Items of a list do not say what they are. */
function whole(item: unknown, { apiVersion, kind }: ServedKind): LiveObject | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  return soundObject({ ...item, apiVersion, kind });
}

/** Who manages which field is half of the size of an object, and is let go as it arrives. */
function withoutManagers(object: LiveObject): LiveObject {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
