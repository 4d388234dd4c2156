import { nameOf } from "../../domain/model/names.ts";
import { isPoolerImage } from "../../domain/pooler/evident-pooler.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-image-unpinned",
  subject: "pooler",
  meta: {
    summary: "The tag of a pooler's image names no version.",
    rationale:
      "The next pull may bring another PgBouncer: new defaults (prepared statements, what SIGTERM does) and, on some nodes only, another behavior. Nothing here says which vulnerabilities are fixed.",
    remedy: "Write the version, such as `edoburu/pgbouncer:v1.24.1-p1`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
    quietWhen: "a digest is written, a placeholder or an operator fills in the tag, or it names a version.",
  },
  check({ container, resource, software }, { report }) {
    const image = container?.image;
    if (container === undefined || image === undefined || !isPoolerImage(container)) return; // the owner builds it
    if (image.isTemplated || image.digest !== undefined) return;
    if (image.tag !== undefined && !/^(latest|stable|edge|main|master|alpine)$/.test(image.tag)) return;
    report({
      message: `${image.text} of ${nameOf(resource)} names no version: the next pull may bring another ${software === "pgbouncer" ? "PgBouncer" : software}, with other defaults.`,
      at: image.node,
    });
  },
});
