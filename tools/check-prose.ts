// Words that a native reader stumbles over, in what users read: strings of the source, pages, settings, snippets.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Phrase -> what says the same. A phrase is matched as whole words, in any case. */
const better: Readonly<Record<string, string>> = {
  "for ever": "forever",
  anew: "again, or recreated",
  whoever: "anyone who",
  somebody: "someone",
  everybody: "everyone",
  graver: "more severe",
  gravest: "most severe",
  milder: "less severe",
  mildest: "least severe",
  "in silence": "silently",
  "without a word": "silently",
  "selector asks for": "selector requires",
  "service asks for": "Service selects",
  "stands in": "is in",
  "stands at": "is at",
  "stands before": "is before, or sits in front of",
  "stands behind": "follows, or sits behind",
  "stands beside": "is next to",
  "lies in": "is in",
  "lies on": "is on",
  "lies beside": "is next to",
  "stand in": "are in",
  "stand behind": "follow, or sit behind",
  "has to stand": "must be",
  "may stand": "can be",
  "lie in": "are in",
  "lie beside": "are next to",
  "otherwise than": "not as",
  shall: "must, or is told to",
  wear: "carry",
  wears: "carries",
  "repaired in": "fixed in",
  "security faults": "vulnerabilities",
  "default holds": "default applies",
  "last one holds": "last one wins",
  "outside of": "outside",
  "takes no connection": "accepts no connections",
  "takes no connections": "accepts no connections",
  "not surely": "not reliably",
  "ends at its start": "exits at startup",
  "is no schedule": "is not a valid schedule",
  "is no quantity": "is not a valid quantity",
  "is no text": "is not text",
  "is no baseline": "is not a baseline",
  "is no port": "is not a valid port",
  "is no encryption": "is not encryption",
  "is no password": "is not a password",
  "is no error": "is not an error",
  "fails mostly": "mostly fails",
  "made anew": "recreated",
  "order to stop": "SIGTERM",
  "takes no value": "does not take a value",
  "takes it for": "reads it as",
  "takes the last": "uses the last",
  "take no writes": "accept no writes",
  "takes writes": "accepts writes",
  "is told once": "is reported once",
  "knows none": "has none",
  "knows no": "has no",
  "belongs into": "belongs in",
  "belong into": "belong in",
  "nobody is told": "nobody notices",
  "also where": "even where",
  "also when": "even when",
  "sub-folder": "subfolder",
  "sub-folders": "subfolders",
  "sub-directory": "subdirectory",
  afterwards: "afterward",
  upwards: "upward",
  misspelt: "misspelled",
  recognised: "recognized",
  honoured: "honored",
  neighbour: "neighbor",
  neighbours: "neighbors",
  behaviour: "behavior",
  cancelling: "canceling",
  catalogue: "catalog",
};

const phrases = Object.keys(better).sort((a, b) => b.length - a.length);

function filesUnder(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || /^(node_modules|dist|test|adr|kubernetes)$/.test(entry.name)) return [];
    const name = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(root, name) : [name];
  });
}

const isRead = (file: string): boolean =>
  /^(packages\/[^/]+\/src\/.*\.ts|(docs\/[^/]+|packages\/vscode-dbops\/([^/]+|walkthrough\/.*)|README|CHANGELOG|CONTRIBUTING|SECURITY)\.md|packages\/vscode-dbops\/(package\.nls\.json|snippets\/.*)|examples\/.*)$/.test(
    file,
  ) && !file.includes(".generated.");

/** The text that users see: of a program its strings, of a page everything. */
function shown(file: string, line: string): string {
  if (!file.endsWith(".ts")) return line;
  const code = /^\s*(\/\/|\*|\/\*)/.test(line) ? "" : line;
  return [...code.matchAll(/"[^"]*"|`[^`]*`|'[^']*'/g)].map(([text]) => text).join(" ");
}

const isWord = (character: string | undefined): boolean => character !== undefined && /[\w-]/.test(character);

function phraseIn(text: string): string | undefined {
  const lower = text.toLowerCase();
  return phrases.find((phrase) => {
    for (let at = lower.indexOf(phrase); at >= 0; at = lower.indexOf(phrase, at + 1))
      if (!isWord(lower[at - 1]) && !isWord(lower[at + phrase.length])) return true;
    return false;
  });
}

/** Each line with a phrase of the list, as `file:line: phrase -> better`. */
export function checkProse(root: string): readonly string[] {
  return filesUnder(root, ".")
    .filter(isRead)
    .flatMap((file) =>
      readFileSync(path.join(root, file), "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const phrase = phraseIn(shown(file, line));
          return phrase === undefined ? [] : [`${file}:${index + 1}: "${phrase}": ${better[phrase]}`];
        }),
    );
}
