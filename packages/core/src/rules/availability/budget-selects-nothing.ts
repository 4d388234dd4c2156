import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { workloadKinds } from "../../facts/kinds.ts";
import { selectorOf } from "../../kube/index-resources.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { isEmptySelector, type Labels, mayMatch, type Selector } from "../../kube/selector.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "budget-selects-nothing",
  subject: "resource",
  kinds: ["PodDisruptionBudget"],
  meta: {
    summary: "A database's PodDisruptionBudget selects none of its Pods, or every Pod of the namespace.",
    rationale:
      "A selector that matches nothing protects nothing, and nothing reports it. The empty selector `{}` covers every Pod in the namespace, so one broken application Pod blocks the drain of the database's node.",
    remedy: "Copy the labels of the Pod template.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "folder",
    misses: workloadKinds,
    references: ["https://kubernetes.io/docs/tasks/run-application/configure-pdb/#identify-an-application-to-protect"],
    quietWhen: "the selector uses labels that operators set, or no database in view resembles what it selects.",
  },
  check(budget, { workspace, report }) {
    const selector = selectorOf(budget);
    const written = budget.node.at("spec", "selector");
    if (selector === undefined && written !== undefined && written.value !== null) return;
    const isAll = selector !== undefined && isEmptySelector(selector);
    if (!isAll && selector !== undefined && workspace.everything.resources.selectedBy(budget).length > 0) return;
    if (selector?.pairs.some(([key, value]) => setByOperators.test(key) || /[$<{]/.test(value)) === true) return;
    if (selector !== undefined && selector.expressions.length > 0) return;
    const database = meantBy(budget, isAll ? undefined : selector, workspace);
    if (database?.workload === undefined || database.resource.isUnsettled) return;
    const at = selector?.node ?? budget.node.nearest("spec");
    const labels = database.workload.podLabels;
    if (!isAll && selector !== undefined && mayMatch(selector, labels)) return;
    const missing = (selector?.pairs ?? []).filter(([key, value]) => labels[key] !== value);
    const [wrong, second] = missing;
    const own = wrong === undefined || second !== undefined ? undefined : labels[wrong[0]];
    report({
      message: isAll
        ? `${nameOf(budget)} covers every Pod in the namespace (selector {}), not only those of ${nameOf(database.resource)}: any broken Pod blocks the drain of the database's node.`
        : selector === undefined
          ? `${nameOf(budget)} protects nothing: it has no selector.`
          : `${nameOf(budget)} protects nothing: it selects ${missing.map(([key, value]) => `${key}=${value}`).join(", ")}, which the Pods of ${nameOf(database.resource)} do not have.`,
      at,
      point: "key",
      related: [{ message: "the labels of the Pods", at: database.workload.template.nearest("metadata", "labels") }],
      fixes:
        wrong === undefined || own === undefined
          ? []
          : [
              editFix({
                title: `Select ${wrong[0]}=${own}`,
                safety: "unsafe",
                consequence:
                  "The budget then takes effect: one unhealthy instance blocks drains of the other instances' nodes.",
                edits: setValue(at.nearest("matchLabels", wrong[0]), own),
              }),
            ],
    });
  },
});

const setByOperators =
  /spilo-role|cluster-name|cnpg\.io|stackgres|patroni|crunchydata|percona|zalan|mariadb\.com|statefulset\.kubernetes\.io/;

/** All labels but one agree, and that one is spelled nearly alike: parts of one application share labels, too. */
function isSlip({ pairs }: Selector, labels: Labels): boolean {
  const [wrong, second] = pairs.filter(([key, value]) => labels[key] !== value);
  const own = wrong === undefined ? undefined : labels[wrong[0]];
  if (wrong === undefined || second !== undefined || pairs.length < 2 || own === undefined) return false;
  return closest(wrong[1], [own], 2) !== undefined || own.startsWith(wrong[1]) || wrong[1].startsWith(own);
}

/** The database whose name or labels the budget is near to. */
function meantBy(budget: Resource, selector: Selector | undefined, { topology }: Workspace): Database | undefined {
  return topology.databases.find(({ resource, workload }) => {
    if (workload === undefined || !namespacesAgree(resource, budget)) return false;
    if (resource.document.file !== budget.document.file && selector === undefined && budget.name !== resource.name)
      return false;
    const isNamed = budget.name === resource.name || budget.name.replace(/-(pdb|budget)$/, "") === resource.name;
    return isNamed || selector === undefined || isSlip(selector, workload.podLabels);
  });
}
