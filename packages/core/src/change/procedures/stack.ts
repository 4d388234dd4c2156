import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { appliersOf } from "../../domain/workspace/gitops.ts";
import { engineNames } from "../../facts/engines.ts";
import { hasPlaceholder, integerFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { readLabelSelector } from "../../kube/selector.ts";
import { listed } from "../../text/listed.ts";
import type { Side } from "../change.ts";
import { claimsOf, isSet, mayDeleteClaims } from "../claims.ts";
import { kindOf } from "../pair.ts";
import { isOneWay, lastMysqlSeries, mayUpgradeItself, mongoSeriesOf } from "../version-step.ts";
import { askingOf } from "./engines.ts";
import type { Applies, Step } from "./procedure.ts";
import { step } from "./procedure.ts";
import { isName, kubectl, quoted } from "./shell.ts";

/** `statefulset orders-db`, as kubectl takes it. */
export function kubectlName({ kind, name }: Resource): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Every name that a command would hold is one that Kubernetes takes. */
export function isNamed({ name, namespace }: Resource): boolean {
  return isName(name) && (namespace === undefined || isName(namespace));
}

/** A workload with the number of its Pods. */
export interface Runner {
  readonly resource: Resource;
  /** undefined: it is filled in later. */
  readonly replicas: number | undefined;
}

export function runnerOf(resource: Resource): Runner {
  return { resource, replicas: resource.workload?.replicas.value };
}

/** Names of the Pods of a set, highest ordinal first; undefined: they have no fixed names, or how many they are is not known. */
export function podsOf({ resource, replicas }: Runner): readonly string[] | undefined {
  const start = firstOrdinalOf(resource);
  if (start === undefined || replicas === undefined) return undefined;
  return Array.from({ length: replicas }, (_, index) => `${resource.name}-${start + replicas - 1 - index}`);
}

function firstOrdinalOf(resource: Resource): number | undefined {
  return isSet(resource) ? integerFact(resource.node, ["spec", "ordinals", "start"], 0).value : undefined;
}

/** The Pod that is asked, as kubectl exec takes it: of a set the first, else one of them. */
function aPodOf({ resource }: Runner): string {
  const first = firstOrdinalOf(resource);
  return first === undefined ? kubectlName(resource) : `${resource.name}-${first}`;
}

/** Names of the claims that a set makes, ordinal by ordinal; undefined: not known, or none that a shell may see. */
export function claimNamesOf(set: Resource): readonly string[] | undefined {
  const names = claimsOf(set);
  return names === undefined || names.size === 0 || ![...names].every(isName) ? undefined : [...names];
}

/** Runs a command of the server's own client in a Pod, where its password is. */
export function inPod(runner: Runner, database: Database, script: string, options = ""): string {
  const container = database.container === undefined ? "" : ` -c ${quoted(database.container.name)}`;
  return `${kubectl(runner.resource)} exec ${options}${aPodOf(runner)}${container} -- sh -c ${quoted(script)}`;
}

/** The file that a dump of the database is written to: no other database has that name, and no other version of it. */
export function dumpFile({ namespace, name }: Resource, database: Database): string {
  const version = database.version.value ?? "";
  const parts = [namespace, name, /^[\w.-]+$/.test(version) ? version : undefined];
  return `${parts.filter((part) => part !== undefined).join("_")}.${askingOf(database)?.extension ?? "dump"}`;
}

/** A last backup, which a person takes: how is theirs to know. */
export function backUp(runner: Runner, database: Database | undefined): Step {
  const asking = askingOf(database);
  const file = database === undefined ? "" : dumpFile(runner.resource, database);
  const dump =
    database === undefined || asking?.dump === undefined
      ? []
      : [`test ! -e ${file} && ${inPod(runner, database, asking.dump)} > ${file}.part && mv ${file}.part ${file}`];
  return step("Take a backup, and restore it once somewhere else", dump, undefined, undefined, {
    by: "person",
    check: { commands: [], expects: "the restored copy holds the databases and rows that you know" },
  });
}

/** The backup of `backUp` into a server that starts empty. */
export function restore(runner: Runner, database: Database): Step {
  const load = askingOf(database)?.load;
  return step(
    "Restore the backup",
    load === undefined ? [] : [`${inPod(runner, database, load, "-i ")} < ${dumpFile(runner.resource, database)}`],
    "the server holds its data again",
    undefined,
    {
      by: "person",
      check: { commands: listData(runner, database), expects: "the databases and rows that you know are there" },
    },
  );
}

/** Shows what the server holds now, to compare with later. */
export function listData(runner: Runner, database: Database | undefined): readonly string[] {
  const asking = askingOf(database);
  return database === undefined || asking === undefined ? [] : [inPod(runner, database, asking.list)];
}

/** What applies the manifests by itself is stopped first: it would undo each step. */
export function pause(side: Side): Step {
  const { workspace, resource } = side;
  const appliers = appliersOf(resource, workspace).filter(isNamed);
  const commands = appliers.map((each) =>
    each.kind === "Kustomization"
      ? `${kubectl(each)} patch kustomizations.kustomize.toolkit.fluxcd.io ${each.name} --type merge -p '{"spec":{"suspend":true}}'`
      : `${kubectl(each)} patch applications.argoproj.io ${each.name} --type merge -p '{"spec":{"syncPolicy":{"automated":null}}}'`,
  );
  const isKnown = commands.length > 0;
  return step(
    isKnown
      ? `Pause ${listed(appliers.map((each) => `${each.kind === "Kustomization" ? "Flux " : "Argo CD "}${nameOf(each)}`))}`
      : "Pause what applies these manifests by itself (Flux, Argo CD, a pipeline), if anything does",
    commands,
    isKnown ? "nothing is applied until it is resumed" : "nothing is applied except by you",
    "resume it",
    { by: isKnown ? "script" : "person" },
  );
}

/** The end of `pause`. */
export function resume(side: Side): Step {
  const flux = appliersOf(side.resource, side.workspace).filter(
    (each) => each.kind === "Kustomization" && isNamed(each),
  );
  return step(
    "Merge the change, and resume what applies these manifests",
    flux.map(
      (each) =>
        `${kubectl(each)} patch kustomizations.kustomize.toolkit.fluxcd.io ${each.name} --type merge -p '{"spec":{"suspend":false}}'`,
    ),
    "the manifests are applied by themselves again",
    "pause it again",
    { by: "person", check: { commands: [], expects: "it reports no difference and no error" } },
  );
}

/** Volumes of claims are kept when their claims go. `words`: namespace and claim, ready for a shell. */
export function keepVolumes(words: readonly string[]): Step {
  return step(
    words.length === 1 ? "Keep the volume when its claim goes" : "Keep the volumes when their claims go",
    words.map((each) => `keep ${each}`),
    `${words.length === 1 ? "its" : "their"} reclaim policy is Retain; the names of the volumes are shown: write them down`,
    "set the reclaim policy back; Retain can stay",
  );
}

/** The selector of a workload as kubectl takes it; undefined: it selects all Pods or none, or a part of it is filled in later. */
export function selectorText({ node }: Resource): string | undefined {
  const selector = node.at("spec", "selector");
  if (selector === undefined) return undefined;
  const { pairs, expressions } = readLabelSelector(selector);
  const terms = [
    ...pairs.map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values }) => {
      switch (operator) {
        case "In":
          return `${key} in (${values.join(",")})`;
        case "NotIn":
          return `${key} notin (${values.join(",")})`;
        case "Exists":
          return key;
        default:
          return `!${key}`;
      }
    }),
  ];
  return terms.length === 0 || terms.some(hasPlaceholder) ? undefined : terms.join(",");
}

