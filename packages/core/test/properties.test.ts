import assert from "node:assert/strict";
import fc from "fast-check";
import type { Finding, LintResult } from "../src/index.ts";
import { fixFiles, lintFiles } from "./support/lint.ts";
import { shop, shopText } from "./support/shop.ts";
import { documentsOf } from "./support/yaml.ts";

const config = "extends: all\n";
const run = (text: string): LintResult => lintFiles({ "orders.yaml": text, ".dbops.yaml": config });

/** A file as somebody leaves it in the middle of an edit: cut, doubled, retyped, shifted. */
const damaged = fc
  .tuple(
    fc.shuffledSubarray([...shop], { minLength: 1, maxLength: 4 }),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat({ max: 12 }),
        insert: fc.oneof(
          fc.constantFrom(
            ":",
            "- ",
            "  ",
            "\n",
            "\t",
            '"',
            "'",
            "{",
            "[",
            "]",
            "}",
            "#",
            "*a",
            "&a ",
            "|\n",
            "---\n",
            "$" + "{X}",
            "{{",
            "<<: ",
            "\r",
            "\0",
            "name",
            "0x",
            "!!int ",
          ),
          fc.string({ maxLength: 4, unit: "binary" }),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([documents, damages]) => {
    let text = shopText(documents);
    for (const { at, remove, insert } of damages) {
      const start = Math.floor(at * text.length);
      text = text.slice(0, start) + insert + text.slice(start + remove);
    }
    return text;
  });

function assertInside(result: LintResult): void {
  const inside = (
    uri: string,
    { start, end }: { readonly start: number; readonly end: number },
    what: string,
  ): void => {
    const length = result.files.get(uri)?.text.length ?? -1;
    assert.ok(0 <= start && start <= end && end <= length, `${what}: ${start}-${end} of ${length}`);
  };
  for (const finding of result.findings) {
    inside(finding.location.uri, finding.location.span, finding.ruleId);
    for (const related of finding.related) inside(related.uri, related.span, `${finding.ruleId}, related`);
    for (const fix of finding.fixes) for (const edit of fix.edits) inside(edit.uri, edit.span, fix.title);
  }
  for (const each of result.notLinted) inside(each.uri, each.span, each.reason);
}

/** A finding without its offsets. */
const told = ({ ruleId, severity, message, subject, location }: Finding): string =>
  [ruleId, severity, message, subject?.kind, subject?.name, location.yamlPath.join(".")].join(" | ");

/** A finding with line and column instead of offsets. */
function placed(result: LintResult): readonly string[] {
  const at = (uri: string, offset: number): string => JSON.stringify(result.files.get(uri)?.positionAt(offset));
  return result.findings.map((finding) =>
    [
      told(finding),
      at(finding.location.uri, finding.location.span.start),
      at(finding.location.uri, finding.location.span.end),
      ...finding.related.map((each) => `${each.message} ${at(each.uri, each.span.start)}`),
    ].join(" "),
  );
}

const commentsOf = (text: string): readonly string[] =>
  documentsOf(text).flatMap((document) => document.comments().map((comment) => comment.text));

describe("properties of lint", () => {
  it("has findings, fixes and every kind of subject to speak of", () => {
    const { findings, counts } = run(shopText());
    assert.ok(new Set(findings.map((finding) => finding.ruleId)).size >= 15, `${findings.length} findings`);
    assert.ok(findings.filter((finding) => finding.fixes.some((fix) => fix.edits.length > 0)).length >= 4);
    for (const subject of ["databases", "poolers", "migrations", "backups", "clients"] as const)
      assert.ok(counts[subject] > 0, subject);
  });

  it("no damaged manifest makes it throw, and every span lies inside the text", () => {
    let found = 0;
    fc.assert(
      fc.property(damaged, (text) => {
        const result = run(text);
        assertInside(result);
        found += result.findings.length;
      }),
      { numRuns: 250 },
    );
    assert.ok(found > 250, "damaged manifests still have findings");
  });

  it("no text at all makes it throw", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `kind: Pod\n${text}`),
    );
    fc.assert(
      fc.property(anything, fc.option(fc.nat({ max: 5 }), { nil: undefined }), (text, line) => {
        const typing = line === undefined ? {} : { typing: { uri: "/shop/orders.yaml", line } };
        assertInside(lintFiles({ "orders.yaml": text, ".dbops.yaml": text }, typing));
      }),
      { numRuns: 400 },
    );
  });

  it("Windows line ends change nothing but offsets", () => {
    fc.assert(
      fc.property(fc.subarray([...shop], { minLength: 1 }), (documents) => {
        const text = shopText(documents);
        assert.deepEqual(placed(run(text.replaceAll("\n", "\r\n"))), placed(run(text)));
      }),
      { numRuns: 40 },
    );
  });

  it("a byte order mark changes nothing but offsets", () => {
    const text = shopText();
    assert.deepEqual(run(`\ufeff${text}`).findings.map(told), run(text).findings.map(told));
  });

  it("the order of documents changes nothing but offsets", () => {
    const sorted = (result: LintResult): readonly string[] => result.findings.map(told).sort();
    const expected = sorted(run(shopText()));
    fc.assert(
      fc.property(fc.shuffledSubarray([...shop], { minLength: shop.length }), (documents) => {
        assert.deepEqual(sorted(run(shopText(documents))), expected);
      }),
      { numRuns: 40 },
    );
  });

  it("fixes keep the text parseable, keep every comment, and are done after one pass", () => {
    let applied = 0;
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...shop], { minLength: 1 }),
        fc.constantFrom("\n", "\r\n"),
        (documents, newline) => {
          const text = shopText(documents).replaceAll("\n", newline);
          const result = fixFiles({ "orders.yaml": text, ".dbops.yaml": config }, "unsafe");
          const fixed = result.files[0]?.text ?? text;
          applied += result.applied.length;
          assert.ok(documentsOf(fixed).every((document) => document.state === "whole"));
          assert.deepEqual(commentsOf(fixed), commentsOf(text));
          if (newline === "\r\n") assert.doesNotMatch(fixed.replaceAll("\r\n", ""), /\n/);
          assert.deepEqual(fixFiles({ "orders.yaml": fixed, ".dbops.yaml": config }, "unsafe").files, []);
        },
      ),
      { numRuns: 40 },
    );
    assert.ok(applied > 40, `${applied} fixes`);
  });

  it("a suppression above its line removes exactly its finding", () => {
    const text = shopText();
    const before = run(text);
    let tried = 0;
    for (const finding of before.findings) {
      const file = before.files.get(finding.location.uri);
      const line = file?.positionAt(finding.location.span.start).line ?? 0;
      const lines = text.split("\n");
      const indent = /^ */.exec(lines[line] ?? "")?.[0] ?? "";
      const suppressed = [
        ...lines.slice(0, line),
        `${indent}# dbops-disable-next-line ${finding.ruleId} -- known`,
        ...lines.slice(line),
      ];
      const after = run(suppressed.join("\n"));
      if (commentsOf(suppressed.join("\n")).length === commentsOf(text).length) continue; // inside a block scalar
      tried++;
      assert.ok(
        after.suppressed.some((each) => each.fingerprint === finding.fingerprint),
        `${finding.ruleId} on line ${line + 1} is suppressed`,
      );
      assert.ok(
        after.suppressed.every((each) => each.ruleId === finding.ruleId && each.suppression.reason === "known"),
      );
      assert.deepEqual(
        [...after.findings, ...after.suppressed].map((each) => each.fingerprint).sort(),
        before.findings.map((each) => each.fingerprint).sort(),
      );
    }
    assert.ok(tried > 15, `${tried} findings`);
  });
});
