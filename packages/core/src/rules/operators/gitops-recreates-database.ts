import { nameOf } from "../../domain/model/names.ts";
import { celAnnotation, refuseAnnotation } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

const fluxForces = ["kustomize.toolkit.fluxcd.io/force", /^(enabled|true)$/i] as const;
const argoForces = ["argocd.argoproj.io/sync-options", /(^|,)\s*Force=true\s*(,|$)/] as const;

export default defineRule({
  id: "gitops-recreates-database",
  subject: "database",
  meta: {
    summary: "An annotation lets Flux or Argo CD delete and recreate the database when a change is refused.",
    rationale:
      "A claim template, a storage class or a selector cannot change. With force the tool deletes and recreates the object: its Pods go, an operator's claims go with their owner, and with reclaim policy Delete so do the disks.",
    remedy: "Remove the annotation; change immutable fields by hand with `--cascade=orphan`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseAnnotation(
      ["apps/v1/statefulsets", "apps/v1/deployments"],
      `size(variables.servers) > 0 && (${celAnnotation(...fluxForces)} || ${celAnnotation(...argoForces)})`,
    ),
    references: [
      "https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources",
      "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#force-sync",
      "https://github.com/fluxcd/pkg/issues/603",
    ],
    quietWhen: "the data is declared a cache or ephemeral; Argo CD's Replace alone is a plain update.",
  },
  check({ resource, durability }, { report }) {
    if (durability !== "durable") return;
    const annotations = resource.node.at("metadata", "annotations");
    const flux = annotations?.at(fluxForces[0]);
    const argo = annotations?.at(argoForces[0]);
    const isFlux = fluxForces[1].test(flux?.text() ?? "");
    const isArgo = argoForces[1].test(argo?.text() ?? "");
    const node = isFlux ? flux : isArgo ? argo : undefined;
    if (node === undefined) return;
    report({
      message: `${isFlux ? "Flux" : "Argo CD"} deletes and recreates ${nameOf(resource)} when the API server refuses a change (${isFlux ? "force: enabled" : "Force=true"})${resource.kind === "StatefulSet" ? ": all its Pods stop together" : ": the operator then deletes what it owns"}.`,
      at: node,
    });
  },
});
