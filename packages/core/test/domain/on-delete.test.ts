import assert from "node:assert/strict";
import { operators } from "../../src/domain/operators/index.generated.ts";
import { operatorDeletions } from "../../src/domain/operators/on-delete.ts";

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

  it("is there for every operator once", () => {
    assert.equal(operatorDeletions.length, operators.length);
    assert.equal(new Set(operatorDeletions.map(({ source }) => source)).size, operators.length);
  });
});
