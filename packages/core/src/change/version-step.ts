import { serverImageOf } from "../domain/database/server-container.ts";
import type { Database } from "../domain/model/database.ts";
import { engineNames } from "../facts/engines.ts";
import type { Verdict } from "./change.ts";
import { areInOnePlace, dataPlaceOf } from "./data-place.ts";

/** What another version of a server does with the files of the old one. */
export interface VersionStep {
  readonly severity: "error" | "warning";
  readonly verdict: Verdict | undefined;
  /** The rest of a sentence that begins with the new server. */
  readonly says: string;
}

/** Series with long-term support, which are upgraded one by one. https://dev.mysql.com/doc/refman/8.4/en/upgrade-paths.html */
const mysqlSeries = ["5.5", "5.6", "5.7", "8.0", "8.4", "9.7"];
/** https://www.mongodb.com/docs/manual/release-notes/ */
const mongoSeries = ["3.2", "3.4", "3.6", "4.0", "4.2", "4.4", "5.0", "6.0", "7.0", "8.0"];

const stops = (says: string): VersionStep => ({ severity: "error", verdict: "does-not-start", says });
const warns = (says: string): VersionStep => ({ severity: "warning", verdict: undefined, says });

/** undefined: the new server reads the files, or whether it does is not known. */
export function stepOf(before: Database, after: Database): VersionStep | undefined {
  // A directory of its own is made for it: that it is empty is said of the place.
  return after.operator !== undefined || haveSameFiles(before, after) ? stepOnFiles(before, after) : undefined;
}

/** The new server is given the files of the old one, which outlive its Pods. */
export function haveSameFiles(before: Database, after: Database): boolean {
  return dataPlaceOf(before)?.isLasting !== false && areInOnePlace(before, after) === true;
}

/** The same where the files are brought to the new server, wherever it looks for them. */
export function stepOnFiles(before: Database, after: Database): VersionStep | undefined {
  const [from, to] = [before.version.value, after.version.value];
  if (before.engine !== after.engine || from === undefined || to === undefined || from === to) return undefined;
  if (after.operator?.name === "cloudnative-pg") return cloudNativeStep(before, after);
  if (isSpilo(after)) return spiloStep(before, after);
  if (after.operator !== undefined) return operatorStep(before, after);
  switch (after.engine) {
    case "postgresql":
      return postgresStep(before, after);
    case "mysql":
      return mysqlStep(from, to);
    case "mongodb":
      return mongoStep(from, to);
    case "mariadb":
      return mariadbStep(after, from, to);
    case "redis":
    case "valkey":
    case "elasticsearch":
    case "opensearch":
    case "cassandra":
      return isOlder(to, from, 1)
        ? stops(
            `is older than ${from}, whose files it is given: ${engineNames[after.engine]} does not read files of a newer major version`,
          )
        : undefined;
    default:
      return undefined;
  }
}

/**
 * The old server does not read the files any more, once the new one has started on them. MongoDB's does until someone raises
 * featureCompatibilityVersion.
 */
export function isOneWay(before: Database, after: Database): boolean {
  const [forward, backward] = [stepOnFiles(before, after), stepOnFiles(after, before)];
  return forward?.verdict === undefined && backward?.verdict === "does-not-start";
}

/** Release series that lie between two versions, for an engine that skips none; empty: it takes the step at once, or cannot take it at all. */
export function stagesBetween(before: Database, after: Database): readonly string[] {
  const [from, to] = [before.version.value, after.version.value];
  if (before.engine !== after.engine || from === undefined || to === undefined) return [];
  if (after.engine === "mysql") {
    const [old, young] = [mysqlStage(from, undefined), mysqlStage(to, 0)];
    if (old === undefined || young === undefined) return [];
    // An innovation release goes to the series at its end first.
    return mysqlSeries.slice(isMysqlSeries(from) ? old + 1 : old, young);
  }
  if (after.engine !== "mongodb") return [];
  const [old, young] = [from, to].map((version) => mongoSeries.indexOf(mongoSeriesOf(version)));
  return old === undefined || young === undefined || old < 0 || young < 0 ? [] : mongoSeries.slice(old + 1, young);
}

