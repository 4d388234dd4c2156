import { type Command, programOf, type Word } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { HostReference } from "../model/reach.ts";

/** The hosts that a command connects to: `-h` or a connection string overrides what the variables of its container say. */
export function hostsOfCommand(command: Command, hosts: readonly HostReference[]): readonly HostReference[] {
  const own = hosts.filter((host) => names(command, host));
  return own.length > 0 ? own : hosts;
}

/** The same without the hosts that other commands of its script name. */
export function hostsOfCommandAlone(
  command: Command,
  script: readonly Command[],
  hosts: readonly HostReference[],
): readonly HostReference[] {
  return hostsOfCommand(
    command,
    hosts.filter((host) => names(command, host) || !script.some((each) => names(each, host))),
  );
}

/** Programs on libpq, or that read its variables. */
const readsPghost = /^(?:pg_\w+|wal-[ge]|barman-cloud-backup)$/;

const hostOptions = /^(?:--host=|-h(?=[A-Za-z$]))(.+)$/;

/**
 * The host that a dump takes from a variable which its script or container sets: `-h "$H"`, `export PGHOST=orders-db`. undefined: it
 * names none so, the script sets it in several ways, or its value is known only when it runs.
 */
export function assignedHost(
  command: Command,
  script: readonly Command[],
  container: Container,
): { readonly host: string; readonly at: Word } | undefined {
  const at = hostWord(command);
  if (at !== undefined) {
    const text = (hostOptions.exec(at.raw.replaceAll(/["']/g, ""))?.[1] ?? at.raw).replaceAll(/["']/g, "");
    const name = /^\$(?:\{(\w+)\}|(\w+))$/.exec(text);
    const variable = name?.[1] ?? name?.[2];
    if (variable === undefined) return undefined;
    const assigned = assignedValue(variable, command, script);
    const host = assigned === undefined ? container.environment.get(variable)?.value : ofVariable(assigned, container);
    return host !== undefined && isHost(host) ? { host, at } : undefined;
  }
  if (!readsPghost.test(programOf(command))) return undefined;
  const prefix = command.assignments.find(({ raw }) => raw.startsWith("PGHOST="));
  const said = prefix?.raw.slice("PGHOST=".length).replaceAll(/["']/g, "") ?? assignedValue("PGHOST", command, script);
  const host = said === undefined ? undefined : ofVariable(said, container);
  const word = prefix ?? command.words[0];
  return host !== undefined && isHost(host) && word !== undefined ? { host, at: word } : undefined;
}

/** `${DB_HOST:-orders-db}` is the variable of the container, or what stands in for it; another text is itself. */
function ofVariable(text: string, { environment }: Container): string | undefined {
  const [, name, standIn] = /^\$\{(\w+)(?::?-([^${}]*))?\}$/.exec(text) ?? /^\$(\w+)$/.exec(text) ?? [];
  if (name === undefined) return text;
  const setting = environment.get(name);
  return setting === undefined ? standIn : setting.value;
}

function isHost(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(text);
}

/** The word after `-h`, or the one that holds it. */
function hostWord({ words }: Command): Word | undefined {
  const index = words.findIndex(({ raw }) => raw === "-h" || raw === "--host");
  return index < 0 ? words.find(({ raw }) => hostOptions.test(raw.replaceAll(/["']/g, ""))) : words[index + 1];
}

/** What the script assigns to a variable before a command, where it does so in one way only. */
function assignedValue(name: string, command: Command, script: readonly Command[]): string | undefined {
  const value = command.variables.get(name);
  const others = script.map((each) => each.variables.get(name)).filter((each) => each !== undefined);
  return value !== undefined && others.every((each) => each === value) ? value : undefined;
}

function names(command: Command, host: HostReference): boolean {
  return command.words.some(
    ({ file, span }) => file === host.file && host.span.start >= span.start && host.span.end <= span.end,
  );
}

/** Whether one of the hosts may lead to an object: `db.other.svc` leads into namespace other only. No host may lead anywhere. */
export function mayLeadTo(hosts: readonly HostReference[], resource: Resource): boolean {
  return hosts.length === 0 || hosts.some(({ host }) => namespacesAgree({ namespace: namespaceIn(host) }, resource));
}

/** The namespace that a host name of the cluster spells out: `other` of `db.other.svc.cluster.local`. */
function namespaceIn(host: string): string | undefined {
  const labels = host.toLowerCase().split(".");
  const service = labels.lastIndexOf("svc");
  return service < 2 ? undefined : labels[service - 1];
}
