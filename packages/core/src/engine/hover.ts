import { describeConnections } from "../domain/connections/describe-connections.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { describeStatefulSet } from "../domain/storage/describe-statefulset.ts";
import { formatBytes, parseQuantity } from "../kube/quantity.ts";
import { builtInRules } from "../rule/built-in-rules.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import { describeSchedule } from "./describe-schedule.ts";
import { type LintResult, workspacesOf } from "./result.ts";

/** What is worth saying about a place, as Markdown. */
export interface Hover {
  readonly span: Span;
  readonly markdown: string;
  /** The rule that it explains. */
  readonly ruleId?: string;
}

/**
 * What people compute by hand at a place: names of a StatefulSet's Pods, connections of a pool, a schedule in words, bytes;
 * and what a suppressed rule is about. `now`: ISO time.
 */
export function hoverAt(result: LintResult, uri: string, offset: number, now: string): Hover | undefined {
  const [workspace] = workspacesOf(result, uri);
  const document = workspace?.unit.documents.find(
    ({ file, span, root }) => file.uri === uri && root !== undefined && span.start <= offset && offset <= span.end,
  );
  if (workspace === undefined || document?.root === undefined) return undefined;
  const found = hoverIn(result, workspace, document, offset, now);
  return found && { ...found, markdown: result.concealment.text(found.markdown, [uri]) };
}

function hoverIn(
  result: LintResult,
  workspace: Workspace,
  document: ManifestDocument,
  offset: number,
  now: string,
): Hover | undefined {
  if (document.root === undefined) return undefined;
  const comment = document.comments().find(({ span }) => span.start <= offset && offset <= span.end);
  if (comment !== undefined) return ofSuppression(result, document.file, comment.span, offset);
  const node = deepest(document.root, offset);
  const found =
    ofStatefulSet(workspace, document, node) ??
    ofConnections(result, workspace, document.file, offset) ??
    ofSchedule(workspace, document.root, node, now) ??
    ofQuantity(node);
  return found && { ...found, span: withKey(found.span, node, offset) };
}

/** The place of a value together with its key where that is pointed at. */
function withKey(span: Span, { keySpan }: YamlNode, offset: number): Span {
  const isOnKey = keySpan.start <= offset && offset <= keySpan.end;
  return { start: isOnKey ? Math.min(keySpan.start, span.start) : span.start, end: span.end };
}

function ofSuppression(result: LintResult, file: SourceFile, span: Span, offset: number): Hover | undefined {
  if (!/dbops-(disable|enable)/.test(file.slice(span))) return undefined;
  for (const match of file.slice(span).matchAll(/[a-z][\w-]+/g)) {
    const start = span.start + match.index;
    const end = start + match[0].length;
    if (offset < start || offset > end) continue;
    const rule = [...result.rules, ...builtInRules].find(({ id }) => id === match[0]);
    if (rule !== undefined)
      return { span: { start, end }, markdown: `${rule.meta.summary}\n\n${rule.meta.remedy}`, ruleId: rule.id };
  }
  return undefined;
}

function ofStatefulSet(workspace: Workspace, document: ManifestDocument, node: YamlNode): Hover | undefined {
  const path = node.yamlPath;
  if (path.at(-1) !== "name" || path.at(-2) !== "metadata") return undefined;
  const resource = workspace.resources
    .ofKind("StatefulSet")
    .find((each) => each.document === document && each.node.at("metadata", "name")?.span.start === node.span.start);
  const markdown = resource && describeStatefulSet(resource);
  return markdown === undefined ? undefined : { span: node.span, markdown };
}

function ofConnections(
  { findings }: LintResult,
  { topology }: Workspace,
  file: SourceFile,
  offset: number,
): Hover | undefined {
  let span: Span | undefined;
  const markdown = describeConnections(topology, (place) => {
    if (place.file.uri !== file.uri) return false;
    const setting = settingAround(file, place.span);
    if (offset < setting.start || setting.end < offset) return false;
    // A default has no place of its own: it stands for a whole object, where nobody asks for it.
    if (!/\d/.test(file.slice(place.span)) || file.slice(place.span).includes("\n")) return false;
    span = setting;
    return true;
  });
  if (markdown === undefined || span === undefined) return undefined;
  const { start, end } = span;
  const isSaid = findings.some(
    ({ ruleId, location }) =>
      ruleId === sumRule && location.uri === file.uri && location.span.start <= end && start <= location.span.end,
  );
  return isSaid ? undefined : { span, markdown };
}

/** The rule whose message is the sum: editors show it in the same hover. */
const sumRule = "pooler-exceeds-max-connections";

/** A value with the name that it is written behind on its line, in YAML and in the files that strings hold. */
function settingAround(file: SourceFile, span: Span): Span {
  const line = file.lineSpan(file.positionAt(span.start).line);
  const before = file.slice({ start: line.start, end: span.start });
  const name = /^\s*(?:- )?([\w."'-]+\s*[:=]\s*["']?)$/.exec(before)?.[1];
  return { start: span.start - (name?.length ?? 0), end: span.end };
}

function ofSchedule({ topology }: Workspace, root: YamlNode, node: YamlNode, now: string): Hover | undefined {
  if (!/schedule|^cron$|^(full|incremental|differential)$/i.test(String(node.yamlPath.at(-1) ?? ""))) return undefined;
  const schedule = describeSchedule(topology, root, node, now);
  return schedule && { span: node.span, markdown: schedule.markdown };
}

const sizes = /^(memory|storage|size|sizeLimit|ephemeral-storage|shm_size|walSize)$/;

/** Bytes of a quantity that does not read as what it is: `512m` is half a byte, `20G` is less than 20Gi. */
function ofQuantity(node: YamlNode): Hover | undefined {
  if (!sizes.test(String(node.yamlPath.at(-1) ?? "")) || node.kind !== "scalar") return undefined;
  const text = node.text();
  const bytes = text === undefined ? undefined : parseQuantity(text);
  if (text === undefined || bytes === undefined || /^\d+[KMGTPE]i$/.test(text)) return undefined;
  const name =
    bytes < 1 ? `${bytes} bytes` : bytes < 1024 ? `${bytes} bytes` : `${group(bytes)} bytes, ${formatBytes(bytes)}`;
  const slip = /^\d+m$/.test(text) ? `: "m" is a thousandth; did you mean ${text.slice(0, -1)}Mi?` : "";
  return { span: node.span, markdown: `\`${text}\` is ${name}${slip}` };
}

function group(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

/** The node that a place lies in; of a key, its value. */
function deepest(root: YamlNode, offset: number): YamlNode {
  let node = root;
  for (;;) {
    const children = node.kind === "sequence" ? node.items() : node.entries().map(([, child]) => child);
    const next = children.find(
      (child) =>
        !child.isShared &&
        Math.min(child.keySpan.start, child.span.start) <= offset &&
        offset <= Math.max(child.keySpan.end, child.span.end),
    );
    if (next === undefined) return node;
    node = next;
  }
}
