import { type Command, programOf } from "../../embedded/command.ts";
import { findDsns } from "../../embedded/dsn.ts";
import { type ClientPoolLibrary, clientPoolLibraries, forkingPrograms } from "../../facts/client-pools.ts";
import type { Container } from "../../kube/container.ts";
import { fileName } from "../../text/scan.ts";
import { byDefault, clearPart, type Fact, known, knownText, unknown } from "../../yaml/fact.ts";
import type { Setting } from "../../yaml/settings.ts";
import type { ClientPool } from "../model/client.ts";
import { count } from "../model/names.ts";
import type { HostReference } from "../model/reach.ts";

/** The pool with which a container reaches a host: what its environment or URL writes, else the default of a library that shows itself. */
export function readClientPool(container: Container, host: HostReference): ClientPool {
  const program = programPool(container, host);
  if (program !== undefined) return program;
  const written = container.environment.written();
  const processes = processesOf(container);
  for (const library of clientPoolLibraries) {
    const pool = variableOf(written, library.variables) ?? parameterOf(written, library, host);
    if (pool === undefined) continue;
    const overflow = variableOf(written, library.overflowVariable) ?? undefined;
    return poolOf(pool, overflow?.value ?? 0, processes, library, library.name === "pool" ? "" : ` (${library.name})`);
  }
  const django = djangoPool(container, host, processes);
  if (django !== undefined) return django;
  const shown = clientPoolLibraries.find((library) => library.default !== undefined && shows(library, written, host));
  if (shown?.default !== undefined) {
    const { pool, overflow } = shown.default;
    return poolOf(byDefault(pool, host), overflow, processes, shown, ` (${shown.name} default)`);
  }
  return { pool: unknown(host, "no pool size is in view"), poolFormula: "", poolAtRest: undefined, mayFork: false };
}

const dumpPrograms = /^(psql|pg_dump|pg_dumpall|pg_restore|mysql|mysqldump|mariadb|mariadb-dump)$/;

/** A Job's client program opens one connection, with `--jobs` one more for each. https://www.postgresql.org/docs/current/app-pgdump.html */
function programPool(container: Container, host: HostReference): ClientPool | undefined {
  if (!/^(Cron)?Job$/.test(container.workload.resource.kind)) return undefined;
  const command = container.commands.find((each) => dumpPrograms.test(programOf(each)));
  if (command === undefined) return undefined;
  const jobs = flagOf(command, ["--jobs", "-j"]) ?? 0;
  return {
    pool: known(jobs > 1 ? jobs + 1 : 1, host),
    poolFormula: `${count(jobs > 1 ? jobs + 1 : 1, "connection")} (${programOf(command)})`,
    poolAtRest: undefined,
    mayFork: false,
  };
}

/** Django keeps one connection a thread: https://docs.djangoproject.com/en/5.2/ref/databases/#persistent-connections */
function djangoPool(container: Container, host: HostReference, processes: Processes): ClientPool | undefined {
  const gunicorn = container.commands.find(({ words }) =>
    words.some(({ text }) => fileName(text ?? "") === "gunicorn"),
  );
  if (gunicorn === undefined || container.environment.get("DJANGO_SETTINGS_MODULE") === undefined) return undefined;
  const threads = flagOf(gunicorn, ["--threads"]) ?? 1;
  const most = processes.number * threads;
  const times = processes.number === 1 ? "" : `${count(processes.number, "process", "processes")} x `;
  return {
    pool: byDefault(most, host),
    poolFormula: `${times}${count(threads, "thread")} (Django)`,
    poolAtRest: undefined,
    mayFork: !processes.isKnown,
  };
}

/** How many processes one Pod forks; `isKnown` false: the image decides. */
interface Processes {
  readonly number: number;
  readonly isKnown: boolean;
}

