import { type ClientDsn, dsnsTo } from "../../domain/client/client-dsn.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Pooler } from "../../domain/model/pooler.ts";
import { isGone, pgbouncerVersionOf, pgbouncerVersionOfPooler } from "../../domain/pgbouncer/version.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "pooler-refuses-startup-parameter",
  subject: "container",
  meta: {
    summary: "A client's URL sets a parameter that makes PgBouncer refuse the connection, or that PgBouncer drops.",
    rationale:
      "A driver sends more than user and database when it connects: Go's lib/pq and pgjdbc before 42.7.5 send `extra_float_digits`, and `options`, `currentSchema`, `statement_timeout` and the like in a URL become startup parameters. PgBouncer answers `unsupported startup parameter` unless it tracks the parameter or `ignore_startup_parameters` lists it, and then the setting takes effect nowhere (measured with 1.18 and 1.26).",
    remedy:
      "Set it in the transaction that needs it: `SET LOCAL lock_timeout = '5s'`. What every session of the role may have can be set for the role: `ALTER ROLE shop SET search_path = shop`; a lock_timeout or statement_timeout of the role also cancels its concurrent index builds. For extra_float_digits add it to `ignore_startup_parameters`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#ignore_startup_parameters",
      "https://www.pgbouncer.org/faq.html",
    ],
    quietWhen:
      "the pooler's settings are not fully in view; a parameter that is ignored on purpose is an info in the preset all.",
  },
  check(container, { workspace, report }) {
    const { resource } = container.workload;
    const host = workspace.topology.hostsIn(container).find(({ reaches }) => reaches.state === "pooler");
    if (host?.reaches.state !== "pooler") return;
    const { pooler } = host.reaches;
    if (pooler.software !== "pgbouncer" || pooler.resource.isUnsettled || !pooler.settings.isComplete) return;
    const ignored = pooler.settings.get("ignore_startup_parameters");
    if (ignored?.value === undefined || /%include/.test(pooler.configuration?.content.value ?? "")) return;
    const names = new Set(ignored.value.toLowerCase().split(/[\s,]+/));
    const sent = [
      ...dsnsTo(container, host).flatMap(sentBy),
      ...sentByLibpq(container),
      ...sentByExporter(container, host),
    ];
    const allRefused = sent.filter((each) => !isTracked(each, pooler) && !each.listed.some((name) => names.has(name)));
    const refused = allRefused.find(({ isOldDriver }) => isOldDriver !== true) ?? allRefused[0];
    if (refused !== undefined) {
      const isFloatDigits = refused.name === floatDigits.name;
      const name = nameOf(pooler.resource);
      report({
        // The version of the driver is in no manifest; the exporter's has always sent it.
        ...(isFloatDigits ? { severity: refused.isOldDriver ? ("info" as const) : ("warning" as const) } : {}),
        message: refused.isOldDriver
          ? `PgBouncer of ${name} refuses ${nameOf(resource)} if its pgjdbc is older than 42.7.5, which sends the startup parameter ${refused.name} that PgBouncer does not know.`
          : `PgBouncer of ${name} refuses ${nameOf(resource)}: ${refused.why} sends the startup parameter ${refused.name}, which PgBouncer does not know.`,
        at: refused.at,
        related: [
          { message: `ignore_startup_parameters ${ignored.value === "" ? "(empty)" : ignored.value}`, at: ignored.at },
        ],
      });
      return;
    }
    const dropped = sent.find((each) => each.name !== "extra_float_digits" && !isTracked(each, pooler));
    if (dropped === undefined) return;
    report({
      message: `PgBouncer of ${nameOf(pooler.resource)} drops ${dropped.name} of ${nameOf(resource)} (ignore_startup_parameters): the setting never takes effect.`,
      at: dropped.at,
      severity: "info",
      presets: [],
      related: [{ message: `ignore_startup_parameters ${ignored.value}`, at: ignored.at }],
    });
  },
});

interface Sent {
  readonly name: string;
  /** Each of these in ignore_startup_parameters makes PgBouncer drop it. */
  readonly listed: readonly string[];
  readonly why: string;
  readonly at: Place;
  /** Only drivers of some age send it. */
  readonly isOldDriver?: true;
}

const floatDigits = { name: "extra_float_digits", listed: ["extra_float_digits"] };

/** The exporter's driver is lib/pq: https://github.com/prometheus-community/pgbouncer_exporter/issues/99 */
function sentByExporter({ image }: Container, at: Place): readonly Sent[] {
  return /pgbouncer[-_]exporter$/.test(image?.name ?? "")
    ? [{ ...floatDigits, why: "lib/pq of the exporter", at }]
    : [];
}

/** Parameters of the server that drivers take from a URL and send when they connect. */
const ofUrl: ReadonlySet<string> = new Set([
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "search_path",
  "default_transaction_read_only",
  "row_security",
  "work_mem",
]);

/** https://jdbc.postgresql.org/documentation/use/ , https://pkg.go.dev/github.com/jackc/pgx/v5/pgconn#ParseConfig */
function sentBy({ isJdbc, parameters, setting }: ClientDsn): readonly Sent[] {
  const at = setting.readAt ?? setting.value.at;
  const why = isJdbc ? "pgjdbc" : `the URL in ${setting.name}`;
  const sent = [...parameters].flatMap(([name, value]): readonly Sent[] => {
    if (name === "options") return ofOptions(value, why, at);
    const server = isJdbc && name === "currentschema" ? "search_path" : name;
    return (isJdbc ? server === "search_path" && name !== "search_path" : ofUrl.has(name))
      ? [{ name: server, listed: [server], why, at }]
      : [];
  });
  // From 42.7.5 on pgjdbc sets it later: https://github.com/pgjdbc/pgjdbc/pull/4308
  if (isJdbc) sent.push({ ...floatDigits, why: "pgjdbc before 42.7.5", at, isOldDriver: true });
  return sent;
}

/** libpq sends PGOPTIONS as `options`. */
function sentByLibpq({ environment }: Container): readonly Sent[] {
  const options = environment.get("PGOPTIONS");
  return options?.value === undefined ? [] : ofOptions(options.value, "PGOPTIONS", options.at);
}

function ofOptions(value: string, why: string, at: Place): readonly Sent[] {
  const names = [...value.matchAll(/(?:-c\s*|--)(\w[\w.-]*)(\s*=)?/g)].flatMap(([, name = "", sets]) =>
    sets === undefined ? [] : [name.replaceAll("-", "_")],
  );
  const [first] = names;
  return first === undefined
    ? []
    : [{ name: `${first} (in options)`, listed: ["options", first.toLowerCase()], why, at }];
}

/** What PgBouncer sets on the server connection itself; from 1.26 on also search_path where the server reports it. */
function isTracked({ name, listed }: Sent, { settings, container, resource }: Pooler): boolean {
  const plain = listed.at(-1) ?? name;
  const more = (settings.get("track_extra_parameters")?.value ?? "").toLowerCase().split(/[\s,]+/);
  if (/^(application_name|client_encoding|datestyle|timezone|standard_conforming_strings)$/.test(plain)) return true;
  if (more.includes(plain)) return true;
  const version = pgbouncerVersionOf(container) ?? pgbouncerVersionOfPooler(resource.node);
  return (
    /^(search_path|default_transaction_read_only)$/.test(plain) && (version === undefined || isGone(version, "1.26.0"))
  );
}
