import type { YamlNode } from "../yaml/node.ts";
import type { Container } from "./container.ts";

/** What names a ConfigMap or Secret: `name`, perhaps `key` and `optional`. */
export interface ConfigurationReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly node: YamlNode;
}

/** The ConfigMaps and Secrets that a container's variables come from, whether or not they are in view. */
export function configurationReferences({ node }: Container): readonly ConfigurationReference[] {
  const named = (
    holder: YamlNode | undefined,
    configMap: string,
    secret: string,
  ): readonly ConfigurationReference[] => {
    const [first, second] = [holder?.at(configMap), holder?.at(secret)];
    return [
      ...(first === undefined ? [] : [{ kind: "ConfigMap" as const, node: first }]),
      ...(second === undefined ? [] : [{ kind: "Secret" as const, node: second }]),
    ];
  };
  return [
    ...(node.at("envFrom")?.items() ?? []).flatMap((source) => named(source, "configMapRef", "secretRef")),
    ...(node.at("env")?.items() ?? []).flatMap((variable) =>
      named(variable.at("valueFrom"), "configMapKeyRef", "secretKeyRef"),
    ),
  ];
}
