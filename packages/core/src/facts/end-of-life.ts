import type { Engine } from "./engines.ts";

/** The month of the last fix of a release series, by the makers' own calendars, read 2026-11. */
const lastFix: Readonly<Partial<Record<Engine, Readonly<Record<string, string>>>>> = {
  // https://www.postgresql.org/support/versioning/
  postgresql: {
    "9": "2021-11",
    "10": "2022-11",
    "11": "2023-11",
    "12": "2024-11",
    "13": "2025-11",
    "14": "2026-11",
    "15": "2027-11",
  },
  // https://www.mysql.com/support/eol-notice.html
  mysql: {
    "5": "2023-10",
    "5.5": "2018-12",
    "5.6": "2021-02",
    "5.7": "2023-10",
    "8.0": "2026-04",
    "8.1": "2023-10",
    "8.2": "2024-01",
    "8.3": "2024-04",
  },
  // https://mariadb.org/about/#maintenance-policy
  mariadb: {
    "5.5": "2020-04",
    "10.0": "2019-03",
    "10.1": "2020-10",
    "10.2": "2022-05",
    "10.3": "2023-05",
    "10.4": "2024-06",
    "10.5": "2025-06",
    "10.6": "2026-07",
  },
  // https://www.mongodb.com/legal/support-policy/lifecycles
  mongodb: {
    "2": "2018-03",
    "3": "2021-04",
    "4": "2024-02",
    "4.0": "2022-04",
    "4.2": "2023-04",
    "4.4": "2024-02",
    "5.0": "2024-10",
    "5": "2024-10",
    "6.0": "2025-07",
    "6": "2025-07",
    "3.4": "2020-01",
    "3.6": "2021-04",
    "3.2": "2018-09",
  },
  // https://cassandra.apache.org/_/download.html: a series ends with the third one after it
  cassandra: { "3": "2024-09", "2": "2021-07" },
  // https://redis.io/docs/latest/operate/oss_and_stack/install/
  redis: { "2": "2016-01", "3": "2018-07", "4": "2020-04", "5": "2022-04", "6": "2025-02", "6.0": "2022-04" },
};

/** When a series had its last fix (`2023-11`); undefined while it is maintained or not known. */
export function lastFixOf(engine: Engine, version: string): string | undefined {
  const table = lastFix[engine];
  if (table === undefined) return undefined;
  const [major = "", minor] = version.split(".");
  return (minor === undefined ? undefined : table[`${major}.${minor}`]) ?? table[major];
}
