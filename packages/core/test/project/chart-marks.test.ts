import assert from "node:assert/strict";
import { markedTemplate } from "../../src/index.ts";
import { marksOf, withoutActions } from "../../src/project/chart-marks.ts";

describe("marks in a chart's templates", () => {
  it("stand behind entries and what actions insert, and nowhere that they would change what Helm reads", () => {
    const marked = (text: string): string => markedTemplate(text, 7);
    assert.equal(marked("kind: Service"), "kind: Service #@7:0@");
    assert.equal(marked("  {{- toYaml .Values.x | nindent 4 }}"), "  {{- toYaml .Values.x | nindent 4 }} #@7:0@");
    assert.equal(
      marked('labels: {{- include "l" . }}'),
      'labels: #@7:0@{{- include "l" . }} #@7:0@',
      "a key of its own line",
    );
    for (const text of [
      "{{- if .Values.x }}",
      "{{- end }}",
      "{{/* a note */}}",
      'name: {{ include "l" . -}}',
      "---",
      "",
      "  in the middle of a text",
      'args: {{ include "l"',
      "description: a text\n  of two lines".split("\n")[0]!.concat("\n  of two lines"),
    ])
      assert.equal(marked(text), text);
    assert.equal(marked("- name: a\n  image: b"), "- name: a #@7:0@\n  image: b #@7:1@");
    assert.equal(marked("data: |\n  text: a"), "data: | #@7:0@\n  text: a #@7:1@");
  });

  it("lead from each rendered line to its template line, by document", () => {
    const rendered = "---\n# Source: a\nkind: A\nlabels:\n  x: y\n  z: w\nname: n\n---\nkind: B\nmore: 1";
    const marked =
      "---\n# Source: a\nkind: A #@0:4@\nlabels: #@0:5@\n  x: y\n  z: w #@0:6@\nname: n #@0:8@\n---\nkind: B #@1:0@";
    const template: Readonly<Record<number, string>> = { 6: '  {{- include "l" . | nindent 2 }}' };
    const marks = marksOf(rendered, marked, ({ line }) => template[line]);
    assert.deepEqual(
      marks.map((each) => (each === undefined ? "-" : `${each.file}:${each.line}${each.isOwn ? "" : "~"}`)),
      ["-", "-", "0:4", "0:5", "0:6~", "0:6", "0:8", "-", "-", "-"],
      "what an action inserts is its line; a document whose lines do not correspond has none",
    );
  });

  it("without its actions a template is YAML at the same places", () => {
    const template = 'a: {{ .Values.a }}-b\n{{- if .Values.c }}\n  {{ toYaml\n   .Values.d }}\nc: "{{ .x }}"\n';
    const read = withoutActions(template);
    assert.equal(read.length, template.length);
    assert.deepEqual(
      read.split("\n").map((line) => line.trimEnd()),
      ["a: ___.Values.a___-b", "", "", "", 'c: "___.x___"', ""],
    );
  });
});
