import type { Container } from "../../kube/container.ts";
import { readImage } from "../../kube/image.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { isPoolerImage } from "../pooler/evident-pooler.ts";

/** Minor and patch of a PgBouncer 1.x; `patch` undefined: the tag does not say. */
export interface PgbouncerVersion {
  readonly minor: number;
  readonly patch: number | undefined;
}

/** The version that a pooler image's tag names: `1.23.1`, `v1.24.1-p1`, `1.22.0-debian-12-r3`; of an image of the owner's it is another one. */
export function pgbouncerVersionOf(container: Container | undefined): PgbouncerVersion | undefined {
  return container === undefined || !isPoolerImage(container) ? undefined : pgbouncerVersionOfTag(container.image?.tag);
}

/** The version that a tag names; undefined: none. */
export function pgbouncerVersionOfTag(tag: string | undefined): PgbouncerVersion | undefined {
  const match = /^v?1\.(\d+)(?:\.(\d+))?(?![\d.])/.exec(tag ?? "");
  return match === null
    ? undefined
    : { minor: Number(match[1]), patch: match[2] === undefined ? undefined : Number(match[2]) };
}

/** The version that a CloudNativePG Pooler's template chooses; undefined: the operator does. */
export function pgbouncerVersionOfPooler(pooler: YamlNode): PgbouncerVersion | undefined {
  const containers = pooler.at("spec", "template", "spec", "containers")?.items() ?? [];
  const own = containers.find((item) => item.string("name") === "pgbouncer");
  return pgbouncerVersionOfTag(readImage(own?.at("image"))?.tag);
}

/** Whether a version is certainly older than the one that has something first; an unknown version is not. */
export function isOlder(version: PgbouncerVersion | undefined, since: string | undefined): boolean {
  const match = /^1\.(\d+)(?:\.(\d+))?/.exec(since ?? "");
  if (version === undefined || match === null) return false;
  const minor = Number(match[1]);
  if (version.minor !== minor) return version.minor < minor;
  return version.patch !== undefined && version.patch < Number(match[2] ?? 0);
}

/** Whether a version certainly no longer has what went with `until`; an unknown version does. */
export function isGone(version: PgbouncerVersion | undefined, until: string | undefined): boolean {
  return version !== undefined && until !== undefined && !isOlder(version, until);
}
