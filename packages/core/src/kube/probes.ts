import type { YamlNode } from "../yaml/node.ts";
import type { Container } from "./container.ts";

/** A command that the kubelet runs in a container beside its own: words as written, nothing is expanded. */
export interface ExecHandler {
  readonly name: "startupProbe" | "readinessProbe" | "livenessProbe" | "preStop" | "postStart";
  readonly node: YamlNode;
  readonly words: readonly string[];
}

const paths = {
  startupProbe: ["startupProbe"],
  readinessProbe: ["readinessProbe"],
  livenessProbe: ["livenessProbe"],
  preStop: ["lifecycle", "preStop"],
  postStart: ["lifecycle", "postStart"],
} as const;

/** The exec probes and life cycle hooks of a container. https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.33/#execaction-v1-core */
export function execHandlersOf(container: Container): readonly ExecHandler[] {
  return (Object.keys(paths) as ExecHandler["name"][]).flatMap((name) => {
    const node = container.node.at(...paths[name], "exec", "command");
    return node === undefined ? [] : [{ name, node, words: node.items().map((item) => item.text() ?? "") }];
  });
}

/** Whether the words hand a script to a shell, which expands variables. */
export function runsThroughShell(words: readonly string[]): boolean {
  return /(^|\/)(ba|da|a|z|k)?sh$/.test(words[0] ?? "") || (words[0] ?? "").endsWith("/env");
}