/**
 * Waits until no Pod of a workload runs; undefined: its selector does not tell them from others. Pods that were evicted are left by their
 * ReplicaSet when it goes to 0, and never go.
 */
export function podsGone(resource: Resource): string | undefined {
  const labels = selectorText(resource);
  return labels === undefined
    ? undefined
    : `${kubectl(resource)} wait pod -l ${quoted(labels)} --field-selector 'status.phase!=Failed,status.phase!=Succeeded' --for=delete --timeout=10m`;
}

const scaledKinds: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"]);

/** kubectl scales neither DaemonSets nor Pods: to stop one is to delete it. */
export function isGoneWhenStopped({ kind }: Resource): boolean {
  return kind === "DaemonSet" || kind === "Pod";
}

/**
 * Deletes a workload that is stopped. A set goes without what it made, because that can be claims. Of a Deployment that would leave the
 * ReplicaSets, and Pods with them.
 */
export function deletion(resource: Resource): string {
  return `${kubectl(resource)} delete ${kubectlName(resource)} --cascade=${isSet(resource) ? "orphan" : "foreground"}`;
}

/** Stops all Pods of a workload and waits until they are gone. */
export function stop({ resource, replicas }: Runner): Step {
  const run = kubectl(resource);
  const title = `Stop ${shortName(resource)}`;
  const check = { commands: [`${run} get ${kubectlName(resource)}`], expects: "no Pod of it is left" };
  if (isGoneWhenStopped(resource))
    return step(
      `${title}: ${resource.kind === "Pod" ? "a Pod" : "a DaemonSet"} stops only when it is deleted`,
      [deletion(resource)],
      "the database is down",
      "apply the old text",
      { check: { ...check, commands: [`${run} get pods`] } },
    );
  if (!scaledKinds.has(resource.kind))
    return step(title, [], "the database is down", "start it again", { by: "person", check });
  const pods = podsOf({ resource, replicas })?.map((pod) => `pod/${pod}`);
  const scale = `${run} scale ${kubectlName(resource)} --replicas=`;
  const gone = pods === undefined ? podsGone(resource) : `${run} wait ${pods.join(" ")} --for=delete --timeout=10m`;
  const wait = gone === undefined || pods?.length === 0 ? [] : [gone];
  const held = mayDeleteClaims(resource, "whenScaled") ? [retain(resource)] : [];
  return step(
    title,
    [...held, `${scale}0`, ...wait],
    "the database is down",
    replicas === undefined ? "scale it back to as many Pods as it has before this step" : `${scale}${replicas}`,
    { check },
  );
}

