import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "secret-value-ends-in-newline",
  subject: "workspace",
  meta: {
    summary: "A password, user, host or URL from a Secret ends in a line break.",
    rationale:
      "`echo secret | base64` encodes the line break, and a `|` block scalar keeps it. The variable then contains it, and the server answers `password authentication failed` for a password that looks right.",
    remedy: "Use `echo -n` or `printf %s`, and `|-` in stringData. The value is never printed here.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/configmap-secret/managing-secret-using-kubectl/#use-raw-data"],
    quietWhen: "the value has several lines (a certificate, a file), or the variable does not belong to a database.",
  },
  check(workspace, { report, isOff }) {
    // Several variables take one value: one finding where it is written.
    const byPlace = new Map<string, [Broken, ...Broken[]]>();
    for (const { workload } of workspace.resources) {
      if (workload === undefined || workload.resource.isUnsettled || workload.resource.isOwned) continue;
      if (isOff(workload.resource)) continue;
      for (const broken of workload.containers.flatMap((container) => brokenIn(container, workspace))) {
        const place = `${broken.value.at.file.uri} ${broken.value.at.span.start}`;
        const same = byPlace.get(place);
        if (same === undefined) byPlace.set(place, [broken]);
        else same.push(broken);
      }
    }
    for (const all of byPlace.values()) {
      const first = all.find(({ isPoolers }) => isPoolers) ?? all[0];
      const names = [...new Set(all.map(({ name }) => name))];
      const readers = [...new Set(all.map(({ reader }) => nameOf(reader)))];
      const who = `${firstListed(names, 3)} of ${firstListed(readers, 3)} ${names.length === 1 ? "ends" : "end"} in a line break`;
      report({
        message: first.isPoolers
          ? `${first.name} of ${nameOf(first.reader)} ends in a line break: the image writes it into pgbouncer.ini, and PgBouncer does not start with the line that follows.`
          : `${who}: the login or lookup fails with "password authentication failed" or an unknown host.`,
        at: first.value.at,
        subject: first.reader,
        related: all
          .slice(0, 5)
          .map(({ name, reader, readAt }) => ({ message: `${nameOf(reader)} reads it as ${name}`, at: readAt })),
      });
    }
  },
});

interface Broken {
  readonly name: string;
  readonly value: Fact<string>;
  readonly readAt: Place;
  readonly reader: Resource;
  /** The image of a pooler writes it into a file. */
  readonly isPoolers: boolean;
}

function brokenIn(container: Container, { topology }: Workspace): readonly Broken[] {
  const { workload, environment } = container;
  const pooler = topology.poolerOf(container);
  const isOurs = topology.databaseOf(workload) !== undefined || pooler !== undefined;
  const isPoolers = pooler?.dialect !== undefined;
  return environment.written().flatMap(({ name, value, readAt }) => {
    if (readAt === undefined || value.value === undefined || !/^[^\n]+\n$/.test(value.value)) return [];
    if (!(credential.test(name) || (isPoolers && /(^|_)(DB_NAME|NAME|PORT)$/i.test(name)))) return [];
    if (!(isOurs || databaseWord.test(name))) return [];
    return [{ name, value, readAt, reader: workload.resource, isPoolers }];
  });
}

const credential = /PASS(WORD|WD)?($|_)|_PWD$|USER(NAME)?$|HOST(NAME)?$|UR[IL]$|DSN$|_DB$|DATABASE$/i;
const databaseWord =
  /(^|_)(PG|POSTGRES|POSTGRESQL|DB|DATABASE|DATASOURCE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|SQL|PGBOUNCER)|PGPASS/i;
