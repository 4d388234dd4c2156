import { nameOf } from "../../domain/model/names.ts";
import { entryKeys, isFilledElsewhere, readEntry } from "../../kube/mounted-files.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "secret-in-manifest",
  subject: "workspace",
  meta: {
    summary: "A Secret with a database password is in the manifest.",
    rationale: "base64 is not encryption. The repository's history keeps the password long after the file is gone.",
    remedy: "Use External Secrets, Sealed Secrets or SOPS, and rotate the password.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
    quietWhen:
      "the Secret is encrypted, empty, or filled by another tool; secret scanners cover this, so it is reported only in `all`.",
  },
  check({ topology, resources }, { report }) {
    const secrets = resources.ofKind("Secret").filter((secret) => !secret.isUnsettled && !isFilledElsewhere(secret));
    if (secrets.length === 0) return;
    const external = new Set(resources.ofKind("ExternalSecret").map(({ name }) => name));
    const users = usersByName([...topology.databases, ...topology.poolers]);
    for (const secret of secrets) {
      const user = users.get(secret.name)?.find((each) => namespacesAgree(each, secret));
      if (user === undefined || external.has(secret.name)) continue;
      const key = entryKeys(secret).find(
        (each) => /pass|pwd/i.test(each) && isReal(readEntry(secret, each)?.content.value),
      );
      if (key === undefined) continue;
      report({
        message: `${nameOf(secret)} carries the password of ${nameOf(user)} as ${secret.node.at("stringData", key) === undefined ? "base64, which hides nothing" : "plain text"}: anyone who can read this repository has it.`,
        at: secret.node.at("stringData", key) ?? secret.node.nearest("data", key),
        point: "key",
        subject: secret,
      });
    }
  },
});

/** Objects by every name that stands in their text: each text is read once, however many Secrets there are. */
function usersByName(users: readonly { readonly resource: Resource }[]): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const { resource } of users) {
    const text = resource.document.file.slice(resource.node.span);
    for (const name of new Set(text.match(/\w[\w.-]*/g))) {
      const others = found.get(name);
      if (others === undefined) found.set(name, [resource]);
      else others.push(resource);
    }
  }
  return found;
}

function isReal(value: string | undefined): boolean {
  return (
    value !== undefined && value.trim() !== "" && !/^(\$|<|\{\{|changeme|change-me|replace|your)/i.test(value.trim())
  );
}
