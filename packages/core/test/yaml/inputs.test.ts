import assert from "node:assert/strict";
import { SourceFile } from "../../src/text/source-file.ts";
import type { UnreadReason } from "../../src/yaml/document.ts";
import { largestDocument, parseDocuments } from "../../src/yaml/parse.ts";
import { documentsOf, nodeAt, rootOf } from "../support/yaml.ts";

const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: orders\n";
const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: orders-0\n";

const names = (text: string): readonly unknown[] =>
  parseDocuments(new SourceFile("/shop/orders.yaml", text)).map(
    ({ root, reason }) => root?.string("metadata", "name") ?? reason ?? "empty",
  );

/** The only document is unread for the reason, and its error says why at the marked text. */
function assertRefused(text: string, reason: UnreadReason, message: RegExp, at?: string): void {
  const [document, ...others] = documentsOf(text);
  assert.deepEqual(others, []);
  assert.equal(document?.state, "unread");
  assert.equal(document.reason, reason);
  assert.equal(document.root, undefined);
  const [error] = document.errors;
  assert.match(error?.message ?? "", message);
  if (at !== undefined) assert.equal(text.slice(error?.span.start, (error?.span.start ?? 0) + at.length), at);
}

describe("where a refusal points", () => {
  it("at a whole character, also outside of the basic plane", () => {
    for (const text of ["kind: Service\n\u{1F418}\n", "kind: Service\nspec: {a: \u{1F418}", '{"kind": "Pod"}\u{1F418}'])
      for (const { span } of documentsOf(text).flatMap(({ errors, warnings }) => [...errors, ...warnings]))
        assert.doesNotThrow(() => encodeURIComponent(text.slice(span.start, span.end)), JSON.stringify([text, span]));
  });
});

describe("what is read", () => {
  it("JSON is a document, with places", () => {
    const text = '{\n\t"kind": "Service",\n\t"metadata": {"name": "orders", "labels": {"path": "a\\/b"}}\n}\n';
    const root = rootOf(text);
    assert.equal(root.string("metadata", "labels", "path"), "a/b");
    assert.equal(
      text.slice(root.at("metadata", "name")?.span.start, root.at("metadata", "name")?.span.end),
      '"orders"',
    );
  });

  it("JSON objects one after another are documents, wherever they break", () => {
    const text = `{"kind":"Service","metadata":{"name":"orders"}}{"kind":"Service","metadata":{"name":"}{"}}\n\n{"kind":"Service","metadata":{"name":"billing"}}`;
    assert.deepEqual(names(text), ["orders", "}{", "billing"]);
  });

  it("a List is one document; its items keep their places", () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- kind: Service\n  metadata: {name: orders}\n- kind: Service\n  metadata: {name: billing}\n`;
    const item = nodeAt(text, "items", 1);
    assert.deepEqual(item.at("metadata", "name")?.yamlPath, ["items", 1, "metadata", "name"]);
    assert.equal(text.slice(item.at("metadata", "name")?.span.start).startsWith("billing"), true);
  });

  it("a byte order mark, also one left over from UTF-16 or in the middle of a joined file, belongs to no key", () => {
    const text = `\ufeff${service}---\n\ufeff${pod}`;
    assert.deepEqual(names(text), ["orders", "orders-0"]);
    assert.equal(rootOf(text).at("apiVersion")?.keySpan.start, 1);
    assert.equal(rootOf(text).string("apiVersion"), "v1");
  });

  it("Windows line ends leave no carriage return in any value", () => {
    const text =
      `${service}data:\n  file: |\n    a\n    b\n  folded: >-\n    c\n    d\n  quoted: "e\n    f"\n`.replaceAll(
        "\n",
        "\r\n",
      );
    assert.deepEqual(
      rootOf(text)
        .at("data")
        ?.entries()
        .map(([, node]) => node.string()),
      ["a\nb\n", "c d", "e f"],
    );
    assert.equal(rootOf(text).string("kind"), "Service");
  });

  it("empty documents, comments alone and a leading separator are documents without a root", () => {
    assert.deepEqual(names(`---\n---\n# to do\n---\n${service}---\n`), ["empty", "empty", "empty", "orders", "empty"]);
    assert.deepEqual(names(""), ["empty"]);
  });

  it("a document of no known kind is left unread, and its neighbours are read", () => {
    assert.deepEqual(names(`apiVersion: x/v1\nkind: Grafana\nmetadata:\n  name: dash\n---\n${service}`), [
      "not-kubernetes",
      "orders",
    ]);
  });

  it("a variable ($NAME in braces) is text where YAML allows it", () => {
    assert.equal(
      nodeAt(`${service}spec:\n  externalName: \${HOST:-orders}.shop\n`, "spec", "externalName").value,
      `\${HOST:-orders}.shop`,
    );
  });

  it("a comment that only looks like ytt's is a comment", () => {
    for (const comment of ["#!/usr/bin/env kubectl", "#@author someone", "# @schema", 'x: "a #@ b"'])
      assert.equal(documentsOf(`${service}${comment}\n`)[0]?.state, "whole", comment);
  });

  it("a template inside quotes is text", () => {
    assert.equal(nodeAt(`${service}note: "{{ .Values.note }}"\n`, "note").value, "{{ .Values.note }}");
  });

  it("of keys written twice the last wins, with a warning at the second", () => {
    const text = `${pod}spec:\n  restartPolicy: Always\n  restartPolicy: Never\n`;
    assert.equal(nodeAt(text, "spec", "restartPolicy").value, "Never");
    const [warning] = documentsOf(text)[0]?.warnings ?? [];
    assert.equal(warning?.kind, "duplicate-key");
    assert.equal(warning.span.start, text.lastIndexOf("restartPolicy"));
  });

  it("a merge key overwrites what stands before it, and what it brings is shared", () => {
    const text = `${pod}base: &base\n  cpu: 1\n  memory: 1Gi\nlimits:\n  memory: 2Gi\n  <<: *base\n  cpu: 3\n`;
    const limits = nodeAt(text, "limits");
    assert.equal(limits.string("memory"), "1Gi");
    assert.equal(limits.at("memory")?.isShared, true);
    assert.equal(limits.integer("cpu"), 3);
    assert.equal(limits.at("cpu")?.isShared, false);
  });
});

