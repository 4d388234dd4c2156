import type { YamlNode } from "../yaml/node.ts";
import { filledIn } from "./filled-in.ts";

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
  if (values.size === 0) return objects;
  return objects.map((object) =>
    filledIn(object, (text) => {
      const whole = /^\$\{\{(\w+)\}\}$/.exec(text)?.[1];
      const value = whole === undefined ? undefined : values.get(whole);
      if (value !== undefined) return { value: jsonValue(value) };
      const filled = text.replace(/\$\{(\w+)\}/g, (written, name: string) => values.get(name) ?? written);
      return filled === text ? undefined : { value: filled };
    }),
  );
}

function jsonValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
