import { type Command, programOf } from "../../embedded/command.ts";
import { groupOf } from "../../facts/kinds.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import type { Place, YamlNode } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { StoreFolder } from "../model/backup-terms.ts";
import { isWithin, storeFolder } from "../storage/store-folder.ts";
import { expandedText } from "./dump-directory.ts";
import { pathsOf } from "./store-paths.ts";
import { toolRunOf } from "./tool-runs.ts";
import { storeOfTool } from "./tool-stores.ts";
import { withVariables } from "./upload-target.ts";
import { addressOfAlias } from "./whereabouts.ts";

const day = 86_400;

/** A rule of a bucket that deletes objects when they are so old. */
export interface Expiry {
  readonly folder: StoreFolder;
  readonly seconds: number;
  readonly at: Place;
  /** The object that sets it: a Bucket, or a Job with `mc ilm rule add`. */
  readonly resource: Resource;
}

/** All rules in view that delete old objects of buckets. */
export const expiriesIn = oncePer((resources: ResourceIndex): readonly Expiry[] => [
  ...resources.ofKind("Bucket").flatMap(expiriesOfBucket),
  ...resources.ofKind("BucketLifecycleConfiguration").flatMap((each) => expiriesOfConfiguration(each, resources)),
  ...resources.ofKind("StorageBucket").flatMap(expiriesOfGoogle),
  ...[...resources].flatMap(({ workload }) =>
    (workload?.containers ?? []).flatMap((container) =>
      container.commands.flatMap((command) => expiryOfCommand(command, container) ?? []),
    ),
  ),
]);

/** Folders in which barman and pgBackRest keep the parts of their repositories. */
const repositoryParts = /(?:^|\/)(?:wals|base|archive|backup)(?:\/|$)/;

/** The earliest rule in view that deletes what a backup writes, or a part without which it cannot be restored. */
export function expiryOf(backup: Backup, resources: ResourceIndex): Expiry | undefined {
  const { terms, container } = backup;
  const all = expiriesIn(resources);
  if (all.length === 0) return undefined;
  const run = toolRunOf(backup, backup.databases[0]);
  const own = terms?.folder ?? (run && storeOfTool(run.command, run.container)?.folder);
  const folders = own === undefined ? foldersOfScript(container) : [own];
  const deleting = all.filter(({ folder }) =>
    folders.some(
      (each) =>
        isWithin(each, folder) || (own !== undefined && isWithin(folder, each) && repositoryParts.test(folder.prefix)),
    ),
  );
  return deleting.sort((a, b) => a.seconds - b.seconds)[0];
}

/** Buckets of AWS: those of its own controllers have `spec.lifecycle`, the first ones of Crossplane `lifecycleConfiguration`. */
function expiriesOfBucket(resource: Resource): readonly Expiry[] {
  const { node } = resource;
  const isOfAws = groupOf(resource.apiVersion) === "s3.services.k8s.aws";
  const rules = isOfAws
    ? node.at("spec", "lifecycle", "rules")
    : node.at("spec", "forProvider", "lifecycleConfiguration", "rules");
  return rulesIn(rules, isOfAws ? node.text("spec", "name") : nameOfBucket(resource), resource);
}

/** https://marketplace.upbound.io/providers/upbound/provider-aws-s3: lists of one item in v1beta1, maps in v1beta2. */
function expiriesOfConfiguration(resource: Resource, resources: ResourceIndex): readonly Expiry[] {
  const provider = resource.node.at("spec", "forProvider");
  const reference = provider?.text("bucketRef", "name");
  const found = reference === undefined ? undefined : resources.find("Bucket", reference, resource);
  const bucket = provider?.text("bucket") ?? (found === undefined ? reference : nameOfBucket(found));
  return rulesIn(provider?.at("rule"), bucket, resource);
}

function nameOfBucket({ annotations, name }: Resource): string {
  return annotations["crossplane.io/external-name"] ?? name;
}

function rulesIn(rules: YamlNode | undefined, bucket: string | undefined, resource: Resource): readonly Expiry[] {
  return (rules?.items() ?? []).flatMap((rule): readonly Expiry[] => {
    const days = only(rule.at("expiration"))?.at("days");
    const filter = only(rule.at("filter"));
    const both = only(filter?.at("and"));
    // A rule for some tags or sizes spares what has none of them.
    const isNarrow = [filter, both].some((each) =>
      (each?.entries() ?? []).some(([key]) => key !== "prefix" && key !== "and"),
    );
    const prefix = filter?.text("prefix") ?? both?.text("prefix") ?? rule.text("prefix") ?? "";
    const folder = hasPlaceholder(prefix) ? undefined : storeFolder("s3", bucket, prefix);
    const count = days?.integer();
    if (rule.text("status") !== "Enabled" || isNarrow || days === undefined || count === undefined) return [];
    return folder === undefined ? [] : [{ folder, seconds: count * day, at: days, resource }];
  });
}

