import assert from "node:assert/strict";
import { allRules, createProject, lint, SourceFile } from "@dbops/core";
import { generateSet } from "../bench/generated-set.ts";
import { joinedTo } from "../bench/texts.ts";

describe("the set that pnpm bench generates", () => {
  it("is the same at every call and of the size of a large repository", () => {
    const first = generateSet();
    assert.deepEqual([...generateSet()], [...first]);
    assert.ok(first.size > 3500 && first.size < 4500, `${first.size} files`);
  });

  it("holds what dbops recognises", () => {
    const files = [...generateSet(24)].map(([name, text]) => new SourceFile(`/set/${name}`, text));
    const project = createProject({
      files,
      configs: [],
      root: "/set",
      view: "folder",
      today: "2026-11-24",
      rules: allRules,
    });
    const { counts, notLinted } = lint({
      project,
      requested: new Set(files.map((file) => file.uri)),
      onCrash: "throw",
    });
    assert.equal(counts.databases, 24);
    assert.equal(counts.backups, 6);
    assert.equal(counts.poolers, 3);
    assert.equal(counts.migrations, 2);
    assert.ok(counts.clients > 0 && counts.resolvedHosts > 0);
    assert.equal(notLinted.filter(({ reason }) => reason === "template").length, 24);
  });
});

describe("texts of a given size", () => {
  it("repeat whole documents until the size is reached", () => {
    const text = joinedTo(["kind: Service\n", "kind: Secret"], 60);
    assert.equal(text, "kind: Service\n---\nkind: Secret\n---\nkind: Service\n---\nkind: Secret\n---\n");
  });
});
