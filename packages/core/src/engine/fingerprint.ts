import type { Resource } from "../kube/resource.ts";
import type { PathSegment, YamlNode } from "../yaml/node.ts";

/**
 * A fingerprint that stays when lines move: rule, path, object, YAML path with list items by their name, and a counter for
 * equals. Never lines or message text. Baseline, SARIF and GitLab use it.
 */
export function fingerprintOf(
  ruleId: string,
  path: string,
  subject: Resource | undefined,
  yamlPath: readonly PathSegment[],
  root: YamlNode | undefined,
  seen: Map<string, number>,
): string {
  const object = subject === undefined ? "" : `${subject.kind}/${subject.namespace ?? ""}/${subject.name}`;
  const key = [ruleId, path, object, namedPath(yamlPath, root)].join("\n");
  const count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  return hash(count === 0 ? key : `${key}\n${count}`);
}

/** `spec.containers[db].image`: an item keeps its fingerprint when another is inserted before it. */
function namedPath(yamlPath: readonly PathSegment[], root: YamlNode | undefined): string {
  let node = root;
  return yamlPath
    .map((segment) => {
      node = node?.at(segment);
      const name = typeof segment === "number" ? node?.text("name") : undefined;
      return name === undefined ? String(segment) : `[${name}]`;
    })
    .join("/");
}

/** 64 bits of FNV-1a over UTF-16 units, as 16 hexadecimal digits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0");
}