/** Starts what was stopped and is still there: applying a text that says nothing of replicas leaves them at 0. */
export function startedAgain({ resource }: Side): readonly string[] {
  const replicas = resource.workload?.replicas;
  if (replicas?.value === undefined || "because" in replicas || replicas.origin !== "default") return [];
  return scaledKinds.has(resource.kind)
    ? [`${kubectl(resource)} scale ${kubectlName(resource)} --replicas=${replicas.value}`]
    : [];
}

/** The set keeps its claims, whatever is done to it. */
export function retain(set: Resource): string {
  const policy = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"}}}';
  return `${kubectl(set)} patch ${kubectlName(set)} --type merge -p '${policy}'`;
}

/** Replaces one Pod of a set, and waits until it is ready. */
export function replacePod(run: string, pod: string): string {
  return [
    `uid=$(${run} get pod ${pod} -o 'jsonpath={.metadata.uid}')`,
    `${run} delete pod ${pod}`,
    `tries=0
until [ "$(${run} get pod ${pod} --ignore-not-found -o 'jsonpath={.metadata.uid}')" != "$uid" ] && ${run} wait pod/${pod} --for=condition=Ready --timeout=10m; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || exit 1
  sleep 2
done`,
  ].join("\n");
}

/** What takes the place of a way back once the new server has converted the files; undefined: the old one still reads them. */
export function closedWayBack({ database: old }: Side, { database: young }: Side): string | undefined {
  if (old === undefined || young === undefined || !isOneWay(old, young) || old.engine === "mongodb") return undefined;
  return `none but the backup: ${versionName(old)} cannot read the files afterward`;
}

/** `MySQL 8.4.7` */
export function versionName({ engine, version }: Database): string {
  return `${engineNames[engine]} ${version.value ?? ""}`.trimEnd();
}

/**
 * `applyNew` where the new server is given the files of the old one, with what its engine asks for before and after a new version.
 * `hasCopies`: it is given copies, and the old files are kept.
 */
export function applyOnFiles(
  before: Side,
  after: Side,
  apply: Applies,
  wayBack: string,
  {
    isAwaited = true,
    hasCopies = false,
    restarts = [],
  }: {
    readonly isAwaited?: boolean;
    readonly hasCopies?: boolean;
    /** With them the Pods that went on get the new text: no server has the new version before. */
    readonly restarts?: readonly Step[];
  } = {},
): readonly Step[] {
  const applied = applyNew(after, after.database, apply, wayBack, isAwaited);
  const [old, young] = [before.database, after.database];
  if (old === undefined || young === undefined || !isOneWay(old, young)) return [applied, ...restarts];
  const closed = hasCopies ? undefined : closedWayBack(before, after);
  const runner = runnerOf(after.resource);
  const { before: first = [], after: last = [] } = upgradeSteps(old, young, (script) => inPod(runner, young, script));
  return [
    ...first,
    closed === undefined
      ? applied
      : {
          ...applied,
          changes: `${applied.changes}; ${versionName(young)} takes over the files of ${versionName(old)} when it starts`,
          wayBack: closed,
          isPointOfNoReturn: true,
        },
    ...restarts,
    ...last,
  ];
}

