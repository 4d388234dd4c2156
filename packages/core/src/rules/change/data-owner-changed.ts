import { dataPlaceOf } from "../../change/data-place.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { userOfImage } from "../../facts/image-users.ts";
import { securityField } from "../../kube/security.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";
import type { Place } from "../../yaml/node.ts";

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
      "a user is not known, the image begins as root and changes the owner itself, or the data is not on a volume that outlives its Pod.",
  },
  check({ before, after, isRenamed }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old === undefined || young === undefined || old.durability !== "durable") return;
    if (old.engine !== young.engine || dataPlaceOf(old)?.isLasting !== true) return;
    const [from, to] = [userOf(old), userOf(young)];
    // Begun as root, the entrypoint gives the files to its user.
    if (from === undefined || to === undefined || to.isGivenFiles || from.id === to.id) return;
    const isChowned = young.workload?.containers.some(
      ({ role, commands }) =>
        role === "init" && commands.some(({ words }) => fileName(words[0]?.text ?? "") === "chown"),
    );
    if (isChowned === true) return;
    report({
      verdict: "does-not-start",
      message: `${serverName(young)} of ${nameOf(young.resource)} now runs as user ${to.id}, and its files belong to ${from.id}: ${young.engine === "postgresql" ? "it exits, because it must own its data directory" : "it cannot write them"}.`,
      at: to.at,
      related: [{ message: `user ${from.id} until now`, at: from.at }],
    });
  },
});

interface User {
  readonly id: number;
  readonly at: Place;
  /** The entrypoint begins as root and steps down. */
  readonly isGivenFiles: boolean;
}

function userOf({ container, image }: Database): User | undefined {
  if (container === undefined || image === undefined || image.isTemplated) return undefined;
  const field = securityField(container, "runAsUser");
  const own = userOfImage(image.name, image.tag);
  const id = field?.integer();
  if (field !== undefined && id === undefined) return undefined;
  if (id !== undefined && id !== 0) return { id, at: field ?? image.node, isGivenFiles: false };
  return own === undefined ? undefined : { id: own.id, at: field ?? image.node, isGivenFiles: true };
}
