import type { Side } from "../../change/change.ts";
import { dataPlaceOf } from "../../change/data-place.ts";
import { serverImageOf } from "../../domain/database/server-container.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { initialScripts, initialVariables } from "../../facts/entrypoint-passwords.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "initial-setting-changed",
  subject: "change",
  meta: {
    summary:
      "A changed variable or script is read only when the data directory is empty: an existing database stays as it is.",
    rationale:
      "The official images read passwords, users and database names once, to initialize an empty directory. Afterward the variable changes nothing in the server, while clients that read the same Secret begin to use the new value and are refused.",
    remedy:
      "Change it in the server in the same step (`ALTER ROLE … PASSWORD`, `ALTER USER`, `db.changeUserPassword`), or take the change back.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://hub.docker.com/_/postgres#environment-variables",
      "https://github.com/helm/charts/issues/362",
    ],
    quietWhen: "a value is not in view on one side, or the data is not on a volume that outlives its Pod.",
  },
  check({ before, after, isRenamed, among }, { report }) {
    if (before === undefined || after === undefined || isRenamed) return;
    const runner = after.resource.kind === "ConfigMap" ? scriptRunner(after) : undefined;
    if (runner !== undefined)
      report({
        message: `${nameOf(after.resource)} changes scripts that ${serverName(runner)} of ${nameOf(runner.resource)} runs only on an empty volume: the existing database stays as it is.`,
        at: after.resource.node.nearest("data"),
        point: "key",
        related: [{ message: "runs them", at: runner.resource.node.nearest("metadata", "name") }],
      });
    for (const { old, young } of pairsOf(before, after, among.otherSideOf))
      for (const { name, at, was } of changedIn(old, young))
        report({
          message: `${name} of ${nameOf(young.resource)} changes, and ${serverName(young)} reads it only on an empty volume: the server keeps the old value${/PASSWORD/.test(name) ? ", and logins with the new one fail" : ""}.`,
          at,
          related: [{ message: "was", at: was }],
        });
  },
});

/** The database that runs the scripts of a ConfigMap when its volume is empty. */
function scriptRunner({ resource, workspace }: Side): Database | undefined {
  return workspace.topology.databases.find(
    (database) =>
      initialVariables[serverImageOf(database.image)?.family ?? ""] !== undefined &&
      dataPlaceOf(database)?.isLasting === true &&
      database.durability === "durable" &&
      database.container?.mounts.some(
        ({ volume, mountPath }) =>
          volume?.source === "config-map" &&
          volume.sourceName === resource.name &&
          mountPath.startsWith(initialScripts),
      ),
  );
}

interface Pair {
  readonly old: Database;
  readonly young: Database;
}

/** The database itself, or those that read a changed ConfigMap or Secret. */
function pairsOf(
  before: Side,
  after: Side,
  otherSideOf: (resource: Database["resource"]) => Side | undefined,
): readonly Pair[] {
  if (before.database !== undefined && after.database !== undefined)
    return [{ old: before.database, young: after.database }];
  if (!/^(ConfigMap|Secret)$/.test(after.resource.kind)) return [];
  return after.workspace.topology.databases.flatMap((young) => {
    const old = otherSideOf(young.resource)?.database;
    const isOurs = young.container?.environment
      .written()
      .some(({ value }) => value.at.file === after.resource.document.file);
    return old === undefined || isOurs !== true ? [] : [{ old, young }];
  });
}

function changedIn(
  old: Database,
  young: Database,
): readonly { readonly name: string; readonly at: Place; readonly was: Place }[] {
  const family = serverImageOf(young.image)?.family;
  const names = family === undefined ? undefined : initialVariables[family];
  if (names === undefined || young.durability !== "durable" || dataPlaceOf(young)?.isLasting !== true) return [];
  return names.flatMap((name) => {
    const [was, now] = [old, young].map(({ container }) => container?.environment.get(name));
    if (was?.value === undefined || now?.value === undefined || was.value === now.value) return [];
    return [{ name, at: now.at, was: was.at }];
  });
}
