import assert from "node:assert/strict";
import { applyEdits } from "../../src/text/text-edit.ts";
import {
  appendDocument,
  type Edits,
  insertInText,
  insertItem,
  insertKey,
  quoteValue,
  removeItem,
  removeKey,
  replaceInText,
  setValue,
  type Writable,
} from "../../src/yaml/edit.ts";
import type { YamlNode } from "../../src/yaml/node.ts";
import { verifyEdits } from "../../src/yaml/verify.ts";
import { rootOf } from "../support/yaml.ts";

/** The text after the edit; it has to survive the check that every fix passes. `refused` where there is no edit. */
function after(text: string, edit: (root: YamlNode) => Edits): string {
  const edits = edit(rootOf(text));
  if (edits === undefined) return "refused";
  const changed = applyEdits(text, edits);
  assert.ok(
    verifyEdits(
      text,
      changed,
      edits.map((each) => each.changes ?? []),
    ),
    `keeps what it does not claim:\n${changed}`,
  );
  return changed;
}

function node(root: YamlNode, path: string): YamlNode {
  const found =
    path === "" ? root : root.at(...path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)));
  assert.ok(found, `nothing stands at ${path}`);
  return found;
}

type Row = readonly [name: string, before: string, expected: string];

describe("setting a value", () => {
  const rows: readonly (readonly [...Row, string, string | number | boolean])[] = [
    ["plain", "replicas: 3 # peak\n", "replicas: 1 # peak\n", "replicas", 1],
    ["in its own quotes", "policy: 'Delete'\n", "policy: 'Retain'\n", "policy", "Retain"],
    ["in its own quotes where those cannot hold it", "note: 'a'\n", 'note: "it\'s"\n', "note", "it's"],
    ["empty, with a comment behind", "replicas: # later\nname: a\n", "replicas: 3 # later\nname: a\n", "replicas", 3],
    ["empty at the end of the text", "replicas:", "replicas: 3", "replicas", 3],
    ["empty, Windows line ends", "replicas:\r\nname: a\r\n", "replicas: 3\r\nname: a\r\n", "replicas", 3],
    ["behind a tag and an anchor", "image: &image !!str a\n", "image: &image !!str b\n", "image", "b"],
    ["in a flow map", "a: {policy: Delete, b: 1}\n", "a: {policy: Retain, b: 1}\n", "a.policy", "Retain"],
    ["a key between brackets that has no value", "a: {b, c: 1}\nd: 1\n", "a: {b: v, c: 1}\nd: 1\n", "a.b", "v"],
    ["a text with a comma in a flow list", "a: [x, y]\n", 'a: ["p,q", y]\n', "a.0", "p,q"],
    ["a text that would read as a number", "port: http\n", 'port: "5432"\n', "port", "5432"],
    ["a text that would read as a boolean", "mode: a\n", 'mode: "on"\n', "mode", "on"],
    ["on two lines", "args: a\n  b\nz: 1\n", "args: c\nz: 1\n", "args", "c"],
    ["a literal block", "script: |\n  a\n", "refused", "script", "b"],
    ["an alias", "a: &a x\nb: *a\n", "refused", "b", "y"],
    ["what a merge brings", "a: &a {x: 1}\nb:\n  <<: *a\n", "refused", "b.x", 2],
    ["a map", "a: {x: 1}\n", "refused", "a", 2],
  ];
  for (const [name, before, expected, path, value] of rows)
    it(`${name}: ${JSON.stringify(expected)}`, () =>
      assert.equal(
        after(before, (root) => setValue(node(root, path), value)),
        expected,
      ));
});

