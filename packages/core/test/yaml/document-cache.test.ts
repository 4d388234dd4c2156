import assert from "node:assert/strict";
import { SourceFile } from "../../src/text/source-file.ts";
import { createDocumentCache, parseDocuments } from "../../src/yaml/parse.ts";

const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
const file = (...documents: readonly string[]): SourceFile => new SourceFile("/shop/db.yaml", documents.join("---\n"));

describe("the cache of documents", () => {
  it("gives each document its place in the changed text", () => {
    const cache = createDocumentCache();
    parseDocuments(file(service("orders"), service("billing"), service("catalog")), { cache });
    const changed = file(service("orders-primary"), service("billing"), service("catalog"));
    const names = parseDocuments(changed, { cache }).map(({ root }) => root?.at("metadata", "name"));
    assert.deepEqual(
      names.map((node) => node?.file.slice(node.span)),
      ["orders-primary", "billing", "catalog"],
    );
    assert.ok(names.every((node) => node?.file === changed));
  });

  it("follows documents that are added and removed", () => {
    const cache = createDocumentCache();
    const read = (...documents: readonly string[]): readonly (string | undefined)[] =>
      parseDocuments(file(...documents), { cache }).map(({ root }) => root?.string("metadata", "name"));
    assert.deepEqual(read(service("a"), service("b")), ["a", "b"]);
    assert.deepEqual(read(service("new"), service("a"), service("b")), ["new", "a", "b"]);
    assert.deepEqual(read(service("b")), ["b"]);
  });

  it("keeps the last version of a file only, however long somebody types", () => {
    const cache = createDocumentCache();
    for (let index = 0; index < 50; index++)
      parseDocuments(file(service("orders"), service(`billing-${index}`)), { cache });
    assert.equal(cache.versions.size, 1);
    assert.equal(cache.versions.get("/shop/db.yaml")?.length, 2);
  });

  it("recovers a half-typed line while somebody is in it, and no longer", () => {
    const cache = createDocumentCache();
    const broken = file(`${service("orders")}spec:\n  selector\n  type: ClusterIP\n`);
    const stateAt = (typingLine?: number): string | undefined =>
      parseDocuments(broken, { cache, ...(typingLine === undefined ? {} : { typingLine }) })[0]?.state;
    assert.equal(stateAt(5), "recovered");
    assert.equal(stateAt(), "unread");
    assert.equal(stateAt(5), "recovered");
  });
});
