import { concernsDatabases } from "../../domain/workspace/concerns.ts";
import { bitnamiWithdrawal, isWithdrawn } from "../../facts/withdrawn-images.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "image-withdrawn",
  subject: "container",
  meta: {
    summary: "The image was withdrawn from its registry: it can no longer be pulled.",
    rationale:
      "Nothing happens until a node has to pull the image again; then the database, and everything that depends on it, is down for hours.",
    remedy:
      "Move to a maintained image. For a Bitnami image's data that means a dump and restore: directories and users differ.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://github.com/bitnami/containers/issues/83267"],
    quietWhen: "the image comes from another registry, has a digest, or a kustomization replaces it.",
  },

  check({ image, workload }, { workspace, report }) {
    if (image === undefined || !isWithdrawn(image)) return;
    const isOurs =
      concernsDatabases(workload, workspace.topology) ||
      /postgres|mysql|mariadb|mongo|redis|valkey|pgbouncer|pgpool|etcd|cassandra|proxysql/.test(image.name);
    if (!isOurs) return;
    report({
      message: `${image.text} cannot be pulled: docker.io/${image.name} has had no ${image.name === "bitnami/pgbouncer" ? "tags" : "versioned tags"} since ${bitnamiWithdrawal.since}. The Pod keeps running until it has to start on a node without the image.`,
      at: image.node,
      fixes: [
        editFix({
          title: `Use ${image.name.replace("bitnami/", "bitnamilegacy/")}, which is frozen`,
          safety: "unsafe",
          consequence: "Restarts the Pods; the mirror has had no fixes since 2025-08 and does not have every build.",
          edits:
            image.name === "bitnami/pgbouncer"
              ? undefined
              : setValue(image.node, image.text.replace("bitnami/", "bitnamilegacy/")),
        }),
      ],
    });
  },
});