describe("inserting a key", () => {
  const rows: readonly (readonly [...Row, string, Writable, string?])[] = [
    ["behind its siblings", "spec:\n  a: 1\nstatus: {}\n", "spec:\n  a: 1\n  key: v\nstatus: {}\n", "spec", "v"],
    [
      "behind one of them",
      "spec:\n  a: 1\n  b:\n    c: 2\n  d: 3\n",
      "spec:\n  a: 1\n  b:\n    c: 2\n  key: v\n  d: 3\n",
      "spec",
      "v",
      "b",
    ],
    ["behind a comment on the last line", "spec:\n  a: 1 # why\n", "spec:\n  a: 1 # why\n  key: v\n", "spec", "v"],
    ["behind an empty value", "spec:\n  a: # later\nz: 1\n", "spec:\n  a: # later\n  key: v\nz: 1\n", "spec", "v"],
    [
      "behind a literal block",
      "spec:\n  a: |\n    x\n    y\nz: 1\n",
      "spec:\n  a: |\n    x\n    y\n  key: v\nz: 1\n",
      "spec",
      "v",
    ],
    [
      "behind a list in the key's column",
      "spec:\n  a:\n  - x\nz: 1\n",
      "spec:\n  a:\n  - x\n  key: v\nz: 1\n",
      "spec",
      "v",
    ],
    ["at the end of a text without a line break", "spec:\n  a: 1", "spec:\n  a: 1\n  key: v", "spec", "v"],
    [
      "a map, with Windows line ends",
      "spec:\r\n  a: 1\r\n",
      "spec:\r\n  a: 1\r\n  key:\r\n    type: Recreate\r\n",
      "spec",
      { type: "Recreate" },
    ],
    [
      "a list of maps",
      "spec:\n  a: 1\n",
      'spec:\n  a: 1\n  key:\n    - name: x\n      value: "y"\n    - 2\n',
      "spec",
      [{ name: "x", value: "y" }, 2],
    ],
    [
      "into a list's item",
      "list:\n  - name: db\n    image: a\n  - name: b\n",
      "list:\n  - name: db\n    image: a\n    key: v\n  - name: b\n",
      "list.0",
      "v",
    ],
    [
      "into a list's item of one key",
      "list:\n- name: db # main\n",
      "list:\n- name: db # main\n  key: v\n",
      "list.0",
      "v",
    ],
    ["into the root behind a byte order mark", "\ufeffa: 1\n", "\ufeffa: 1\nkey: v\n", "", "v"],
    [
      "with an anchor on the first key",
      "spec:\n  &a replicas: 1\n  b: 2\n",
      "spec:\n  &a replicas: 1\n  b: 2\n  key: v\n",
      "spec",
      "v",
    ],
    ["with an anchor on the only key", "spec:\n  &a replicas: 1\n", "refused", "spec", "v"],
    ["with an anchor on the map", "spec: &spec\n  a: 1\n", "spec: &spec\n  a: 1\n  key: v\n", "spec", "v"],
    [
      "beside a merge",
      "base: &base {x: 1}\nspec:\n  <<: *base\n  a: 1\n",
      "base: &base {x: 1}\nspec:\n  <<: *base\n  a: 1\n  key: v\n",
      "spec",
      "v",
    ],
    ["into nothing but a merge", "base: &base {x: 1}\nspec:\n  <<: *base\n", "refused", "spec", "v"],
    ["into a flow map", "spec: { a: 1 }\n", "spec: { a: 1, key: v }\n", "spec", "v"],
    ["into a flow map behind the last of two", "spec: {a: 1, b: 2}\n", "spec: {a: 1, b: 2, key: v}\n", "spec", "v"],
    ["into a flow map without blanks", "spec: {a: 1}\n", "spec: {a: 1, key: v}\n", "spec", "v"],
    [
      "behind a key that has no value",
      "spec: { a: 1, b }\nd:\n  e: 1\n",
      "spec: { a: 1, b, key: v }\nd:\n  e: 1\n",
      "spec",
      "v",
    ],
    ["into an empty flow map", "spec: {}\n", "spec: { key: v }\n", "spec", "v"],
    ["into a flow map that ends in a comma", "spec: {a: 1,}\n", "spec: {a: 1, key: v,}\n", "spec", "v"],
    [
      "into a flow map whose last line has a comment",
      "spec: {\n  a: 1 # why\n  }\n",
      "spec: {\n  a: 1, key: v # why\n  }\n",
      "spec",
      "v",
    ],
    ["into an empty flow map with a comment", "spec: { # none\n  }\n", "refused", "spec", "v"],
    [
      "collections into a flow map",
      "spec: {a: 1}\n",
      'spec: {a: 1, key: { b: ["x,y", 2] }}\n',
      "spec",
      { b: ["x,y", 2] },
    ],
    [
      "into JSON",
      '{"kind": "Service", "spec": {"a": 1}}',
      '{"kind": "Service", "spec": {"a": 1, "key": {"b":"v"}}}',
      "spec",
      { b: "v" },
    ],
    ["that is there", "spec:\n  key: old\n", "refused", "spec", "v"],
    ["through an alias", "a: &a\n  x: 1\nb: *a\n", "refused", "b", "v"],
  ];
  for (const [name, before, expected, path, value, behind] of rows)
    it(`${name}: ${JSON.stringify(expected)}`, () =>
      assert.equal(
        after(before, (root) =>
          insertKey(node(root, path), "key", value, behind === undefined ? {} : { after: behind }),
        ),
        expected,
      ));
});

