/** A security fault of PgBouncer, and what has to be configured for it to matter. */
export interface PgbouncerVulnerability {
  readonly id: string;
  /** The first version that has it; undefined: from the beginning. */
  readonly since: string | undefined;
  readonly fixedIn: string;
  /** The day of the release that repairs it. */
  readonly date: string;
  /** A clause: who can do what. */
  readonly effect: string;
  /** undefined: whatever is configured. */
  readonly needs?:
    | "scram"
    | "auth-query"
    | "ignored-parameters"
    | "large-packets"
    | "search-path"
    | "client-certificates";
}

/** The graver first. From PgBouncer's change log up to 1.26.1, read 2026-11: https://www.pgbouncer.org/changelog.html */
export const pgbouncerVulnerabilities: readonly PgbouncerVulnerability[] = [
  {
    id: "CVE-2026-107350",
    since: "1.17.0",
    fixedIn: "1.26.1",
    date: "2026-10-14",
    effect: "anyone who knows one user's password can log in as any other, even as an administrator",
    needs: "scram",
  },
  {
    id: "CVE-2025-12819",
    since: "1.20.0",
    fixedIn: "1.25.1",
    date: "2025-12-03",
    effect: "a client that has not logged in can run SQL as auth_user",
    needs: "search-path",
  },
  {
    id: "CVE-2025-2291",
    since: "1.6",
    fixedIn: "1.24.1",
    date: "2025-04-16",
    effect: "expired passwords still work",
    needs: "auth-query",
  },
  {
    id: "CVE-2021-3935",
    since: undefined,
    fixedIn: "1.16.1",
    date: "2021-11-11",
    effect: "someone on the network path can inject queries ahead of those of a client with a certificate",
    needs: "client-certificates",
  },
  {
    id: "CVE-2015-6817",
    since: "1.6",
    fixedIn: "1.6.1",
    date: "2015-09-03",
    effect: "an unknown user is logged in as auth_user",
    needs: "auth-query",
  },
  {
    id: "CVE-2026-19888",
    since: "1.11.0",
    fixedIn: "1.26.0",
    date: "2026-09-23",
    effect: "a client that has not logged in can crash it",
    needs: "scram",
  },
  {
    id: "CVE-2026-6664",
    since: "1.11.0",
    fixedIn: "1.25.2",
    date: "2026-05-08",
    effect: "a client that has not logged in can crash it",
    needs: "scram",
  },
  {
    id: "CVE-2026-6668",
    since: undefined,
    fixedIn: "1.26.0",
    date: "2026-09-23",
    effect: "a client that has not logged in can hang it",
  },
  {
    id: "CVE-2026-107349",
    since: "1.20.0",
    fixedIn: "1.26.1",
    date: "2026-10-14",
    effect: "a client that has not logged in can hang it",
    needs: "ignored-parameters",
  },
  {
    id: "CVE-2026-107348",
    since: "1.21.0",
    fixedIn: "1.26.1",
    date: "2026-10-14",
    effect: "a client that has not logged in can hang it",
    needs: "large-packets",
  },
  {
    id: "CVE-2026-6667",
    since: "1.24.0",
    fixedIn: "1.25.2",
    date: "2026-05-08",
    effect: "users of stats_users can end connections",
  },
  {
    id: "CVE-2026-6669",
    since: "1.11.0",
    fixedIn: "1.26.0",
    date: "2026-09-23",
    effect: "a malicious server can hang it",
  },
  {
    id: "CVE-2026-6665",
    since: "1.11.0",
    fixedIn: "1.25.2",
    date: "2026-05-08",
    effect: "a malicious server can overflow its stack",
  },
  {
    id: "CVE-2026-6666",
    since: undefined,
    fixedIn: "1.25.2",
    date: "2026-05-08",
    effect: "a malicious server can crash it",
  },
];
