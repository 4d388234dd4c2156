import { lintFiles } from "./lint.ts";

const indented = (text: string, by: number): string =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => `${" ".repeat(by)}${line}`)
    .join("\n");

/** Where a chart comes from, and its version; `more` is added to the spec. */
export interface ReleaseOf {
  readonly chart: string;
  readonly source: string;
  readonly version?: string;
  readonly values?: string;
  readonly more?: string;
}

/** A HelmRelease of Flux called `ledger` in `books`. */
export function helmRelease({ chart, source, version, values, more }: ReleaseOf): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ledger
  namespace: books
spec:
  chart:
    spec:
      chart: ${chart}
${version === undefined ? "" : `      version: "${version}"\n`}      sourceRef: { kind: HelmRepository, name: ${source} }
${more === undefined ? "" : `${indented(more, 2)}\n`}${values === undefined ? "" : `  values:\n${indented(values, 4)}\n`}`;
}

/** An Application of Argo CD called `ledger`, with its values as an object or as a text. */
export function application({ chart, source, version, values }: ReleaseOf, as: "valuesObject" | "values"): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ledger
spec:
  destination: { namespace: books, server: https://kubernetes.default.svc }
  source:
    chart: ${chart}
    repoURL: ${source}
    targetRevision: "${version ?? "*"}"
    helm:
      ${as}:${as === "values" ? " |" : ""}
${indented(values ?? "{}", 8)}
`;
}

/** Each finding as `rule: the text of its line`. */
export function saidOf(text: string, isOurs: (rule: string) => boolean = () => true): readonly string[] {
  const { findings, files } = lintFiles({ "release.yaml": text });
  return findings
    .filter(({ ruleId }) => isOurs(ruleId))
    .map(({ ruleId, location }) => {
      const line = files.get(location.uri)?.positionAt(location.span.start).line ?? 0;
      return `${ruleId}: ${text.split("\n")[line]?.trim()}`;
    });
}
