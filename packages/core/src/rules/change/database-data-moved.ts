import { dataPlaceOf } from "../../change/data-place.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-data-moved",
  subject: "change",
  meta: {
    summary: "A database looks for its data in another place than before, and finds none.",
    rationale:
      "The entrypoint of a database image makes a new, empty data directory where it finds none. A changed PGDATA, mount path, subPath or volume therefore starts an empty server next to the data, and applications write into it.",
    remedy:
      "Take the change back, or move the files first, with the server stopped, and keep a dump until you have checked the result.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://hub.docker.com/_/postgres", "https://github.com/docker-library/postgres/pull/1259"],
    quietWhen:
      "a path or volume is filled in later, the old data was not on a volume that outlives its Pod, or it is declared a cache or ephemeral.",
  },
  check({ before, after, isRenamed, acceptance }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.engine !== young.engine) return;
    if (old.durability !== "durable") return;
    const from = dataPlaceOf(old);
    const to = dataPlaceOf(young);
    if (from === undefined || to === undefined || !from.isLasting) return;
    if (from.volume === to.volume && from.inside === to.inside) return;
    // The claim templates stay as they are: that the new one is refused says what becomes of it.
    if (from.volume !== to.volume && acceptance.refusals.some(({ field }) => field === "spec.volumeClaimTemplates"))
      return;
    // Since 18 the image refuses to start where an old directory is: that is another fault.
    const isNewDefault =
      old.major !== young.major && young.dataDirectory?.path !== undefined && to.isDefault && from.isDefault;
    if (isNewDefault && (from.volume === to.volume || to.isInContainer)) return;
    const where =
      from.volume === to.volume
        ? `in ${shown(to.inside)} of ${to.volume}, where it was in ${shown(from.inside)}`
        : `on ${to.volume}, where it was on ${from.volume}`;
    report({
      verdict: "starts-empty",
      message: `${serverName(young)} of ${nameOf(young.resource)} now keeps its data ${where}: it starts empty there, and the data stays where it was.`,
      at: to.at,
      related: [{ message: "where it was", at: from.at }],
    });
  },
});

const shown = (inside: string): string => (inside === "" ? "the root" : inside);
