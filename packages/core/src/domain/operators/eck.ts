import { longestGap } from "../../kube/cron-gaps.ts";
import { parseGoDuration } from "../../kube/duration.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Retention, Whereabouts } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import type { Operator, OperatorBackup } from "../model/operator.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { sumOf } from "./count-instances.ts";
import { refusal } from "./refusals.ts";

/** Elastic's. https://www.elastic.co/docs/reference/cloud-on-k8s/api-docs */
export const eck: Operator = {
  name: "eck",
  title: "ECK",
  onDelete: {
    claims: "go, unless `volumeClaimDeletePolicy` is `DeleteOnScaledownOnly`",
    backups: "snapshots in a repository stay",
    secrets: "go: the password of `elastic`, certificates, users",
    source:
      "https://github.com/elastic/cloud-on-k8s/blob/main/pkg/controller/elasticsearch/driver/stateful/pvc_owner.go",
    read: "2026-08",
  },
  kinds: { Elasticsearch: ["elasticsearch.k8s.elastic.co"], StackConfigPolicy: ["stackconfigpolicy.k8s.elastic.co"] },
  databases: {
    Elasticsearch: {
      engine: "elasticsearch",
      instances: (node) => sumOf(node, ["spec", "nodeSets"], "count", 0),
      version: [["spec", "version"]],
      image: undefined,
      parameters: [],
      hasOwnDefaults: true,
      isEphemeral: (node) => {
        const sets = node.at("spec", "nodeSets")?.items() ?? [];
        return sets.length > 0 && sets.every(isOnEmptyDir);
      },
      // https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/volume-claim-templates
      claimDeletion: {
        path: ["spec", "volumeClaimDeletePolicy"],
        deletes: ["DeleteOnScaledownAndClusterDeletion"],
        keeps: "DeleteOnScaledownOnly",
        standard: "DeleteOnScaledownAndClusterDeletion",
      },
    },
  },
  services: (name) => [
    [`${name}-es-http`, "any"],
    [`${name}-es-internal-http`, "any"],
    [`${name}-es-transport`, "any"],
  ],
  nameLabels: ["elasticsearch.k8s.elastic.co/cluster-name"],
  // pkg/controller/elasticsearch/validation/volume_validation.go of https://github.com/elastic/cloud-on-k8s (3.1, 2026)
  refusals: {
    Elasticsearch: ({ node }) =>
      (node.at("spec", "nodeSets")?.items() ?? []).flatMap((set) =>
        unmountedClaims(set).map((at) =>
          refusal(at, `no container mounts its claim ${at.text()}: the data is on a claim called elasticsearch-data`),
        ),
      ),
  },
  backupsIn({ kind, node }, { ofKind }) {
    if (kind !== "StackConfigPolicy") return [];
    const section = node.at("spec", "elasticsearch");
    const labels = node.at("spec", "resourceSelector", "matchLabels")?.entries() ?? [];
    if (node.at("spec", "resourceSelector", "matchExpressions") !== undefined) return [];
    const databases = ofKind("Elasticsearch").filter(({ resource }) =>
      labels.every(([key, value]) => resource.labels[key] === value.text()),
    );
    return (section?.at("snapshotLifecyclePolicies")?.entries() ?? []).map(([, policy]) =>
      snapshotsOf(policy, section?.at("snapshotRepositories", policy.text("repository") ?? ""), databases),
    );
  },
};

/** Names of claim templates that are neither the data's nor mounted. */
function unmountedClaims(set: YamlNode): readonly YamlNode[] {
  const pod = set.at("podTemplate", "spec");
  const containers = [...(pod?.at("containers")?.items() ?? []), ...(pod?.at("initContainers")?.items() ?? [])];
  const mounted = containers.flatMap((each) =>
    (each.at("volumeMounts")?.items() ?? []).map((mount) => mount.text("name")),
  );
  return (set.at("volumeClaimTemplates")?.items() ?? []).flatMap((template) => {
    const at = template.at("metadata", "name");
    const name = at?.text();
    return at === undefined ||
      name === undefined ||
      name === "elasticsearch-data" ||
      hasPlaceholder(name) ||
      mounted.includes(name)
      ? []
      : [at];
  });
}