describe("inserting an item", () => {
  const rows: readonly (readonly [...Row, string, Writable])[] = [
    ["behind the last", "args:\n  - a\n  - b # why\nz: 1\n", "args:\n  - a\n  - b # why\n  - c\nz: 1\n", "args", "c"],
    ["in the key's column", "args:\n- a\nz: 1\n", "args:\n- a\n- c\nz: 1\n", "args", "c"],
    [
      "a map",
      "env:\n- name: A\n  value: b\n",
      "env:\n- name: A\n  value: b\n- name: C\n  value: d\n",
      "env",
      { name: "C", value: "d" },
    ],
    ["into a list in a list", "m:\n- - a\n  - b\n- - x\n", "m:\n- - a\n  - b\n  - c\n- - x\n", "m.0", "c"],
    ["into a list in a list of one item", "m:\n- - a\n", "m:\n- - a\n  - c\n", "m.0", "c"],
    ["behind an item with an anchor", "args:\n- &a-b x\n", "args:\n- &a-b x\n- c\n", "args", "c"],
    ["behind an empty item", "args:\n-\nz: 1\n", "args:\n-\n- c\nz: 1\n", "args", "c"],
    ["into a flow list", "args: [a, b]\n", "args: [a, b, c]\n", "args", "c"],
    ["into an empty flow list", "args: []\n", "args: [c]\n", "args", "c"],
    ["into a flow list with a comment", "args: [\n  a # why\n  ]\n", "args: [\n  a, c # why\n  ]\n", "args", "c"],
    ["among double quotes", 'args: ["a"]\n', 'args: ["a", "c"]\n', "args", "c"],
    ["behind a pair without braces", "args: [? a]\n", "refused", "args", "c"],
    ["through an alias", "a: &a [x]\nb: *a\n", "refused", "b", "c"],
    ["into what is no list", "a: x\n", "refused", "a", "c"],
  ];
  for (const [name, before, expected, path, value] of rows)
    it(`${name}: ${JSON.stringify(expected)}`, () =>
      assert.equal(
        after(before, (root) => insertItem(node(root, path), value)),
        expected,
      ));
});

