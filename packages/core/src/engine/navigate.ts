import { type Link, linksFrom, linksIn, type Target, targetOf } from "../domain/links/links.ts";
import { shortName } from "../domain/model/names.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";
import { type LintResult, workspacesOf } from "./result.ts";

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

/** An object that is pointed at. */
export interface Named {
  readonly target: Target;
  readonly workspace: Workspace;
  /** The place that was pointed at. */
  readonly from: Place;
}

/** The object that is named at a place: where it says its own name, or where another names it. */
export function namedAt(result: LintResult, uri: string, offset: number): Named | undefined {
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

/** What leads to an object, in its unit. */
export function referring({ target, workspace }: Named): readonly Link[] {
  return linksIn(workspace).filter(({ to }) =>
    to.some(({ at }) => at.file === target.at.file && at.span.start === target.at.span.start),
  );
}

const holds = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

const spotOf = ({ file, span }: Place): Spot => ({ uri: file.uri, span });

function distinct(spots: readonly Spot[]): readonly Spot[] {
  return [...new Map(spots.map((spot) => [`${spot.uri} ${spot.span.start}`, spot])).values()];
}
