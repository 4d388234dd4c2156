import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import {
  allRules,
  createDocumentCache,
  createProject,
  type DocumentCache,
  type LintResult,
  lint,
  SourceFile,
} from "../../src/index.ts";
import { readFixture } from "../support/fixture.ts";

const folder = new URL("../rules/", import.meta.url);
const fixtures = readdirSync(folder).filter((name) => name.endsWith(".yaml") && !name.endsWith(".fixed.yaml"));

/** Edits of each fixture's case: some for every run, more when somebody changes what is kept between keystrokes. */
const rounds = Number(process.env.DBOPS_ROUNDS ?? 3);

/** The same numbers at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
}

function lintTexts(texts: ReadonlyMap<string, string>, cache?: DocumentCache): LintResult {
  const project = createProject({
    files: [...texts].map(([uri, text]) => new SourceFile(uri, text)),
    configs: [new SourceFile("/case/.dbops.yaml", "extends: all\n")],
    root: "/case",
    view: "folder",
    today: "2026-11-24",
    rules: allRules,
    ...(cache === undefined ? {} : { cache }),
  });
  return lint({ project, requested: new Set(texts.keys()), onCrash: "throw" });
}

/** All that an editor shows of a run. */
function shownOf({ findings, suppressed, notLinted, counts }: LintResult): unknown {
  return { findings, suppressed, notLinted, counts };
}

/** Another text, as somebody types it: a character, a line twice, a line less, a document that moves down or goes. */
function edited(text: string, random: (below: number) => number): string {
  const lines = text.split("\n");
  const line = random(lines.length);
  switch (random(6)) {
    case 0:
      return [...lines.slice(0, line), ...lines.slice(line + 1)].join("\n");
    case 1:
      return [...lines.slice(0, line), lines[line] ?? "", ...lines.slice(line)].join("\n");
    case 2:
      return `# a comment that moves everything\n${text}`;
    case 3: {
      const documents = text.split(/^---\n/m);
      return documents.filter((_, index) => index !== random(documents.length)).join("---\n");
    }
    case 4: {
      const documents = text.split(/^---\n/m);
      return [...documents, documents[random(documents.length)] ?? ""].join("---\n");
    }
    default: {
      const at = random(text.length + 1);
      return `${text.slice(0, at)}${"x1 :-"[random(5)]}${text.slice(at)}`;
    }
  }
}

describe("linting while somebody types", () => {
  it("finds what linting anew finds, at the same places, in every rule's fixture", function () {
    this.timeout(1_200_000);
    let compared = 0;
    for (const [seed, name] of fixtures.entries()) {
      const random = numbers(seed + 1);
      for (const each of readFixture(readFileSync(new URL(name, folder), "utf8"), name).slice(0, 2)) {
        const cache = createDocumentCache();
        const texts = new Map(each.files.map(({ uri, text }) => [uri, text]));
        lintTexts(texts, cache);
        for (let step = 0; step < rounds; step++) {
          const uris = [...texts.keys()];
          const uri = uris[random(uris.length)] ?? "";
          texts.set(uri, edited(texts.get(uri) ?? "", random));
          assert.deepEqual(shownOf(lintTexts(texts, cache)), shownOf(lintTexts(texts)), `${name} ${each.name} ${uri}`);
          compared++;
        }
      }
    }
    assert.ok(compared > 500, String(compared));
  });
});
