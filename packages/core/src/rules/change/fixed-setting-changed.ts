import type { Change } from "../../change/change.ts";
import { readsConfiguration } from "../../change/configuration-readers.ts";
import { areInOnePlace, dataPlaceOf } from "../../change/data-place.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import type { known } from "../../yaml/fact.ts";

/** What the server takes when nothing is written, on Linux. */
const defaults: Readonly<Record<string, string>> = { innodb_page_size: "16384", lower_case_table_names: "0" };

export default defineRule({
  id: "fixed-setting-changed",
  subject: "change",
  meta: {
    summary: "A setting changes that MySQL or MariaDB fixed when the data directory was made: the server exits.",
    rationale:
      "`innodb_page_size` is the format of the files, and MySQL 8.0 and later write `lower_case_table_names` into their data dictionary. With another value the server does not start on existing files.",
    remedy: "Take the change back. To have another value, dump, start on a new, empty volume, and restore.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_lower_case_table_names",
      "https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_page_size",
      "https://mariadb.com/kb/en/innodb-system-variables/#innodb_page_size",
    ],
    quietWhen:
      "a value is not known on one side, the server starts with another directory, or the data is a cache or not on a volume that outlives its Pod.",
  },
  check(change, { report }) {
    for (const [old, young] of serversOf(change)) {
      if (old.durability !== "durable" || old.engine !== young.engine) continue;
      if (dataPlaceOf(old)?.isLasting !== true || areInOnePlace(old, young) !== true) continue;
      for (const name of fixedOf(young)) {
        const [was, now] = [old, young].map((database) => writtenValue(database, name));
        if (was === undefined || now === undefined || was.value === now.value) continue;
        report({
          verdict: "does-not-start",
          message: `${serverName(young)} of ${nameOf(young.resource)} exits on its files: they were made with ${name} ${was.value}, and it is ${now.value} now.`,
          at: now.at,
          related: [{ message: was.origin === "default" ? "had the default" : "was", at: was.at }],
        });
      }
    }
  },
});

/** The server that changes; of a ConfigMap, those that read it and stay as they are otherwise. */
function serversOf({ before, after, isRenamed, among }: Change): readonly (readonly [Database, Database])[] {
  if (isRenamed || before === undefined || after === undefined) return [];
  const [old, young] = [before.database, after.database];
  if (old !== undefined && young !== undefined) return [[old, young]];
  const { resource, workspace } = after;
  if (resource.kind !== "ConfigMap") return [];
  return workspace.topology.databases.flatMap((database) => {
    const { container, resource: user } = database;
    if (container === undefined || !readsConfiguration(container, resource.name)) return [];
    const other = among.changeOf(user) === undefined ? among.otherSideOf(user)?.database : undefined;
    return other === undefined ? [] : [[other, database] as const];
  });
}

/** MariaDB starts with other letter cases, and finds fewer tables. */
function fixedOf({ engine, major }: Database): readonly string[] {
  if (engine === "mariadb") return ["innodb_page_size"];
  if (engine !== "mysql") return [];
  return (major ?? 0) >= 8 ? ["innodb_page_size", "lower_case_table_names"] : ["innodb_page_size"];
}

/** The value in one spelling; undefined: it is not known. */
function writtenValue({ settings, resource }: Database, name: string): ReturnType<typeof known<string>> | undefined {
  const fact = settings.get(name);
  if (fact === undefined)
    return settings.isComplete
      ? { value: defaults[name] ?? "", at: resource.node.nearest("metadata", "name"), origin: "default" }
      : undefined;
  if (fact.value === undefined) return undefined;
  const bytes = name === "innodb_page_size" ? settings.bytes(name)?.value : undefined;
  return { ...fact, value: bytes === undefined ? fact.value : `${bytes}` };
}