/** What a rollout does elsewhere: with OnDelete nothing restarts a Pod after its template has changed. */
export function replaceByHand(before: Side, after: Side, wayBack: string): readonly Step[] {
  const { resource } = after;
  if (!isReplacedByHand(resource) || runnerOf(resource).replicas === 0) return [];
  const run = kubectl(resource);
  const pods = podsOf(runnerOf(resource));
  const labels = selectorText(resource);
  const closed = closedWayBack(before, after);
  return [
    step(
      "Replace the Pods: they still have the old template",
      pods?.map((pod) => replacePod(run, pod)) ?? [
        `${run} get pods${labels === undefined ? "" : ` -l ${quoted(labels)}`}`,
      ],
      "each Pod restarts once with the new template",
      closed ?? wayBack,
      {
        by: pods === undefined ? "person" : "script",
        isPointOfNoReturn: closed !== undefined,
        ...(pods === undefined
          ? {
              check: { commands: [], expects: "each Pod was deleted, one after the other, and its successor is ready" },
            }
          : {}),
      },
    ),
  ];
}

/** What an engine asks for around a start on files of the series before. */
function upgradeSteps(
  old: Database,
  young: Database,
  command: (script: string) => string,
): { readonly before?: readonly Step[]; readonly after?: readonly Step[] } {
  if (young.engine === "mariadb" && !mayUpgradeItself(young))
    return {
      after: [
        step(
          "Upgrade the system tables",
          [command('mariadb-upgrade -uroot -p"$MARIADB_ROOT_PASSWORD"')],
          `the system tables are those of ${versionName(young)}`,
          undefined,
          { by: "person", check: { commands: [], expects: "it ends with OK" } },
        ),
      ],
    };
  const series = old.engine === "mysql" ? lastMysqlSeries(old.version.value ?? "") : undefined;
  if (series !== undefined)
    return {
      before: [
        step(
          `See that the server that runs is MySQL ${series}: its tag does not say`,
          [command('mysql -uroot -p"$MYSQL_ROOT_PASSWORD" -e "select version()"')],
          undefined,
          undefined,
          { check: { commands: [], expects: `it is ${series}: ${versionName(young)} does not start on older files` } },
        ),
      ],
    };
  if (young.engine !== "mongodb") return {};
  const [from, to] = [old, young].map(({ version }) => mongoSeriesOf(version.value ?? ""));
  const shell = 'mongosh --quiet -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --eval';
  return {
    before: [
      step(
        `See that featureCompatibilityVersion is ${from}`,
        [command(`${shell} "db.adminCommand({ getParameter: 1, featureCompatibilityVersion: 1 })"`)],
        undefined,
        undefined,
        { by: "person", check: { commands: [], expects: `it is ${from}: ${versionName(young)} starts on no other` } },
      ),
    ],
    after: [
      step(
        `After some days: raise featureCompatibilityVersion to ${to}`,
        [command(`${shell} "db.adminCommand({ setFeatureCompatibilityVersion: '${to}', confirm: true })"`)],
        `the files are those of ${to}`,
        `none but the backup: ${versionName(old)} cannot read the files afterward`,
        { by: "person", isPointOfNoReturn: true, check: { commands: [], expects: "it answers ok: 1" } },
      ),
    ],
  };
}

/** With OnDelete a Pod gets the new template when somebody deletes it: there is no rollout to wait for. */
export function isReplacedByHand({ node }: Resource): boolean {
  return node.string("spec", "updateStrategy", "type") === "OnDelete";
}

/** Applies the new text, and waits for its Pods where they get ready by themselves. */
export function applyNew(
  after: Side,
  database: Database | undefined,
  apply: Applies,
  wayBack: string,
  isAwaited = true,
): Step {
  const { resource } = after;
  const run = kubectl(resource);
  const runner = runnerOf(resource);
  const isRolled = /^apps\/(StatefulSet|Deployment|DaemonSet)$/.test(kindOf(resource)) && !isReplacedByHand(resource);
  return step(
    "Apply the new text",
    [
      apply(after),
      ...(isAwaited && isRolled && runner.replicas !== 0
        ? [`${run} rollout status ${kubectlName(resource)} --timeout=10m`]
        : []),
    ],
    `${nameOf(resource)} is what the new text says`,
    wayBack,
    {
      check: {
        commands: [`${run} get ${kubectlName(resource)}`, ...listData(runner, database)],
        expects:
          database === undefined ? "its Pods are ready" : "its Pods are ready, and the data that you know is there",
      },
    },
  );
}
