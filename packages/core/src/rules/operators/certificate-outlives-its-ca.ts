import { namesSecret } from "../../domain/database/named-secrets.ts";
import { nameOf } from "../../domain/model/names.ts";
import { caOf, lifeOf } from "../../kube/cert-manager.ts";
import { formatSeconds } from "../../kube/duration.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Fact } from "../../yaml/fact.ts";

function isStandard(fact: Fact<number>): boolean {
  return fact.value !== undefined && fact.origin === "default";
}

export default defineRule({
  id: "certificate-outlives-its-ca",
  subject: "resource",
  kinds: ["Certificate"],
  meta: {
    summary: "A database's certificate is replaced too late after its CA was.",
    rationale:
      "When cert-manager renews a CA, it leaves the certificates that the old one signed as they are, with the old `ca.crt` beside them, until their own renewal. If the old CA ends before that, everything that verifies the server refuses it: replicas stop following, clients stop connecting. A CA with the default 90 days, whose certificates have the same, does this every few months; a new key (the default since cert-manager 1.18) breaks the clients that already trust the new CA even earlier.",
    remedy:
      "Give the CA a life of years and renew it earlier than its certificates live: `duration: 87600h`, `renewBefore: 8760h`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://github.com/cert-manager/cert-manager/issues/5851",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/10259",
      "https://cert-manager.io/docs/usage/certificate/#issuance-triggers",
    ],
    quietWhen:
      "no database or pooler in view uses the certificate, its CA is not one that cert-manager renews, or the CA keeps its key (`rotationPolicy: Never`) and the database reads the CA's own Secret.",
  },
  check(certificate, { workspace: { everything }, report }) {
    const secret = certificate.node.text("spec", "secretName");
    if (secret === undefined || certificate.node.boolean("spec", "isCA") === true) return;
    const ca = caOf(certificate, everything.resources);
    if (ca === undefined) return;
    const [own, above] = [lifeOf(certificate), lifeOf(ca)];
    const [lasts, early, spare] = [own.lasts.value, own.renewedBefore.value, above.renewedBefore.value];
    if (lasts === undefined || early === undefined || spare === undefined) return;
    const stays = lasts - early;
    if (stays <= spare) return;
    const users = everything.topologies
      .flatMap(({ databases, poolers }) => [...databases, ...poolers].map(({ resource }) => resource))
      .filter((resource) => namespacesAgree(resource, certificate) && namesSecret(resource, secret));
    const keepsKey = ca.node.text("spec", "privateKey", "rotationPolicy") === "Never";
    const trusted = ca.node.text("spec", "secretName") ?? "";
    const [user] = keepsKey ? users.filter((resource) => !namesSecret(resource, trusted)) : users;
    if (user === undefined) return;
    const isDefault = isStandard(above.renewedBefore) && isStandard(above.lasts);
    report({
      message: `CA ${ca.name} is replaced ${formatSeconds(spare)} before it ends${isDefault ? " (cert-manager's default)" : ""}, but ${certificate.name} of ${nameOf(user)} only every ${formatSeconds(stays)}: for up to ${formatSeconds(stays - spare)} it is served with a CA that has expired.`,
      at: isStandard(own.lasts) ? certificate.node.nearest("spec", "issuerRef") : own.lasts.at,
      related: [{ message: `CA ${ca.name}`, at: above.renewedBefore.at }],
    });
  },
});