describe("removing a key", () => {
  const rows: readonly (readonly [...Row, string, string])[] = [
    ["with its lines", "spec:\n  a: 1\n  b:\n    c: 2\n  d: 3\n", "spec:\n  a: 1\n  d: 3\n", "spec", "b"],
    ["the last", "spec:\n  a: 1\n  b: 2\nz: 1\n", "spec:\n  a: 1\nz: 1\n", "spec", "b"],
    ["a literal block", "spec:\n  a: 1\n  b: |\n    x\n  c: 2\n", "spec:\n  a: 1\n  c: 2\n", "spec", "b"],
    ["an empty value", "a:\nb: 1\n", "b: 1\n", "", "a"],
    ["with Windows line ends", "a: 1\r\nb: 2\r\n", "b: 2\r\n", "", "a"],
    ["a comment above it stays", "a: 1\n# why\nb: 2\nc: 3\n", "a: 1\n# why\nc: 3\n", "", "b"],
    ["with a comment on its line", "a: 1 # why\nb: 2\n", "refused", "", "a"],
    ["with a comment between its lines", "a: 1\nb:\n  # why\n  c: 2\n", "refused", "", "b"],
    ["that begins an item", "l:\n- a: 1\n  b: 2\n", "refused", "l.0", "a"],
    ["the only one", "spec:\n  a: 1\n", "refused", "spec", "a"],
    ["of a flow map", "spec: {a: 1, b: 2}\n", "refused", "spec", "a"],
    ["that a merge brings", "base: &base {x: 1}\nspec:\n  <<: *base\n  a: 1\n  b: 1\n", "refused", "spec", "x"],
    ["that is not there", "a: 1\nb: 2\n", "refused", "", "c"],
  ];
  for (const [name, before, expected, path, key] of rows)
    it(`${name}: ${JSON.stringify(expected)}`, () =>
      assert.equal(
        after(before, (root) => removeKey(node(root, path), key)),
        expected,
      ));
});

describe("removing an item", () => {
  const rows: readonly (readonly [...Row, string, number])[] = [
    ["of a block list", "l:\n  - a\n  - b\n  - c\n", "l:\n  - a\n  - c\n", "l", 1],
    ["the last", "l:\n- a\n- b\nz: 1\n", "l:\n- a\nz: 1\n", "l", 1],
    ["with its lines", "l:\n- a: 1\n  b: 2\n- c: 3\n", "l:\n- c: 3\n", "l", 0],
    ["the first of a flow list", "l: [a, b]\n", "l: [b]\n", "l", 0],
    ["the last of a flow list", "l: [ a, b ]\n", "l: [ a ]\n", "l", 1],
    ["with Windows line ends", "l:\r\n- a\r\n- b\r\n", "l:\r\n- b\r\n", "l", 0],
    ["a comment above it stays", "l:\n- a\n# why\n- b\n", "l:\n- a\n# why\n", "l", 1],
    ["with a comment on its line", "l:\n- a # why\n- b\n", "refused", "l", 0],
    ["the only one", "l:\n- a\n", "refused", "l", 0],
    ["behind a pair without braces and value", "l: [a:, b] # why\n", "l: [a:] # why\n", "l", 1],
    ["a pair without braces", "l: [a: 1, b]\nz: 1\n", "l: [b]\nz: 1\n", "l", 0],
    ["of a list in a list, on its line", "l:\n- - a\n  - b\n", "refused", "l.0", 0],
    ["an alias", "x: &x a\nl: [*x, b]\n", "refused", "l", 0],
  ];
  for (const [name, before, expected, path, index] of rows)
    it(`${name}: ${JSON.stringify(expected)}`, () =>
      assert.equal(
        after(before, (root) => removeItem(node(root, path), index)),
        expected,
      ));
});

describe("inserting in a text", () => {
  const rows: readonly Row[] = [
    ["plain", "run: dump | gzip # nightly\n", "run: set -e; dump | gzip # nightly\n"],
    ["in quotes", 'run: "a && dump | gzip"\n', 'run: "a && set -e; dump | gzip"\n'],
    ["in a literal block", "run: |\n  a\n  dump | gzip\n", "run: |\n  a\n  set -e; dump | gzip\n"],
    ["in a folded block, which hides its place", "run: >-\n  a &&\n  dump |\n  gzip\n", "refused"],
    ["behind an escape, which hides its place", 'run: "a\\ndump | gzip"\n', "refused"],
  ];
  for (const [name, before, expected] of rows)
    it(name, () => {
      const run = node(rootOf(before), "run");
      const start = (run.string() ?? "").indexOf("dump");
      const place = run.inside({ start, end: start + 4 });
      assert.equal(
        after(before, () => insertInText(place, "dump", "set -e; ", "before")),
        expected,
      );
    });
});

