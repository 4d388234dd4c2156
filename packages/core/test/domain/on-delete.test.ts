import assert from "node:assert/strict";
import { buildTopology } from "../../src/domain/build-topology.ts";
import type { Database } from "../../src/domain/model/database.ts";
import type { Operator } from "../../src/domain/model/operator.ts";
import { writtenDeletions } from "../../src/domain/operators/deletion.ts";
import { operators } from "../../src/domain/operators/index.generated.ts";
import { operatorDeletions } from "../../src/domain/operators/on-delete.ts";
import { indexOf } from "../support/workload.ts";
import { deletionRecords } from "./deletion-record.ts";

/** What each operator does on delete is said in words and in fields that rules read: both say the same. */
describe("what operators do when a resource is deleted", () => {
  for (const { title, databases, onDelete } of operators)
    describe(`${title} (${Object.keys(databases).join(", ")})`, () => {
      it("names its source and when it was read", () => {
        assert.match(onDelete.source, /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/blob\/\S+$/);
        assert.match(onDelete.read, /^20\d\d-(?:0[1-9]|1[0-2])$/);
      });

      it("says of claims what the fields say that rules read", () => {
        for (const { ownsClaims, claimDeletion } of Object.values(databases)) {
          const goes = ownsClaims !== undefined || claimDeletion?.standard !== undefined;
          assert.match(onDelete.claims, goes ? /^go\b/ : /^stay\b/);
          const field = claimDeletion?.path.at(-1);
          if (ownsClaims === undefined && field !== undefined) assert.ok(onDelete.claims.includes(field), field);
        }
      });

      it("goes on after a colon, without a full stop", () => {
        for (const text of [onDelete.claims, onDelete.backups, onDelete.secrets]) assert.match(text, /^[a-z`].*[^.]$/);
      });
    });

  for (const {
    operator: name,
    kind,
    field,
    values,
    standard,
    deletes = [],
    finalizers,
    always,
    read,
  } of deletionRecords)
    it(`${kind} of ${name} is deleted as its operator's code says (${read})`, () => {
      const operator = operators.find((each) => each.name === name);
      const shape = operator?.databases[kind];
      assert.ok(operator !== undefined && shape !== undefined, `${name} has no ${kind}`);
      assert.equal(shape.ownsClaims !== undefined, always === true);
      assert.equal(shape.claimDeletion?.path.join("."), field);
      assert.equal(shape.claimDeletion?.standard, standard);
      assert.deepEqual(shape.claimDeletion?.deletes ?? [], deletes);
      const keeps = shape.claimDeletion?.keeps;
      if (values !== undefined && keeps !== undefined) {
        assert.ok(values.includes(String(keeps)), `${keeps} is no value of ${field}`);
        assert.ok(!deletes.includes(String(keeps)));
      }
      for (const finalizer of finalizers ?? []) {
        const [database] = readDatabase(operator, kind, finalizer);
        assert.ok(database !== undefined && writtenDeletions(database).length === 1, finalizer);
        if (finalizer.startsWith("percona.com/"))
          assert.ok(`${operator.onDelete.claims} ${operator.onDelete.backups}`.includes(finalizer), finalizer);
      }
    });

  it("is there for every operator once", () => {
    assert.equal(operatorDeletions.length, operators.length);
    assert.equal(new Set(operatorDeletions.map(({ source }) => source)).size, operators.length);
  });
});

/** A resource of the operator with one finalizer, as dbops reads it. */
function readDatabase({ kinds }: Operator, kind: string, finalizer: string): readonly Database[] {
  const text = `apiVersion: ${kinds[kind]?.[0]}/v1\nkind: ${kind}\nmetadata: { name: orders, finalizers: [${finalizer}] }\nspec: {}\n`;
  return buildTopology(indexOf(text)).databases;
}
