/**
 * What of a rule an API server can judge by one object alone: the condition of a ValidatingAdmissionPolicy in CEL. It refuses only what
 * the rule reports, and is silent where the rule needs another object. https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export interface AdmissionCheck {
  /** `GROUP/VERSION/RESOURCE` as a policy matches them; `*` for the version of a custom resource. */
  readonly resources: readonly string[];
  /** Which update is looked at: one that leaves this part as it was is admitted, so that an object stored earlier can still be deleted. */
  readonly part: "spec" | "annotations" | "finalizers";
  /** Whether a first `apply` is judged, too; a change needs `oldObject`. */
  readonly operations: readonly ("CREATE" | "UPDATE")[];
  /** True where the object is at fault; it may use `variables` of `serverVariables`. */
  readonly refuses: string;
}

/** Resources with a Pod template. */
export const templated = ["apps/v1/statefulsets", "apps/v1/deployments", "apps/v1/daemonsets"] as const;

/** A check of an object's spec, at its creation and whenever it changes. */
export const refuseSpec = (resources: readonly string[], refuses: string): AdmissionCheck => ({
  resources,
  part: "spec",
  operations: ["CREATE", "UPDATE"],
  refuses,
});

/** A check of its annotations. */
export const refuseAnnotation = (resources: readonly string[], refuses: string): AdmissionCheck => ({
  resources,
  part: "annotations",
  operations: ["CREATE", "UPDATE"],
  refuses: `has(object.metadata.annotations) && (${refuses})`,
});

/** A text as CEL writes it. */
export const celText = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** Whether an annotation has a value that the pattern finds; for `refuseAnnotation`. */
export function celAnnotation(name: string, value: RegExp): string {
  const key = celText(name);
  const pattern = celText(`${value.flags.includes("i") ? "(?i)" : ""}${value.source}`);
  return `(${key} in object.metadata.annotations && object.metadata.annotations[${key}].matches(${pattern}))`;
}

/** Whether a path of fields that may all be absent has a value for which the condition holds; `it` stands for the value. */
export function celAt(path: readonly string[], condition: string): string {
  const names = ["object", ...path];
  const has = path.map((_, index) => `has(${names.slice(0, index + 2).join(".")})`);
  return [...has, `(${condition.replaceAll(/\bit\b/g, names.join("."))})`].join(" && ");
}
