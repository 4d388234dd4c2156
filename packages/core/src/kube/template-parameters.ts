import { madeMap, madeScalar, madeSequence } from "../yaml/made-node.ts";
import type { YamlNode } from "../yaml/node.ts";

/**
 * The objects of an OpenShift Template as they are applied when nobody passes parameters: `${NAME}` is the parameter's value, `${{NAME}}`
 * its value as a number or truth value. A parameter without a value, or with a generated one, stays as it is written.
 * https://docs.openshift.com/container-platform/4.18/openshift_images/using-templates.html
 */
export function objectsOfTemplate(template: YamlNode): readonly YamlNode[] {
  const values = new Map<string, string>();
  for (const parameter of template.at("parameters")?.items() ?? []) {
    const name = parameter.text("name");
    const value = parameter.text("value");
    if (name !== undefined && value !== undefined && parameter.at("generate") === undefined) values.set(name, value);
  }
  const objects = template.at("objects")?.items() ?? [];
  return values.size === 0 ? objects : objects.map((object) => filledIn(object, values));
}

function filledIn(node: YamlNode, values: ReadonlyMap<string, string>): YamlNode {
  if (node.kind === "map") {
    const entries = node.entries();
    const children = entries.map(([key, child]) => [key, filledIn(child, values)] as const);
    return children.every(([, child], index) => child === entries[index]?.[1])
      ? node
      : madeMap(node, new Map(children));
  }
  if (node.kind === "sequence") {
    const items = node.items();
    const made = items.map((item) => filledIn(item, values));
    return made.every((item, index) => item === items[index]) ? node : madeSequence(node, made);
  }
  const text = node.string();
  if (text?.includes("${") !== true) return node;
  const whole = /^\$\{\{(\w+)\}\}$/.exec(text)?.[1];
  const value = whole === undefined ? undefined : values.get(whole);
  if (value !== undefined) return madeScalar(node, plainValue(value));
  const filled = text.replace(/\$\{(\w+)\}/g, (written, name: string) => values.get(name) ?? written);
  return filled === text ? node : madeScalar(node, filled);
}

function plainValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
