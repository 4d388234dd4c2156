import { nameOf } from "../../domain/names.ts";
import { claimsOf } from "../../domain/read-backups.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";

export default defineRule({
  id: "snapshot-of-unknown-claim",
  subject: "resource",
  kinds: ["VolumeSnapshot"],
  meta: {
    summary: "A VolumeSnapshot names a claim that does not exist.",
    rationale:
      "Claims of a StatefulSet are called `<template>-<set>-<ordinal>`. A snapshot of another name stays pending, and nobody looks at it until a restore.",
    remedy: "Name one of the claims of the message.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://kubernetes.io/docs/concepts/storage/volume-snapshots/"],
    quietWhen: "no workload with claims is in view beside it, or an operator makes the claims.",
  },
  check(snapshot, { workspace, report }) {
    const node = snapshot.node.at("spec", "source", "persistentVolumeClaimName");
    const name = node?.string();
    if (node === undefined || name === undefined || /[$<{]/.test(name) || snapshot.isPatched) return;
    const { everything, topology } = workspace;
    if (everything.resources.find("PersistentVolumeClaim", name, snapshot) !== undefined) return;
    const databases = everything.topologies.flatMap((each) => each.databases);
    if (databases.some((database) => claimsOf(database).has(name))) return;
    // Only beside a database whose claims are in view is it certain which names exist.
    const near = topology.databases.find(
      (database) =>
        database.workload !== undefined &&
        sharesNamespace(database.resource.namespace, snapshot.namespace) &&
        claimsOf(database).size > 0,
    );
    if (near === undefined || databases.some((database) => database.operator !== undefined)) return;
    const names = [...claimsOf(near)];
    const meant = closest(name, names);
    // A claim of another application is not this database's business.
    if (meant === undefined && !name.includes(near.resource.name)) return;
    report({
      message: `${nameOf(snapshot)} takes no snapshot: there is no claim ${name}; ${nameOf(near.resource)} has ${names.slice(0, 3).join(", ")}${meant === undefined ? "" : `, so it should name ${meant}`}.`,
      at: node,
      related: [{ message: "the database", at: near.resource.node.nearest("metadata", "name") }],
    });
  },
});

function sharesNamespace(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
