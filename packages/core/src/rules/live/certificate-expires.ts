import { nameOf } from "../../domain/model/names.ts";
import { ageText, between, days } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "certificate-expires",
  subject: "live",
  kinds: ["Cluster"],
  meta: {
    summary: "A certificate of a CloudNativePG Cluster ends within days, and nothing has renewed it.",
    rationale:
      "CloudNativePG renews its own certificates seven days before they end, and cert-manager much earlier. One that has less left is not being renewed: when it ends, replicas cannot log in to the primary, and clients that verify the server are refused.",
    remedy:
      "See who makes the Secret: of one that `spec.certificates` names, its owner renews it (`kubectl cert-manager renew`, your own CA); of one of the operator's, its log says why it does not. Check afterward that `status.certificates.expirations` is a later day.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://cloudnative-pg.io/documentation/current/certificates/"],
    quietWhen: "it has a week left, so that its operator has had no time to renew it.",
  },
  check(cluster, { workspace: { live }, report }) {
    if (live === undefined) return;
    for (const [secret, at] of cluster.node.at("status", "certificates", "expirations")?.entries() ?? []) {
      const end = instant(at.text() ?? "");
      const left = end === undefined ? undefined : between(live.readAt, end);
      if (left === undefined || left >= days(6)) continue;
      report({
        message: `The certificate in Secret ${secret} of ${nameOf(cluster)} ${left <= 0 ? `ended ${ageText(-left)} ago` : `ends in ${ageText(left)}`}, and nothing has renewed it.`,
        at,
      });
    }
  },
});

/** Of a time as Go prints it, `2026-12-05 10:10:10 +0000 UTC`; undefined: it is none in UTC. */
function instant(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \+0000 UTC$/.exec(text);
  return match === null ? undefined : `${match[1]}T${match[2]}Z`;
}
