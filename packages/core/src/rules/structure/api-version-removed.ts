import { nameOf } from "../../domain/model/names.ts";
import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Workload } from "../../kube/workload.ts";
import { editFix, refusedBefore } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { type Edits, insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "api-version-removed",
  subject: "workload",
  meta: {
    summary: "The API version of a database object was removed from Kubernetes.",
    rationale:
      "The API server answers `no matches for kind`: the database is not applied. A cluster that already runs it loses nothing, but the manifest can no longer recreate it.",
    remedy: "Use the version named in the message; `apps/v1` needs `spec.selector`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://kubernetes.io/docs/reference/using-api/deprecation-guide/"],
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (!concernsDatabases(workload, workspace.topology)) return;
    const removed = removedIn.get(`${resource.apiVersion}/${resource.kind}`);
    if (removed === undefined) return;
    report({
      message: `Kubernetes ${removed.version} and later refuse ${nameOf(resource)}: ${resource.apiVersion} was removed, ${removed.now} replaces it${resource.kind === "CronJob" ? "" : resource.node.at("spec", "selector") === undefined ? " and requires the selector that is missing here" : " and requires a selector"}.`,
      at: resource.node.nearest("apiVersion"),
      fixes: [
        editFix({
          title: `Write ${removed.now}${needsSelector(workload) ? " and the selector" : ""}`,
          safety: "safe",
          consequence: refusedBefore,
          edits: toVersion(removed.now, workload),
        }),
      ],
    });
  },
});

const needsSelector = ({ resource }: Workload): boolean =>
  resource.kind !== "CronJob" && resource.node.at("spec", "selector") === undefined;

/** The selector that the removed version took where none is written: all labels of the template. */
function toVersion(version: string, workload: Workload): Edits {
  const { node } = workload.resource;
  const [apiVersion, spec, labels] = [
    node.at("apiVersion"),
    node.at("spec"),
    node.at("spec", "template", "metadata", "labels"),
  ];
  const written = apiVersion === undefined ? undefined : setValue(apiVersion, version);
  if (!needsSelector(workload) || written === undefined) return written;
  const matchLabels = Object.fromEntries((labels?.entries() ?? []).map(([key, value]) => [key, value.text() ?? ""]));
  const isWhole =
    Object.keys(matchLabels).length > 0 &&
    Object.values(matchLabels).every((value) => value !== "" && !hasPlaceholder(value));
  const selector = spec === undefined || !isWhole ? undefined : insertKey(spec, "selector", { matchLabels });
  return selector === undefined ? undefined : [...written, ...selector];
}

/** https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const removedIn: ReadonlyMap<string, { readonly version: string; readonly now: string }> = new Map([
  ...[
    "apps/v1beta1/StatefulSet",
    "apps/v1beta1/Deployment",
    "apps/v1beta2/StatefulSet",
    "apps/v1beta2/Deployment",
    "apps/v1beta2/DaemonSet",
    "extensions/v1beta1/Deployment",
    "extensions/v1beta1/DaemonSet",
  ].map((key) => [key, { version: "1.16", now: "apps/v1" }] as const),
  ["batch/v1beta1/CronJob", { version: "1.25", now: "batch/v1" }],
  ["batch/v2alpha1/CronJob", { version: "1.21", now: "batch/v1" }],
]);
