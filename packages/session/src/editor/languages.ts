/** Languages whose documents may be manifests; what is in them decides. Kubernetes YAML is given many ids. */
const language = /yaml|kubernetes|helm|json|kustomize/i;

export function isManifestLanguage(languageId: string): boolean {
  return language.test(languageId);
}
