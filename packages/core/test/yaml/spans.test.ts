import assert from "node:assert/strict";
import { treeOfLibrary } from "../../src/yaml/library-tree.ts";
import { buildTree } from "../../src/yaml/tree.ts";
import { nodeAt, rootOf } from "../support/yaml.ts";

/** What `inside` underlines for a word of the decoded value of `script`. */
function underlined(text: string, word: string, occurrence = 0): string {
  const node = nodeAt(text, "script");
  const value = node.string() ?? "";
  let start = value.indexOf(word);
  for (let count = 0; count < occurrence; count++) start = value.indexOf(word, start + 1);
  assert.notEqual(start, -1, `${word} is in ${JSON.stringify(value)}`);
  const { span } = node.inside({ start, end: start + word.length });
  return text.slice(span.start, span.end);
}

describe("a part of a value, underlined", () => {
  const exact: readonly (readonly [string, string, string])[] = [
    ["a plain value", "script: pg_dump -h orders\n", "orders"],
    ["single quotes", "script: 'pg_dump -h orders'\n", "orders"],
    ["double quotes", 'script: "pg_dump -h orders"\n', "orders"],
    ["a literal block", "script: |\n  set -e\n  pg_dump -h orders\n", "orders"],
    ["a literal block with its indentation written", "script: |2\n    set -e\n    pg_dump orders\n", "orders"],
    ["a literal block behind blank lines", "script: |-\n\n \n  set -e\n\n  pg_dump orders\n", "orders"],
    ["a literal block with Windows line ends", "script: |\r\n  set -e\r\n  pg_dump orders\r\n", "orders"],
    ["a literal block whose header ends in a comment", "script: | # nightly\n  pg_dump orders\n", "orders"],
    ["deeper lines of a literal block", "script: |\n  if true; then\n    pg_dump orders\n  fi\n", "orders"],
    ["a word of a flow list's item", "script: 'a, orders'\n", "orders"],
  ];
  for (const [name, text, word] of exact)
    it(`${name}: exactly`, () => {
      assert.equal(underlined(text, word), word);
    });

  it("the second of two equal words is the second in the file", () => {
    const text = "script: |\n  pg_dump orders\n  gzip orders\n";
    const node = nodeAt(text, "script");
    const start = node.string()?.lastIndexOf("orders") ?? 0;
    assert.equal(node.inside({ start, end: start + 6 }).span.start, text.lastIndexOf("orders"));
  });

  it("several lines of a literal block keep what lies between", () => {
    const text = "script: |\n  set -e\n  pg_dump orders\n";
    assert.equal(underlined(text, "-e\npg_dump"), "-e\n  pg_dump");
  });

  const whole: readonly (readonly [string, string, string, string])[] = [
    ["escapes", 'script: "pg_dump\\torders"\n', "orders", '"pg_dump\\torders"'],
    ["a doubled single quote", "script: 'it''s orders'\n", "orders", "'it''s orders'"],
    ["a folded block", "script: >-\n  pg_dump\n  orders\n", "orders", ">-\n  pg_dump\n  orders"],
    ["a plain value on two lines", "script: pg_dump\n  orders\n", "orders", "pg_dump\n  orders"],
  ];
  for (const [name, text, word, expected] of whole)
    it(`${name}: the whole value`, () => assert.equal(underlined(text, word).trimEnd(), expected));

  it("offsets outside the value fall back to the whole value", () => {
    const node = nodeAt("script: orders\n", "script");
    assert.deepEqual(node.inside({ start: 4, end: 90 }).span, node.span);
    assert.deepEqual(node.inside({ start: -1, end: 2 }).span, node.span);
  });
});

