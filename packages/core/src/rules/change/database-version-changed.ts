import { areInOnePlace, dataPlaceOf } from "../../change/data-place.ts";
import { stepOf } from "../../change/version-step.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import type { AdmissionCheck } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

/** Of the official image, in which the first number is the major version since PostgreSQL 10, on claims that stay where they are. */
const majorChanged: AdmissionCheck = {
  resources: ["apps/v1/statefulsets", "apps/v1/deployments"],
  part: "spec",
  operations: ["UPDATE"],
  refuses:
    "variables.hasClaim && variables.servers.exists(c, c.image.matches('^(docker[.]io/)?(library/)?postgres:[1-9][0-9]([.-]|$)') && oldObject.spec.template.spec.containers.exists(o, o.name == c.name && o.image.matches('^(docker[.]io/)?(library/)?postgres:[1-9][0-9]([.-]|$)') && o.image.find('postgres:[0-9]+') != c.image.find('postgres:[0-9]+') && has(o.volumeMounts) && has(c.volumeMounts) && o.volumeMounts == c.volumeMounts && has(o.env) == has(c.env) && (!has(c.env) || o.env == c.env)))",
};

export default defineRule({
  id: "database-version-changed",
  subject: "change",
  meta: {
    summary: "The data files are of a version that the new server cannot read, or not take back.",
    rationale:
      "A major version of PostgreSQL reads only its own files and exits at startup on others. MySQL and MongoDB upgrade one release series at a time, in place and without a way back. No engine promises to read files of a newer release. The change looks like any other bump of a tag.",
    remedy:
      "Keep the old tag. PostgreSQL: dump and restore, or pg_upgrade with the programs of both versions. Others: one series after the other, each with a backup that was restored once, and the step that the message names.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: majorChanged,
    references: [
      "https://www.postgresql.org/docs/current/upgrading.html",
      "https://dev.mysql.com/doc/refman/8.4/en/upgrade-paths.html",
      "https://www.mongodb.com/docs/manual/reference/command/setFeatureCompatibilityVersion/",
      "https://mariadb.com/kb/en/upgrading/",
      "https://cloudnative-pg.io/documentation/current/postgres_upgrades/",
    ],
    quietWhen:
      "the old tag names no version, the data is declared a cache or ephemeral or is not on a volume that outlives its Pod, or the server starts with a new, empty directory.",
  },
  check({ before, after, isRenamed }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.durability !== "durable") return;
    const step = stepOf(old, young);
    const isUnknown = step === undefined && namesNoVersion(old, young);
    if (isUnknown && young.image !== undefined)
      report({
        severity: "warning",
        message: `${serverName(young)} of ${nameOf(young.resource)} names no version: it is given files of ${engineNames[old.engine]} ${old.version.value}, and may be another major version the next time its image is pulled.`,
        at: young.image.node,
        related: [{ message: `was ${old.version.value}`, at: old.version.at }],
      });
    if (step === undefined) return;
    report({
      ...(step.verdict === undefined ? {} : { verdict: step.verdict }),
      severity: step.severity,
      remedy: remedyOf(young, step.severity),
      message: `${serverName(young)} of ${nameOf(young.resource)} ${step.says}.`,
      at: young.version.at,
      related: [{ message: `was ${old.version.value}`, at: old.version.at }],
    });
  },
});

/** Where the step is the engine's or the operator's own way of upgrading; undefined: keep the old tag. */
function remedyOf({ engine, operator }: Database, severity: "error" | "warning"): string | undefined {
  if (severity === "error") return undefined;
  if (operator?.name === "cloudnative-pg")
    return "Clone the Cluster from a backup and upgrade the clone first: it says whether pg_upgrade and the extensions take the step, and how long it lasts. Take a base backup right after, and keep those of the old version.";
  return engine === "mysql" || engine === "mariadb" || engine === "mongodb"
    ? "Take a backup before, and restore it once: it is the only way back. Then do the step that the message names."
    : undefined;
}

/** A version that was written before is not written any more, and the files are the same ones. */
function namesNoVersion(old: Database, young: Database): boolean {
  return (
    old.engine === young.engine &&
    young.operator === undefined &&
    young.image?.isTemplated === false &&
    old.version.value !== undefined &&
    young.version.value === undefined &&
    dataPlaceOf(old)?.isLasting === true &&
    areInOnePlace(old, young) === true
  );
}
