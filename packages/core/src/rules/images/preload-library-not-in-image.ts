import { isPlainImage } from "../../domain/database/plain-image.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { foreignLibraries } from "../../facts/preload-libraries.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "preload-library-not-in-image",
  subject: "database",
  meta: {
    summary: "shared_preload_libraries names a library that the image does not contain.",
    rationale:
      'PostgreSQL exits at startup with `could not access file "…": No such file or directory` (measured). The official image holds only the libraries of PostgreSQL itself, CloudNativePG\'s also pgaudit, pgvector and failover slots.',
    remedy: "Use an image that contains the extension, or build one on top of this image.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SHARED-PRELOAD-LIBRARIES",
      "https://github.com/cloudnative-pg/postgres-containers",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/8045",
    ],
    quietWhen: "the image is another one, a volume may hold the library, or dbops does not know it.",
  },
  check(database, { report }) {
    const { engine, resource } = database;
    if (engine !== "postgresql" || !isPlainImage(database)) return;
    const missing = preloaded(database).filter(([name]) => foreignLibraries.has(name));
    const [first] = missing;
    if (first === undefined) return;
    const names = missing.map(([name]) => name);
    const image = database.image === undefined ? "CloudNativePG's image" : serverName(database);
    report({
      message: `${nameOf(resource)} does not start: ${image} has no ${names.join(" and no ")}, which shared_preload_libraries loads.`,
      at: first[1],
    });
  },
});

function preloaded({ operator, resource, settings }: Database): readonly (readonly [string, Place])[] {
  if (operator !== undefined) {
    const list = resource.node.at("spec", "postgresql", "shared_preload_libraries")?.items() ?? [];
    return list.flatMap((item) => {
      const name = item.string();
      return name === undefined ? [] : [[name, item] as const];
    });
  }
  const setting = settings.get("shared_preload_libraries");
  if (setting?.value === undefined) return [];
  return setting.value.split(",").map((name) => [name.replaceAll(/["'\s]/g, ""), setting.at] as const);
}
