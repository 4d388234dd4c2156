import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { listed } from "../../text/listed.ts";
import type { Comparison, Side } from "../change.ts";
import { usersOfClaims } from "../claim-users.ts";
import { type Applies, type Step, step } from "./procedure.ts";
import { idling, kubectl } from "./shell.ts";
import { isNamed, kubectlName, podsGone } from "./stack.ts";

/** A workload that is stopped before the steps and started after them. */
interface Client {
  readonly resource: Resource;
  /** undefined: a person stops it and starts it again. */
  readonly commands: ClientCommands | undefined;
  /** What a person has to know of it. */
  readonly note: string | undefined;
}

interface ClientCommands {
  readonly stop: string;
  /** Waits until its Pods are gone. */
  readonly wait: string | undefined;
  readonly start: string;
  /** `is down` */
  readonly stopped: string;
}

/** What runs while the steps are about to be taken, in both texts. */
export interface Clients {
  /** In the old text. */
  readonly was: readonly Client[];
  /** In the new text, as it says that they run: those of the old one, and what is new. */
  readonly now: readonly Client[];
  /** Of those that are stopped: the new text does not have them, or does not run them. */
  readonly resting: readonly Resource[];
  /** Where they are, for the commands that apply them. */
  readonly after: Side;
}

/** Both texts of a database whose data goes through a dump. */
interface Sides {
  readonly before: Side;
  readonly after: Side;
  readonly old: Database;
  readonly young: Database;
  readonly among: Comparison;
}

/** What connects to the database, or uses one of its claims. */
export function clientsOf({ before, after, old, young, among }: Sides, claims: readonly string[]): Clients {
  const was = runningIn(before, old, claims);
  const { now, resting } = runningAfter(was, among);
  const known = new Set(now.map(({ resource }) => nameOf(resource)));
  const added = runningIn(after, young, claims).filter(({ resource }) => !known.has(nameOf(resource)));
  return { was, now: [...now, ...added], resting, after };
}

/** What uses one of these claims next to what the steps are about. */
export function claimClientsOf(
  before: Side,
  after: Side,
  among: Comparison,
  claims: readonly string[],
  except: readonly Resource[] = [],
): Clients {
  const others = new Set(except.map(nameOf));
  const was = usersIn(before, claims).filter(({ resource }) => !others.has(nameOf(resource)));
  return { was, ...runningAfter(was, among), after };
}

/** The same of claims that go: nothing is started again. */
export function claimClientsBefore(before: Side, claims: readonly string[]): readonly Client[] {
  return usersIn(before, claims);
}

/** Clients as the new text has them. */
function runningAfter(was: readonly Client[], among: Comparison): Pick<Clients, "now" | "resting"> {
  const resting: Resource[] = [];
  const now = was.flatMap((client): readonly Client[] => {
    const { resource } = client;
    const change = among.changeOf(resource);
    // Nobody can say which object of the new text it is: it is started as it was.
    if (among.otherSideOf(resource) === undefined && change === undefined) return [client];
    const other = change?.isRenamed === true ? undefined : among.otherSideOf(resource);
    const started =
      other?.resource.workload === undefined
        ? []
        : clientsIn([other.resource.workload], other.workspace.everything.resources);
    if (started.length === 0) resting.push(resource);
    // What a person has stopped, a person starts.
    return client.commands === undefined
      ? started.map((each) => ({ ...each, commands: undefined, note: client.note }))
      : started;
  });
  return { now, resting };
}

function runningIn(side: Side, database: Database, claims: readonly string[]): readonly Client[] {
  const writers = clientsIn(workloadsOn(side, database), side.workspace.resources);
  const isWriter = (user: Client): boolean =>
    writers.some(({ resource }) => nameOf(resource) === nameOf(user.resource));
  return [...writers, ...usersIn(side, claims).filter((user) => !isWriter(user))];
}

function usersIn(side: Side, claims: readonly string[]): readonly Client[] {
  const { resources } = side.workspace.everything;
  return usersOfClaims(claims, side).flatMap(({ workload, isCertain }): readonly Client[] => {
    const client = clientOf(workload, resources);
    if (client === undefined || isCertain) return client === undefined ? [] : [client];
    return [{ ...client, commands: undefined, note: "if it uses the claim: the name is filled in later" }];
  });
}

