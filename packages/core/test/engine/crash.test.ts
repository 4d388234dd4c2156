import assert from "node:assert/strict";
import { lint } from "../../src/index.ts";
import type { ManifestDocument } from "../../src/yaml/document.ts";
import type { YamlNode } from "../../src/yaml/node.ts";
import { inputFor, places } from "../support/lint.ts";

const server = (name: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name} }
spec:
  serviceName: ${name}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: db, image: "postgres:16.4" }]
`;

/** A node of which everything about containers fails, as by a defect of ours. */
function failing(node: YamlNode): YamlNode {
  return new Proxy(node, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...words: readonly unknown[]) => {
        if (words.includes("spec") && words.includes("template")) throw new TypeError("boom");
        return value.apply(target, words);
      };
    },
  });
}

/** Lints a folder in which the documents of one file fail. */
function lintWith(broken: string, requested: readonly string[]) {
  const input = inputFor({ "a.yaml": server("a"), "b.yaml": server("b") }, { requested });
  const units = input.project.units.map((unit) => ({
    ...unit,
    documents: unit.documents.map((document): ManifestDocument => {
      if (!document.file.uri.endsWith(broken) || document.root === undefined) return document;
      return Object.create(document, {
        root: { value: failing(document.root) },
        file: { value: document.file },
        index: { value: document.index },
        span: { value: document.span },
        state: { value: document.state },
        reason: { value: document.reason },
        errors: { value: document.errors },
        warnings: { value: document.warnings },
        comments: { value: () => document.comments() },
      });
    }),
  }));
  return lint({ ...input, project: { ...input.project, units }, onCrash: "report" });
}

describe("a defect of dbops in one object", () => {
  it("is a finding there, and everything else is linted", () => {
    const result = lintWith("b.yaml", ["a.yaml", "b.yaml"]);
    assert.ok(places(result).includes("database-without-memory-limit a.yaml:10"), places(result).join("\n"));
    const crash = result.findings.find(({ ruleId }) => ruleId === "rule-crashed");
    assert.match(crash?.message ?? "", /^dbops failed while it read .*\(boom\); the rest was linted\.$/);
    assert.equal(crash?.location.uri, "/shop/b.yaml");
    assert.equal(result.isConfigurationWrong, true, "the exit code says that something is missing");
  });

  it("in a file that was not asked for fails nothing", () => {
    const result = lintWith("b.yaml", ["a.yaml"]);
    assert.ok(places(result).includes("database-without-memory-limit a.yaml:10"), places(result).join("\n"));
    assert.ok(!result.findings.some(({ ruleId }) => ruleId === "rule-crashed"), places(result).join("\n"));
    assert.equal(result.isConfigurationWrong, false);
  });
});