function isOnEmptyDir(set: YamlNode): boolean {
  const volumes = set.at("podTemplate", "spec", "volumes")?.items() ?? [];
  return volumes.some((each) => each.text("name") === "elasticsearch-data" && each.at("emptyDir") !== undefined);
}

/** Snapshots of the data into a repository. https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-slm-put-lifecycle */
function snapshotsOf(
  policy: YamlNode,
  repository: YamlNode | undefined,
  databases: readonly Database[],
): OperatorBackup {
  const name = policy.text("repository");
  return {
    method: "physical",
    engine: "elasticsearch",
    schedule: undefined,
    databases,
    terms: {
      ...(name === undefined ? {} : { store: name }),
      recoveryPoint: gapOf(policy),
      keeps: retentionOf(policy),
      lies: repository === undefined ? unknown(keyOf(policy), "its repository is not in view") : whereIs(repository),
    },
  };
}

/** Seconds first, and `?` for any day; days of the week have numbers of their own. */
function gapOf(policy: YamlNode): Fact<number> {
  const at = policy.nearest("schedule");
  const text = policy.text("schedule") ?? "";
  const span = secondsOf(text);
  if (span !== undefined) return known(span, at);
  const fields = text.trim().split(/\s+/).slice(1, 6);
  const cron = fields.map((field) => (field === "?" ? "*" : field)).join(" ");
  const gap = fields.length === 5 && !/\d/.test(fields[4] ?? "") ? longestGap(cron) : undefined;
  return gap === undefined ? unknown(at, "its schedule cannot be read") : known(gap, at);
}

/**
 * The newest `max_count` stay at most, and of those what is older than `expire_after` goes too, but never so that fewer than `min_count`
 * are left. Without `expire_after` the smallest number alone deletes nothing.
 * https://github.com/elastic/elasticsearch/blob/v9.2.0/x-pack/plugin/core/src/main/java/org/elasticsearch/xpack/core/slm/SnapshotRetentionConfiguration.java
 */
function retentionOf(policy: YamlNode): Fact<Retention> {
  const age = policy.at("retention", "expire_after");
  const most = policy.at("retention", "max_count");
  const least = policy.at("retention", "min_count");
  const at = keyOf(policy.nearest("retention"));
  const unreadable = [age, most, least].find((each) => each !== undefined && hasPlaceholder(each.text() ?? ""));
  if (unreadable !== undefined) return unknown(unreadable, "its retention is filled in later");
  const copies = most?.integer();
  if (most !== undefined && copies === undefined) return unknown(most, "its retention cannot be read");
  if (age === undefined) return known(copies === undefined ? { kind: "all" } : { kind: "copies", copies }, most ?? at);
  const seconds = secondsOf(age.text() ?? "");
  if (seconds === undefined) return unknown(age, "its retention cannot be read");
  const gap = gapOf(policy).value;
  if (copies !== undefined && gap === undefined)
    return unknown(most ?? at, "how long max_count lasts depends on its schedule");
  const kept = least?.integer();
  if (copies !== undefined && gap !== undefined && copies * gap < seconds)
    return known({ kind: "copies", copies }, most ?? at);
  if (kept !== undefined && gap !== undefined && kept * gap > seconds)
    return known({ kind: "copies", copies: kept }, least ?? at);
  return known({ kind: "time", seconds }, age);
}

/** `30d`, `12h`. https://www.elastic.co/docs/reference/elasticsearch/rest-apis/api-conventions#time-units */
function secondsOf(text: string): number | undefined {
  return parseGoDuration(text.replace(/^(\d+)d$/, (_, days: string) => `${Number(days) * 24}h`));
}

function whereIs(repository: YamlNode): Fact<Whereabouts> {
  const at = keyOf(repository.nearest("type"));
  const type = repository.text("type");
  if (type === "s3") return whereStoreIs(repository.text("settings", "endpoint"), at);
  return type === "gcs" || type === "azure"
    ? known("off-site", at)
    : unknown(at, "where its repository is, is not known");
}