/** Nothing else holds the volumes while they are worked on. */
export function stopClaimClients(was: readonly Client[], claims: readonly string[]): readonly Step[] {
  const { known, others } = sorted(was);
  return [
    ...stopByHand(others, `Stop ${namesOf(others)}`),
    ...(known.length === 0
      ? []
      : [
          step(
            `Stop what else uses ${listed(claims)}`,
            stopping(known),
            known.map(({ resource, commands }) => `${nameOf(resource)} ${commands.stopped}`).join(", "),
            "start it again",
          ),
        ]),
  ];
}

/** The end of `stopClaimClients`, as the new text says. */
export function startClaimClients({ now, resting }: Clients): readonly Step[] {
  const { known, others } = sorted(now);
  return [
    ...(known.length === 0
      ? []
      : [
          step(
            `Start ${namesOf(known)} again`,
            known.map(({ commands }) => commands.start),
            `${known.length === 1 ? "it runs" : "they run"} as the new text says${restOf(resting)}`,
            known.length === 1 ? "stop it again" : "stop them again",
          ),
        ]),
    ...startByHand(others),
  ];
}

function startByHand(others: readonly Client[]): readonly Step[] {
  return others.length === 0
    ? []
    : [
        step(`Start ${namesOf(others)} again`, [], undefined, "stop them again", {
          by: "person",
          check: { commands: [], expects: "they work" },
        }),
      ];
}

function restOf(resting: readonly Resource[]): string {
  return resting.length === 0
    ? ""
    : `; ${listed(resting.map(nameOf))} ${resting.length === 1 ? "stays" : "stay"} off: the new text does not run ${resting.length === 1 ? "it" : "them"}`;
}

/** Nothing that is in view writes while a dump is taken. */
export function stopWriters({ before }: Pick<Sides, "before">, { was }: Clients): readonly Step[] {
  const { known, others } = sorted(was);
  const isNone = known.length + others.length === 0;
  const jobs = known.filter(({ resource }) => resource.kind === "CronJob");
  const stopped = known.map(({ resource, commands }) => `${nameOf(resource)} ${commands.stopped}`);
  return [
    ...stopByHand(others, `Stop ${namesOf(others)}`),
    step(
      `Stop what writes to ${shortName(before.resource)}`,
      stopping(known),
      isNone
        ? "nothing writes; the clients of this database are not in these files"
        : stopped.length === 0
          ? "nothing else writes"
          : stopped.join(", "),
      "start them again",
      {
        by: known.length === 0 ? "person" : "script",
        check: {
          commands: [...new Set(jobs.map(({ resource }) => `${kubectl(resource)} get jobs`))],
          expects: "nothing is connected: no jobs and no people either",
        },
      },
    ),
  ];
}

/** All at once, and then the end of each. */
function stopping(clients: readonly Known[]): readonly string[] {
  return [...clients.map(({ commands }) => commands.stop), ...clients.flatMap(({ commands }) => commands.wait ?? [])];
}

/** What the new text starts when these commands apply it: it is in a file or folder of theirs. */
function startedBy({ now, after }: Clients, applied: readonly string[], apply: Applies): readonly Client[] {
  return now.filter(({ resource }) => applied.includes(apply({ ...after, resource })));
}

/** Commands that stop again what the new text starts when it is applied. */
export function stoppedAgain(clients: Clients, applied: readonly string[], apply: Applies): readonly string[] {
  return stopping(sorted(startedBy(clients, applied, apply)).known);
}

/** The same of what a person stops. */
export function stopAgainByHand(clients: Clients, applied: readonly string[], apply: Applies): readonly Step[] {
  const { others } = sorted(startedBy(clients, applied, apply));
  return stopByHand(
    others,
    `Stop ${namesOf(others)} again: the new text starts ${others.length === 1 ? "it" : "them"}`,
  );
}

function stopByHand(others: readonly Client[], title: string): readonly Step[] {
  if (others.length === 0) return [];
  const isOne = others.length === 1;
  return [
    step(
      title,
      [],
      `${isOne ? "it does" : "they do"} nothing until ${isOne ? "it is" : "they are"} started again`,
      "start again what was stopped",
      { by: "person", check: { commands: [], expects: "no Pod of them runs, and nothing starts one" } },
    ),
  ];
}