/** Release series that come after a version, of an engine that skips none; empty: it does, or where the version stands is not known. */
export function seriesAfter({ engine, version }: Database): readonly string[] {
  const written = version.value ?? "";
  if (engine === "mongodb") {
    const at = mongoSeries.indexOf(mongoSeriesOf(written));
    return at < 0 ? [] : mongoSeries.slice(at + 1);
  }
  if (engine !== "mysql") return [];
  const stage = mysqlStage(lastMysqlSeries(written) ?? written, undefined);
  return stage === undefined
    ? []
    : mysqlSeries.slice(isMysqlSeries(written) || !written.includes(".") ? stage + 1 : stage);
}

/**
 * Zalando's image, which holds several versions and runs that of the files it finds.
 * https://github.com/zalando/spilo/blob/master/postgres-appliance/scripts/configure_spilo.py (PG_VERSION, 2025-08)
 */
function isSpilo({ operator, image }: Database): boolean {
  return operator?.name === "zalando" || /(?:^|\/)spilo(?:-|$)/.test(image?.name ?? "");
}

function spiloStep({ major: from }: Database, { major: to }: Database): VersionStep | undefined {
  if (from === undefined || to === undefined || to >= from) return undefined;
  return warns(
    `is older than PostgreSQL ${from}: Spilo runs the version of the files it finds, and goes on with ${from} as long as its image holds it`,
  );
}

function postgresStep(
  { major: from }: Database,
  { major: to, container, dataDirectory, image }: Database,
): VersionStep | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  // What the entrypoint of another's image does first is not known.
  if (image !== undefined && serverImageOf(image) === undefined)
    return warns(
      `is given files of PostgreSQL ${from}: unless its image upgrades them, it exits with "database files are incompatible with server"`,
    );
  // https://github.com/docker-library/postgres/pull/1259: the entrypoint looks for old directories where PGDATA is the image's own.
  const path = dataDirectory?.path;
  const isGuarded =
    to >= 18 &&
    from < to &&
    container?.overridesEntrypoint !== true &&
    path !== undefined &&
    "origin" in path &&
    path.origin === "default";
  return stops(
    `does not start on files of PostgreSQL ${from}: ${isGuarded ? `its directory is ${path?.value} now, and it refuses to make one beside the old` : 'it exits with "database files are incompatible with server"'}`,
  );
}

function mysqlStep(from: string, to: string): VersionStep | undefined {
  const [old, young] = [mysqlStage(from, undefined), mysqlStage(to, 0)];
  if (young === undefined || seriesOf(from) === seriesOf(to)) return undefined;
  if (isOlder(to, from, 2))
    return stops(
      `is older than MySQL ${from}, whose files it is given: MySQL does not start on files of a newer series`,
    );
  if (old === undefined) return isOlder(from, to, 1) ? mysqlStepFromMajor(from, young) : undefined;
  // An innovation release leads to the series at its end, and that one to the next.
  const farthest = isMysqlSeries(from) ? old + 1 : old;
  if (young > farthest)
    return stops(
      `skips a release series: MySQL upgrades ${from} only up to ${mysqlSeries[farthest]}, and exits on older files`,
    );
  if (!isOlder(from, to, 2)) return undefined;
  return warns(
    `converts the files of MySQL ${from} when it starts, and ${from} cannot read them afterward: only a backup leads back`,
  );
}

/** From a tag that names no minor version: which series wrote the files is not known, and the last one of its major is the nearest. */
function mysqlStepFromMajor(from: string, young: number): VersionStep | undefined {
  const last = lastMysqlSeries(from);
  if (last === undefined) return undefined;
  const nearest = mysqlSeries.indexOf(last);
  if (young > nearest + 1)
    return stops(`skips a release series: MySQL upgrades ${last} only up to ${mysqlSeries[nearest + 1]}`);
  return warns(
    `starts on files of MySQL ${last} and on no older ones, and which ${from} wrote them the old tag does not say (SELECT VERSION() does); it converts them, and only a backup leads back`,
  );
}

const isMysqlSeries = (version: string): boolean => mysqlSeries.includes(seriesOf(version));

/** The last series of a major version: 8.4 of 8. */
export function lastMysqlSeries(major: string): string | undefined {
  return mysqlSeries.findLast((series) => series.startsWith(`${major}.`));
}

/**
 * The series in which the innovation releases before it end: 9.1 belongs to 9.7. A tag without a minor version is at least `leastMinor`
 * (undefined: not known), and a version that never was one of MySQL has none.
 */
