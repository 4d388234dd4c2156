import { claimsOf } from "../../domain/backup/read-backups.ts";
import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";

export default defineRule({
  id: "snapshot-of-unknown-claim",
  subject: "resource",
  kinds: ["VolumeSnapshot"],
  meta: {
    summary: "A VolumeSnapshot names a claim that does not exist.",
    rationale:
      "Claims of a StatefulSet are called `<template>-<set>-<ordinal>`. A snapshot that names a claim that does not exist stays pending, and nobody notices until a restore.",
    remedy: "Name one of the claims listed in the message.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["PersistentVolumeClaim", "StatefulSet"],
    references: ["https://kubernetes.io/docs/concepts/storage/volume-snapshots/"],
    quietWhen:
      "no workload with claims is in view next to it, or the claim's name contains the name of an operator's cluster.",
  },
  check(snapshot, { workspace, report }) {
    const node = snapshot.node.at("spec", "source", "persistentVolumeClaimName");
    const name = node?.string();
    if (node === undefined || name === undefined || /[$<{]/.test(name)) return;
    const { everything, topology } = workspace;
    if (everything.resources.find("PersistentVolumeClaim", name, snapshot) !== undefined) return;
    const databases = everything.topologies
      .flatMap((each) => each.databases)
      .filter(({ resource }) => namespacesAgree(resource, snapshot));
    if (databases.some((database) => claimsOf(database).has(name))) return;
    // An operator names its claims itself, and how many a set has is not always known.
    if (
      databases.some(
        ({ instances, operator, resource }) =>
          (operator !== undefined || instances.value === undefined) && name.includes(resource.name),
      )
    )
      return;
    // Only beside a database whose claims are in view is it certain which names exist.
    const near = topology.databases.filter(
      (database) =>
        database.workload !== undefined &&
        database.instances.value !== undefined &&
        namespacesAgree(database.resource, snapshot) &&
        claimsOf(database).size > 0 &&
        ![...claimsOf(database)].some(hasPlaceholder),
    );
    const meant = closest(name, new Set(near.flatMap((database) => [...claimsOf(database)])));
    // A claim of another application is no database's business.
    const database = near.find((each) =>
      meant === undefined ? name.includes(each.resource.name) : claimsOf(each).has(meant),
    );
    if (database === undefined) return;
    const names = [...claimsOf(database)];
    report({
      message: `${nameOf(snapshot)} takes no snapshot: claim ${name} does not exist (${nameOf(database.resource)} has ${names.slice(0, 3).join(", ")})${meant === undefined ? "." : `; did you mean ${meant}?`}`,
      at: node,
      related: [{ message: "the database", at: database.resource.node.nearest("metadata", "name") }],
    });
  },
});
