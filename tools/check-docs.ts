// Links between the pages of the repository lead to files and headings that exist.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

function pagesUnder(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules" || entry.name === "dist") return [];
    const name = path.posix.join(folder, entry.name);
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
