import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { deletePoliciesOf } from "../../kube/release-hooks.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "helm-hook-on-database",
  subject: "database",
  meta: {
    summary: "A database is a Helm hook: Helm recreates it with each release and leaves it behind at uninstall.",
    rationale:
      "Hooks are not part of a release. With the default delete policy Helm deletes the object before it creates the next one, at each install or upgrade that runs the hook.",
    remedy: "Remove the annotation; order things with init containers or Argo CD waves.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://helm.sh/docs/topics/charts_hooks/#hook-deletion-policies"],
    quietWhen: "it is a test hook, or the data is declared ephemeral or a cache.",
  },
  check({ resource, durability }, { report }) {
    const hook = resource.node.at("metadata", "annotations", "helm.sh/hook");
    const text = hook?.string() ?? "";
    if (hook === undefined || durability !== "durable") return;
    const policies = deletePoliciesOf(resource);
    const policy = (policies ?? []).join(",");
    if (/\btest/.test(text) || text === "crd-install" || hasPlaceholder(`${text} ${policy}`)) return;
    const name = nameOf(resource);
    const message =
      policies === undefined || policies.includes("before-hook-creation")
        ? `Helm deletes and recreates ${name} with each run of its hook ${text} (before-hook-creation${policies === undefined ? ", the default policy" : ""}).`
        : policies.includes("hook-succeeded")
          ? `Helm deletes ${name} as soon as its hook ${text} has succeeded (hook-succeeded).`
          : `The second run of hook ${text} fails: ${name} exists then, and hook-delete-policy ${policy === "" ? "(empty)" : policy} does not delete it before.`;
    report({ message, at: hook });
  },
});
