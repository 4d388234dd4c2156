import { ownerOf } from "../../change/data-owner.ts";
import { dataPlaceOf } from "../../change/data-place.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "data-owner-changed",
  subject: "change",
  meta: {
    summary: "The server runs as another user than the one that owns its files.",
    rationale:
      "PostgreSQL keeps its directory at mode 0700 and starts only as its owner; the other servers cannot write files of another user either. `fsGroup` changes the group, which 0700 shuts out, and PostgreSQL refuses a directory that the group can write.",
    remedy:
      "Keep the user, or change the owner of the files first: an init container that runs as root, once, with `chown -R`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/creating-cluster.html", "https://hub.docker.com/_/postgres"],
    quietWhen:
      "a user is not known, the image begins as root and changes the owner itself, the Pod has an `fsGroup` and the server is not PostgreSQL, or the data is not on a volume that outlives its Pod.",
  },
  check({ before, after, isRenamed }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.durability !== "durable") return;
    if (old.engine !== young.engine || dataPlaceOf(old)?.isLasting !== true) return;
    const [from, to] = [ownerOf(old), ownerOf(young)];
    // Begun as root, the entrypoint gives the files to its user.
    if (from === undefined || to === undefined || to.isGivenFiles || from.id === to.id) return;
    const isChowned = young.workload?.containers.some(
      ({ role, commands }) =>
        role === "init" && commands.some(({ words }) => fileName(words[0]?.text ?? "") === "chown"),
    );
    if (isChowned === true) return;
    // The kubelet lets the group write; only PostgreSQL insists on being the owner.
    if (young.engine !== "postgresql" && young.workload?.podSpec.at("securityContext", "fsGroup") !== undefined) return;
    report({
      verdict: "does-not-start",
      message: `${serverName(young)} of ${nameOf(young.resource)} now runs as user ${to.id}, and its files belong to ${from.id}: ${young.engine === "postgresql" ? "it exits, because it must own its data directory" : "it cannot write them"}.`,
      at: to.at,
      related: [{ message: `user ${from.id} until now`, at: from.at }],
    });
  },
});
