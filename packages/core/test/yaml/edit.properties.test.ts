import assert from "node:assert/strict";
import fc from "fast-check";
import { applyEdits } from "../../src/text/text-edit.ts";
import { type Edits, insertItem, insertKey, quoteValue, removeKey, setValue } from "../../src/yaml/edit.ts";
import type { PathSegment, YamlNode } from "../../src/yaml/node.ts";
import { verifyEdits } from "../../src/yaml/verify.ts";
import { anyDocument } from "../support/arbitrary.ts";
import { documentsOf, rootOf } from "../support/yaml.ts";

type Value = null | string | number | boolean | Value[] | { [key: string]: Value };

const plain = (value: unknown): Value => JSON.parse(JSON.stringify(value)) as Value;

function allNodes(root: YamlNode): readonly YamlNode[] {
  const children = root.kind === "sequence" ? root.items() : root.entries().map(([, node]) => node);
  return [root, ...children.flatMap(allNodes)];
}

/** The same change on the decoded value, made by hand. */
function changed(root: Value, path: readonly PathSegment[], change: (holder: never, last: PathSegment) => void): Value {
  const copy = plain(root);
  let holder: Value = copy;
  for (const segment of path.slice(0, -1)) holder = (holder as never)[segment];
  change(holder as never, path.at(-1) ?? "");
  return copy;
}

interface Try {
  readonly name: string;
  make(node: YamlNode): Edits;
  expected(root: Value, node: YamlNode): Value;
}

const set = (value: Value) => (holder: never, last: PathSegment) => {
  (holder as Record<PathSegment, Value>)[last] = value;
};

const values = ["Retain", "5432", "a, b: c", "", "# no", " padded ", "it's", "line\nbreak", "on", "-"] as const;
const tries: readonly Try[] = [
  ...[120, true, ...values].map((value) => ({
    name: `set ${JSON.stringify(value)}`,
    make: (node: YamlNode) => setValue(node, value),
    expected: (root: Value, node: YamlNode) => changed(root, node.yamlPath, set(value)),
  })),
  ...["v", 5, ["x,y", { a: "b" }], { type: "Recreate", rolling: { n: "1" } }].map((value) => ({
    name: `insert ${JSON.stringify(value)}`,
    make: (node: YamlNode) => insertKey(node, "inserted", value),
    expected: (root: Value, node: YamlNode) => changed(root, [...node.yamlPath, "inserted"], set(value)),
  })),
  {
    name: "insert behind the first key",
    make: (node) => insertKey(node, "inserted", "v", { after: node.entries()[0]?.[0] ?? "" }),
    expected: (root, node) => changed(root, [...node.yamlPath, "inserted"], set("v")),
  },
  ...["v", { name: "A", value: "b" }].map((value) => ({
    name: `append ${JSON.stringify(value)}`,
    make: (node: YamlNode) => insertItem(node, value),
    expected: (root: Value, node: YamlNode) => changed(root, [...node.yamlPath, node.items().length], set(value)),
  })),
  {
    name: "remove",
    make: (node) => removeKey(node, node.entries().at(-1)?.[0] ?? ""),
    expected: (root, node) =>
      changed(root, [...node.yamlPath, node.entries().at(-1)?.[0] ?? ""], (holder, last) => {
        delete (holder as Record<PathSegment, Value>)[last];
      }),
  },
  {
    name: "quote",
    make: quoteValue,
    expected: (root, node) => changed(root, node.yamlPath, set(node.file.slice(node.span))),
  },
];

describe("edits, on any document", () => {
  it("are read as they are written", () => {
    fc.assert(fc.property(anyDocument, ({ text, value }) => assert.deepEqual(plain(rootOf(text).value), value)));
  });

  it("change the claimed path only, keep comments and line ends", () => {
    const counts = new Map(tries.map(({ name }) => [name, 0]));
    fc.assert(
      fc.property(anyDocument, fc.nat(), fc.constantFrom(...tries), ({ text, value }, choice, each) => {
        const nodes = allNodes(rootOf(text));
        // Begin anywhere, and take the first node that the edit is for.
        const rotated = [...nodes.slice(choice % nodes.length), ...nodes.slice(0, choice % nodes.length)];
        for (const node of rotated) {
          if (node.yamlPath.length === 0 && each.name.startsWith("set")) continue;
          const edits = each.make(node);
          if (edits === undefined) continue;
          const after = applyEdits(text, edits);
          assert.deepEqual(plain(rootOf(after).value), each.expected(plain(value), node), after);
          assert.deepEqual(
            documentsOf(after).flatMap((document) => document.comments().map((comment) => comment.text)),
            documentsOf(text).flatMap((document) => document.comments().map((comment) => comment.text)),
          );
          if (text.includes("\r\n")) assert.doesNotMatch(after.replaceAll("\r\n", ""), /\n/);
          else assert.doesNotMatch(after, /\r/);
          assert.ok(
            verifyEdits(
              text,
              after,
              edits.flatMap((edit) => (edit.changes === undefined ? [] : [edit.changes])),
            ),
          );
          counts.set(each.name, (counts.get(each.name) ?? 0) + 1);
          return;
        }
      }),
      { numRuns: 1500 },
    );
    for (const [name, count] of counts) assert.ok(count > 0, `${name} was never possible`);
  });

  it("that claim another path than they change are refused", () => {
    fc.assert(
      fc.property(anyDocument, fc.nat(), ({ text }, choice) => {
        const scalars = allNodes(rootOf(text)).filter((node) => node.kind === "scalar");
        const node = scalars[choice % scalars.length];
        const edits = node === undefined ? undefined : setValue(node, "another value");
        if (edits === undefined || node === undefined) return;
        const lie = [...node.yamlPath.slice(0, -1), "elsewhere"];
        assert.equal(verifyEdits(text, applyEdits(text, edits), [lie]), false);
      }),
    );
  });
});
