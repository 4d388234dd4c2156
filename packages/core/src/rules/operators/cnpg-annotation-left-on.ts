import { nameOf } from "../../domain/model/names.ts";
import { celAnnotation, refuseAnnotation } from "../../rule/admission.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { removeKey } from "../../yaml/edit.ts";

/** https://cloudnative-pg.io/documentation/current/labels_annotations/ */
const annotations: readonly (readonly [name: string, value: RegExp, effect: string])[] = [
  ["cnpg.io/skipWalArchiving", /^enabled$/, "archives no WAL: a restore ends at the last base backup"],
  [
    "cnpg.io/reconciliationLoop",
    /^disabled$/,
    "is left alone by the operator: it neither fails over nor applies a change",
  ],
  ["cnpg.io/validation", /^disabled$/, "is not validated: the webhook accepts what the operator cannot run"],
  ["cnpg.io/fencedInstances", /[^[\]\s]/, "has fenced instances, in which PostgreSQL is stopped"],
];

export default defineRule({
  id: "cnpg-annotation-left-on",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "An annotation for maintenance is written in the manifest.",
    rationale:
      "These annotations are for an hour of repair. In the manifest they come back with each deployment, and what they switch off stays off: archiving, failover, validation or the server itself.",
    remedy: "Remove the annotation; set it by hand while you need it.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    admission: refuseAnnotation(
      ["postgresql.cnpg.io/*/clusters"],
      annotations.map(([name, value]) => celAnnotation(name, value)).join(" || "),
    ),
    references: ["https://cloudnative-pg.io/documentation/current/labels_annotations/"],
    quietWhen: "its value is filled in later. `skipEmptyWalArchiveCheck` is a rule of its own.",
  },
  check({ resource }, { report }) {
    const written = resource.node.at("metadata", "annotations");
    for (const [name, value, effect] of annotations) {
      const at = written?.at(name);
      const text = at?.text();
      if (written === undefined || at === undefined || text === undefined || !value.test(text) || text.includes("$"))
        continue;
      report({
        message: `${nameOf(resource)} ${effect} (${name}: ${text}).`,
        at,
        fixes: [
          editFix({
            title: `Remove ${name}`,
            safety: "unsafe",
            consequence:
              "The operator does again what the annotation switched off: it applies pending changes, and fenced instances start.",
            edits: removeKey(written, name),
          }),
        ],
      });
    }
  },
});