function only(node: YamlNode | undefined): YamlNode | undefined {
  return node?.kind === "sequence" ? node.items()[0] : node;
}

/** https://cloud.google.com/config-connector/docs/reference/resource-docs/storage/storagebucket */
function expiriesOfGoogle(resource: Resource): readonly Expiry[] {
  const { node, name } = resource;
  return (node.at("spec", "lifecycleRule")?.items() ?? []).flatMap((rule): readonly Expiry[] => {
    const age = rule.at("condition", "age");
    const count = age?.integer();
    const conditions = rule.at("condition")?.entries() ?? [];
    const state = rule.text("condition", "withState") ?? "ANY";
    const isWide = conditions.every(([key]) => key === "age" || key === "withState" || key === "matchesPrefix");
    if (rule.text("action", "type") !== "Delete" || age === undefined || count === undefined || !isWide) return [];
    if (state === "ARCHIVED") return [];
    const prefixes = rule.at("condition", "matchesPrefix")?.items() ?? [];
    return (prefixes.length === 0 ? [""] : prefixes.map((each) => each.text() ?? "$")).flatMap((prefix) => {
      const folder = storeFolder("gs", node.text("spec", "resourceID") ?? name, prefix);
      return folder === undefined ? [] : [{ folder, seconds: count * day, at: age, resource }];
    });
  });
}

/** `mc ilm rule add --expire-days 14 store/orders`. https://min.io/docs/minio/linux/reference/minio-mc/mc-ilm-rule-add.html */
function expiryOfCommand(command: Command, container: Container): Expiry | undefined {
  if (programOf(command) !== "mc") return undefined;
  const words = command.words.map(({ raw }) => withVariables(expandedText(raw, command), container));
  const verb = words.indexOf("ilm");
  if (verb < 0 || !(words[verb + 1] === "add" || (words[verb + 1] === "rule" && words[verb + 2] === "add")))
    return undefined;
  const option = (...names: readonly string[]): string | undefined =>
    names
      .map((name) => {
        const index = words.indexOf(name);
        return index >= 0
          ? words[index + 1]
          : words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
      })
      .find((value) => value !== undefined);
  const days = option("--expire-days", "--expiry-days");
  const target = words.slice(verb).find((word) => /^[\w-]+\/[\w.-]/.test(word) && word !== option("--prefix"));
  if (days === undefined || !/^\d+$/.test(days) || target === undefined || option("--tags") !== undefined)
    return undefined;
  const [alias = "", ...path] = target.split("/");
  const folder = storeFolder("s3", path.join("/"), option("--prefix"), addressOfAlias(alias, container) ?? "own");
  const at = command.words.find(({ raw }) => raw.includes(days)) ?? command.words[0] ?? command;
  return folder && { folder, seconds: Number(days) * day, at, resource: container.workload.resource };
}

/** The buckets to which the scripts of a Pod write. */
function foldersOfScript(container: Container | undefined): readonly StoreFolder[] {
  return (container?.workload.containers ?? []).flatMap((each) =>
    each.commands.flatMap((command) => {
      const endpoint = endpointOf(command, each);
      return pathsOf(command, each).flatMap((path) => {
        const [scheme, ...rest] = path.split("/");
        if (scheme === "gs") return storeFolder("gs", rest.join("/")) ?? [];
        if (scheme === "s3") return storeFolder("s3", rest.join("/"), "", endpoint) ?? [];
        const [alias = "", ...folders] = rest;
        return scheme === "mc"
          ? (storeFolder("s3", folders.join("/"), "", addressOfAlias(alias, each) ?? "own") ?? [])
          : [];
      });
    }),
  );
}

const endpointVariables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "S3_ENDPOINT_URL", "AWS_ENDPOINT"];

/** The endpoint of one command: its option, or a variable of its container; one that is not known is not the cloud's. */
function endpointOf(command: Command, { environment }: Container): string | undefined {
  const words = command.words.map(({ raw }) => raw);
  const index = words.findIndex((word) => /^--(?:endpoint-url|endpoint)$/.test(word));
  const joined = words.find((word) => /^--(?:endpoint-url|endpoint)=/.test(word));
  if (joined !== undefined) return joined.slice(joined.indexOf("=") + 1);
  if (index >= 0) return words[index + 1] ?? "own";
  const fact = endpointVariables.map((name) => environment.get(name)).find((each) => each !== undefined);
  return fact === undefined ? undefined : (fact.value ?? "own");
}