/** The end of `stopWriters`, as the new text says. */
export function startWriters(
  { before }: Pick<Sides, "before">,
  clients: Clients,
  applied: readonly string[],
  apply: Applies,
): readonly Step[] {
  const { was, resting, now } = clients;
  const started = new Set(startedBy(clients, applied, apply));
  // What is new and not applied here was never stopped.
  const old = new Set(was.map(({ resource }) => nameOf(resource)));
  const { known, others } = sorted(now.filter((each) => started.has(each) || old.has(nameOf(each.resource))));
  return [
    step(
      "Start the clients again",
      known.map(({ commands }) => commands.start),
      `they write to ${shortName(before.resource)} as it is now: from here on, going back loses what they write${restOf(resting)}`,
      "stop them again",
      { by: known.length === 0 ? "person" : "script", check: { commands: [], expects: "they work" } },
    ),
    ...startByHand(others),
  ];
}

/** Functions that the commands for these use. */
export function setupFor(clients: readonly Client[]): readonly string[] {
  return clients.some(({ resource: { kind }, commands }) => kind === "CronJob" && commands !== undefined)
    ? [idling]
    : [];
}

interface Known extends Client {
  readonly commands: ClientCommands;
}

function sorted(clients: readonly Client[]): { readonly known: readonly Known[]; readonly others: readonly Client[] } {
  return {
    known: clients.filter((each): each is Known => each.commands !== undefined),
    others: clients.filter(({ commands }) => commands === undefined),
  };
}

const namesOf = (clients: readonly Client[]): string =>
  listed(clients.map(({ resource, note }) => `${nameOf(resource)}${note === undefined ? "" : ` (${note})`}`));

/** Workloads in view that connect to the database. */
function workloadsOn({ workspace: { topology } }: Side, database: Database): readonly Workload[] {
  const poolers = new Set(topology.poolersOf(database));
  const found = new Map<Resource, Workload>();
  for (const { host, container } of topology.clients) {
    const { reaches } = host;
    const isConnected =
      (reaches.state === "database" && reaches.database === database) ||
      (reaches.state === "pooler" && poolers.has(reaches.pooler));
    if (isConnected) found.set(container.workload.resource, container.workload);
  }
  return [...found.values()];
}

/** All but those that are told not to run. */
function clientsIn(workloads: readonly Workload[], resources: ResourceIndex): readonly Client[] {
  return workloads.flatMap((workload) => clientOf(workload, resources) ?? []);
}

/** undefined: it runs nothing. */
function clientOf({ resource, replicas }: Workload, resources: ResourceIndex): Client | undefined {
  const byHand = (note?: string): Client => ({ resource, commands: undefined, note });
  if (!isNamed(resource)) return byHand();
  const run = kubectl(resource);
  if (resource.kind === "CronJob") {
    const suspend = resource.node.at("spec", "suspend");
    if (suspend?.boolean() === true) return undefined;
    if (suspend !== undefined && suspend.boolean() === undefined)
      return byHand("whether it is suspended is filled in later");
    const patch = (value: boolean): string =>
      `${run} patch ${kubectlName(resource)} --type merge -p '{"spec":{"suspend":${value}}}'`;
    return {
      resource,
      commands: {
        stop: patch(true),
        // The Jobs that it has started go on.
        wait: [
          "idle",
          kubectlName(resource),
          ...(resource.namespace === undefined ? [] : ["-n", resource.namespace]),
        ].join(" "),
        start: patch(false),
        stopped: "starts no Job",
      },
      note: undefined,
    };
  }
  if (resource.kind === "Job" && resource.node.boolean("spec", "suspend") === true) return undefined;
  if (resource.kind !== "Deployment" && resource.kind !== "StatefulSet") return byHand();
  // At 0 an autoscaler pauses. https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
  if (replicas.value === 0) return undefined;
  const [scaler] = resources.targeting("ScaledObject", resource);
  // https://keda.sh/docs/2.17/concepts/scaling-deployments/#pausing-autoscaling
  if (scaler?.annotations["autoscaling.keda.sh/paused-replicas"] === "0") return undefined;
  if (scaler !== undefined) return byHand(`pause ${nameOf(scaler)} first, which scales it up again`);
  const [autoscaler] = resources.targeting("HorizontalPodAutoscaler", resource);
  const least = autoscaler?.node.at("spec", "minReplicas");
  const fewest = least === undefined ? 0 : least.integer();
  if (replicas.value === undefined || fewest === undefined) return byHand("how many Pods it has is filled in later");
  const scale = (count: number): string => `${run} scale ${kubectlName(resource)} --replicas=${count}`;
  return {
    resource,
    commands: {
      stop: scale(0),
      wait: podsGone(resource),
      start: scale(Math.max(replicas.value, fewest)),
      stopped: "is down",
    },
    note: undefined,
  };
}
