import type { Command } from "../../embedded/command.ts";
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
