import { code, onServer } from "../../change/procedures/ahead.ts";
import { serverImageOf } from "../../domain/database/server-container.ts";
import { openingService } from "../../domain/hosts/exposure.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "mongodb-without-authentication",
  subject: "database",
  meta: {
    summary: "MongoDB runs without access control.",
    rationale:
      "Without `--auth`, a key file or a root user mongod lets everyone in. Open MongoDB servers have been emptied and held for ransom by the tens of thousands.",
    remedy:
      "Set MONGO_INITDB_ROOT_USERNAME and _PASSWORD from a Secret before the first start; for a replica set use a key file.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://www.mongodb.com/docs/manual/administration/security-checklist/"],
    quietWhen: "a variable, argument or file may turn it on, or is not in view.",
  },
  check(database, { workspace, report }) {
    const { engine, container, resource, settings, workload } = database;
    if (
      engine !== "mongodb" ||
      container === undefined ||
      workload === undefined ||
      !container.environment.isComplete ||
      !container.commandsAreComplete
    )
      return;
    // `command: [mongod]` replaces the entrypoint of the official image, which alone reads its variables.
    const isDirect =
      container.overridesEntrypoint &&
      serverImageOf(database.image)?.family === "mongo" &&
      fileName(container.argv[0]?.value ?? "") === "mongod";
    const root = container.environment
      .written()
      .find(({ name }) => /ROOT_PASSWORD|ROOT_USERNAME|INITDB_ROOT|ENABLE_AUTH/.test(name));
    if (root !== undefined && !isDirect) return;
    const text = [
      ...container.argv.map((word) => word.value ?? ""),
      ...container.filesUnder("/").map((file) => file.content.value ?? ""),
    ].join(" ");
    if (
      !container.filesAreComplete ||
      settings.get("auth") !== undefined ||
      /--auth|--keyFile|authorization|keyFile|clusterAuthMode|x509/.test(text)
    )
      return;
    const exposed = openingService(database, workspace.resources);
    report({
      message: `Anyone who can reach ${nameOf(resource)} can read and drop every collection: mongod runs without access control${root === undefined ? "" : ` (command replaces the entrypoint that would read ${root.name})`}${exposed === undefined ? "" : `, and Service ${exposed.name} is reachable from outside the cluster`}.`,
      at: container.node.nearest("name"),
      fixes: [
        procedure(
          `Show how to turn on access control for ${nameOf(resource)}`,
          "Clients that have no login yet are turned away once access control is on.",
          stepsToLogins(database, container),
        ),
      ],
      ...(exposed === undefined ? {} : { severity: "error" as const }),
    });
  },
});

/** https://www.mongodb.com/docs/manual/tutorial/configure-scram-client-authentication/ */
function stepsToLogins(database: Database, container: Container): readonly string[] {
  const make = `mongosh admin --eval 'db.createUser({ user: "root", pwd: passwordPrompt(), roles: ["root"] })'`;
  const command = onServer(database, make, "-it ");
  const isSeveral = database.instances.value !== 1;
  return [
    `Make an administrator while nobody needs a login${isSeveral ? ", on the primary" : ""}${command === undefined ? "" : `: ${code(command)}`} (before MongoDB 5 the shell is ${code("mongo")}).`,
    "Make a user for each application in its own database, put the passwords in Secrets, and have every client log in.",
    isSeveral
      ? `Give the members one key file from a Secret, and add ${code("--keyFile")} to the arguments of container ${container.name}: it turns on access control, too.`
      : `Add ${code("--auth")} to the arguments of container ${container.name}. Variables of the image do nothing where the volume already holds data.`,
  ];
}
