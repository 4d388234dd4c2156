import type { Target } from "../domain/links/links.ts";
import { scalarsOf } from "../domain/links/scalars.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { namespacesAgree } from "../kube/namespace.ts";
import type { Resource } from "../kube/resource.ts";
import { decodeBase64 } from "../text/base64.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { Place, YamlNode } from "../yaml/node.ts";
import { plainValue } from "../yaml/scalar.ts";
import { type Named, namedAt, referring } from "./navigate.ts";
import { type LintResult, workspacesOf } from "./result.ts";

/** What renaming at a place would do: the name that may be changed, or why it may not. */
export type Rename = { readonly span: Span; readonly name: string } | Refused;

/** Why a name stays as it is, as a sentence. */
export interface Refused {
  readonly refused: string;
}

/** Objects whose name only manifests repeat. */
const renamed: ReadonlySet<string> = new Set(["Service", "ConfigMap", "Secret"]);

/**
 * Whether a name may be changed here: not where data hangs on it, and not where it also stands in a place of which nobody knows whether
 * it means this object. undefined: it is not the name of an object.
 */
export function renameAt(result: LintResult, uri: string, offset: number): Rename | undefined {
  const named = namedAt(result, uri, offset);
  const name = named && nameIn(named.target.at);
  if (named === undefined) return undefined;
  const refused = whyNot(named, result);
  if (refused !== undefined) return { refused };
  if (name === undefined) return undefined;
  const start = startIn(named.from, name) ?? named.from.span.start;
  return { span: { start, end: start + name.length }, name };
}

/** The edits that give what is named at a place another name, in every file that is in view; none where it is not a name of an object. */
export function renameEdits(
  result: LintResult,
  uri: string,
  offset: number,
  name: string,
): readonly TextEdit[] | Refused {
  const named = namedAt(result, uri, offset);
  const rename = renameAt(result, uri, offset);
  if (named === undefined || rename === undefined) return [];
  if ("refused" in rename) return rename;
  const refused = whyNotCalled(name, named);
  return refused === undefined ? placesOf(named).flatMap((place) => edit(place, rename.name, name) ?? []) : { refused };
}

function whyNot(named: Named, result: LintResult): string | undefined {
  const { target, workspace } = named;
  const { kind, name } = target.resource;
  const lost = whatHangsOn(target, workspace);
  if (lost !== undefined) return lost;
  if (!renamed.has(kind))
    return `dbops renames Services, ConfigMaps, Secrets, and their keys, but not ${isOwnName(target) ? `a ${kind}` : "volumes"}.`;
  if (isRewritten(target, workspace) || workspacesOf(result, target.at.file.uri).length > 1)
    return `A kustomization changes ${kind} ${name}: its name there does not follow from its name here.`;
  const written = nameIn(target.at);
  if (written === undefined) return undefined;
  const fixed = placesOf(named).find((place) => startIn(place, written) === undefined);
  if (fixed !== undefined)
    return `${fixed.file.slice(fixed.span)} holds the name of ${kind} ${name} in its middle: change that first.`;
  const isKey = !isOwnName(target);
  return isKey ? whyKeyStays(named, written) : strayMention(named, written, result);
}

/** The name and all that leads to it, each place once. */
function placesOf(named: Named): readonly Place[] {
  const places = [named.target.at, ...referring(named).map(({ from }) => from)];
  return [...new Map(places.map((place) => [keyOf(place), place])).values()];
}

const keyOf = ({ file, span }: Place): string => `${file.uri} ${span.start}`;

function isOwnName({ resource, at }: Target): boolean {
  return at.span.start === resource.node.nearest("metadata", "name").span.start;
}

/** Why a name is not to be changed: claims, and with them the data, carry it, or the API server keeps it. */
function whatHangsOn(target: Target, { topology, resources }: Workspace): string | undefined {
  const { resource, at } = target;
  const { workload, kind, name } = resource;
  const database = topology.databaseOf(resource);
  if (kind === "StatefulSet" && workload !== undefined) {
    const templates = workload.volumes.filter(({ source }) => source === "claim-template");
    const first = isOwnName(target)
      ? templates[0]?.name
      : templates.find(({ node }) => startOf(node) === at.span.start)?.name;
    const replicas = workload.replicas.value;
    if (first === undefined) return undefined;
    const pods = replicas === undefined || replicas < 2 ? `${name}-0` : `${name}-0 … ${replicas - 1}`;
    return `${pods} would start empty: the data stays in ${first}-${name}-0${replicas === undefined || replicas < 2 ? "" : ` … ${replicas - 1}`}. kubectl dbops plan writes the steps of such a rename.`;
  }
  if (kind === "PersistentVolumeClaim")
    return `A claim cannot be renamed: the new one is empty, and the data stays in ${name}.`;
  if (database?.operator !== undefined)
    return `${kind} ${name} under another name is another cluster: it starts empty, and the data stays with ${name}.`;
  const governed =
    kind === "Service"
      ? resources
          .ofKind("StatefulSet")
          .find((set) => set.node.text("spec", "serviceName") === name && namespacesAgree(set, resource))
      : undefined;
  return governed === undefined
    ? undefined
    : `Service ${name} is the serviceName of StatefulSet ${governed.name}, which the API server does not let change. kubectl dbops plan writes the steps.`;
}

