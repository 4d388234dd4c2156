import assert from "node:assert/strict";
import { folderWith } from "./support/folder.ts";
import { dbops } from "./support/run.ts";

const policy = (...words: readonly string[]) => dbops(folderWith({}), ["policy", ...words]);
const names = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}name: (dbops-.*)$/gm)].map(([, name]) => name ?? "");

describe("policy", () => {
  it("prints a policy and its binding for each rule that an API server can enforce, and warns unless told otherwise", () => {
    const { code, out, err } = policy();
    assert.equal(code, 0);
    const twice = names(out);
    assert.equal(twice.length, 2 * new Set(twice).size);
    assert.ok(twice.includes("dbops-data-on-emptydir"));
    assert.match(out, /validationActions: \[Warn, Audit\]/);
    assert.match(err, /^\d+ policies; \d+ rules without one: kubectl dbops policy --list says why\n$/);
  });

  it("denies, audits and exempts as asked", () => {
    const { out } = policy(
      "--select",
      "data-on-emptydir",
      "--enforce",
      "deny",
      "--exempt",
      "system:serviceaccount:ops:o'brien",
    );
    assert.match(out, /failurePolicy: Fail\n/);
    assert.match(out, /validationActions: \[Deny\]/);
    assert.match(out, /in \['system:serviceaccount:ops:o\\'brien'\]/);
    assert.match(policy("--enforce", "audit").out, /validationActions: \[Audit\]/);
  });

  it("says of each rule whether it has one, and why not", () => {
    const { out } = policy("--list", "--select", "data-on-emptydir,database-without-backup,rollout-stuck");
    assert.match(out, /^data-on-emptydir +a policy$/m);
    assert.match(out, /^database-without-backup +it speaks of what other objects lack$/m);
    assert.match(out, /^rollout-stuck +it judges what runs: kubectl dbops scan$/m);
  });

  it("refuses what cannot be", () => {
    assert.equal(policy("--enforce", "block").code, 2);
    assert.match(policy("--select", "database-without-backup").err, /none of these rules can be a policy/);
    assert.match(policy("--select", "data-on-emptydirs").err, /did you mean/);
  });
});
