import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import { formatBytes, parseQuantity } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** Parts of a volume that WAL may take: of one that holds nothing else, and of one that it shares with the data. */
const ofOwnVolume = 0.8;
const ofSharedVolume = 0.5;

export default defineRule({
  id: "wal-does-not-fit",
  subject: "database",
  meta: {
    summary: "The WAL that the settings allow does not fit the volume.",
    rationale:
      "`max_wal_size` is a soft limit that a busy server reaches between checkpoints; `wal_keep_size` comes on top. A full volume stops PostgreSQL, and growing it is not always enough.",
    remedy: "Lower the settings, or enlarge the volume before the load arrives.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/wal-configuration.html",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/8791",
    ],
    quietWhen: "neither setting is set, or the size of the volume is not in view.",
  },
  check(database, { report }) {
    const { engine, settings, resource } = database;
    if (engine !== "postgresql") return;
    const terms = (["max_wal_size", "wal_keep_size"] as const).flatMap((name) => {
      const written = settings.get(name);
      const bytes = settings.bytes(name);
      if (written?.value === undefined || written.origin !== "written" || bytes?.value === undefined) return [];
      return [{ name, text: written.value, bytes: bytes.value, at: written.at }];
    });
    const [first] = terms;
    const volume = volumeOf(database);
    if (first === undefined || volume === undefined) return;
    const sum = terms.reduce((total, term) => total + term.bytes, 0);
    const room = volume.bytes * (volume.isShared ? ofSharedVolume : ofOwnVolume);
    if (sum < room || (sum === room && !volume.isShared)) return;
    const formula = terms.map(({ name, text }) => `${name} ${text}`).join(" + ");
    report({
      message: `${formula}${terms.length === 1 ? "" : ` = ${formatBytes(sum).replace(/i$/, "B")}`} of WAL on a ${volume.text} volume${volume.isShared ? " that holds the data too" : ""}: under load ${nameOf(resource)} fills it and stops.`,
      at: first.at,
      related: [
        ...terms.slice(1).map(({ name, at }) => ({ message: name, at })),
        { message: "the volume", at: volume.node },
      ],
    });
  },
});

interface WalVolume {
  readonly bytes: number;
  readonly text: string;
  readonly node: YamlNode;
  readonly isShared: boolean;
}

function volumeOf({ resource, operator, dataDirectory }: Database): WalVolume | undefined {
  const { node } = resource;
  const own = operator?.walStorage === undefined ? undefined : node.at(...operator.walStorage);
  const data =
    operator === undefined
      ? dataDirectory?.mount?.volume?.claimSpec?.at("resources", "requests", "storage")
      : operator.storage === undefined
        ? undefined
        : node.at(...operator.storage);
  const size = own ?? data;
  const text = size?.text();
  const bytes = text === undefined ? undefined : parseQuantity(text);
  return size === undefined || text === undefined || bytes === undefined || bytes <= 0
    ? undefined
    : { bytes, text, node: size, isShared: own === undefined };
}
