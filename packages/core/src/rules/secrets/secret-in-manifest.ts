import { nameOf } from "../../domain/names.ts";
import { entryKeys, isFilledElsewhere, readEntry } from "../../kube/mounted-files.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "secret-in-manifest",
  subject: "resource",
  kinds: ["Secret"],
  meta: {
    summary: "A Secret with a database password is in the manifest.",
    rationale: "base64 is no encryption. The repository's history keeps the password when the file is long gone.",
    remedy: "Use External Secrets, Sealed Secrets or SOPS, and rotate the password.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
    quietWhen:
      "the Secret is encrypted, empty, or filled by another tool; secret scanners own this topic, so it speaks only in `all`.",
  },
  check(secret, { workspace, report }) {
    if (secret.isPatched || isFilledElsewhere(secret)) return;
    const { topology, resources } = workspace;
    const key = entryKeys(secret).find(
      (each) => /pass|pwd/i.test(each) && isReal(readEntry(secret, each)?.content.value),
    );
    if (key === undefined) return;
    const mention = new RegExp(`(^|[^\\w.-])${secret.name.replaceAll(".", "\\.")}([^\\w.-]|$)`, "m");
    const user = [...topology.databases, ...topology.poolers].find(
      ({ resource }) =>
        mention.test(resource.document.file.slice(resource.node.span)) && namespacesAgree(resource, secret),
    );
    if (user === undefined || resources.ofKind("ExternalSecret").some((each) => each.name === secret.name)) return;
    report({
      message: `${nameOf(secret)} carries the password of ${nameOf(user.resource)} as ${secret.node.at("stringData", key) === undefined ? "base64, which hides nothing" : "plain text"}: whoever reads this repository has it.`,
      at: secret.node.at("stringData", key) ?? secret.node.nearest("data", key),
      point: "key",
    });
  },
});

function isReal(value: string | undefined): boolean {
  return (
    value !== undefined && value.trim() !== "" && !/^(\$|<|\{\{|changeme|change-me|replace|your)/i.test(value.trim())
  );
}