describe("replacing a word of a string", () => {
  const rows: readonly Row[] = [
    ["in an argument", "arg: shared_buffers=512Mi # a quarter\n", "arg: shared_buffers=512MB # a quarter\n"],
    ["in quotes", 'arg: "shared_buffers=512Mi"\n', 'arg: "shared_buffers=512MB"\n'],
    ["where it stands twice", "arg: a=512Mi b=512Mi\n", "refused"],
    ["where an escape hides it", 'arg: "shared_buffers=512\\x4di"\n', "refused"],
  ];
  for (const [name, before, expected] of rows)
    it(name, () => {
      const place = node(rootOf(before), "arg");
      assert.equal(
        after(before, () => replaceInText(place, "512Mi", "512MB")),
        expected,
      );
    });
});

describe("quoting a value", () => {
  const rows: readonly Row[] = [
    ["a number", "value: 5432 # port\n", 'value: "5432" # port\n'],
    ["a boolean", "value: yes\n", 'value: "yes"\n'],
    ["nothing", "value: # none\n", 'value: "" # none\n'],
    ["what is quoted", 'value: "5432"\n', "refused"],
    ["a backslash", "value: a\\b\n", "refused"],
    ["two lines", "value: a\n  b\n", "refused"],
  ];
  for (const [name, before, expected] of rows)
    it(`${name}: ${JSON.stringify(expected)}`, () =>
      assert.equal(
        after(before, (root) => quoteValue(node(root, "value"))),
        expected,
      ));
});

describe("appending a document", () => {
  const budget = { kind: "PodDisruptionBudget", spec: { maxUnavailable: 1 } };
  const lines = "kind: PodDisruptionBudget\nspec:\n  maxUnavailable: 1\n";
  const rows: readonly Row[] = [
    ["behind others", "kind: Service\n", `kind: Service\n---\n${lines}`],
    ["to a text without a line break", "kind: Service", `kind: Service\n---\n${lines}`],
    ["with Windows line ends", "kind: Service\r\n", `kind: Service\r\n---\r\n${lines.replaceAll("\n", "\r\n")}`],
    ["behind a comment", "kind: Service\n# end\n", `kind: Service\n# end\n---\n${lines}`],
    ["to JSON", '{"kind":"Service"}\n', `{"kind":"Service"}\n${JSON.stringify(budget, undefined, 2)}\n`],
  ];
  for (const [name, before, expected] of rows)
    it(name, () =>
      assert.equal(
        after(before, (root) => appendDocument(root.file, budget)),
        expected,
      ),
    );
});

describe("the check of an edited text", () => {
  const text = "kind: Service\nspec:\n  a: 1 # why\n  b: 2\n";
  const lies: readonly (readonly [string, string, readonly (string | number)[]])[] = [
    ["another path than the claimed one", text.replace("b: 2", "b: 3"), ["spec", "a"]],
    ["a path above the claimed one", "kind: Service\nspec: 5 # why\n", ["spec", "a"]],
    ["a comment swallowed by a value", text.replace("1 # why", "1# why"), ["spec", "a"]],
    ["a comment gone", text.replace(" # why", ""), ["spec", "a"]],
    ["a text that does not parse", text.replace("a: 1", "a: ["), ["spec", "a"]],
    ["a document gone", "", ["spec"]],
    ["a document more than claimed", `${text}---\nkind: Pod\n`, ["spec"]],
    ["a number that became a text", text.replace("b: 2", 'b: "2"'), ["spec", "a"]],
  ];
  for (const [name, changed, claim] of lies)
    it(`refuses ${name}`, () => assert.equal(verifyEdits(text, changed, [claim]), false));
  it("admits what is claimed, and what lies below it", () => {
    assert.equal(verifyEdits(text, text.replace("b: 2", "b: 3"), [["spec", "b"]]), true);
    assert.equal(verifyEdits(text, text.replace("b: 2", "b: { c: 3 }"), [["spec"]]), true);
    assert.equal(verifyEdits(text, `${text}---\nkind: Pod\n`, [[]]), true);
  });
});