describe("what kubectl drops in silence", () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["text after ...", `${service}...\n${pod}`, "after-end"],
    ["... at the end", `${service}...\n`, undefined],
    ["... before a separator", `${service}...\n---\n${pod}`, undefined],
    ["... inside a block scalar", `${service}note: |\n  a\n  ...\n  b\n`, undefined],
    ["a second root behind an indented one", "  kind: Service\nspec: {}\n", "after-root"],
  ];
  for (const [name, text, kind] of cases)
    it(`${name}: ${kind ?? "nothing"}`, () => {
      const warnings = documentsOf(text).flatMap((document) => document.warnings);
      assert.deepEqual(
        warnings.map((warning) => warning.kind),
        kind === undefined ? [] : [kind],
      );
    });
});

describe("what is not read, and why", () => {
  const cases: readonly (readonly [string, string, UnreadReason, RegExp, string?])[] = [
    ["a tab as indentation", `${pod}spec:\n\tnodeName: a\n`, "not-yaml", /there is a tab where spaces/, "\t"],
    ["an embedded NUL", `${service}note: a\0b\n`, "not-yaml", /control character/, "\0"],
    ["a value in double braces", `${service}spec: {{ .Values.spec }}\n`, "template", /template/],
    ["a line in double braces", `${service}{{- if .Values.spec }}\nspec: {}\n{{- end }}\n`, "template", /template/],
    ["Jinja", `${service}{% if production %}\nspec: {}\n{% endif %}\n`, "template", /template/],
    ["FreeMarker", `${service}<#if production>\nspec: {}\n</#if>\n`, "template", /template/],
    ["envsubst", `${service}spec:\n  type: NodePort\n${"$"}{PORTS}\n`, "template", /template/],
    ["ytt, a value", `${service}spec: #@ data.values.spec\n`, "template", /template/],
    ["ytt, a branch", `${service}#@ if production:\nspec: {}\n#@ end\n`, "template", /template/],
    ["ERB", `${service}<% if production %>\nspec: {}\n<% end %>\n`, "template", /template/],
    ["a word of somebody's own template", `${service}spec:\n  type: NodePort\n  SITE_PORTS\n`, "template", /template/],
    [
      "such a word beside a database",
      `kind: ConfigMap\ndata:\n  MYSQL_USER: shop\n  MYSQL_HOST\n`,
      "not-yaml",
      /colon/,
    ],
    ["a variable in a flow map", `${service}spec: {externalName: \${HOST}}\n`, "not-yaml", /colon or comma is missing/],
    [
      "a secret of SOPS",
      `kind: Secret\ndata:\n  password: ENC[AES256_GCM,data:x,type:str]\nsops:\n  mac: x\n`,
      "encrypted",
      /SOPS/,
    ],
    ["merging a number", `${service}<<: 5\n`, "not-yaml", /merge key needs a map/, "5"],
    ["merging a list of texts", `${service}<<: [a, b]\n`, "not-yaml", /merge key needs a map/, "["],
    ["merging itself", `${service}a: &a\n  <<: *a\n`, "not-yaml", /contains itself/],
    ["an alias of nothing", `${service}a: *missing\n`, "not-yaml", /does not name an anchor/],
    ["600 brackets deep", `${service}a: ${"[".repeat(600)}${"]".repeat(600)}\n`, "not-yaml", /500 levels/],
    [
      "600 keys deep",
      `kind: Pod\n${Array.from({ length: 600 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")}\n`,
      "not-yaml",
      /500 levels/,
    ],
    ["50,000 brackets deep", `${service}a: ${"[".repeat(50_000)}`, "not-yaml", /500 levels/],
    ["an unclosed quote", `${service}note: "a\n`, "not-yaml", /a quote or a bracket above is not closed/],
    [
      "flow YAML at the beginning of a file, which kubectl takes for JSON",
      '{"kind": "Service", metadata: {name: orders}}\n',
      "not-yaml",
      /read as JSON/,
      "metadata",
    ],
    ["a % directive", `%YAML 1.1\nkind: Service\n`, "not-yaml", /% directive/, "%"],
    ["text behind the separator", `--- orders\nkind: Service\n`, "not-yaml", /stand alone/],
  ];
  for (const [name, text, reason, message, at] of cases)
    it(`${name}: ${reason}`, () => {
      if (text.startsWith("---")) {
        assert.deepEqual(
          documentsOf(text).map((document) => document.reason),
          [undefined, reason],
        );
      } else assertRefused(text, reason, message, at);
    });

  it("a fault at the very end of the text points into the text", () => {
    const text = "kind: Pod\n? &!";
    const [error] = documentsOf(text)[0]?.errors ?? [];
    assert.ok((error?.span.end ?? Number.POSITIVE_INFINITY) <= text.length);
  });

  it("a billion laughs: refused in a moment", () => {
    const lines = Array.from({ length: 12 }, (_, index) =>
      index === 0
        ? "a0: &a0 [ha, ha, ha]"
        : `a${index}: &a${index} [${Array(10)
            .fill(`*a${index - 1}`)
            .join(", ")}]`,
    );
    assertRefused(`${service}${lines.join("\n")}\n`, "not-yaml", /aliases expand/, "*a4");
  });

  it("a document above 4 MB: named, not parsed, and its neighbour is read", () => {
    const text = `${pod}note: ${"x".repeat(largestDocument)}\n---\n${service}`;
    const documents = documentsOf(text);
    assert.deepEqual(
      documents.map((document) => document.reason ?? document.root?.string("kind")),
      ["too-large", "Service"],
    );
    assert.match(documents[0]?.errors[0]?.message ?? "", /documents above 4 MB are not read/);
  });

  it("a half-typed document between two good ones hides neither", () => {
    const text = `${service}---\napiVersion: v1\nkind: Pod\nmeta\n  name: x\n---\n${pod}`;
    assert.deepEqual(names(text), ["orders", "not-yaml", "orders-0"]);
    const broken = parseDocuments(new SourceFile("/shop/orders.yaml", text))[1];
    assert.equal(
      text.slice(broken?.span.start, broken?.span.end).includes(text[broken?.errors[0]?.span.start ?? 0] ?? "?"),
      true,
    );
  });

  it("the line being typed is blanked, or gets its colon, and the rest keeps its tree", () => {
    const typed = (text: string, typingLine: number) =>
      parseDocuments(new SourceFile("/shop/orders.yaml", text), { typingLine })[0];
    const dangling = typed(`${pod}spec:\n  nodeName: a\n  rest\n  hostname: b\n`, 6);
    assert.equal(dangling?.state, "recovered");
    assert.equal(dangling.root?.string("spec", "hostname"), "b");
    const parent = typed(`${pod}spe\n  nodeName: a\n`, 4);
    assert.equal(parent?.state, "recovered");
    assert.equal(parent.root?.string("metadata", "name"), "orders-0");
    assert.equal(typed(`${pod}spec:\n  rest\n  hostname: b\n`, 1)?.state, "unread");
  });
});

// `kubectl label --local -f FILE x=y -o yaml` reads the first two and refuses the others.
describe("an alias as a key with the colon glued to it", () => {
  const labelled = (rest: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  name: &app orders\n  labels:${rest}\n`;

  it("is the key that it names", () => {
    for (const rest of [
      "\n    *app: shop # *app: here\n    note: '*app: quoted'",
      " {*app: shop, note: '*app: quoted'}",
    ]) {
      const text = labelled(rest);
      const [document] = documentsOf(text);
      assert.equal(document?.state, "whole", JSON.stringify(document?.errors));
      const labels = document.root?.at("metadata", "labels");
      assert.equal(labels?.text("orders"), "shop");
      assert.equal(labels.text("note"), "*app: quoted");
    }
  });

  it("is refused where it names nothing or is a value", () => {
    assertRefused(labelled("\n    *none: shop"), "not-yaml", /./);
    assertRefused(labelled("\n    a: *app:"), "not-yaml", /./);
    assertRefused(labelled("\n    *app:x: shop"), "not-yaml", /./);
  });
});
