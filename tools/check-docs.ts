// The pages of the repository: links lead to files and headings that exist, and nothing reads as an HTML tag.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

function pagesUnder(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules" || entry.name === "dist") return [];
    const name = path.posix.join(folder, entry.name);
    if (name === "packages/vscode-dbops/docs") return []; // the build's copy
    if (entry.isDirectory()) return pagesUnder(root, name);
    return name.endsWith(".md") ? [name] : [];
  });
}

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? "")
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );

/** Every link of a Markdown page that leads nowhere inside the repository, as `file:line: link`. */
export function checkLinks(root: string): readonly string[] {
  return pagesUnder(root, ".").flatMap((page) =>
    readFileSync(path.join(root, page), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
          const [file = "", anchor] = (match[1] ?? "").split("#");
          if (/^[a-z]+:/.test(file)) return [];
          const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
          const isThere =
            existsSync(path.join(root, target)) &&
            (anchor === undefined || anchorsOf(readFileSync(path.join(root, target), "utf8")).has(anchor));
          return isThere ? [] : [`${page}:${index + 1}: nothing at ${match[1]}`];
        }),
      ),
  );
}

/** A line without what stands between backticks; a run of them closes one of its own length. */
function withoutCode(line: string): string {
  const parts = line.split(/(`+)/);
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    kept.push(parts[at] ?? "");
    const close = parts.findIndex((part, index) => index > at + 1 && index % 2 === 1 && part === parts[at + 1]);
    if (close > 0) at = close - 1;
  }
  return kept.join("");
}

/** Each `<word>` outside of code, which a strict renderer takes for a tag and does not show, as `file:line: <word>`. */
export function checkTags(root: string): readonly string[] {
  return pagesUnder(root, ".").flatMap((page) => {
    let isFenced = false;
    return readFileSync(path.join(root, page), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        if (/^\s*(```|~~~)/.test(line)) isFenced = !isFenced;
        const tag = isFenced ? null : /<\/?[a-z][\w-]*[\s/>]/i.exec(withoutCode(line));
        return tag === null ? [] : [`${page}:${index + 1}: ${tag[0]} is not in backticks`];
      });
  });
}