describe("where things stand", () => {
  const text = `kind: StatefulSet
spec:
  replicas: # three later
  template:
    containers: [{ name: "db" }, {name: exporter}]
  list:
  - a
  -
  tagged: !!str 5
  anchored: &image postgres:16
  alias: *image
`;
  const slice = (...path: readonly (string | number)[]): string => {
    const { span } = nodeAt(text, ...path);
    return text.slice(span.start, span.end);
  };
  it("an empty value stands behind its colon, an empty item behind its dash", () => {
    assert.equal(text.slice(0, nodeAt(text, "spec", "replicas").span.start).endsWith("replicas:"), true);
    assert.equal(text.slice(0, nodeAt(text, "spec", "list", 1).span.start).endsWith("\n  -"), true);
  });
  it("flow collections end with their bracket, block ones with their last value", () => {
    assert.equal(slice("spec", "template", "containers"), '[{ name: "db" }, {name: exporter}]');
    assert.equal(slice("spec", "template", "containers", 1), "{name: exporter}");
    assert.equal(slice("spec", "template"), 'containers: [{ name: "db" }, {name: exporter}]');
  });
  it("quotes belong to a value, tags and anchors do not, an alias is its own place", () => {
    assert.equal(slice("spec", "template", "containers", 0, "name"), '"db"');
    assert.equal(slice("spec", "tagged"), "5");
    assert.equal(slice("spec", "anchored"), "postgres:16");
    assert.equal(slice("spec", "alias"), "*image");
    assert.equal(nodeAt(text, "spec", "alias").value, "postgres:16");
  });
  it("nearest() is the deepest that is written", () => {
    assert.equal(rootOf(text).nearest("spec", "template", "spec", "volumes").yamlPath.join("."), "spec.template");
  });
});

describe("what js-yaml refuses and kubectl reads", () => {
  const cases: readonly (readonly [string, string, readonly (string | number)[], string, string])[] = [
    [
      "a bracket closed in its key's column",
      "kind: Pod\nspec:\n  args: [\n    -c,\n    orders,\n  ]\n",
      ["spec", "args", 1],
      "orders",
      "orders",
    ],
    [
      "a bracket with a comment inside, closed there",
      "kind: Pod\nargs: [ # first\n  -c, # \"second\n  'a b',\n]\n",
      ["args", 1],
      "a b",
      "'a b'",
    ],
    [
      "quotes continued in their key's column",
      'kind: Pod\nargs:\n- "a\n  b"\nscript: "x\n  y"\nz: "q\nr"\n',
      ["z"],
      "q r",
      '"q\nr"',
    ],
    [
      "an apostrophe inside a bracket closed there",
      "kind: Pod\nargs: [\n  don't,\n  orders\n]\n",
      ["args", 1],
      "orders",
      "orders",
    ],
    [
      "the same below a plain text that goes on with a bracket",
      "kind: Pod\nargs: [\n  orders,\n]\nnote: this\n  [goes on\n",
      ["note"],
      "this [goes on",
      "this\n  [goes on",
    ],
    ["an indented root, up to where it ends", "  kind: Pod\n  name: orders\nspec: [\n", ["name"], "orders", "orders"],
  ];
  for (const [name, text, path, value, written] of cases)
    it(name, () => {
      const node = nodeAt(text, ...path);
      assert.equal(node.value, value);
      assert.equal(text.slice(node.span.start, node.span.end), written);
    });

  it("the yaml library's tree has the same values and places as ours", () => {
    const text = `kind: Pod
empty:
flow: { a: [1, "two", 'thr''ee'], b: ~ } # c
bare: { a, "b", c }
block:
- name: &first db
  script: |
    set -e
    run
  folded: >-
    a
    b
- *first
- "esc\\"aped"
base: &base { cpu: 1 }
merged:
  <<: *base
  plain: goes
    on
`;
    const tree = treeOfLibrary(text);
    const strip = (node: unknown): unknown =>
      JSON.parse(
        JSON.stringify(node, (key, value: unknown) =>
          ["size", "tag", "indent", "contentEnd"].includes(key) ? undefined : value,
        ),
      );
    assert.deepEqual(strip(tree?.root), strip(buildTree(text).root));
  });
});
