import { type Link, linksFrom, linksIn, type Target, targetOf } from "../domain/links/links.ts";
import { shortName } from "../domain/model/names.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Span } from "../text/span.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { Place } from "../yaml/node.ts";
import type { LintResult } from "./result.ts";

/** A place in a file, as editors jump to it. */
export interface Spot {
  readonly uri: string;
  readonly span: Span;
}

/** What a name leads to. */
export interface Definition {
  /** The name itself. */
  readonly origin: Span;
  readonly targets: readonly Spot[];
}

/** Where a name at a place leads: a host to its Service and the database behind it, a reference to its object, a key to its value. */
export function definitionAt(result: LintResult, uri: string, offset: number): Definition | undefined {
  const found = linkAt(result, uri, offset);
  if (found === undefined) return undefined;
  return { origin: found.link.from.span, targets: found.link.to.map(({ at }) => spotOf(at)) };
}

/** Every place that leads to what is named at a place, the name of the object itself first. */
export function referencesAt(result: LintResult, uri: string, offset: number): readonly Spot[] {
  const named = namedAt(result, uri, offset);
  if (named === undefined) return [];
  return distinct([named.target.at, ...referring(named).map(({ from }) => from)].map(spotOf));
}

/** An object of a file, for outlines and for jumping by name. */
export interface NamedObject extends Spot {
  /** `StatefulSet shop/orders-db` */
  readonly label: string;
  readonly kind: string;
  /** All of the object. */
  readonly whole: Span;
}

/** The objects of one file, or of all; each once. */
export function objectsIn(result: LintResult, uri?: string): readonly NamedObject[] {
  const seen = new Map<string, NamedObject>();
  for (const { resources } of result.workspaces)
    for (const resource of resources) {
      const { file } = resource.document;
      if (uri !== undefined && file.uri !== uri) continue;
      const { span } = targetOf(resource).at;
      const label = result.concealment.line(`${resource.kind} ${shortName(resource)}`, [file.uri]);
      seen.set(`${file.uri} ${resource.node.span.start}`, {
        label,
        kind: resource.kind,
        uri: file.uri,
        span,
        whole: resource.node.span,
      });
    }
  return [...seen.values()];
}

/** What renaming at a place would do: the name that may be changed, or why it may not. */
export type Rename = { readonly span: Span; readonly name: string } | { readonly refused: string };

/** Objects whose name only manifests repeat. */
const renamed: ReadonlySet<string> = new Set(["Service", "ConfigMap", "Secret"]);

/** Whether a name may be changed here. Where data hangs on it, it may not; undefined: it is no name of an object. */
export function renameAt(result: LintResult, uri: string, offset: number): Rename | undefined {
  const named = namedAt(result, uri, offset);
  if (named === undefined) return undefined;
  const { target, workspace } = named;
  const lost = whatHangsOn(target, workspace);
  if (lost !== undefined) return { refused: lost };
  const { kind, name } = target.resource;
  if (!renamed.has(kind))
    return { refused: `dbops renames Services, ConfigMaps and Secrets, and their keys; ${kind} ${name} is none` };
  if (isRewritten(target, workspace) || workspacesOf(result, target.at.file.uri).length > 1)
    return {
      refused: `A kustomization changes ${kind} ${name}: what it is called there does not follow from its name here.`,
    };
  const written = nameIn(target.at);
  const fixed =
    written === undefined ? undefined : referring(named).find(({ from }) => startIn(from, written) === undefined);
  if (fixed !== undefined)
    return {
      refused: `${fixed.from.file.slice(fixed.from.span)} holds the name of ${kind} ${name} in its middle: change that first.`,
    };
  return written === undefined ? undefined : { span: spanHere(named, written), name: written };
}

/** The edits that give what is named at a place another name, in every file that is in view. */
export function renameEdits(result: LintResult, uri: string, offset: number, name: string): readonly TextEdit[] {
  const named = namedAt(result, uri, offset);
  const rename = renameAt(result, uri, offset);
  const old = named && nameIn(named.target.at);
  if (named === undefined || old === undefined || rename === undefined || "refused" in rename) return [];
  const places = [named.target.at, ...referring(named).map(({ from }) => from)];
  const edits = places.flatMap((place): readonly TextEdit[] => {
    const start = startIn(place, old);
    return start === undefined
      ? []
      : [{ uri: place.file.uri, span: { start, end: start + old.length }, newText: name }];
  });
  return [...new Map(edits.map((edit) => [`${edit.uri} ${edit.span.start}`, edit])).values()];
}

