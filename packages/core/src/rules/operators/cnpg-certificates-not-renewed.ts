import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

/** Secrets of the operator, by the field that may name one of the user's in its place. */
const generated: readonly (readonly [field: string, suffix: string])[] = [
  ["serverCASecret", "ca"],
  ["serverTLSSecret", "server"],
  ["clientCASecret", "ca"],
  ["replicationTLSSecret", "replication"],
];

export default defineRule({
  id: "cnpg-certificates-not-renewed",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A Cluster names the operator's own certificates as if they were the user's.",
    rationale:
      "CloudNativePG makes and renews its certificates, unless `spec.certificates` names a Secret: that one is the user's, and the operator leaves it alone. Named by the generated names, nobody renews them, and 90 days after their creation no instance can connect.",
    remedy: "Remove the fields, or name Secrets that cert-manager or you renew.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["Secret"],
    references: ["https://cloudnative-pg.io/documentation/current/certificates/"],
    quietWhen:
      "an object in view makes a Secret of that name: a Certificate, an ExternalSecret, a SealedSecret or the Secret itself.",
  },
  check({ resource }, { workspace, report }) {
    const section = resource.node.at("spec", "certificates");
    const named = generated.flatMap(([field, suffix]) => {
      const at = section?.at(field);
      return at !== undefined && at.text() === `${resource.name}-${suffix}` ? [at] : [];
    });
    const { resources } = workspace.everything;
    const isMade = (name: string): boolean =>
      resources.ofKind("Secret").some((each) => each.name === name) ||
      resources.ofKind("SealedSecret").some((each) => each.name === name) ||
      resources.ofKind("Certificate").some((each) => each.node.text("spec", "secretName") === name) ||
      resources
        .ofKind("ExternalSecret")
        .some((each) => (each.node.text("spec", "target", "name") ?? each.name) === name);
    const [first, ...more] = named.filter((at) => !isMade(at.text() ?? ""));
    if (first === undefined) return;
    report({
      message: `${nameOf(resource)} names its own ${first.text()} under certificates: CloudNativePG treats it as yours and stops renewing it; it expires 90 days after it was created.`,
      at: first,
      related: more.map((at) => ({ message: at.text() ?? "", at })),
    });
  },
});
