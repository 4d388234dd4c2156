import { type ClaimUser, userOf } from "../domain/live/claim-user.ts";
import { type ClaimState, verdictOf } from "../domain/live/claim-verdict.ts";
import { databaseOfClaim, podsUsing, takersOf, volumeBehind } from "../domain/live/live-data.ts";
import { serverName } from "../domain/model/names.ts";
import { type ImageUser, userOfImage } from "../facts/image-users.ts";
import { ageText, between } from "../kube/ages.ts";
import type { LiveWorld } from "../kube/live-world.ts";
import type { Resource } from "../kube/resource.ts";
import { groupBy } from "../text/group-by.ts";
import { oncePer } from "../text/once.ts";
import type { LintResult } from "./result.ts";

/** A claim of a cluster, ready to be shown. */
export interface LiveClaim {
  readonly namespace: string;
  readonly name: string;
  /** What it has, else what it asks for: `20Gi`. */
  readonly size: string | undefined;
  readonly storageClass: string | undefined;
  readonly volume: string | undefined;
  /** What becomes of the disk without the claim; undefined: there is no volume, or it may not be read. */
  readonly reclaimPolicy: string | undefined;
  /** `postgres:16.4-bookworm`, by the template that made it; undefined: nothing shows that it is a database's. */
  readonly server: string | undefined;
  /** `10 days` */
  readonly age: string | undefined;
  readonly state: ClaimState;
  readonly verdict: string;
  /** `Pod db-0`: whose deletion takes the claim along, together; empty: nothing in view does. */
  readonly goesWith: readonly string[];
  /** Names of the Pods that mount it. */
  readonly pods: readonly string[];
  /** The node that the first of them runs on. */
  readonly node: string | undefined;
  readonly accessModes: readonly string[];
  /** How the Pods run that use it; undefined: none is in view, nor what would make one. */
  readonly user: ClaimUser | undefined;
  /** The user whose files that image writes; undefined: it starts as another, or is not known. */
  readonly imageUser: ImageUser | undefined;
  /** The image of its server as the template has it. */
  readonly image: string | undefined;
  /** Snapshots of it, with whether they can be restored. */
  readonly snapshots: readonly { readonly name: string; readonly isReady: boolean }[];
  /** Other claims of the same StatefulSet. */
  readonly siblings: readonly string[];
}

/** The claims of a run over a cluster, by name. */
export function liveClaims(result: LintResult, unread: ReadonlySet<string>): readonly LiveClaim[] {
  return result.workspaces.flatMap((workspace) => {
    const { live } = workspace;
    if (live === undefined) return [];
    return live.ofKind("PersistentVolumeClaim").map((claim): LiveClaim => {
      const { node } = claim;
      const database = databaseOfClaim(claim, workspace);
      const age = between(node.text("metadata", "creationTimestamp"), live.readAt);
      const pods = podsUsing(claim, live);
      const { state, text } = verdictOf(claim, live, unread);
      return {
        namespace: claim.namespace ?? "default",
        name: claim.name,
        size: node.text("status", "capacity", "storage") ?? node.text("spec", "resources", "requests", "storage"),
        storageClass: node.text("spec", "storageClassName"),
        volume: node.text("spec", "volumeName"),
        reclaimPolicy: volumeBehind(claim, live)?.node.text("spec", "persistentVolumeReclaimPolicy"),
        server: database === undefined ? undefined : serverName(database),
        age: age === undefined ? undefined : ageText(age),
        state,
        verdict: text,
        goesWith: takersOf(claim, live),
        pods: pods.map(({ name }) => name),
        node: pods[0]?.node.text("spec", "nodeName"),
        accessModes: (node.at("spec", "accessModes")?.items() ?? []).map((each) => each.text() ?? ""),
        user: userOf(claim, live),
        imageUser: database?.image === undefined ? undefined : userOfImage(database.image.name, database.image.tag),
        image: database?.container?.node.text("image"),
        snapshots: snapshotsOf(claim, live),
        siblings: siblingsOf(claim, live),
      };
    });
  });
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ""}/${name}`;

/** Snapshots by the claim that they were taken of: every claim asks, and there may be as many of either. */
const snapshotsByClaim = oncePer((live: LiveWorld) =>
  groupBy(live.ofKind("VolumeSnapshot"), ({ namespace, node }) => {
    const name = node.text("spec", "source", "persistentVolumeClaimName");
    return name === undefined ? [] : [keyOf(namespace, name)];
  }),
);

function snapshotsOf(claim: Resource, live: LiveWorld): LiveClaim["snapshots"] {
  return (snapshotsByClaim(live).get(keyOf(claim.namespace, claim.name)) ?? []).map(({ name, node }) => ({
    name,
    isReady: node.boolean("status", "readyToUse") === true,
  }));
}

const claimsBySet = oncePer((live: LiveWorld) =>
  groupBy(live.ofKind("PersistentVolumeClaim"), (claim) => [live.templateOf(claim)?.set]),
);

function siblingsOf(claim: Resource, live: LiveWorld): readonly string[] {
  const set = live.templateOf(claim)?.set;
  const all = set === undefined ? [] : (claimsBySet(live).get(set) ?? []);
  return all.filter((each) => each !== claim).map(({ name }) => name);
}
