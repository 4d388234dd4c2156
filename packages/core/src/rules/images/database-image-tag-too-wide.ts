import { goesWithItsPod } from "../../change/data-place.ts";
import { engineNames } from "../../facts/engines.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-image-tag-too-wide",
  subject: "database",
  meta: {
    summary: "The tag of a database image covers several versions or operating systems.",
    rationale:
      "`mysql:8` moved from 8.0 to 8.4, where some options and authentication plugins are gone. `postgres:16` moved to a newer Debian, whose C library sorts text differently: indexes are wrong until REINDEX.",
    remedy:
      "Write the series and the OS: `mysql:8.4`, `postgres:16-bookworm`. Ask an existing database first (`SELECT datcollversion FROM pg_database`).",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/docker-library/postgres/issues/1356",
      "https://github.com/docker-library/mysql/issues/1048",
    ],
    quietWhen:
      "a digest is written, an operator manages the image, a kustomization sets the tag, or the data does not outlive the Pod.",
  },

  check(database, { report }) {
    const { image, engine, durability, operator } = database;
    if (image?.tag === undefined || image.isTemplated || image.digest !== undefined || durability !== "durable") return;
    if (operator !== undefined || goesWithItsPod(database)) return;
    const { tag } = image;
    if (/^\d+$/.test(tag) && (engine === "mysql" || engine === "mariadb" || engine === "mongodb")) {
      report({
        message: `${image.text} can move from one ${engineNames[engine]} series to the next with a pull (${example(engine, tag)}): settings and data files change although nothing here does.`,
        remedy: `Write the series that runs now (${asksVersion[engine]}), and go to the next one in a change of its own, with a backup that was restored once: there is no way back.`,
        at: image.node,
        severity: "warning",
      });
      return;
    }
    // Debian's successor changes the C library's collation: text indexes are silently wrong.
    if (engine !== "postgresql" || image.name !== "postgres" || !/^\d+(\.\d+)?$/.test(tag)) return;
    const isMajorOnly = /^(?:\d+|9\.\d)$/.test(tag);
    report({
      message: isMajorOnly
        ? `${image.text} names no operating system and no minor version: when the image moves to the next Debian, text sorts differently, and existing indexes give wrong answers.`
        : `${image.text} names no operating system: a later minor version may come on the next Debian, where text sorts differently and existing indexes give wrong answers.`,
      at: image.node,
    });
  },
});

const asksVersion = { mysql: "`SELECT VERSION()`", mariadb: "`SELECT VERSION()`", mongodb: "`db.version()`" };

function example(engine: string, tag: string): string {
  if (engine === "mysql" && tag === "8") return "8.0 became 8.4";
  if (engine === "mysql") return `${tag}.0 to the next ${tag}.x`;
  return engine === "mariadb" ? `${tag}.x to the next` : `${tag}.0 to the next ${tag}.x`;
}
