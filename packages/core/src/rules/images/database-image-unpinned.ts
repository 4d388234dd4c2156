import { goesWithItsPod } from "../../change/data-place.ts";
import { askVersion } from "../../change/procedures/ahead.ts";
import { engineNames } from "../../facts/engines.ts";
import { celText, refuseSpec, templated } from "../../rule/admission.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

const floating =
  /^(latest|stable|lts|alpine|edge|main|master|nightly|dev|develop|current|bookworm|bullseye|trixie|jammy|noble|slim)$/;

export default defineRule({
  id: "database-image-unpinned",
  subject: "database",
  meta: {
    summary: "The image of a database has no version: latest, or no tag at all.",
    rationale:
      "The next node that pulls the image may get another major version. PostgreSQL refuses data files of another major; MySQL and MongoDB upgrade them irreversibly.",
    remedy: "Use the version that runs now as the tag, with its OS suffix.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    yieldsTo: ["operator-resource-refused", "image-withdrawn"],
    fixable: "procedure",
    needs: "file",
    admission: refuseSpec(
      templated,
      `variables.hasClaim && variables.servers.exists(c, !c.image.contains('@') && (!c.image.matches(':[^/]*$') || c.image.matches(${celText(floating.source.replace("^", ":"))})))`,
    ),
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
    quietWhen: "a digest is written, the image's name says the version, or the server stores no data.",
  },

  check(database, { report }) {
    const { image, durability, operator, workload } = database;
    if (image === undefined || image.isTemplated || image.digest !== undefined) return;
    if (image.tag !== undefined && !floating.test(image.tag)) return;
    if (operator === undefined && database.version.value !== undefined) return; // the name says the version
    const written = image.tag === undefined ? "has no tag" : "names no version";
    const isDisposable =
      durability !== "durable" ||
      workload?.volumes.every(({ source }) => source !== "claim" && source !== "claim-template") === true;
    const effect =
      operator !== undefined
        ? ", with which the operator restarts every instance"
        : goesWithItsPod(database)
          ? ""
          : ", which may not open the existing data files";
    report({
      message: `${image.text} ${written}: the next pull may bring another ${engineNames[database.engine]} version${effect}.`,
      at: image.node,
      ...(isDisposable ? { severity: "info" as const, presets: [] } : {}),
      fixes: [
        procedure("Show how to pin the version", "A wrong version cannot read the data.", [
          askVersion(database),
          `Write that version with its OS suffix as the tag of ${image.repository}, the way the tags of that image are written.`,
        ]),
      ],
    });
  },
});