const startOf = (template: YamlNode): number => template.nearest("metadata", "name").span.start;

/** kustomize or a patch gives such an object its final name: a change here may not be a change there. */
function isRewritten({ resource }: Target, { unit }: Workspace): boolean {
  return resource.isUnsettled || resource.isPartial || unit.kind === "kustomization";
}

/** Why a key of a ConfigMap or Secret keeps its name: something takes it together with the others. */
function whyKeyStays(named: Named, key: string): string | undefined {
  const { resource } = named.target;
  if (resource.node.boolean("immutable") === true) return `${resource.kind} ${resource.name} is immutable.`;
  const covered = new Set(placesOf(named).map(keyOf));
  for (const other of named.workspace.resources) {
    if (other === resource || !namespacesAgree(other, resource)) continue;
    for (const { node, parent } of scalarsOf(other.node)) {
      if (node.text() !== resource.name || isNoReference(node, parent, resource.name)) continue;
      const single = parent?.kind === "map" ? parent.at("key") : undefined;
      const items = parent?.at("items")?.items() ?? [];
      const keys = single === undefined ? items.flatMap((item) => item.at("key") ?? []) : [single];
      if (keys.length > 0 && keys.every((each) => each.text() !== key || covered.has(keyOf(each)))) continue;
      return `${other.kind} ${other.name} takes more than this key from ${resource.kind} ${resource.name} (${placeText(node)}): it may read ${key} by its name.`;
    }
  }
  return undefined;
}

/** Where a name also stands although nothing leads from there to the object, so that nobody knows whether it is meant. */
function strayMention(named: Named, name: string, result: LintResult): string | undefined {
  const { resource } = named.target;
  const covered = new Set(placesOf(named).flatMap((place) => `${place.file.uri} ${startIn(place, name)}`));
  for (const workspace of result.workspaces) {
    const isOwn = workspace === named.workspace;
    if (!isOwn && workspace.resources.find(resource.kind as "Service", name, resource) !== undefined) continue;
    for (const document of workspace.unit.documents) {
      const alias = document === resource.document ? aliasOf(document, name) : undefined;
      if (alias !== undefined) return `${placeText(alias)} repeats ${name} as an alias: write it out first.`;
      const at = mentionsIn(document, name, resource).find(
        ({ file, span }) => !covered.has(`${file.uri} ${span.start}`),
      );
      if (at !== undefined)
        return `${name} is also in ${placeText(at)}, and dbops cannot tell whether it means ${resource.kind} ${name}: change that first.`;
    }
  }
  return undefined;
}

type Spot = Pick<Place, "file" | "span">;

function aliasOf({ root }: ManifestDocument, name: string): YamlNode | undefined {
  if (root === undefined) return undefined;
  return [...scalarsOf(root, true)].find(
    ({ node, parent }) => node.isShared && node.text() === name && !isNoReference(node, parent, name),
  )?.node;
}

/** Where a document of any kind, read or not, holds a name as a word that may mean an object; where a Secret hides it, the value. */
function mentionsIn({ file, span, root }: ManifestDocument, name: string, resource: Resource): readonly Spot[] {
  const words = [name, ...(resource.kind === "Service" ? serviceVariables(name) : [])];
  if (root === undefined) return words.flatMap((word) => wordsIn(file, span, word, true));
  const inNamespace = namespacesAgree({ namespace: root.text("metadata", "namespace") }, resource);
  return [...scalarsOf(root)].flatMap(({ node, parent }): readonly Spot[] => {
    if (isNoReference(node, parent, name)) return [];
    const hidden = isSecretData(node, root) ? decodeBase64(node.text() ?? "") : undefined;
    if (hidden !== undefined) return holdsWord(hidden, name) ? [node] : [];
    const found = words.flatMap((word) => wordsIn(file, node.span, word, false));
    return inNamespace ? found : found.filter((at) => isQualified(at, name, resource));
  });
}

function isSecretData({ yamlPath }: YamlNode, root: YamlNode): boolean {
  return root.string("kind") === "Secret" && yamlPath[0] === "data";
}

/** Beginnings of the variables that the kubelet makes of a Service: `ORDERS_DB_SERVICE_HOST`. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
function serviceVariables(name: string): readonly string[] {
  const variable = name.toUpperCase().replaceAll("-", "_");
  return [`${variable}_SERVICE_HOST`, `${variable}_SERVICE_PORT`];
}

function holdsWord(text: string, word: string): boolean {
  return startsOf(text, word).length > 0;
}

/** Where a part of a file holds a word of its own; in a text that is not read, not in its comments. */
function wordsIn(file: SourceFile, { start, end }: Span, word: string, withoutComments: boolean): readonly Spot[] {
  return startsOf(file.text.slice(start, end), word).flatMap((offset) => {
    const at = start + offset;
    const line = file.text.slice(file.lineSpan(file.positionAt(at).line).start, at);
    return withoutComments && /(?:^|\s)#/.test(line) ? [] : [{ file, span: { start: at, end: at + word.length } }];
  });
}

