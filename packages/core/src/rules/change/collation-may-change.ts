import { dataPlaceOf } from "../../change/data-place.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { ImageReference } from "../../kube/image.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "collation-may-change",
  subject: "change",
  meta: {
    summary: "The image of a PostgreSQL server moves to another base system, which may sort text in another order.",
    rationale:
      "Indexes on text are sorted by the collation of the C library. Another release of it, or musl in Alpine, may sort differently: lookups then miss rows, and unique indexes take duplicates. PostgreSQL warns of a collation version mismatch in its log, and goes on.",
    remedy:
      "Keep the base system in the tag (`-bookworm`). After a move: `REINDEX DATABASE`, then `ALTER DATABASE … REFRESH COLLATION VERSION`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/docker-library/postgres/issues/1356",
      "https://wiki.postgresql.org/wiki/Locale_data_changes",
    ],
    quietWhen:
      "neither the tag nor the name of one of the images says its base system, the major version changes too (a dump or pg_upgrade is needed anyway), or the databases use C or ICU collations by an argument in view.",
  },
  check({ before, after, isRenamed }, { report }) {
    const [old, young] = [before?.database, after?.database];
    if (isRenamed || old?.engine !== "postgresql" || young?.engine !== "postgresql" || old.major !== young.major)
      return;
    if (old.durability !== "durable" || (young.operator === undefined && !isOnVolume(young))) return;
    const [from, to] = basesOf(old.image, young.image);
    const initArguments = young.container?.environment.get("POSTGRES_INITDB_ARGS")?.value ?? "";
    // Which release of Debian a tag without one has today is not known.
    if (
      from === to ||
      (from === "Debian" && to?.startsWith("Debian")) ||
      (to === "Debian" && from?.startsWith("Debian"))
    )
      return;
    if (from === undefined || to === undefined || young.image === undefined || old.image === undefined) return;
    if (/--(?:locale(?:-provider)?|lc-collate)[= ](?:C\b|icu|POSIX)|--no-locale/.test(initArguments)) return;
    report({
      message: `${serverName(young)} of ${nameOf(young.resource)} moves from ${from} to ${to}, which may sort text differently: reindex text columns, or lookups miss rows.`,
      at: young.image.node,
      related: [{ message: "until now", at: old.image.node }],
    });
  },
});

/** Its data outlives its Pod. Where its image keeps it need not be known: a server has its claim for it. */
function isOnVolume(database: Database): boolean {
  const place = dataPlaceOf(database);
  const mounts = database.container?.mounts ?? [];
  return place?.isLasting ?? mounts.some(({ volume }) => /^(?:claim|claim-template)$/.test(volume?.source ?? ""));
}

/** Who has an image with Alpine in its name or tag, beside one without, does not build that one on Alpine. */
function basesOf(
  old: ImageReference | undefined,
  young: ImageReference | undefined,
): readonly [string | undefined, string | undefined] {
  const [from, to] = [baseOf(old), baseOf(young)];
  const isOneImage =
    old !== undefined &&
    young !== undefined &&
    !old.isTemplated &&
    !young.isTemplated &&
    withoutAlpine(old.repository) === withoutAlpine(young.repository);
  if (!isOneImage || (from === undefined) === (to === undefined)) return [from, to];
  const other = "another base system";
  return [from ?? (to === "Alpine" ? other : from), to ?? (from === "Alpine" ? other : to)];
}

function withoutAlpine(repository: string): string {
  return repository.replace(/-alpine(?:\d[\d.]*)?$/, "");
}

/** `Debian bookworm`, `Alpine`; of the official image, whose tags without a system are Debian's, `Debian`; undefined: not known. */
function baseOf(image: ImageReference | undefined): string | undefined {
  const tag = image?.tag ?? "";
  if (/-alpine(?:\d[\d.]*)?$/.test(image?.repository ?? "")) return "Alpine";
  const found = /(?:^|-)(stretch|buster|bullseye|bookworm|trixie|alpine)(?:\d|\b)/.exec(tag)?.[1];
  if (found !== undefined) return found === "alpine" ? "Alpine" : `Debian ${found}`;
  const isOfficial = /^(?:docker\.io\/)?(?:library\/)?postgres$/.test(image?.name ?? "");
  return isOfficial && /^(?:\d+(?:\.\d+)?|latest)$/.test(tag) ? "Debian" : undefined;
}
