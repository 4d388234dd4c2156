import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { getL10nJson } from "@vscode/l10n-dev";
import type { GeneratedFile } from "./generated-file.ts";

const extension = "packages/vscode-dbops";

/** What the extension's code says, for translators: a translation stands beside it as bundle.l10n.LANGUAGE.json. */
export async function l10nBundle(root: string): Promise<GeneratedFile> {
  const sources = readdirSync(path.join(root, extension, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const texts = await getL10nJson(
    sources.map((name) => ({
      extension: ".ts" as const,
      contents: readFileSync(path.join(root, extension, "src", name), "utf8"),
    })),
  );
  const all = { ...texts, ...sharedTexts(root) };
  return { path: `${extension}/l10n/bundle.l10n.json`, text: `${JSON.stringify(all, null, 2)}\n` };
}

const shared = "packages/session/src";

/** What the session says through a function that its host gives it: `say("…")`. */
function sharedTexts(root: string): Readonly<Record<string, string>> {
  const sources = readdirSync(path.join(root, shared), { recursive: true, encoding: "utf8" }).sort();
  const said = sources
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => [...readFileSync(path.join(root, shared, name), "utf8").matchAll(/\bsay\("([^"]+)"/g)]);
  return Object.fromEntries(said.map(([, text = ""]) => [text, text]));
}
