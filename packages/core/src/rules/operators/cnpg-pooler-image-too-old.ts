import { nameOf } from "../../domain/model/names.ts";
import { isOlder, pgbouncerVersionOfTag } from "../../domain/pgbouncer/version.ts";
import { readImage } from "../../kube/image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-pooler-image-too-old",
  subject: "resource",
  kinds: ["Pooler"],
  meta: {
    summary: "A Pooler's image has a PgBouncer that CloudNativePG cannot configure.",
    rationale:
      "The operator writes `auth_dbname` into the file, which PgBouncer supports since 1.19; an older one exits at startup.",
    remedy: "Use an image with 1.19 or later, or set none and let the operator choose.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/connection_pooling/"],
    quietWhen: "no image is set, or its tag does not name the version.",
  },
  check(pooler, { report }) {
    const containers = pooler.node.at("spec", "template", "spec", "containers")?.items() ?? [];
    const image = readImage(containers.find((item) => item.string("name") === "pgbouncer")?.at("image"));
    const version = pgbouncerVersionOfTag(image?.tag);
    if (image === undefined || !isOlder(version, "1.19.0")) return;
    report({
      message: `PgBouncer ${image.tag} of ${nameOf(pooler)} does not start: CloudNativePG writes auth_dbname, which PgBouncer supports only since 1.19.`,
      at: image.node,
    });
  },
});
