import type { YamlNode } from "../yaml/node.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Milliseconds from a time to another; undefined where one of them is none. */
export function between(earlier: string | undefined, later: string): number | undefined {
  const passed = Date.parse(later) - Date.parse(earlier ?? "");
  return Number.isNaN(passed) ? undefined : passed;
}

/** `25 minutes`, `3 hours`, `12 days`: as exact as anyone wants to know. */
export function ageText(milliseconds: number): string {
  const [number, word] =
    milliseconds >= 2 * day
      ? [Math.floor(milliseconds / day), "day"]
      : milliseconds >= 2 * hour
        ? [Math.floor(milliseconds / hour), "hour"]
        : [Math.max(1, Math.floor(milliseconds / minute)), "minute"];
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** `2026-11-23 02:00` of `2026-11-23T02:00:14Z`, in UTC as the cluster writes it. */
export function timeText(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

export const minutes = (number: number): number => number * minute;
export const days = (number: number): number => number * day;

/** The first of the times that are some; undefined: none is. */
export function earliest(nodes: readonly (YamlNode | undefined)[]): YamlNode | undefined {
  return inOrder(nodes)[0];
}

/** The last of the times that are some; undefined: none is. */
export function latest(nodes: readonly (YamlNode | undefined)[]): YamlNode | undefined {
  return inOrder(nodes).at(-1);
}

function inOrder(nodes: readonly (YamlNode | undefined)[]): readonly YamlNode[] {
  const at = (node: YamlNode | undefined): number => Date.parse(node?.text() ?? "");
  return nodes
    .filter((node) => node !== undefined && !Number.isNaN(at(node)))
    .sort((a, b) => at(a) - at(b)) as YamlNode[];
}