function startsOf(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const [before, after] = [text[at - 1] ?? "", text[at + word.length] ?? ""];
    const isDirectory = before === "/" && after === "/" && text[at - 2] !== "/";
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after) && !isDirectory) found.push(at);
  }
  return found;
}

/** `orders-db.shop`, from whatever namespace. */
function isQualified({ file, span }: Spot, name: string, { namespace }: Resource): boolean {
  return namespace !== undefined && file.text.startsWith(`${name}.${namespace}`, span.start);
}

const ownWords = new Set(["image", "namespace", "mountPath", "subPath", "kind", "apiVersion", "topologyKey"]);
const labels = new Set(["labels", "matchLabels", "selector", "nodeSelector", "matchExpressions"]);
const namedLists = new Set([
  "containers",
  "initContainers",
  "volumes",
  "volumeMounts",
  "volumeDevices",
  "ports",
  "env",
  "volumeClaimTemplates",
]);
/** Variables that say who logs in, or to which database of a server. */
const noHost =
  /(?:^|_)(?:USER|USERNAME|SCHEMA|ROLE|PASSWORD)$|^(?:POSTGRES_DB|POSTGRESQL_DATABASE|PG(?:USER|DATABASE)|MYSQL_DATABASE|MARIADB_DATABASE|MONGO_INITDB_DATABASE)$/i;

/** Fields that never name a Service, ConfigMap or Secret. */
function isNoReference({ yamlPath }: YamlNode, parent: YamlNode | undefined, name: string): boolean {
  const key = String(yamlPath.at(-1) ?? "");
  const isData = /^(?:data|stringData)$/.test(String(yamlPath[0]));
  if (!isData && (ownWords.has(key) || yamlPath.some((segment) => labels.has(String(segment))))) return true;
  if (key === "name")
    return String(yamlPath.at(-2)) === "metadata" || (parent !== undefined && namedLists.has(String(yamlPath.at(-3))));
  const variable = isData ? key : key === "value" ? parent?.string("name") : undefined;
  return noHost.test(variable ?? "") && parent?.at(key)?.text() === name;
}

const nameForms = {
  Service: { form: /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/, says: "up to 63 of a-z, 0-9 and -, a letter first" },
  object: {
    form: /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
    says: "up to 253 of a-z, 0-9, - and .",
  },
  key: { form: /^(?!\.\.)(?=.{2}|[^.])[-._a-zA-Z0-9]{1,253}$/, says: "up to 253 of a-z, A-Z, 0-9, -, _ and ." },
};

function whyNotCalled(name: string, { target, workspace }: Named): string | undefined {
  const { resource } = target;
  const isName = isOwnName(target);
  const { form, says } = isName ? nameForms[resource.kind === "Service" ? "Service" : "object"] : nameForms.key;
  if (!form.test(name))
    return `The API server refuses ${JSON.stringify(name)}: ${isName ? `the name of a ${resource.kind}` : "a key"} is ${says}.`;
  const isTaken = isName
    ? workspace.resources.find(resource.kind as "Service", name, resource) !== undefined
    : ["data", "stringData", "binaryData"].some((field) => resource.node.at(field, name) !== undefined);
  return isTaken ? `There is ${isName ? `a ${resource.kind}` : "a key"} ${name} already.` : undefined;
}

/** A new name in place of the old, in quotes where YAML would read it as a number or a truth value. */
function edit(place: Place, old: string, name: string): TextEdit | undefined {
  const start = startIn(place, old);
  if (start === undefined) return undefined;
  const isWhole = place.file.slice(place.span) === old;
  const newText = isWhole && plainValue(name) !== name ? `"${name}"` : name;
  return { uri: place.file.uri, span: { start, end: start + old.length }, newText };
}

/** A plain name, as written at its place. */
function nameIn({ file, span }: Place): string | undefined {
  const text = file.slice(span).replace(/^["']|["']$/g, "");
  return /^[\w.-]+$/.test(text) ? text : undefined;
}

/** Where a name begins in a place that is it, or begins with it (`orders.shop.svc`). */
function startIn({ file, span }: Place, name: string): number | undefined {
  const text = file.slice(span);
  const lead = /^["']/.test(text) ? 1 : 0;
  const rest = text.slice(lead);
  return rest.startsWith(name) && !/^[\w-]/.test(rest.slice(name.length)) ? span.start + lead : undefined;
}

/** `app.yaml:12`: the file's own name, which is short. */
function placeText({ file, span }: Pick<Place, "file" | "span">): string {
  return `${file.uri.slice(file.uri.lastIndexOf("/") + 1)}:${file.positionAt(span.start).line + 1}`;
}
