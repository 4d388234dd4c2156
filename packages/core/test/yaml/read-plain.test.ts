import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { readWithYaml } from "../../src/yaml/library.ts";
import type { RawNode } from "../../src/yaml/raw.ts";
import { readPlain } from "../../src/yaml/read-plain.ts";
import { splitDocuments } from "../../src/yaml/split.ts";
import { buildTree } from "../../src/yaml/tree.ts";

const core = fileURLToPath(new URL("../..", import.meta.url));

/** All that anything can see of a tree, as plain data: who read it must not matter. */
function visible(node: RawNode): unknown {
  const { kind, start, end } = node;
  if (node.kind === "map") return { kind, start, end, isFlow: node.isFlow, pairs: node.pairs.map(visible) };
  if (node.kind === "sequence") return { kind, start, end, isFlow: node.isFlow, items: node.items.map(visible) };
  if (node.kind === "alias") return { kind, start, end };
  const { contentStart, contentEnd, style, tag, text, indent } = node;
  return { kind, start, end, contentStart, contentEnd, style, tag, text, indent };
}

/** Reads both ways; says whether the plain reader took the text. */
function agree(text: string): boolean {
  const plain = readPlain(text);
  if (plain === undefined) return false;
  const { root, nextRootAt } = buildTree(text); // throws where js-yaml refuses the text
  assert.ok(root !== undefined && nextRootAt === undefined, text);
  assert.deepEqual(visible(plain), visible(root), text);
  // A fix that leaves such a text is not parsed again before it is written.
  assert.ok(readWithYaml(text) !== undefined, text);
  return true;
}

function manifestsUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));
}

describe("the reader of plainly written manifests", () => {
  it("reads the fixtures and examples as js-yaml does, and more than half of them", () => {
    const texts = [
      ...manifestsUnder(path.join(core, "test/rules")),
      ...manifestsUnder(path.join(core, "../../examples")),
    ];
    const documents = texts.flatMap((text) => splitDocuments(text).map(({ span }) => text.slice(span.start, span.end)));
    const taken = documents.filter(agree).length;
    assert.ok(taken > documents.length / 2, `${taken} of ${documents.length}`);
  });

  it("reads CRLF files as js-yaml does", () => {
    const texts = manifestsUnder(path.join(core, "../../examples")).map((text) => text.replaceAll("\n", "\r\n"));
    assert.ok(texts.some((text) => splitDocuments(text).some(({ span }) => agree(text.slice(span.start, span.end)))));
  });

  it("reads what kubectl's measured inputs hold as js-yaml does", () => {
    const cases = JSON.parse(readFileSync(path.join(core, "test/yaml/kubectl-cases.json"), "utf8")) as unknown;
    const inputs = JSON.stringify(cases).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    for (const input of inputs) agree(JSON.parse(input) as string);
  });

  const taken: Readonly<Record<string, string>> = {
    "a workload": "kind: Pod\nspec:\n  containers:\n  - name: db\n    image: postgres:16 # pinned\n",
    "empty values": "spec:\nmetadata:\n  labels:\n",
    "lists of lists": "args:\n- - a\n  - b\n-   c: d\n    e: f\n",
    "block scalars": "a: |\n  x\n\n   y\nb: >-\n  folded\n  line\nc: |+\n  kept\n\nd: 1\n",
    "flow collections on a line": 'a: { b: [c, "d", { e: f }], g: {} }\nh: []\n',
    "urls and times": "a: http://orders:8080/x#y\nb: 12:30\nc: --flag\n",
    "comments everywhere": "# first\na: # why\n  # more\n  b: 1\n# last\n",
  };
  for (const [name, text] of Object.entries(taken)) it(`reads ${name}`, () => assert.ok(agree(text)));

  const left: Readonly<Record<string, string>> = {
    "an anchor": "a: &x 1\nb: *x\n",
    "a merge key": "a:\n  <<: {b: 1}\n",
    "a tag": "a: !!str 1\n",
    "a tab": "a:\tb\n",
    "a text on two lines": "a: one\n  two\n",
    "a flow collection on two lines": "a: [b,\n  c]\n",
    "an escape": 'a: "b\\n"\n',
    "a key written twice": "a: 1\na: 2\n",
    "a key that is a boolean": "on: 1\n",
    "an infinity": "a: .inf\n",
    "a key without a space": "a:b\n",
    "two roots": "  a: 1\nb: 2\n",
    "an indentation that fits nothing": "a:\n    b: 1\n  c: 2\n",
    "a template": "a: {{ .Values.a }}\n",
    "a document end": "a: 1\n...\n",
    "an explicit indentation": "a: |2\n    b\n",
    nothing: "# only a comment\n",
  };
  for (const [name, text] of Object.entries(left))
    it(`leaves ${name} to js-yaml`, () => assert.equal(readPlain(text), undefined));

  it("never differs, whatever is typed", () => {
    const key = fc.constantFrom("a", "b", "name", "app.kubernetes.io/name", "-x", '"q"', "'s'", "1", "on", "<<", "");
    const value = fc.constantFrom(
      ...["", "x", "1", "x y", "- x", "x: y", "x #c", "#c", "x#c", '"q"', "'s'", "'it''s'", '"\\n"', "[]", "[a, b]"],
      ...[
        "{ a: b }",
        "{a}",
        "[a",
        "|",
        ">-",
        "|+",
        "|2",
        "> # c",
        "&a x",
        "*a",
        "!t x",
        "? x",
        "%x",
        "@x",
        "---",
        "...",
        "~",
      ],
      ...[":", "x:", "::", "[a: b]", '["a","b"]', "{ 'a': \"b\" }", "[[a], {b: c}]", "\t", "x\t", ".inf", "-", "--"],
    );
    const line = fc
      .tuple(
        fc.nat(3),
        fc.constantFrom("", "- ", "- - ", "-  ", "-", "# "),
        key,
        fc.constantFrom(": ", ":", " : ", "", ":  "),
        value,
      )
      .map(([indent, dash, name, colon, text]) => `${" ".repeat(indent * 2)}${dash}${name}${colon}${text}`);
    const text = fc
      .tuple(
        fc.array(line, { maxLength: 7 }),
        fc.constantFrom("\n", "\r\n", "\n\n"),
        fc.constantFrom("", "\n", "\n  ", "\n\n"),
      )
      .map(([lines, between, end]) => lines.join(between) + end);
    let count = 0;
    fc.assert(
      fc.property(text, (each) => {
        if (agree(each)) count++;
      }),
      { numRuns: 4000 },
    );
    assert.ok(count > 50, `${count} texts were read`);
  });
});