function mysqlStage(version: string, leastMinor: number | undefined): number | undefined {
  const [major = 0, minor = leastMinor] = version.split(".").map(Number);
  if (minor === undefined) return undefined;
  const series = `${major}.${minor}`;
  const isRelease = mysqlSeries.includes(series) || major > 8 || (major === 8 && minor < 4);
  if (!isRelease) return undefined;
  const stage = mysqlSeries.findIndex((each) => !isOlder(each, series, 2));
  return stage < 0 ? mysqlSeries.length : stage;
}

function mongoStep(from: string, to: string): VersionStep | undefined {
  const steps = stepsIn(mongoSeries, mongoSeriesOf(from), mongoSeriesOf(to));
  if (steps === undefined || steps === 0) return undefined;
  if (steps > 1)
    return stops(
      `skips ${steps - 1} release${steps > 2 ? "s" : ""}: it exits on files whose featureCompatibilityVersion is ${mongoSeriesOf(from)} at most`,
    );
  if (steps < 0)
    return stops(
      `is older than MongoDB ${from}: it exits on files whose featureCompatibilityVersion is ${mongoSeriesOf(from)}`,
    );
  return warns(
    `starts only where featureCompatibilityVersion is ${mongoSeriesOf(from)} already; afterward set it to ${mongoSeriesOf(to)}, which closes the way back`,
  );
}

/** MariaDB upgrades its system tables when it starts, or whether it does is not known. */
export function mayUpgradeItself({ container }: Database): boolean {
  const upgrades = container?.environment.get("MARIADB_AUTO_UPGRADE");
  return upgrades !== undefined || container?.environment.isComplete === false;
}

function mariadbStep(after: Database, from: string, to: string): VersionStep | undefined {
  if (seriesOf(from) === seriesOf(to)) return undefined;
  if (isOlder(to, from, 2))
    return stops(
      `is older than MariaDB ${from}, whose files it is given: MariaDB does not support that, and InnoDB may refuse its log`,
    );
  return mayUpgradeItself(after)
    ? undefined
    : warns(
        `starts on files of MariaDB ${from}, and its system tables stay those of ${from}: MARIADB_AUTO_UPGRADE is not set, so run mariadb-upgrade`,
      );
}

/** https://cloudnative-pg.io/documentation/current/postgres_upgrades/ */
function cloudNativeStep({ major: from, instances }: Database, { major: to }: Database): VersionStep | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  if (to < from)
    return {
      severity: "error",
      verdict: "refused",
      says: `is older than PostgreSQL ${from}: the operator's webhook refuses a downgrade`,
    };
  if (to < 16)
    return {
      severity: "error",
      verdict: "refused",
      says: `is a major upgrade to PostgreSQL ${to}, and the operator's webhook takes none below 16`,
    };
  const copies =
    (instances.value ?? 1) > 1
      ? ` and makes its ${(instances.value ?? 1) - 1 === 1 ? "replica" : `${(instances.value ?? 1) - 1} replicas`} again`
      : "";
  return warns(
    `upgrades PostgreSQL ${from} in place: the operator stops all instances, runs pg_upgrade${copies}; backups and WAL of ${from} cannot be restored into ${to}`,
  );
}

function operatorStep({ engine, major: from }: Database, { major: to }: Database): VersionStep | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  return to < from ? stops(`is older than ${engineNames[engine]} ${from}, whose files it is given`) : undefined;
}

/** Since 5.0 a tag that names no minor version is of the yearly release. */
export function mongoSeriesOf(version: string): string {
  return /^\d+$/.test(version) && Number(version) >= 5 ? `${version}.0` : seriesOf(version);
}

/** How far apart two versions are in a list of series; undefined: one of them is not in it. */
function stepsIn(series: readonly string[], from: string, to: string): number | undefined {
  const [old, young] = [from, to].map((version) => series.indexOf(seriesOf(version)));
  return old === undefined || young === undefined || old < 0 || young < 0 ? undefined : young - old;
}

const seriesOf = (version: string): string => version.split(".").slice(0, 2).join(".");

function isOlder(version: string, than: string, parts: number): boolean {
  const [one, other] = [version, than].map((each) => each.split(".").slice(0, parts).map(Number));
  for (let index = 0; index < parts; index++) {
    const [a, b] = [one?.[index], other?.[index]];
    if (a === undefined || b === undefined || a !== b) return a !== undefined && b !== undefined && a < b;
  }
  return false;
}