function poolOf(
  pool: Fact<number>,
  overflow: number,
  processes: Processes,
  library: ClientPoolLibrary,
  from: string,
): ClientPool {
  if (pool.value === undefined) return { pool, poolFormula: "", poolAtRest: undefined, mayFork: false };
  const one = overflow === 0 ? `pool ${pool.value}` : `(pool ${pool.value} + ${overflow} overflow)`;
  const times = processes.number === 1 ? "" : `${count(processes.number, "process", "processes")} x `;
  return {
    pool: { ...pool, value: processes.number * (pool.value + overflow) },
    poolFormula: `${times}${one}${from}`,
    poolAtRest: processes.number * pool.value,
    mayFork: library.forks === true && !processes.isKnown,
  };
}

const wholeNumber = (fact: Fact<string>): Fact<number> | undefined =>
  fact.value === undefined
    ? fact
    : /^\d+$/.test(fact.value.trim())
      ? { ...fact, value: Number(fact.value) }
      : undefined;

function variableOf(written: readonly Setting[], names: RegExp | undefined): Fact<number> | undefined {
  if (names === undefined) return undefined;
  const setting = written.findLast(({ name }) => names.test(name));
  return setting === undefined ? undefined : wholeNumber(setting.value);
}

/** A parameter of the URL or keyword string that names the host. */
function parameterOf(
  written: readonly Setting[],
  { parameters }: ClientPoolLibrary,
  host: HostReference,
): Fact<number> | undefined {
  if (parameters === undefined) return undefined;
  for (const { value } of written) {
    const text = knownText(value);
    if (text === undefined || !text.includes(host.host)) continue;
    const pairs: (readonly [string, string])[] = [];
    let mayHaveMore = false;
    for (const dsn of findDsns(text)) {
      if (!dsn.hosts.some((each) => each.host === host.host)) continue;
      pairs.push(...dsn.parameters);
      mayHaveMore ||= !dsn.isComplete;
    }
    for (const pair of text.split(";")) {
      const [name = "", number = "", more] = pair.split("=", 3).map((word) => word.trim());
      if (more === undefined) pairs.push([name, number]);
    }
    for (const [name, number] of pairs) {
      if (!parameters.includes(name.toLowerCase())) continue;
      if (/^\d+$/.test(number)) return known(Number(number), value.at);
      if (clearPart(number) === undefined) return unknown(value.at, "it is filled in later");
    }
    if (mayHaveMore) return unknown(value.at, "its parameters are not all in view");
  }
  return undefined;
}

function shows({ shownBy }: ClientPoolLibrary, written: readonly Setting[], host: HostReference): boolean {
  if (shownBy === undefined) return false;
  return written.some(({ name, value }) => {
    if (shownBy.variable?.test(name) === true) return true;
    const text = knownText(value);
    if (text === undefined || !text.includes(host.host)) return false;
    const scheme = /^([a-z][a-z0-9+_]*):\/\//i.exec(text.trim())?.[1]?.toLowerCase();
    if (scheme !== undefined) return shownBy.scheme?.test(scheme) === true;
    return shownBy.keyword?.test(text) === true && !/pooling\s*=\s*false/i.test(text);
  });
}

function processesOf(container: Container): Processes {
  for (const command of container.commands) {
    const index = command.words.findIndex((word) => Object.hasOwn(forkingPrograms, fileName(word.text ?? "")));
    const program = forkingPrograms[fileName(command.words[index]?.text ?? "")];
    if (index < 0 || program === undefined) continue;
    const number = flagOf(command, program.workers) ?? container.environment.number(program.variable)?.value;
    return { number: Math.max(1, number ?? 1), isKnown: number !== undefined };
  }
  return { number: 1, isKnown: container.commands.length > 0 };
}

function flagOf({ words }: Command, names: readonly string[]): number | undefined {
  for (const [index, { text }] of words.entries()) {
    const name = names.find((each) => text === each || text?.startsWith(`${each}=`) === true);
    if (name === undefined) continue;
    const value = text === name ? words[index + 1]?.text : text?.slice(name.length + 1);
    if (value !== undefined && /^\d+$/.test(value)) return Number(value);
  }
  return undefined;
}