interface Named {
  readonly target: Target;
  readonly workspace: Workspace;
  /** The place that was pointed at. */
  readonly from: Place;
}

/** The object that is named at a place: where it says its own name, or where another names it. */
function namedAt(result: LintResult, uri: string, offset: number): Named | undefined {
  const found = linkAt(result, uri, offset);
  const target = found?.link.to[0];
  if (found !== undefined && target !== undefined) return { target, workspace: found.workspace, from: found.link.from };
  for (const workspace of workspacesOf(result, uri))
    for (const resource of workspace.resources) {
      if (resource.document.file.uri !== uri || !holds(resource.node.span, offset)) continue;
      const own = targetOf(resource);
      if (holds(own.at.span, offset)) return { target: own, workspace, from: own.at };
      const volume = resource.workload?.volumes.find(({ node, source }) => {
        const name = node.at(...(source === "claim-template" ? ["metadata", "name"] : ["name"]));
        return name !== undefined && holds(name.span, offset);
      });
      if (volume?.source === "claim-template") {
        const at = volume.node.nearest("metadata", "name");
        return { target: { resource, at }, workspace, from: at };
      }
    }
  return undefined;
}

function linkAt(
  result: LintResult,
  uri: string,
  offset: number,
): { readonly link: Link; readonly workspace: Workspace } | undefined {
  for (const workspace of workspacesOf(result, uri))
    for (const resource of workspace.resources) {
      // What a workload mounts may be written in another object: hosts in a ConfigMap are its own.
      const links = linksFrom(resource, workspace);
      const link = links.find(({ from }) => from.file.uri === uri && holds(from.span, offset));
      if (link !== undefined) return { link, workspace };
    }
  return undefined;
}

function referring({ target, workspace }: Named): readonly Link[] {
  return linksIn(workspace).filter(({ to }) =>
    to.some(({ at }) => at.file === target.at.file && at.span.start === target.at.span.start),
  );
}

/** Why a name is not to be changed: claims, and with them the data, carry it. */
function whatHangsOn({ resource, at }: Target, { topology }: Workspace): string | undefined {
  const { workload, kind, name, node } = resource;
  const database = topology.databaseOf(resource);
  if (kind === "StatefulSet" && workload !== undefined) {
    const claims = workload.volumes.filter(({ source }) => source === "claim-template").map((volume) => volume.name);
    const replicas = workload.replicas.value;
    const [first] = claims;
    const isOwnName = at.span.start === node.nearest("metadata", "name").span.start;
    if (first === undefined) return undefined;
    const pods = replicas === undefined || replicas < 2 ? `${name}-0` : `${name}-0 … ${replicas - 1}`;
    const data = isOwnName ? `${first}-${name}` : `${at.file.slice(at.span)}-${name}`;
    return `${pods} would start empty: the data stays in ${data}-0${replicas === undefined || replicas < 2 ? "" : ` … ${replicas - 1}`}. kubectl dbops plan writes the steps of such a rename.`;
  }
  if (kind === "PersistentVolumeClaim")
    return `A claim cannot be renamed: the new one is empty, and the data stays in ${name}.`;
  if (database?.operator !== undefined)
    return `${kind} ${name} under another name is another cluster: it starts empty, and the data stays with ${name}.`;
  return undefined;
}

/** kustomize or a patch gives such an object its final name: a change here may not be a change there. */
function isRewritten({ resource }: Target, { unit }: Workspace): boolean {
  return resource.isUnsettled || resource.isPartial || unit.kind === "kustomization";
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

function spanHere({ from }: Named, name: string): Span {
  const start = startIn(from, name) ?? from.span.start;
  return { start, end: start + name.length };
}

function workspacesOf({ workspaces }: LintResult, uri: string): readonly Workspace[] {
  return workspaces.filter(({ unit }) => unit.files.some((file) => file.uri === uri));
}

const holds = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

const spotOf = ({ file, span }: Place): Spot => ({ uri: file.uri, span });

function distinct(spots: readonly Spot[]): readonly Spot[] {
  return [...new Map(spots.map((spot) => [`${spot.uri} ${spot.span.start}`, spot])).values()];
}
