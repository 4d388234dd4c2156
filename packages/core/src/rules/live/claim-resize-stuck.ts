import { conditionOf, databaseOfClaim } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { ageText, between, minutes } from "../../kube/ages.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "claim-resize-stuck",
  subject: "live",
  kinds: ["PersistentVolumeClaim"],
  meta: {
    summary: "A claim of a database was told to grow and has not.",
    rationale:
      "Growing a volume has steps: the disk, then the file system, for some drivers only while the Pod restarts. Until the last one, the database sees the old size, and a full disk stays full.",
    remedy:
      "For a pending file system restart the Pod. For a failed expansion, since Kubernetes 1.34 the request can be lowered to any size above the current one; the claim's events say what the driver answers.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: [
      "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recovering-from-failure-when-expanding-volumes",
    ],
    quietWhen: "the expansion began less than 15 minutes ago.",
  },
  check(claim, { workspace, report }) {
    const { live } = workspace;
    const request = claim.node.at("spec", "resources", "requests", "storage");
    const capacity = claim.node.text("status", "capacity", "storage");
    const wanted = parseQuantity(request?.text() ?? "");
    const has = parseQuantity(capacity ?? "");
    if (live === undefined || request === undefined || wanted === undefined || has === undefined || wanted <= has)
      return;
    const state = claim.node.text("status", "allocatedResourceStatuses", "storage") ?? "";
    const failed = ["ControllerResizeError", "NodeResizeError"].find(
      (type) => conditionOf(claim, type)?.status === "True",
    );
    const waiting = ["FileSystemResizePending", "Resizing"].find((type) => conditionOf(claim, type)?.status === "True");
    const since = between(conditionOf(claim, failed ?? waiting ?? "")?.since, live.readAt);
    const isFailed = failed !== undefined || /Infeasible$|Failed$/.test(state);
    // A driver needs some minutes.
    if (!isFailed && (since === undefined || since < minutes(15))) return;
    const database = databaseOfClaim(claim, workspace);
    if (database === undefined) return;
    const how = isFailed
      ? `the expansion failed (${failed ?? state})`
      : waiting === "FileSystemResizePending"
        ? `the disk has grown, its file system waits for a restart of the Pod (FileSystemResizePending for ${ageText(since ?? 0)})`
        : `the driver has been at it for ${ageText(since ?? 0)}`;
    report({
      message: `${nameOf(claim)} of ${nameOf(database.resource)} still has ${capacity} of the ${request.text()} it asks for: ${how}.`,
      at: request,
    });
  },
});
