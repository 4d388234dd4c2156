import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { formatBytes } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "database-settings-contradict",
  subject: "database",
  meta: {
    summary: "Two PostgreSQL settings contradict each other, so the server does not start.",
    rationale:
      "PostgreSQL compares settings when it starts: reserved connections with all connections, the WAL level with the features that need WAL. It exits with a FATAL line; a running server keeps the old values until then.",
    remedy: "Change one of the two settings named in the message.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/runtime-config-connection.html",
      "https://www.postgresql.org/docs/current/runtime-config-wal.html",
    ],
    quietWhen: "one of the settings is not in view.",
  },
  check(database, { report }) {
    const { engine, resource, settings } = database;
    if (engine !== "postgresql") return;
    for (const { why, at, related } of [...ofConnections(database), ...ofWal(database)])
      report({
        message: `${serverName(database)} of ${nameOf(resource)} does not start: ${why}.`,
        at,
        related: related.flatMap((name) => {
          const fact = settings.get(name);
          return fact === undefined ? [] : [{ message: name, at: fact.at }];
        }),
      });
  },
});

interface Contradiction {
  readonly why: string;
  readonly at: Place;
  readonly related: readonly string[];
}

const isWritten = (fact: Fact<unknown> | undefined): boolean => fact?.value !== undefined && fact.origin === "written";

function ofConnections({ settings }: Database): readonly Contradiction[] {
  const most = settings.number("max_connections");
  const superuser = settings.number("superuser_reserved_connections");
  const reserved = settings.number("reserved_connections");
  if (most?.value === undefined || superuser?.value === undefined || reserved?.value === undefined) return [];
  if (!isWritten(most) && !isWritten(superuser) && !isWritten(reserved)) return [];
  const held = superuser.value + reserved.value;
  if (held < most.value) return [];
  const term = reserved.value === 0 ? "" : ` plus reserved_connections ${reserved.value}`;
  const isDefault = superuser.origin === "default" ? " (the default)" : "";
  return [
    {
      why: `superuser_reserved_connections ${superuser.value}${isDefault}${term} ${term === "" ? "leaves" : "leave"} none of max_connections ${most.value}`,
      at: [most, superuser, reserved].find(isWritten)?.at ?? most.at,
      related: isWritten(superuser) && isWritten(most) ? ["superuser_reserved_connections"] : [],
    },
  ];
}

/** 10 senders by default: `wal_level minimal` alone is refused. */
function ofWal({ settings }: Database): readonly Contradiction[] {
  const found: Contradiction[] = [];
  const level = settings.get("wal_level");
  const senders = settings.number("max_wal_senders");
  if (level?.value?.toLowerCase() === "minimal" && settings.isComplete) {
    if (senders === undefined)
      found.push({
        why: "wal_level minimal does not allow max_wal_senders above 0, and the default is 10",
        at: level.at,
        related: [],
      });
    else if (senders.value !== undefined && senders.value > 0)
      found.push({
        why: `wal_level minimal does not allow max_wal_senders ${senders.value}`,
        at: level.at,
        related: ["max_wal_senders"],
      });
    const archive = settings.get("archive_mode");
    if (archive?.value !== undefined && /^(on|always|true|yes|1)$/i.test(archive.value))
      found.push({
        why: "WAL of wal_level minimal cannot be archived (archive_mode is on)",
        at: level.at,
        related: ["archive_mode"],
      });
  }
  const least = settings.bytes("min_wal_size");
  // Two segments of 16 MB; initdb can make larger ones, never so that less is needed.
  if (least?.value !== undefined && least.value < 32 * 2 ** 20 && settings.get("wal_segment_size") === undefined)
    found.push({
      why: `min_wal_size ${formatBytes(least.value)} is less than two WAL segments of 16Mi`,
      at: least.at,
      related: [],
    });
  return found;
}
